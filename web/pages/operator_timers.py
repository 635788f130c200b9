"""Timers: what is due when, what fired when, late by whose fault; moving one by hand."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import clock
from engine.cases import timer_desk
from engine.cases.timer_desk import Line, Wanted
from engine.errors import AnswersRejected, Conflict
from engine.people import agencies
from engine.schedule import lateness
from engine.transaction import transaction
from web import formats, guard, operator_words, typed_days

bp = Blueprint("operator_timers", __name__, url_prefix="/admin/operator/timers")


@bp.get("")
@guard.requires("timer.read")
def index() -> ResponseReturnValue:
    """Timers of one state, by due moment; fired ones the latest first."""
    state, kind = request.args.get("state", ""), request.args.get("kind", "")
    wanted = Wanted(
        state=state if state in operator_words.TIMER_STATES else "waiting",
        late_only=bool(request.args.get("late")),
        kind=kind if kind in operator_words.TIMER_KINDS else "",
    )
    page = timer_desk.listing(guard.current_actor(), wanted, cursor=request.args.get("cursor"))
    return render_template(
        "operator/timers.html",
        page=page,
        wanted=wanted,
        kept={"state": wanted.state, "kind": wanted.kind or None, "late": "on" if wanted.late_only else None},
        late=lateness.of([line.timer for line in page.items]),
        kinds=[("", _("Mọi loại")), *operator_words.TIMER_KINDS.items()],
    )


@bp.get("/<uuid:timer_id>")
@guard.requires("timer.read")
def show(timer_id: uuid.UUID) -> ResponseReturnValue:
    """One timer, and the form that moves it."""
    return _page(timer_desk.get(timer_id, for_=guard.current_actor()))


@bp.post("/<uuid:timer_id>")
@guard.requires("timer.move")
def move(timer_id: uuid.UUID) -> ResponseReturnValue:
    """Give the timer another due moment."""
    line = timer_desk.get(timer_id, for_=guard.current_actor())
    try:
        to = typed_days.instant("to", request.form.get("to"))
        if to is None:
            raise AnswersRejected({"to": [_("Nhập thời điểm mới, ví dụ 31/12/2026 08:30.")]})
        seen, reason = _seen(), request.form.get("reason", "")
        with transaction():
            timer_desk.move(line.timer, to, reason, seen=seen, by=guard.current_actor())
    except AnswersRejected as refusal:
        return _page(line, request.form, refusal.fields), 422
    except Conflict as refusal:
        return _page(timer_desk.get(timer_id, for_=guard.current_actor()), request.form, {"to": [str(refusal)]}), 409
    flash(_("Đã dời hẹn giờ sang %(moment)s.", moment=formats.moment(to)), "good")
    return redirect(url_for("operator_timers.show", timer_id=timer_id), code=303)


def _seen() -> datetime | None:
    try:
        seen = datetime.fromisoformat(request.form.get("seen", ""))
    except ValueError:
        return None
    return seen if seen.tzinfo else seen.replace(tzinfo=clock.LOCAL_ZONE)


def _page(line: Line, shown: Mapping[str, Any] | None = None, errors: Mapping[str, list[str]] | None = None) -> str:
    return render_template(
        "operator/timer.html",
        line=line,
        timer=line.timer,
        agency=agencies.get(line.timer.agency_id),
        late=lateness.of([line.timer])[line.timer.id],
        shown=shown or {},
        errors=errors or {},
    )
