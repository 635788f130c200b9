"""Timers of a case as rows: made with what they watch, cancelled with it (DESIGN.md section 6)."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from engine import clock, rows
from engine.calendar.rules import WorkingCalendar
from engine.cases import deadlines
from engine.cases.models import Case, Step, Timer
from engine.flow.errors import FlowFailed
from engine.flow.moves import Waiting
from engine.procedures.definition import Definition
from engine.statements import Statement
from engine.transaction import session

#: A flow timer stands before reminders of the same moment: it may close the step they speak of.
FLOW_POSITION = -1

_table = cast(sa.Table, Timer.__table__)


def _cancelling(*watched: sa.ColumnElement[bool]) -> sa.Update:
    waits = _table.c.state.in_((sa.literal_column("'waiting'"), sa.literal_column("'paused'")))
    return sa.update(_table).where(_table.c.case_id == sa.bindparam("the_case"), waits, *watched).values(state="cancelled")


_CANCEL_ALL = Statement(_cancelling)
_CANCEL = Statement(
    lambda: _cancelling(sa.or_(_table.c.step_id == sa.bindparam("the_step"), _table.c.token == sa.bindparam("the_token")))
)


_HAD = Statement(
    lambda: sa.select(_table.c.id, _table.c.kind, _table.c.state, _table.c.attempts).where(
        _table.c.case_id == sa.bindparam("the_case"),
        _table.c.step_id == sa.bindparam("the_step"),
        _table.c.state != sa.literal_column("'cancelled'"),
    )
)


def watch(case: Case, rule: Definition, steps: Collection[Step], events: Collection[Waiting], calendar: WorkingCalendar) -> None:
    """Make the first timer of each new, already written step and those of BPMN timer events, counted from now.

    A step has one timer at a time: when it has rung, ``watch_on`` makes the next. ``FlowFailed`` where the moment of an event is
    no moment.
    """
    rings = [_ring_row(case, step, rule, calendar) for step in steps]
    rows.write(Timer, [_event_row(case, waiting) for waiting in events] + [row for row in rings if row])


def watch_on(step: Step, rule: Definition, calendar: WorkingCalendar, *, after: uuid.UUID) -> datetime | None:
    """Make the timer that follows those the open step had so far; its moment, None where none follows.

    ``after`` is the timer that has rung, or failed to. While another waits for its moment, none is made; one that failed
    and waits to be tried again holds up nothing.
    """
    had = _had(step)
    if any(timer.is_to_come and timer.id != after for timer in had):
        return None
    row = _ring_row(step.case, step, rule, calendar, {timer.kind for timer in had})
    if row is None:
        return None
    rows.write(Timer, [row])
    due_at: datetime = row["due_at"]
    return due_at


def cancel(case: Case, *, step_ids: Collection[uuid.UUID], tokens: Collection[int]) -> None:
    """Cancel what still waits for these steps and for these tokens."""
    pairs = zip_longest(step_ids, tokens)
    _CANCEL.run_each([{"the_case": case.id, "the_step": step_id, "the_token": token} for step_id, token in pairs])


def cancel_all(case: Case) -> None:
    """Cancel everything that still waits in a case that has ended."""
    _CANCEL_ALL.run(the_case=case.id)


def due_ids(now: datetime, limit: int = 100) -> list[tuple[uuid.UUID, datetime]]:
    """Timers due at ``now``, with their moments, in the order they must fire; of a failed attempt only when its pause is over."""
    rested = sa.or_(Timer.retry_at.is_(None), Timer.retry_at <= now)
    query = sa.select(Timer.id, Timer.due_at).where(_waits(), Timer.due_at <= now, rested)
    found = session().execute(query.order_by(Timer.due_at, Timer.position, Timer.id).limit(limit))
    return [(timer_id, due_at) for timer_id, due_at in found]


def next_due(now: datetime) -> datetime | None:
    """The next moment after ``now`` at which a timer is due: when to look again at the latest."""
    query = sa.select(Timer.due_at).where(_waits(), Timer.due_at > now).order_by(Timer.due_at).limit(1)
    return session().scalars(query).one_or_none()


def reschedule(case: Case, steps: Collection[Step], rule: Definition, calendar: WorkingCalendar) -> None:
    """Give open steps and their waiting timers the moments that follow from the case's changed due moment."""
    cancel(case, step_ids=[step.id for step in steps], tokens=[])
    new: list[dict[str, Any]] = []
    for step in steps:
        rows.change(step, due_at=deadlines.due_of_step(calendar, step.opened_at, step.term_minutes, case.due_at))
        row = _ring_row(case, step, rule, calendar, {timer.kind for timer in _had(step)})
        new += [row] if row else []
    rows.write(Timer, new)


def _event_row(case: Case, waiting: Waiting) -> dict[str, Any]:
    if waiting.timer is None:
        raise FlowFailed("Sự kiện hẹn giờ không có thời điểm.", element=waiting.element)
    return {
        "agency_id": case.agency_id,
        "case_id": case.id,
        "kind": "flow",
        "element": waiting.element,
        "token": waiting.token,
        "due_at": deadlines.due_of_event(waiting.timer, clock.now()),
        "position": FLOW_POSITION,
        "step_id": None,
    }


class _Had(NamedTuple):
    id: uuid.UUID
    kind: str
    state: str
    attempts: int

    @property
    def is_to_come(self) -> bool:
        """Whether its moment, or the end of a suspension, is still waited for."""
        return self.state in ("waiting", "paused") and self.attempts == 0


def _had(step: Step) -> list[_Had]:
    """What has rung for the step, is still to ring, or was dismissed."""
    session().flush()
    return [_Had(*found) for found in _HAD.rows(the_case=step.case_id, the_step=step.id)]


def _ring_row(
    case: Case, step: Step, rule: Definition, calendar: WorkingCalendar, rung: Collection[str] = ()
) -> dict[str, Any] | None:
    """A step without a term of its own has no working time to take percentages of: it only becomes overdue with its case."""
    planned = rule.steps[step.element]
    rungs = deadlines.ladder(planned.reminder, planned.escalations) if step.term_minutes else (deadlines.OVERDUE,)
    ring = deadlines.next_ring(calendar, rungs, step.opened_at, step.due_at, term=_whole_term(case, step), rung=rung)
    if ring is None:
        return None
    watched = {"agency_id": step.agency_id, "case_id": step.case_id, "step_id": step.id}
    return {**watched, "kind": ring.kind, "due_at": ring.due_at, "position": ring.position}


def _whole_term(case: Case, step: Step) -> timedelta | None:
    """The step's term, where the case's due moment does not cut it."""
    return timedelta(minutes=step.term_minutes) if step.term_minutes and step.due_at != case.due_at else None


def _waits() -> sa.ColumnElement[bool]:
    """Written out, not bound: only so do the databases use the partial index."""
    return Timer.state == sa.literal_column("'waiting'")
