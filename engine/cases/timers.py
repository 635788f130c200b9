"""Timers of a case as rows: made with what they watch, cancelled with it (DESIGN.md section 6)."""

import uuid
from collections.abc import Collection
from datetime import datetime
from itertools import zip_longest
from typing import Any, cast

import sqlalchemy as sa

from engine import clock, rows
from engine.calendar.rules import WorkingCalendar
from engine.cases import deadlines
from engine.cases.models import Case, Step, Timer
from engine.flow.errors import FlowFailed
from engine.flow.moves import Waiting
from engine.procedures.definition import Definition, StepDefinition
from engine.statements import Statement
from engine.transaction import session

#: A flow timer stands before reminders of the same moment: it may close the step they speak of.
FLOW_POSITION = -1

_table = cast(sa.Table, Timer.__table__)


def _cancelling(*watched: sa.ColumnElement[bool]) -> sa.Update:
    waits = sa.literal_column("state IN ('waiting', 'paused')", sa.Boolean())
    return sa.update(_table).where(_table.c.case_id == sa.bindparam("the_case"), waits, *watched).values(state="cancelled")


_CANCEL_ALL = Statement(_cancelling)
_CANCEL = Statement(
    lambda: _cancelling(sa.or_(_table.c.step_id == sa.bindparam("the_step"), _table.c.token == sa.bindparam("the_token")))
)


def watch(case: Case, rule: Definition, steps: Collection[Step], events: Collection[Waiting], calendar: WorkingCalendar) -> None:
    """Make the timers of new, already written steps (reminder, overdue, escalations) and of BPMN timer events, counted from now.

    ``FlowFailed`` where the moment of an event is no moment.
    """
    rings = [row for step in steps for row in _rings(step, rule.steps[step.element], calendar)]
    rows.write(Timer, [_event_row(case, waiting) for waiting in events] + rings)


def cancel(case: Case, *, step_ids: Collection[uuid.UUID], tokens: Collection[int]) -> None:
    """Cancel what still waits for these steps and for these tokens."""
    pairs = zip_longest(step_ids, tokens)
    _CANCEL.run_each([{"the_case": case.id, "the_step": step_id, "the_token": token} for step_id, token in pairs])


def cancel_all(case: Case) -> None:
    """Cancel everything that still waits in a case that has ended."""
    _CANCEL_ALL.run(the_case=case.id)


def due_ids(now: datetime, limit: int = 100) -> list[uuid.UUID]:
    """Timers due at ``now``, in the order they must fire; those of a failed attempt only when their pause is over."""
    query = sa.select(Timer.id).where(_waits(), Timer.due_at <= now, sa.or_(Timer.retry_at.is_(None), Timer.retry_at <= now))
    return list(session().scalars(query.order_by(Timer.due_at, Timer.position, Timer.id).limit(limit)))


def next_due(now: datetime) -> datetime | None:
    """The next moment after ``now`` at which a timer is due: when to look again at the latest."""
    query = sa.select(Timer.due_at).where(_waits(), Timer.due_at > now).order_by(Timer.due_at).limit(1)
    return session().scalars(query).one_or_none()


def reschedule(case: Case, steps: Collection[Step], rule: Definition, calendar: WorkingCalendar) -> None:
    """Give open steps and what still waits of their timers the moments that follow from the case's changed due moment."""
    cancel(case, step_ids=[step.id for step in steps], tokens=[])
    new: list[dict[str, Any]] = []
    for step in steps:
        rows.change(step, due_at=deadlines.due_of_step(calendar, step.opened_at, step.term_minutes, case.due_at))
        rung = sa.select(Timer.kind).where(Timer.case_id == case.id, Timer.step_id == step.id, Timer.state == "fired")
        kinds = session().scalars(rung).all()
        new += [row for row in _rings(step, rule.steps[step.element], calendar) if row["kind"] not in kinds]
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


def _rings(step: Step, planned: StepDefinition, calendar: WorkingCalendar) -> list[dict[str, Any]]:
    rings = deadlines.rings(
        calendar,
        step.opened_at,
        step.due_at,
        reminder=planned.reminder,
        escalations=planned.escalations,
        has_term=bool(step.term_minutes),
    )
    watched = {"agency_id": step.agency_id, "case_id": step.case_id, "step_id": step.id, "element": None, "token": None}
    return [{**watched, "kind": ring.kind, "due_at": ring.due_at, "position": ring.position} for ring in rings]


def _waits() -> sa.ColumnElement[bool]:
    """Written out, not bound: only so do the databases use the partial index."""
    return Timer.state == sa.literal_column("'waiting'")
