"""Write down what a move of the flow means for a case: steps, timers, journal, status, end. The one way a case changes place."""

from collections.abc import Sequence
from functools import lru_cache

import sqlalchemy as sa

from engine import clock, rows
from engine.calendar.rules import WorkingCalendar
from engine.cases import calendars, handing_over, locking, observers, opening, progress, sending, timers
from engine.cases.acts import Act
from engine.cases.models import Case, Step
from engine.cases.progress import Progress
from engine.flow import run
from engine.flow.model import Model
from engine.flow.moves import Move, Waiting
from engine.journal import entries
from engine.procedures.definition import Definition
from engine.statements import Statement
from engine.transaction import session

_OPEN_STEPS = Statement(lambda: sa.select(Step.id).where(Step.case_id == sa.bindparam("case_id"), Step.state == "open"))


def apply(case: Case, rule: Definition, move: Move, act: Act) -> list[Step]:
    """Apply ``move`` to the locked case and everything the service tasks after it lead to. Returns the steps opened.

    All of it belongs to the caller's transaction; any refusal must undo the whole act.
    """
    due_before, marking_before = case.due_at, case.marking
    made = progress.settle(case, rule, move, act)
    session().flush()
    calendar = calendars.of(case.agency_id)
    _close(case, made, act, waiting_at(rule, marking_before))
    if case.due_at != due_before:
        timers.reschedule(case, _still_open(case), rule, calendar)
    handing_over.hand_out(case, rule, act, calendar)
    steps = _open(case, rule, made, act, calendar)
    changes = {"values": case.values} if case.values != locking.values_read(case) else {}
    rows.change(case, marking=case.marking, visits=case.visits, version=case.version + 1, **changes)
    locking.note_values(case)
    _journal_thrown(case, made, act)
    sending.send(case, rule, made.thrown)
    if made.is_completed:
        _end(case, rule, made, act)
    _tell_observers(case, rule, made, act, steps)
    return steps


def _close(case: Case, made: Progress, act: Act, before: Sequence[Waiting]) -> None:
    """Cancel open steps whose token is gone, and every timer of what was closed; the act's own step is closed already."""
    own = act.step
    gone = made.closed - ({own.token} if own else set())
    tasks = {waiting.token for waiting in before if waiting.kind in opening.STEP_KINDS} & gone
    steps = [step for step in _still_open(case) if step.token in tasks] if tasks else []
    for step in steps:
        _cancel(step, act)
    closed_ids = [step.id for step in steps] + ([own.id] if own else [])
    if closed_ids or gone:
        timers.cancel(case, step_ids=closed_ids, tokens=gone)


def _cancel(step: Step, act: Act) -> None:
    rows.change(step, state="cancelled", closed_at=clock.now(), version=step.version + 1)
    opening.note_person(step, step.assignee_id)
    facts = {"step_id": step.id, "element": step.element, "name": step.name, "assignee_id": step.assignee_id}
    entries.append("step.cancelled", agency_id=step.agency_id, by=act.by, case_id=step.case_id, **facts)


def _still_open(case: Case) -> list[Step]:
    return [session().get_one(Step, step_id) for (step_id,) in _OPEN_STEPS.rows(case_id=case.id)]


def _open(case: Case, rule: Definition, made: Progress, act: Act, calendar: WorkingCalendar) -> list[Step]:
    events = [waiting for waiting in made.opened.values() if waiting.kind == "timer"]
    waits = [waiting for waiting in made.opened.values() if waiting.kind in opening.STEP_KINDS]
    steps = opening.open_steps(case, rule, waits, act, calendar) if waits else []
    if steps or events:
        timers.watch(case, rule, steps, events, calendar)
    return steps


def _journal_thrown(case: Case, made: Progress, act: Act) -> None:
    for thrown in made.thrown:
        facts = {"event": thrown.kind, "name": thrown.name, "element": thrown.element, "is_caught": thrown.is_caught}
        entries.append("event.thrown", agency_id=case.agency_id, by=act.by, case_id=case.id, **facts)


def _end(case: Case, rule: Definition, made: Progress, act: Act) -> None:
    outcome = rule.ends.get(made.ended_at or "")
    state = "stopped" if outcome == "stopped" else "completed"
    rows.change(case, state=state, closed_at=clock.now(), ended_at_element=made.ended_at)
    timers.cancel_all(case)
    facts = {"ended_at": made.ended_at, "outcome": outcome, "state": case.state}
    entries.append("case.completed", agency_id=case.agency_id, by=act.by, case_id=case.id, **facts)


def _tell_observers(case: Case, rule: Definition, made: Progress, act: Act, steps: list[Step]) -> None:
    waiting = () if made.is_completed else waiting_at(rule, case.marking)
    observers.tell(observers.Moved(case, steps, waiting, made.is_completed, made.ended_at, act.by))


def waiting_at(rule: Definition, marking: bytes) -> tuple[Waiting, ...]:
    """Everything a case with this marking waits for."""
    return _waiting(rule.model, marking) if marking else ()


@lru_cache(maxsize=4096)
def _waiting(model: Model, marking: bytes) -> tuple[Waiting, ...]:
    """Many cases stand at the same places."""
    return run.waiting(model, marking)
