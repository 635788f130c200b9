"""Open the steps a move leads to: whom they wait for, when they are due, who is told."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

from engine import clock, rows
from engine.calendar.rules import WorkingCalendar
from engine.cases import deadlines, handing_over, personal, wording
from engine.cases.acts import Act
from engine.cases.models import Case, Step
from engine.db import new_id
from engine.flow.moves import Waiting
from engine.journal import entries
from engine.outbox import notices
from engine.people import directory
from engine.procedures.definition import Definition, StepDefinition

#: What a person does; everything else a case waits for is not a step.
STEP_KINDS = frozenset({"user", "manual"})


class Visit(NamedTuple):
    """The last time a case was at a step: which visit it was, and who would do the step again."""

    number: int
    person_id: uuid.UUID | None


def open_steps(case: Case, rule: Definition, waits: Sequence[Waiting], act: Act, calendar: WorkingCalendar) -> list[Step]:
    """Write a step for each of ``waits``, with its journal lines, handed over where it goes to others."""
    former = {waiting.element: _former_visit(case, waiting.element) for waiting in waits}
    steps = [_new_step(case, rule.steps[w.element], w, former[w.element], calendar) for w in waits]
    for step in steps:
        _assign(case, step, rule.steps[step.element], act, former[step.element])
        _note(case, step, step.assignee_id)
        _journal(step, act)
        handing_over.offer(case, rule, step, act, calendar)
        _tell_assignee(case, step, act)
    rows.insert(steps)
    for step in steps:
        rows.hold(step, case=case)
    return steps


def _new_step(case: Case, planned: StepDefinition, waiting: Waiting, former: Visit | None, calendar: WorkingCalendar) -> Step:
    now = clock.now()
    term = case.terms.get(planned.element, planned.term_minutes)
    return rows.new(
        Step,
        id=new_id(),
        agency_id=case.agency_id,
        case_id=case.id,
        element=planned.element,
        token=waiting.token,
        name=planned.name,
        role=planned.role,
        division_id=case.division_id if planned.of_division else None,
        state="open",
        visit=former.number + 1 if former else 1,
        item=waiting.item,
        opened_at=now,
        term_minutes=term,
        due_at=deadlines.due_of_step(calendar, now, term, case.due_at),
    )


def note_person(step: Step, person_id: uuid.UUID | None) -> None:
    """Keep with the case who would do this step again; the act writes the case's row."""
    known = (step.case.visits or {}).get(step.element)
    if known is None or known[0] <= step.visit:
        _note(step.case, step, person_id)


def _note(case: Case, step: Step, person_id: uuid.UUID | None) -> None:
    visit = [step.visit, str(person_id) if person_id else None]
    rows.hold(case, visits={**(case.visits or {}), step.element: visit})


def _former_visit(case: Case, element: str) -> Visit | None:
    known = (case.visits or {}).get(element)
    return Visit(known[0], uuid.UUID(known[1]) if known[1] else None) if known else None


def _assign(case: Case, step: Step, planned: StepDefinition, act: Act, former: Visit | None) -> None:
    """Give the step to whom it is for or the answers name, else, on a later visit, to whom did it before; if they may do it."""
    if planned.is_personal:
        meant = personal.meant(step)
        step.assignee_id = meant if meant is not None and personal.may_be_given(meant, step) else None
        return
    chosen = act.assigned.get(step.element) or _named(case, planned)
    if chosen is None and former is not None and step.item is None:
        chosen = former.person_id
    if chosen is not None and _is_member(chosen, step):
        step.assignee_id = chosen


def _named(case: Case, planned: StepDefinition) -> uuid.UUID | None:
    """The person a routing value names for the step."""
    try:
        return uuid.UUID(str(case.values.get(planned.given_to))) if planned.given_to else None
    except ValueError:
        return None


def belongs(person_id: uuid.UUID, step: Step) -> bool:
    """Whether this person may be given the step: active, and in its group today; of a personal one, at work in the agency."""
    if personal.is_personal(step):
        return personal.may_be_given(person_id, step)
    return _is_member(person_id, step)


def _is_member(person_id: uuid.UUID, step: Step) -> bool:
    return directory.belongs(person_id, step.role, step.agency_id, step.division_id)


def _journal(step: Step, act: Act) -> None:
    entries.append(
        "step.opened",
        agency_id=step.agency_id,
        by=act.by,
        case_id=step.case_id,
        step_id=step.id,
        element=step.element,
        name=step.name,
        role=step.role,
        division_id=step.division_id,
        visit=step.visit,
        assignee_id=step.assignee_id,
        term_minutes=step.term_minutes,
        due_at=step.due_at,
    )


def _tell_assignee(case: Case, step: Step, act: Act) -> None:
    """A notice to the person who is given the step by somebody else."""
    if step.assignee_id is None or (act.by is not None and act.by.person_id == step.assignee_id):
        return
    reason = f" Lý do: {act.note}" if act.note else ""
    kind = "returned" if step.visit > 1 else "assigned"
    text = f"Anh/chị được giao bước “{step.name}” của {wording.case_name(case)}{wording.due_phrase(step.due_at)}.{reason}"
    notices.tell([step.assignee_id], kind, text, agency_id=case.agency_id, case_id=case.id, step_id=step.id)
