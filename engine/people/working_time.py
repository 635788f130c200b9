"""The working calendar an agency lives by, inherited down the tree, and its journalled change."""

import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.calendar import versions
from engine.calendar.models import CalendarVersion
from engine.calendar.rules import WorkingCalendar
from engine.errors import Conflict
from engine.journal import entries
from engine.people import access, agencies
from engine.people.actors import Actor
from engine.people.models import Agency
from engine.statements import Statement

_IN_FORCE = Statement(lambda: sa.select(Agency.calendar_version_id).where(Agency.id == sa.bindparam("agency_id")))


def calendar_for(agency_id: uuid.UUID) -> tuple[WorkingCalendar, CalendarVersion]:
    """The calendar in force for the agency: its own newest version, else that of the nearest agency above.

    ``NotFound`` where no agency up to the root has one.
    """
    version = versions.current(agencies.chain(agency_id))
    return versions.calendar_of(version), version


def calendar_of(agency_id: uuid.UUID) -> WorkingCalendar:
    """Like ``calendar_for`` where only the arithmetic is wanted: one narrow query."""
    found = _IN_FORCE.first(agency_id=agency_id)
    return calendar_at(agency_id, found[0] if found else None)


def calendar_at(agency_id: uuid.UUID, version_id: uuid.UUID | None) -> WorkingCalendar:
    """The arithmetic of the version that ``agency.calendar_version_id`` names, without a query where this process knows it."""
    return in_force(agency_id, version_id)[1]


def in_force(agency_id: uuid.UUID, version_id: uuid.UUID | None) -> tuple[uuid.UUID, WorkingCalendar]:
    """Like ``calendar_at``, with the version."""
    known = versions.known(version_id) if version_id else None
    if version_id is not None and known is not None:
        return version_id, known
    calendar, version = calendar_for(agency_id)
    return version.id, calendar


def change(
    agency_id: uuid.UUID,
    sessions: Mapping[str, Any],
    days: Sequence[Any],
    *,
    basis: str,
    by: Actor | None,
    seen: uuid.UUID | None = None,
) -> CalendarVersion:
    """Publish the agency's next calendar version (see ``calendar.versions.publish``) and journal it with its basis.

    ``by`` needs ``calendar.change`` in this very agency; None is the operator's command. ``seen``: the version the change was
    made on; ``Conflict`` where another is in force by now. No promised date changes by itself.
    """
    if by is not None:
        access.require(by, "calendar.change", agency_id)
    if seen is not None and versions.current(agencies.chain(agency_id)).id != seen:
        raise Conflict("Lịch làm việc vừa được người khác thay đổi. Mở lại trang lịch, xem bản mới rồi sửa tiếp.")
    version = versions.publish(agency_id, sessions, days, basis=basis, by_id=by.person_id if by else None)
    _record(version, by)
    return version


def import_file(agency_id: uuid.UUID, path: Path, *, by: Actor | None) -> CalendarVersion:
    """Merge a calendar file into the calendar in force and publish it for this agency (``calendar import``), journalled."""
    if by is not None:
        access.require(by, "calendar.change", agency_id)
    version = versions.import_file(path, agencies.chain(agency_id), by_id=by.person_id if by else None)
    _record(version, by)
    return version


def _record(version: CalendarVersion, by: Actor | None) -> None:
    after = {"version": version.number, "version_id": version.id}
    entries.append("calendar.published", agency_id=version.agency_id, by=by, after=after, reason=version.basis)
