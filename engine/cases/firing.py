"""Fire due timers: each exactly once, in the order they are due, one transaction for each (DESIGN.md section 6)."""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine import clock
from engine.cases import incidents, locking, moves, reminders
from engine.cases.acts import Act
from engine.cases.incidents import Trouble
from engine.cases.models import Case, Timer
from engine.flow import run
from engine.flow.errors import FlowFailed
from engine.journal import entries
from engine.procedures import definition
from engine.transaction import session

#: How long a failed timer rests before its second and third attempt; after the third it becomes an incident.
DELAYS = (timedelta(seconds=10), timedelta(seconds=60))


def fire(timer_id: uuid.UUID, *, detected_at: datetime | None = None) -> bool:
    """Fire one due timer in the sweep's transaction; False when it is not for now.

    Not for now: fired or cancelled by somebody else, its case busy, an earlier timer of its case still waiting, or resting
    after a failed attempt. ``detected_at`` is when the sweep saw it was due (now). A timer that fails raises:
    see ``note_failure``.
    """
    timer = session().get(Timer, timer_id)
    if timer is None or timer.state != "waiting":
        return False
    case = locking.lock_if_free(timer.case_id)
    if case is None:
        return False
    session().refresh(timer)
    if not _is_due(timer) or not _may_fire(timer, case) or _has_earlier(timer):
        return False
    timer.detected_at = timer.detected_at or detected_at or clock.now()
    if timer.kind == "flow":
        _fire_event(timer, case)
    else:
        reminders.ring(timer, case)
    timer.state, timer.fired_at = "fired", clock.now()
    session().flush()
    return True


def note_failure(timer_id: uuid.UUID, error: Exception, *, detected_at: datetime) -> None:
    """After a failed attempt was undone: let the timer rest, or make an incident of it after the third. Other timers go on."""
    timer = session().get_one(Timer, timer_id)
    case = locking.lock(timer.case_id)
    session().refresh(timer)
    if timer.state != "waiting":
        return
    timer.attempts += 1
    timer.detected_at = timer.detected_at or detected_at
    if timer.attempts <= len(DELAYS):
        timer.retry_at = clock.now() + DELAYS[timer.attempts - 1]
        return
    timer.state = "paused"
    message = f"Hẹn giờ không thực hiện được sau {timer.attempts} lần: {incidents.sentence_of(error)}"
    incidents.record(Trouble(case.agency_id, message, incidents.trace_of(error), case.id, timer.element, timer.id))


def _is_due(timer: Timer) -> bool:
    now = clock.now()
    return timer.state == "waiting" and timer.due_at <= now and (timer.retry_at is None or timer.retry_at <= now)


def _may_fire(timer: Timer, case: Case) -> bool:
    """A case that stands still keeps its timers for later; one that ended has none."""
    if case.state == "running":
        return True
    timer.state = "paused" if case.state in ("suspended", "incident") else "cancelled"
    session().flush()
    return False


def _has_earlier(timer: Timer) -> bool:
    """Whether another timer of the case must fire first; one that failed before does not hold up the others."""
    key = sa.tuple_(Timer.due_at, Timer.position, Timer.id)
    own = sa.tuple_(sa.literal(timer.due_at, Timer.due_at.type), sa.literal(timer.position), sa.literal(timer.id, Timer.id.type))
    earlier = sa.select(Timer.id).where(Timer.case_id == timer.case_id, Timer.state == "waiting", Timer.attempts == 0, key < own)
    return session().scalars(earlier.limit(1)).first() is not None


def _fire_event(timer: Timer, case: Case) -> None:
    if timer.token is None:
        raise FlowFailed("Hẹn giờ này không còn gắn với vị trí nào của quy trình.", element=timer.element)
    rule = definition.of_id(case.revision_id)
    facts = {"timer_id": timer.id, "element": timer.element, "timer_due_at": timer.due_at, "detected_at": timer.detected_at}
    entries.append("timer.fired", agency_id=case.agency_id, by=None, case_id=case.id, **facts)
    timer.state = "fired"
    move = run.fire_timer(rule.model, case.marking, timer.token, case.values)
    moves.apply(case, rule, move, Act())
