"""Changes to a working calendar: one day, or the office hours. Each makes the next version, with its basis."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from engine.calendar import editing, wording
from engine.calendar.models import CalendarVersion
from engine.errors import AnswersRejected, Conflict, EngineError
from engine.people import agencies, working_time
from engine.people.models import Agency
from engine.transaction import transaction
from web import guard, places, problems, typed_days

bp = Blueprint("admin_calendar_days", __name__, url_prefix="/admin/calendar")

_WEEKDAYS = range(7)


@bp.route("/days/new", methods=["GET", "POST"])
@guard.requires("calendar.change")
def add() -> ResponseReturnValue:
    """A day off, or a day worked in exchange, at a date still to be typed."""
    return _day_page(None)


@bp.route("/days/<day>", methods=["GET", "POST"])
@guard.requires("calendar.change")
def change(day: str) -> ResponseReturnValue:
    """What one date is: as its weekday says, off, or worked, with the document that says so."""
    try:
        return _day_page(date.fromisoformat(day))
    except ValueError:
        raise NotFound() from None


@bp.route("/hours", methods=["GET", "POST"])
@guard.requires("calendar.change")
def hours() -> ResponseReturnValue:
    """The office hours of each weekday; summer hours and reception hours stay as they are."""
    agency = places.chosen("calendar.change")
    _calendar, version = working_time.calendar_for(agency.id)
    if request.method == "GET":
        shown = {f"day_{n}": editing.shown_sessions(version.sessions.get(str(n), [])) for n in _WEEKDAYS}
        return _hours_form(agency, version, shown, {})
    week = {str(n): editing.typed_sessions(request.form.get(f"day_{n}", "")) for n in _WEEKDAYS}
    kept = {name: version.sessions[name] for name in ("seasons", "reception") if name in version.sessions}

    def refused(errors: dict[str, list[str]]) -> str:
        return _hours_form(agency, version, request.form, {{"sessions": "day_0"}.get(n, n): e for n, e in errors.items()})

    return _publish(agency, lambda: (week | kept, version.days), refused)


def _day_page(on: date | None) -> ResponseReturnValue:
    agency = places.chosen("calendar.change")
    _calendar, version = working_time.calendar_for(agency.id)
    if request.method == "GET":
        return _day_form(agency, version, on, _shown_day(version, on), {})

    def days() -> tuple[dict[str, Any], list[Any]]:
        target = on or typed_days.needed_day("date", request.form.get("date"))
        if request.form.get("kind") == "usual":
            return version.sessions, editing.without_day(version.days, target)
        return version.sessions, editing.with_day(version.days, _typed_row(target))

    def refused(errors: dict[str, list[str]]) -> str:
        return _day_form(agency, version, on, request.form, {{"days": "name"}.get(n, n): e for n, e in errors.items()})

    return _publish(agency, days, refused)


def _publish(
    agency: Agency,
    change_of: Callable[[], tuple[dict[str, Any], list[Any]]],
    refused: Callable[[dict[str, list[str]]], str],
) -> ResponseReturnValue:
    try:
        with transaction():
            sessions, days = change_of()
            working_time.change(
                agency.id, sessions, days, basis=request.form.get("basis", ""), by=guard.current_actor(), seen=_seen()
            )
    except (AnswersRejected, Conflict) as refusal:
        return refused(_errors_of(refusal)), problems.status_of(refusal)
    flash(_("Đã ban hành bản mới của lịch làm việc. Ngày hẹn đã in không tự đổi."), "good")
    year = request.form.get("year") or request.form.get("date", "")[-4:]
    return redirect(url_for("admin_calendar.index", agency=agency.code, year=year or None), code=303)


def _errors_of(refusal: EngineError) -> dict[str, list[str]]:
    return dict(refusal.fields) if isinstance(refusal, AnswersRejected) else {"basis": [str(refusal)]}


def _seen() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("version", ""))
    except ValueError:
        raise Conflict(_("Trang thiếu phiên bản lịch đã xem. Mở lại trang lịch rồi sửa tiếp.")) from None


def _shown_day(version: CalendarVersion, on: date | None) -> dict[str, Any]:
    row = editing.day_row(version.days, on) if on else None
    if row is None:
        return {"kind": "off" if on is None else "usual", "date": on}
    return row | {"source": row.get("basis", ""), "hours": editing.shown_sessions(row.get("sessions") or []), "basis": ""}


def _typed_row(on: date) -> dict[str, Any]:
    row: dict[str, Any] = {
        "date": on.isoformat(),
        "kind": request.form.get("kind", ""),
        "name": request.form.get("name", ""),
        "basis": request.form.get("source", ""),
        "is_unverified": "is_unverified" in request.form,
    }
    hours_typed = editing.typed_sessions(request.form.get("hours", ""))
    return row | ({"sessions": hours_typed} if hours_typed and row["kind"] == "work" else {})


def _day_form(agency: Agency, version: CalendarVersion, on: date | None, shown: Any, errors: dict[str, list[str]]) -> str:
    return render_template(
        "admin_calendar/day.html",
        agency=agency,
        version=version,
        owner=agencies.get(version.agency_id),
        on=on,
        day_text=wording.day_start(on) if on else "",
        weekday_hours=editing.shown_sessions(version.sessions.get(str(on.weekday()), [])) if on else "",
        shown=shown,
        errors=errors,
    )


def _hours_form(agency: Agency, version: CalendarVersion, shown: Any, errors: dict[str, list[str]]) -> str:
    return render_template(
        "admin_calendar/hours.html",
        agency=agency,
        version=version,
        owner=agencies.get(version.agency_id),
        shown=shown,
        errors=errors,
    )
