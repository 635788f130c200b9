"""Calendar versions of agencies: the current one, the arithmetic behind one, and publishing the next."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine import fence
from engine.calendar import importing, shape
from engine.calendar.models import CalendarVersion
from engine.calendar.rules import WorkingCalendar
from engine.errors import AnswersRejected, Conflict, NotFound
from engine.transaction import session

#: The calendar an agency tree starts from: usual office hours and the public holidays of 2025-2027.
SEED_FILE = Path(__file__).parent / "data" / "public_holidays.yaml"
_MOST_KEPT = 1_000
_calendars: dict[UUID, WorkingCalendar] = {}
#: Agencies stand above calendars; each keeps which version is in force for it.
_AGENCY = sa.table(
    "agency", sa.column("id", sa.Uuid()), sa.column("path", sa.Text()), sa.column("calendar_version_id", sa.Uuid())
)


def current(agency_ids: Sequence[UUID]) -> CalendarVersion:
    """The version in force for an agency: ``agency_ids`` is the agency, then its parent, and so on up to the root.

    The nearest one that has a calendar decides. ``NotFound`` where none has.
    """
    for agency_id in agency_ids:
        version = latest(agency_id)
        if version is not None:
            return version
    raise NotFound("Cơ quan chưa có lịch làm việc; nhập lịch ở trang quản trị hoặc bằng lệnh calendar import.")


def known(version_id: UUID) -> WorkingCalendar | None:
    """The arithmetic of a version this process has met."""
    return _calendars.get(version_id)


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
    _put_in_force(version)
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


def _put_in_force(version: CalendarVersion) -> None:
    """For the agency and all below it, save those with a calendar of their own nearer."""
    beneath = sa.select(_AGENCY.c.id, _AGENCY.c.path, CalendarVersion.agency_id)
    beneath = beneath.outerjoin(CalendarVersion, CalendarVersion.id == _AGENCY.c.calendar_version_id)
    touched = _AGENCY.c.path.contains(f"/{version.agency_id}/")
    with fence.lowered():
        # Whoever makes an agency below, or publishes there, comes before or after this: what they did is read then.
        session().execute(sa.select(_AGENCY.c.id).where(touched).order_by(_AGENCY.c.path).with_for_update(key_share=True))
        found = session().execute(beneath.where(touched)).all()
    concerned = [agency_id for agency_id, path, owner in found if not _is_nearer(path, owner, version.agency_id)]
    session().execute(sa.update(_AGENCY).where(_AGENCY.c.id.in_(concerned)).values(calendar_version_id=version.id))


def _is_nearer(path: str, owner: UUID | None, publisher: UUID) -> bool:
    """Whether the calendar of ``owner`` stands nearer on the path from the root than that of ``publisher``."""
    return owner is not None and path.find(f"/{owner}/") > path.find(f"/{publisher}/")


def _of(agency_id: UUID) -> sa.Select[CalendarVersion]:
    return sa.select(CalendarVersion).where(CalendarVersion.agency_id == agency_id)
