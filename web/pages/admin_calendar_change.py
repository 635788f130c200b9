"""After a new calendar: the open dossiers whose date would move, both derivations side by side, and what is decided for them."""

import uuid
from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from engine.dossiers import calendar_change
from engine.dossiers.calendar_change import Outcome
from engine.errors import AnswersRejected
from engine.people import working_time
from engine.people.models import Agency
from engine.transaction import transaction
from web import answering, derivations, guard, places

bp = Blueprint("admin_calendar_change", __name__, url_prefix="/admin/calendar/dossiers")

PAGE_SIZE = 50


@bp.get("")
@guard.requires("calendar.read")
def index() -> ResponseReturnValue:
    """Whose date the calendar in force would move; nothing has moved yet."""
    return _list(places.chosen("calendar.read"), request.args.get("cursor", ""))


@bp.post("/decide")
@guard.requires(calendar_change.PERMISSION)
def decide() -> ResponseReturnValue:
    """Move or keep the dates of the chosen dossiers, all of the page where ``all`` was pressed."""
    agency = places.chosen(calendar_change.PERMISSION)
    decision, chosen = request.form.get("decision", ""), _chosen()
    try:
        with transaction():
            outcome = calendar_change.decide(chosen, decision, request.form.get("reason", ""), by=guard.current_actor())
    except AnswersRejected as refusal:
        return _list(agency, request.form.get("cursor", ""), chosen, refusal.fields), 422
    _say(decision, outcome)
    return redirect(url_for("admin_calendar_change.index", agency=agency.code), code=303)


def _chosen() -> list[uuid.UUID]:
    return [found for found in map(answering.identifier, request.form.getlist("ids")) if found]


def _say(decision: str, outcome: Outcome) -> None:
    if outcome.done and decision == calendar_change.MOVED:
        flash(
            ngettext(
                "Đã dời ngày hẹn của %(num)d hồ sơ, cấp phiếu hẹn mới và báo công dân.",
                "Đã dời ngày hẹn của %(num)d hồ sơ, cấp phiếu hẹn mới và báo công dân.",
                outcome.done,
            ),
            "good",
        )
    elif outcome.done:
        flash(
            ngettext("Đã giữ nguyên ngày hẹn của %(num)d hồ sơ.", "Đã giữ nguyên ngày hẹn của %(num)d hồ sơ.", outcome.done),
            "good",
        )
    if outcome.passed_over:
        left = ngettext(
            "%(num)d hồ sơ không còn gì phải quyết: đã xong hoặc người khác vừa quyết.",
            "%(num)d hồ sơ không còn gì phải quyết: đã xong hoặc người khác vừa quyết.",
            outcome.passed_over,
        )
        flash(left, "soon")


def _list(agency: Agency, cursor: str, chosen: Sequence[uuid.UUID] = (), errors: Mapping[str, list[str]] | None = None) -> str:
    page = calendar_change.listing(agency.id, for_=guard.current_actor(), limit=PAGE_SIZE, cursor=cursor or None)
    _calendar, version = working_time.calendar_for(agency.id)
    return render_template(
        "admin_calendar/dossiers.html",
        agency=agency,
        version=version,
        page=page,
        lines=derivations.lines,
        chosen=set(chosen),
        cursor=cursor,
        reason=request.form.get("reason", "") or _("Theo lịch làm việc mới: %(basis)s", basis=version.basis),
        errors=errors or {},
    )
