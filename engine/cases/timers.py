"""Timers of a case as rows: made with what they watch, cancelled with it (DESIGN.md section 6)."""

import uuid
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from engine import clock
from engine.calendar.rules import WorkingCalendar
from engine.cases import deadlines
from engine.cases.models import Case, Step, Timer
from engine.flow.errors import FlowFailed
from engine.flow.moves import Waiting
from engine.procedures.definition import Definition, StepDefinition
from engine.transaction import session

#: A flow timer stands before reminders of the same moment: it may close the step they speak of.
FLOW_POSITION = -1


def watch(step: Step, planned: StepDefinition, calendar: WorkingCalendar, *, except_: Collection[str] = ()) -> None:
    """Make the timers of a step: reminder, overdue, escalations; those of kinds in ``except_`` have rung before."""
    rings = deadlines.rings(
        calendar,
        step.opened_at,
        step.due_at,
        reminder=planned.reminder,
        escalations=planned.escalations,
        has_term=bool(step.term_minutes),
    )
    session().add_all(
        Timer(agency_id=step.agency_id, case_id=step.case_id, step_id=step.id, kind=r.kind, due_at=r.due_at, position=r.position)
        for r in rings
        if r.kind not in except_
    )


def await_event(case: Case, waiting: Waiting) -> Timer:
    """The timer of a BPMN timer event, counted from now. ``FlowFailed`` where its moment is no moment."""
    if waiting.timer is None:
        raise FlowFailed("Sự kiện hẹn giờ không có thời điểm.", element=waiting.element)
    timer = Timer(
        agency_id=case.agency_id,
        case_id=case.id,
        kind="flow",
        element=waiting.element,
        token=waiting.token,
        due_at=deadlines.due_of_event(waiting.timer, clock.now()),
        position=FLOW_POSITION,
    )
    session().add(timer)
    return timer


def cancel(case: Case, *, step_ids: Collection[uuid.UUID], tokens: Collection[int]) -> None:
    """Cancel what still waits for these steps and for these tokens."""
    watched = sa.or_(Timer.step_id.in_(step_ids), Timer.token.in_(tokens))
    _cancel(Timer.case_id == case.id, watched)


def cancel_all(case: Case) -> None:
    """Cancel everything that still waits in a case that has ended."""
    _cancel(Timer.case_id == case.id)


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
    for step in steps:
        step.due_at = deadlines.due_of_step(calendar, step.opened_at, step.term_minutes, case.due_at)
        rung = sa.select(Timer.kind).where(Timer.case_id == case.id, Timer.step_id == step.id, Timer.state == "fired")
        watch(step, rule.steps[step.element], calendar, except_=session().scalars(rung).all())


def _waits() -> sa.ColumnElement[bool]:
    """Written out, not bound: only so do the databases use the partial index."""
    return Timer.state == sa.literal_column("'waiting'")


def _cancel(*conditions: sa.ColumnElement[bool]) -> None:
    waiting = Timer.state.in_(("waiting", "paused"))
    change = sa.update(Timer).where(*conditions, waiting).values(state="cancelled")
    session().execute(change.execution_options(synchronize_session=False))
