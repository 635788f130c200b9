"""The working calendar of a case's agency, looked up at most once in a transaction."""

import uuid

from engine import transaction
from engine.calendar.rules import WorkingCalendar
from engine.people import working_time

_KNOWN = "cases.calendars"


def of(agency_id: uuid.UUID) -> WorkingCalendar:
    """The calendar in force for the agency."""
    known = _known()
    calendar = known.get(agency_id)
    if calendar is None:
        calendar = known[agency_id] = working_time.calendar_of(agency_id)
    return calendar


def note(agency_id: uuid.UUID, version_id: uuid.UUID | None) -> None:
    """The version in force for the agency was read together with something else."""
    known = _known()
    if agency_id not in known:
        known[agency_id] = working_time.calendar_at(agency_id, version_id)


def _known() -> dict[uuid.UUID, WorkingCalendar]:
    known: dict[uuid.UUID, WorkingCalendar] = transaction.scratch().setdefault(_KNOWN, {})
    return known
