"""Cases opened by the clock: timer start events of the revisions in force, each moment once, missed ones together once (R16)."""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import sqlalchemy as sa

from engine import clock
from engine.cases import deadlines, incidents, receivers, starting, troubles
from engine.cases.firing import DELAYS
from engine.cases.models import StartTimer
from engine.cases.troubles import Trouble
from engine.errors import EngineError
from engine.flow import timers
from engine.flow.facts import ElementFacts
from engine.procedures import catalogue, definition
from engine.procedures.models import ProcedureRevision
from engine.transaction import session

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Schedule:
    """The moments of a timer start event, numbered from 0. ``count`` None: without end."""

    first: datetime
    period: str
    count: int | None

    def at(self, number: int) -> datetime:
        """A moment, counted from the first: the 31st of a month stays one where the month has it."""
        if number == 0 or not self.period:
            return self.first
        longer = re.sub(r"\d+", lambda found: str(int(found[0]) * number), self.period)
        try:
            return deadlines.due_of_event(longer, self.first)
        except EngineError:
            return _NEVER

    def next_after(self, number: int, moment: datetime) -> int | None:
        """The first moment from ``number`` on that is not before ``moment``; None where there is none."""
        low, step = number, 1
        while self.period and self.at(low + step) < moment:
            low, step = low + step, step * 2
        high = low + step
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.at(middle) < moment else (low, middle)
        is_one = self.at(low) >= moment and self.at(low) < _NEVER
        return low if is_one and (self.count is None or low < self.count) else None


def schedule_of(text: str) -> Schedule:
    """The moments of a date (``timeDate``) or a repeating interval with its first time (``timeCycle``) of a start event."""
    cycle = timers.cycle(text)
    if cycle is None or cycle.first is None:
        return Schedule(deadlines.due_of_event(timers.bare(text), clock.now()), "", 1)
    return Schedule(deadlines.due_of_event(cycle.first, clock.now()), cycle.period, cycle.count)


def unarranged() -> list[uuid.UUID]:
    """Revisions in force that nobody has looked through for timer starts."""
    known = sa.select(StartTimer.revision_id)
    query = sa.select(ProcedureRevision.id).where(
        ProcedureRevision.state == catalogue.EFFECTIVE, ProcedureRevision.id.not_in(known)
    )
    return [revision_id for revision_id in session().scalars(query) if _timers_of(revision_id)]


def arrange(revision_id: uuid.UUID) -> None:
    """Write a row for each timer start event of a revision. Moments before it was published are not its.

    But one of the revision before it that was due by then and missed passes on to it: its case is opened all the same.
    """
    revision = session().scalars(sa.select(ProcedureRevision).where(ProcedureRevision.id == revision_id).with_for_update()).one()
    if session().scalars(sa.select(StartTimer.id).where(StartTimer.revision_id == revision_id)).first() is not None:
        return
    for start in _timers_of(revision_id) or ():
        schedule = schedule_of(start.timer or "")
        number = schedule.next_after(0, revision.published_at)
        missed = _missed(revision, start.id)
        session().add(
            StartTimer(
                agency_id=revision.procedure.agency_id,
                revision_id=revision_id,
                element=start.id,
                due_at=missed or schedule.at(number or 0),
                passed=number or 0,
                state="over" if number is None and missed is None else "waiting",
            )
        )
    session().flush()


def due_ids(now: datetime, limit: int = 100) -> list[uuid.UUID]:
    """Start timers due at ``now``, in order."""
    waits = StartTimer.state == sa.literal_column("'waiting'")
    ready = sa.or_(StartTimer.retry_at.is_(None), StartTimer.retry_at <= now)
    query = sa.select(StartTimer.id).where(waits, StartTimer.due_at <= now, ready).order_by(StartTimer.due_at, StartTimer.id)
    return list(session().scalars(query.limit(limit)))


def open_due(timer_id: uuid.UUID) -> bool:
    """Open the case of a due moment in the sweep's transaction; False when it is not for now. What fails raises.

    Moments missed meanwhile are not made up for: one case stands for all of them. A revision out of force opens nothing.
    A moment in which the procedure is suspended or withdrawn passes.
    """
    incidents.leave_to_caller()
    timer, now = _locked(timer_id), clock.now()
    if timer is None or timer.state != "waiting" or timer.due_at > now or (timer.retry_at is not None and timer.retry_at > now):
        return False
    revision = catalogue.get(timer.revision_id)
    if revision.state != catalogue.EFFECTIVE:
        timer.state = "waiting" if _is_awaited(revision) else "over"
        session().flush()
        return False
    if revision.procedure.state != catalogue.OPEN:
        pass_over(timer)
        return False
    rule = definition.of(revision)
    title = f"{rule.title}: {clock.local(timer.due_at):%d/%m/%Y %H:%M}"[: starting.LONGEST_TITLE]
    case = starting.create(revision, agency_id=timer.agency_id, title=title, values={}, by=None)
    starting.begin(case, by=None, start_event=timer.element)
    if timer.attempts:
        incidents.heal(timer)
    timer.last_case_id, timer.attempts, timer.retry_at = case.id, 0, None
    _go_on(timer, schedule_of(rule.facts.elements[timer.element].timer or ""), now)
    return True


def pass_over(timer: StartTimer) -> None:
    """Open nothing for the moment that is due: go on with the next one (an operator's decision)."""
    facts = definition.of(catalogue.get(timer.revision_id)).facts.elements[timer.element]
    timer.state, timer.attempts, timer.retry_at = "waiting", 0, None
    _go_on(timer, schedule_of(facts.timer or ""), clock.now())


def note_failure(timer_id: uuid.UUID, error: Exception) -> None:
    """After a failed attempt was undone: an incident, and a rest that grows; after the last attempt the operator decides."""
    timer = _locked(timer_id)
    if timer is None or timer.state != "waiting":
        return
    timer.attempts += 1
    is_last = timer.attempts > len(DELAYS)
    timer.retry_at = None if is_last else clock.now() + DELAYS[timer.attempts - 1]
    timer.state = "paused" if is_last else "waiting"
    code = catalogue.get(timer.revision_id).procedure.code
    trouble = Trouble(
        timer.agency_id,
        f"Không tự mở được hồ sơ theo lịch: {troubles.sentence_of(error)}",
        troubles.trace_of(error),
        None,
        timer.element,
        timer.id,
        cause=troubles.cause_of(error),
        procedure_code=code,
        next_retry_at=timer.retry_at,
    )
    incidents.record(trouble)


def _go_on(timer: StartTimer, schedule: Schedule, now: datetime) -> None:
    is_own = timer.due_at >= schedule.at(timer.passed)  # else a moment of the revision before it
    number = schedule.next_after(timer.passed + is_own, now)
    if number is not None and schedule.at(number) == now:
        number = schedule.next_after(number + 1, now)
    if number is None:
        timer.state = "over"
    else:
        timer.passed, timer.due_at = number, schedule.at(number)
    session().flush()


def _missed(revision: ProcedureRevision, element: str) -> datetime | None:
    """The first moment a former revision of the procedure left unopened when this one was published; there it is over."""
    former = sa.select(ProcedureRevision.id).where(
        ProcedureRevision.procedure_id == revision.procedure_id, ProcedureRevision.number < revision.number
    )
    query = sa.select(StartTimer).where(StartTimer.revision_id.in_(former), StartTimer.element == element)
    query = query.where(StartTimer.state.in_(("waiting", "paused")), StartTimer.due_at <= revision.published_at)
    found = session().scalars(query.with_for_update().execution_options(populate_existing=True)).all()
    for timer in found:
        timer.state = "over"
    return min((timer.due_at for timer in found), default=None)


def _is_awaited(former: ProcedureRevision) -> bool:
    """Whether the revision in its place has not been looked through yet: until then what was missed stays as it is."""
    current_id = former.procedure.current_revision_id
    if current_id is None or _timers_of(current_id) == ():
        return False
    return session().scalars(sa.select(StartTimer.id).where(StartTimer.revision_id == current_id)).first() is None


def _locked(timer_id: uuid.UUID) -> StartTimer | None:
    query = sa.select(StartTimer).where(StartTimer.id == timer_id).with_for_update(skip_locked=True)
    return session().scalars(query.execution_options(populate_existing=True)).one_or_none()


@lru_cache(maxsize=4096)
def _timers_of(revision_id: uuid.UUID) -> tuple[ElementFacts, ...] | None:
    """Timer start events of a revision, which never changes. None: it cannot be read."""
    facts = receivers.facts_of(revision_id)
    return None if facts is None else tuple(start for start in facts.case_starts if start.timer is not None)
