"""The working calendar of an agency: its year, its versions, and what a deadline would be on it."""

import calendar as months
from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine import clock
from engine.calendar import limits, versions
from engine.calendar.deadlines import Deadline, deadline
from engine.calendar.editing import shown_sessions
from engine.calendar.limits import Limit
from engine.calendar.models import CalendarVersion
from engine.calendar.rules import FIRST_YEAR, LAST_YEAR, WorkingCalendar
from engine.errors import AnswersRejected
from engine.people import agencies, directory, working_time
from engine.people.models import Agency
from web import derivations, guard, places, typed_days

bp = Blueprint("admin_calendar", __name__, url_prefix="/admin/calendar")

_UNITS = tuple(limits.Unit)


@bp.get("")
@guard.requires("calendar.read")
def index() -> ResponseReturnValue:
    """One year: working days, days off, swapped Saturdays, each with the document behind it."""
    agency = places.chosen("calendar.read")
    working, version = working_time.calendar_for(agency.id)
    year = _typed_year()
    return render_template(
        "admin_calendar/index.html",
        agency=agency,
        version=version,
        owner=agencies.get(version.agency_id),
        year=year,
        months=_year_of(working, year),
        days=[row for row in version.days if row["date"].startswith(f"{year}-")],
        is_known=working.knows_holidays_of(year),
        today=clock.today(),
        shown_sessions=shown_sessions,
    )


@bp.get("/versions")
@guard.requires("calendar.read")
def history() -> ResponseReturnValue:
    """Every version the agency published: what an old deadline was computed with."""
    agency = places.chosen("calendar.read")
    found = versions.history(agency.id)
    makers = directory.people({version.made_by_id for version in found if version.made_by_id})
    return render_template("admin_calendar/versions.html", agency=agency, versions=found, makers=makers)


@bp.get("/versions/<int:number>")
@guard.requires("calendar.read")
def version(number: int) -> ResponseReturnValue:
    """One version: what it says, and which days it changed."""
    agency = places.chosen("calendar.read")
    found = versions.get_version(agency.id, number)
    former = versions.get_version(agency.id, number - 1) if number > 1 else None
    return render_template(
        "admin_calendar/version.html",
        agency=agency,
        version=found,
        maker=directory.people({found.made_by_id}).get(found.made_by_id) if found.made_by_id else None,
        changes=_changes(former, found) if former else None,
        shown_sessions=shown_sessions,
    )


@bp.get("/preview")
@guard.requires("deadline.preview")
def preview() -> ResponseReturnValue:
    """A trial: received then, so much time, hence this promise; nothing is kept."""
    agency = places.chosen("calendar.read")
    shown: dict[str, Any] = {
        "received_at": request.args.get("received_at", ""),
        "limit_value": request.args.get("limit_value", "3"),
        "limit_unit": request.args.get("limit_unit", _UNITS[0]),
    }
    if not shown["received_at"]:
        shown["received_at"] = f"{clock.local(clock.now()):%d/%m/%Y %H:%M}"
    try:
        found = _promise(agency, shown)
    except AnswersRejected as refusal:
        return render_template("admin_calendar/preview.html", agency=agency, shown=shown, errors=refusal.fields, found=None), 422
    lines = derivations.lines(found.derivation)
    return render_template("admin_calendar/preview.html", agency=agency, shown=shown, errors={}, found=found, lines=lines)


def _promise(agency: Agency, shown: dict[str, Any]) -> Deadline:
    received_at: datetime | None = typed_days.instant("received_at", shown["received_at"])
    limit = Limit(str(shown["limit_value"]).strip().replace(",", "."), shown["limit_unit"])
    working, _version = working_time.calendar_for(agency.id)
    return deadline(working, received_at or clock.now(), limit)


def _typed_year() -> int:
    typed = request.args.get("year", "")
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else clock.today().year
    return min(max(year, FIRST_YEAR), LAST_YEAR)


def _year_of(working: WorkingCalendar, year: int) -> list[list[list[Any]]]:
    """Twelve months of weeks of seven days as the office works on them; None outside of the month."""
    grid = months.Calendar(firstweekday=0)
    return [
        [[working.day(date(year, month, number)) if number else None for number in week] for week in weeks]
        for month, weeks in ((month, grid.monthdayscalendar(year, month)) for month in range(1, 13))
    ]


def _changes(former: CalendarVersion, found: CalendarVersion) -> dict[str, Any]:
    """What one version says that the former did not: entries of days gone and come, and whether the hours differ."""
    before, after = ({row["date"]: row for row in version.days} for version in (former, found))
    touched = sorted(on for on in before.keys() | after.keys() if before.get(on) != after.get(on))
    return {
        "days": [(on, before.get(on), after.get(on)) for on in touched],
        "hours": former.sessions != found.sessions,
        "former": former,
    }
