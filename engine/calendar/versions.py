"""Calendar versions of agencies: the current one, the arithmetic behind one, and publishing the next."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.calendar import importing, shape
from engine.calendar.models import CalendarVersion
from engine.calendar.rules import WorkingCalendar
from engine.errors import AnswersRejected, Conflict, NotFound
from engine.statements import Statement
from engine.transaction import session

#: The calendar an agency tree starts from: usual office hours and the public holidays of 2025-2027.
SEED_FILE = Path(__file__).parent / "data" / "public_holidays.yaml"
_MOST_KEPT = 1_000
_calendars: dict[UUID, WorkingCalendar] = {}


def current(agency_ids: Sequence[UUID]) -> CalendarVersion:
    """The version in force for an agency: ``agency_ids`` is the agency, then its parent, and so on up to the root.

    The nearest one that has a calendar decides. ``NotFound`` where none has.
    """
    for agency_id in agency_ids:
        version = latest(agency_id)
        if version is not None:
            return version
    raise NotFound("Cơ quan chưa có lịch làm việc; nhập lịch ở trang quản trị hoặc bằng lệnh calendar import.")


def calendar_in_force(agency_ids: Sequence[UUID]) -> WorkingCalendar:
    """The arithmetic of the version in force (see ``current``), without reading the version again where this process knows it."""
    asked = {f"agency_{place}": agency_id for place, agency_id in enumerate(agency_ids)}
    newest: dict[UUID, UUID] = dict(_newest(len(agency_ids)).rows(**asked))
    version_id = next((newest[agency_id] for agency_id in agency_ids if agency_id in newest), None)
    known = _calendars.get(version_id) if version_id else None
    return known or calendar_of(current(agency_ids))


def latest(agency_id: UUID) -> CalendarVersion | None:
    """The agency's own newest version, if it has one."""
    return session().scalars(_of(agency_id).order_by(CalendarVersion.number.desc()).limit(1)).first()


def history(agency_id: UUID) -> list[CalendarVersion]:
    """Every version the agency itself published, newest first."""
    return list(session().scalars(_of(agency_id).order_by(CalendarVersion.number.desc())))


def get_version(agency_id: UUID, number: int) -> CalendarVersion:
    """One version of an agency's calendar: what an old deadline was computed with. ``NotFound`` where there is none."""
    version = session().scalars(_of(agency_id).where(CalendarVersion.number == number)).first()
    if version is None:
        raise NotFound("Không có phiên bản lịch làm việc này; xem danh sách phiên bản ở trang quản trị.")
    return version


def calendar_of(version: CalendarVersion) -> WorkingCalendar:
    """The arithmetic of a version. Versions never change, so each is built once in a process."""
    calendar = _calendars.get(version.id)
    if calendar is None:
        calendar = shape.working_calendar(version.sessions, version.days, number=version.number)
        if len(_calendars) >= _MOST_KEPT:
            _calendars.clear()
        _calendars[version.id] = calendar
    return calendar


def publish(
    agency_id: UUID, sessions: Mapping[str, Any], days: Sequence[Any], *, basis: str, by_id: UUID | None
) -> CalendarVersion:
    """Make the agency's next version. Changes no promised date by itself (DESIGN 3.5).

    ``AnswersRejected`` (fields ``sessions``, ``days``, ``basis``) as ``shape.working_calendar`` says, and for a missing basis;
    ``Conflict`` when somebody published at the same moment.
    """
    if not basis.strip():
        raise AnswersRejected({"basis": ["Ghi căn cứ của thay đổi: số, ngày văn bản hoặc lý do."]})
    normal_sessions, normal_days = shape.to_json(shape.working_calendar(sessions, days))
    former = latest(agency_id)
    version = CalendarVersion(
        agency_id=agency_id,
        number=former.number + 1 if former else 1,
        sessions=normal_sessions,
        days=normal_days,
        basis=basis.strip(),
        made_by_id=by_id,
    )
    session().add(version)
    try:
        session().flush()
    except IntegrityError as error:
        raise Conflict("Lịch làm việc vừa được người khác ban hành; tải lại trang rồi sửa tiếp.") from error
    return version


def seed(agency_id: UUID, *, by_id: UUID | None = None) -> CalendarVersion:
    """Give an agency the calendar of ``SEED_FILE`` as its version 1; an agency that already has a calendar keeps it."""
    known = latest(agency_id)
    if known is not None:
        return known
    imported = importing.read(SEED_FILE)
    return publish(agency_id, imported.sessions, imported.days, basis=imported.basis, by_id=by_id)


def import_file(path: Path, agency_ids: Sequence[UUID], *, by_id: UUID | None) -> CalendarVersion:
    """Merge a calendar file into the calendar in force and publish it for the first of ``agency_ids`` (``calendar import``).

    Where no calendar is in force the file must bring its own hours. ``AnswersRejected`` where the file cannot be used.
    """
    try:
        version = current(agency_ids)
    except NotFound:
        imported = importing.read(path)
    else:
        imported = importing.read(path, version.sessions, version.days)
    return publish(agency_ids[0], imported.sessions, imported.days, basis=imported.basis, by_id=by_id)


@cache
def _newest(count: int) -> Statement:
    """The newest version of each of ``count`` agencies, without its long columns: asked at every move of a case."""
    own = [CalendarVersion.agency_id == sa.bindparam(f"agency_{place}", type_=sa.Uuid()) for place in range(count)]
    return Statement(
        lambda: sa.select(CalendarVersion.agency_id, CalendarVersion.id).where(sa.or_(*own)).order_by(CalendarVersion.number)
    )


def _of(agency_id: UUID) -> sa.Select[CalendarVersion]:
    return sa.select(CalendarVersion).where(CalendarVersion.agency_id == agency_id)
