"""The legal clock of a dossier: when it starts, what stops it, and the promised moment with its derivation."""

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from engine import clock, rows
from engine.calendar import versions
from engine.calendar.deadlines import Deadline, deadline
from engine.calendar.limits import Limit, Pause, PauseKind, Unit
from engine.calendar.models import CalendarVersion
from engine.calendar.rules import WorkingCalendar
from engine.dossiers.models import ClockPeriod, Dossier, PublicService
from engine.errors import Conflict
from engine.journal import entries
from engine.people import working_time
from engine.people.actors import Actor
from engine.people.models import Agency
from engine.transaction import session


def preview(agency_id: uuid.UUID, received_at: datetime, limit: Limit, pauses: Sequence[Pause] = ()) -> Deadline:
    """The deadline an agency would promise now, with its derivation."""
    calendar, _ = working_time.calendar_for(agency_id)
    return deadline(calendar, received_at, limit, pauses)


def limit_of(service: PublicService) -> Limit:
    """The legal limit of a service as the calendar counts it."""
    return Limit(service.limit_value, Unit(service.limit_unit))


def start(dossier: Dossier, at: datetime, *, by: Actor | None) -> None:
    """The dossier is complete and correct: the clock starts (NĐ 118/2025 Đ.17.3). Refuses with ``Conflict`` a second start."""
    if dossier.due_at is not None:
        raise Conflict(
            "Hồ sơ đã được tiếp nhận, đồng hồ đã chạy.", at=dossier.received_at.isoformat() if dossier.received_at else None
        )
    dossier.received_at = at
    dossier.received_by_id = by.person_id if by else None
    _promise(dossier, *_in_force(dossier), ())
    dossier.original_due_at = dossier.due_at
    entries.append("clock.started", agency_id=dossier.agency_id, by=by, case_id=dossier.case_id, at=at, due_at=dossier.due_at)


def stop(dossier: Dossier, kind: str, reason: str, *, by: Actor | None) -> ClockPeriod:
    """The clock no longer runs against the office. ``kind`` is ``supplement`` or ``finance``; a supplement becomes a restart
    where the service says so. Refuses with ``Conflict`` while it stands still already."""
    if running_pause(dossier) is not None:
        raise Conflict("Đồng hồ của hồ sơ đang dừng.")
    is_restart = kind == "supplement" and dossier.service.after_supplement == "restart"
    period = ClockPeriod(
        agency_id=dossier.agency_id,
        case_id=dossier.case_id,
        kind="restart" if is_restart else kind,
        started_at=clock.now(),
        reason=reason,
    )
    session().add(period)
    session().flush()
    entries.append("clock.stopped", agency_id=dossier.agency_id, by=by, case_id=dossier.case_id, cause=period.kind, reason=reason)
    return period


def resume(dossier: Dossier, *, by: Actor | None) -> bool:
    """The reason is gone: the clock runs again. Returns whether the promised moment changed."""
    period = running_pause(dossier)
    if period is None:
        return False
    period.ended_at = clock.now()
    session().flush()
    before = dossier.due_at
    version = _in_force(dossier) if period.kind == PauseKind.RESTART else _promised_on(dossier)
    _promise(dossier, *version, pauses_of(dossier))
    entries.append(
        "clock.resumed",
        agency_id=dossier.agency_id,
        by=by,
        case_id=dossier.case_id,
        cause=period.kind,
        before=before,
        after=dossier.due_at,
    )
    return before != dossier.due_at


def running_pause(dossier: Dossier) -> ClockPeriod | None:
    """The period that stops the clock at this moment."""
    query = sa.select(ClockPeriod).where(ClockPeriod.case_id == dossier.case_id, ClockPeriod.ended_at.is_(None))
    return session().scalars(query).one_or_none()


def periods_of(dossier: Dossier) -> list[ClockPeriod]:
    """Every time the clock stood still, in order."""
    query = sa.select(ClockPeriod).where(ClockPeriod.case_id == dossier.case_id).order_by(ClockPeriod.started_at, ClockPeriod.id)
    return list(session().scalars(query))


def pauses_of(dossier: Dossier) -> tuple[Pause, ...]:
    """The ended periods as the deadline arithmetic takes them; those before receipt do not count (the clock had not started)."""
    received_at = dossier.received_at
    return tuple(
        Pause(PauseKind(period.kind), period.started_at, period.ended_at)
        for period in periods_of(dossier)
        if period.ended_at is not None and received_at is not None and period.started_at >= received_at
    )


def _promise(dossier: Dossier, version_id: uuid.UUID, calendar: WorkingCalendar, pauses: Sequence[Pause]) -> None:
    """Write the promise and its derivation, with the calendar version it rests on."""
    if dossier.received_at is None:
        raise Conflict("Hồ sơ chưa được tiếp nhận nên chưa có thời hạn.")
    promised = deadline(calendar, dossier.received_at, limit_of(dossier.service), pauses)
    dossier.due_at = promised.due_at
    dossier.deadline = {**promised.derivation, "calendar_version_id": str(version_id)}
    rows.change(dossier.case, due_at=promised.due_at)


def _in_force(dossier: Dossier) -> tuple[uuid.UUID, WorkingCalendar]:
    agency = session().get_one(Agency, dossier.agency_id)
    return working_time.in_force(agency.id, agency.calendar_version_id)


def _promised_on(dossier: Dossier) -> tuple[uuid.UUID, WorkingCalendar]:
    """The calendar version the present promise rests on: a changed calendar moves no promised date by itself."""
    kept = (dossier.deadline or {}).get("calendar_version_id")
    version = session().get(CalendarVersion, uuid.UUID(kept)) if kept else None
    return (version.id, versions.calendar_of(version)) if version else _in_force(dossier)
