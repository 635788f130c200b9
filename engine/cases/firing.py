"""Fire due timers: each exactly once, in the order they are due, one transaction for each (DESIGN.md section 6)."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine import clock, rows
from engine.cases import calendars, claiming, incidents, locking, moves, reminders, timers, troubles
from engine.cases.acts import Act
from engine.cases.models import Case, Step, Timer
from engine.cases.troubles import Trouble
from engine.flow import run
from engine.flow.errors import FlowFailed
from engine.journal import entries
from engine.procedures import definition
from engine.transaction import session

#: How long a failed timer rests before each further attempt; after the last one it waits for the operator.
DELAYS = (timedelta(seconds=10), timedelta(seconds=60), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))


@dataclass(frozen=True)
class Fired:
    """A timer fired; ``next_at`` is the moment of the one that follows it, where one does."""

    next_at: datetime | None = None


def fire(timer_id: uuid.UUID, *, detected_at: datetime | None = None) -> Fired | None:
    """Fire one due timer in the sweep's transaction; None when it is not for now.

    Not for now: fired or cancelled by somebody else, its case busy, an earlier timer of its case still waiting, or resting
    after a failed attempt. ``detected_at`` is when the sweep saw it was due (now). A timer that fails raises:
    see ``note_failure``.
    """
    incidents.leave_to_caller()
    claimed = claiming.claim(timer_id, clock.now())
    if claimed is None or not _may_fire(claimed.timer, claimed.case) or claimed.is_early:
        return None
    timer, case, step = claimed.timer, claimed.case, claimed.step
    rows.change(timer, detected_at=timer.detected_at or detected_at or clock.now())
    if step is None:
        _fire_event(timer, case)
    else:
        reminders.ring(timer, step, case)
    rows.change(timer, state="fired", fired_at=clock.now())
    if timer.attempts:
        incidents.heal(timer)
    return Fired(_watch_on(timer, step, case))


def note_failure(timer_id: uuid.UUID, error: Exception, *, detected_at: datetime) -> None:
    """After a failed attempt was undone: open (or go on with) its incident and let the timer rest. Other timers go on."""
    timer = session().get_one(Timer, timer_id)
    case = locking.lock(timer.case_id)
    session().refresh(timer)
    if timer.state != "waiting":
        return
    timer.attempts += 1
    timer.detected_at = timer.detected_at or detected_at
    is_last = timer.attempts > len(DELAYS)
    timer.retry_at = None if is_last else clock.now() + DELAYS[timer.attempts - 1]
    timer.state = "paused" if is_last else "waiting"
    incidents.record(_trouble(timer, case, error))


def go_on(timer_id: uuid.UUID) -> None:
    """What failed, or was dismissed, holds up nothing that comes after it: make the step's next timer where there is none."""
    timer = session().get_one(Timer, timer_id)
    case = locking.lock(timer.case_id)
    step = session().get(Step, timer.step_id, populate_existing=True) if timer.step_id is not None else None
    if step is not None and step.state == "open":
        _watch_on(timer, step, case)


def _watch_on(timer: Timer, step: Step | None, case: Case) -> datetime | None:
    """The step's next timer, where this was one of a step's."""
    if step is None:
        return None
    return timers.watch_on(step, definition.of_id(case.revision_id), calendars.of(case.agency_id), after=timer.id)


def is_exhausted(timer: Timer) -> bool:
    """Whether the timer rests because it failed too often: only the operator wakes it."""
    return timer.state == "paused" and timer.attempts > len(DELAYS)


def _trouble(timer: Timer, case: Case, error: Exception) -> Trouble:
    step = session().get(Step, timer.step_id) if timer.step_id else None
    place = error.element if isinstance(error, FlowFailed) else None
    return Trouble(
        case.agency_id,
        f"Hẹn giờ không thực hiện được: {troubles.sentence_of(error)}",
        troubles.trace_of(error),
        case.id,
        place or timer.element or (step.element if step else None),
        timer.id,
        cause=troubles.cause_of(error),
        procedure_code=case.procedure_code,
        input=troubles.input_of(f"timer.{timer.kind}", {"due_at": timer.due_at, "values": case.values}),
        next_retry_at=timer.retry_at,
    )


def _may_fire(timer: Timer, case: Case) -> bool:
    """A case that stands still keeps its timers for later; one that ended has none."""
    if case.state == "running":
        return True
    rows.change(timer, state="paused" if case.state in ("suspended", "incident") else "cancelled")
    return False


def _fire_event(timer: Timer, case: Case) -> None:
    if timer.token is None:
        raise FlowFailed("Hẹn giờ này không còn gắn với vị trí nào của quy trình.", element=timer.element)
    rule = definition.of_id(case.revision_id)
    facts = {"timer_id": timer.id, "element": timer.element, "timer_due_at": timer.due_at, "detected_at": timer.detected_at}
    entries.append("timer.fired", agency_id=case.agency_id, by=None, case_id=case.id, **facts)
    rows.change(timer, state="fired")
    move = run.fire_timer(rule.model, case.marking, timer.token, case.values)
    moves.apply(case, rule, move, Act())
