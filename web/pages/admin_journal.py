"""The journal of an agency: filtered by kind, person and day; its chain verified on request."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import AnswersRejected
from engine.journal import entries, evidence, queries, verify
from engine.journal.queries import Wanted
from engine.people import acting
from engine.transaction import transaction
from web import guard, journal_words, places, typed_days

bp = Blueprint("admin_journal", __name__, url_prefix="/admin/journal")


@bp.get("")
@guard.requires("journal.read")
def index() -> ResponseReturnValue:
    """Entries newest first; an unreadable day shows everything and says so."""
    agency = places.chosen("journal.read")
    shown = {name: request.args.get(name, "").strip() for name in ("kind", "login", "since", "until")}
    errors: dict[str, list[str]] = {}
    try:
        wanted = _wanted(shown)
    except AnswersRejected as refusal:
        wanted, errors = Wanted(), refusal.fields
    page = queries.search(agency.id, wanted, cursor=request.args.get("cursor"))
    return render_template(
        "admin_journal/index.html",
        agency=agency,
        page=page,
        shown=shown,
        errors=errors,
        kinds=journal_words.choices(queries.kinds_of(agency.id)),
        count=verify.count(agency.id),
        titled=journal_words.title,
        summary=journal_words.summary,
        on_behalf=acting.said,
    ), 422 if errors else 200


@bp.post("/verification")
@guard.requires("journal.verify")
def check() -> ResponseReturnValue:
    """Recompute the whole chain of the agency, and journal that somebody did."""
    agency = places.chosen("journal.verify")
    faults, count = evidence.examine(agency.id), verify.count(agency.id)
    with transaction():
        facts: dict[str, Any] = {"count": count, "fault": faults[0].reason if faults else None}
        entries.append("journal.verified", agency_id=agency.id, by=guard.current_actor(), **facts)
    if faults:
        flash(_("Chuỗi nhật ký bị sai: %(reason)s Báo ngay người phụ trách an toàn thông tin.", reason=faults[0].reason), "late")
    else:
        flash(_("Đã kiểm tra %(count)d bút toán: nguyên vẹn, không thiếu, không bị sửa.", count=count), "good")
    return redirect(url_for("admin_journal.index", agency=agency.code), code=303)


def _wanted(shown: dict[str, str]) -> Wanted:
    since: datetime | None = typed_days.instant("since", shown["since"])
    until: datetime | None = typed_days.instant("until", shown["until"])
    return Wanted(
        kinds=(shown["kind"],) if shown["kind"] else (),
        login=shown["login"].lower(),
        since=since,
        until=until + timedelta(days=1) if until else None,
    )
