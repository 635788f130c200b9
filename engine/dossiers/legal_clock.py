"""The legal clock of a dossier: when it starts, what stops it, and the promised moment with its derivation."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine import clock, rows
from engine.calendar import versions
from engine.calendar.deadlines import Deadline, deadline
from engine.calendar.limits import Limit, Pause, PauseKind, Unit
from engine.calendar.models import CalendarVersion
from engine.calendar.rules import WorkingCalendar
from engine.dossiers.clock_models import Extension
from engine.dossiers.models import ClockPeriod, Dossier, PublicService
from engine.errors import Conflict
from engine.journal import entries
from engine.people import working_time
from engine.people.actors import Actor
from engine.people.models import Agency
from engine.printing import vietnamese
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
    dossier.due_at, dossier.deadline = _count(dossier, in_force(dossier), (), ())
    dossier.original_due_at = dossier.due_at
    rows.change(dossier.case, due_at=dossier.due_at)
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
    move_to(dossier, in_force(dossier) if period.kind == PauseKind.RESTART else promised_on(dossier))
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


def extend(dossier: Dossier, extension: Extension, *, by: Actor | None) -> None:
    """Let the promise run to the new date an apology gave; the date by law stays in the derivation and in ``extension``."""
    dossier.due_at = extension.to_due_at
    dossier.deadline = _lengthened(dossier.deadline or {}, extension.to_due_at, extension.reason)
    rows.change(dossier.case, due_at=dossier.due_at)
    entries.append(
        "clock.extended",
        agency_id=dossier.agency_id,
        by=by,
        case_id=dossier.case_id,
        before=extension.from_due_at,
        after=extension.to_due_at,
        reason=extension.reason,
    )


def standing_extensions(dossier: Dossier) -> list[Extension]:
    """New dates given on the present count, in order: a restart after a supplement begins a count of its own."""
    ends = [period.ended_at for period in periods_of(dossier) if period.kind == PauseKind.RESTART and period.ended_at]
    query = sa.select(Extension).where(Extension.case_id == dossier.case_id)
    if ends:
        query = query.where(Extension.decided_at >= max(ends))
    return list(session().scalars(query.order_by(Extension.number)))


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


def promise_on(dossier: Dossier, version: tuple[uuid.UUID, WorkingCalendar]) -> tuple[datetime, dict[str, Any]]:
    """What the promise would be on a calendar, and its derivation: limit, pauses so far, a new date an apology gave.

    Nothing is written. ``Conflict`` before receipt.
    """
    return _count(dossier, version, pauses_of(dossier), standing_extensions(dossier))


def _count(
    dossier: Dossier, version: tuple[uuid.UUID, WorkingCalendar], pauses: Sequence[Pause], extensions: Sequence[Extension]
) -> tuple[datetime, dict[str, Any]]:
    if dossier.received_at is None:
        raise Conflict("Hồ sơ chưa được tiếp nhận nên chưa có thời hạn.")
    version_id, calendar = version
    promised = deadline(calendar, dossier.received_at, limit_of(dossier.service), pauses)
    due_at, told = promised.due_at, {**promised.derivation, "calendar_version_id": str(version_id)}
    for extension in extensions:
        stops = [pause for pause in pauses if pause.start >= extension.decided_at]
        worked = sum((calendar.working_time_between(stop.start, stop.end) for stop in stops), timedelta())
        due_at = max(due_at, calendar.add_working(extension.to_due_at, worked))
        told = _lengthened(told, due_at, extension.reason)
    return due_at, told


def move_to(dossier: Dossier, version: tuple[uuid.UUID, WorkingCalendar]) -> None:
    """Let the promise rest on this calendar from now on, whatever comes of it."""
    dossier.due_at, dossier.deadline = promise_on(dossier, version)
    rows.change(dossier.case, due_at=dossier.due_at)


def _lengthened(told: Mapping[str, Any], to_due_at: datetime, reason: str) -> dict[str, Any]:
    """A derivation with a new date at its end; the moment by law stays the step before."""
    local = clock.local(to_due_at).isoformat()
    step = {"rule": "extended", "at": local, "text": f"Hẹn lại kèm xin lỗi đến {vietnamese.slip_time(to_due_at)}: {reason}"}
    return {**told, "due_at": local, "steps": [*told.get("steps", ()), step]}


def in_force(dossier: Dossier) -> tuple[uuid.UUID, WorkingCalendar]:
    """The calendar version its agency lives by now."""
    agency = session().get_one(Agency, dossier.agency_id)
    return working_time.in_force(agency.id, agency.calendar_version_id)


def promised_on(dossier: Dossier) -> tuple[uuid.UUID, WorkingCalendar]:
    """The calendar version the present promise rests on: a changed calendar moves no promised date by itself."""
    kept = (dossier.deadline or {}).get("calendar_version_id")
    if not kept:
        return in_force(dossier)
    version_id = uuid.UUID(kept)
    known = versions.known(version_id)
    if known is not None:
        return version_id, known
    version = session().get(CalendarVersion, version_id)
    return (version.id, versions.calendar_of(version)) if version else in_force(dossier)
