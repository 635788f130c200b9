"""The rows of one case brought to another revision: tokens, open steps, timers; then conditions of the new model are read."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine import rows
from engine.cases import calendars, impact, moves, observers, opening, queries, timers
from engine.cases.acts import Act
from engine.cases.migration_models import MigrationAct
from engine.cases.models import Case, Step, Timer
from engine.flow import places, run
from engine.flow.moves import Move
from engine.procedures import definition
from engine.procedures.definition import Definition, StepDefinition
from engine.procedures.models import ProcedureRevision
from engine.transaction import session


def bring(case: Case, to: ProcedureRevision, move: Move, act: MigrationAct) -> None:
    """Have the locked case stand at ``to`` as ``move`` (of ``engine.flow.migrate``) says.

    Open steps keep holder, moments and terms, and go back to their group where the holder does not belong to it any more; new
    boundary timers count from now, those that are gone are cancelled. With ``terms`` ``new`` open steps get the later revision's.
    """
    old, new = definition.of_id(case.revision_id), definition.of(to)
    names = impact.renaming(old, new, act.mapping)
    calendar = calendars.of(case.agency_id)
    timers.cancel(case, step_ids=[], tokens=move.closed)
    _rename_timers(case, names)
    steps = queries.open_steps(case)
    for step in steps:
        _bring_step(case, step, new.steps[names.get(step.element, step.element)])
    visits, terms = _renamed(case.visits or {}, names), _renamed(case.terms, names)
    rows.change(case, revision_id=to.id, marking=move.marking, visits=visits, terms=terms, version=case.version + 1)
    session().flush()
    if act.terms == "new":
        _give_new_terms(case, steps, new)
        timers.reschedule(case, steps, new, calendar)
    timers.watch(case, new, [], [waiting for waiting in move.opened if waiting.kind == "timer"], calendar)
    session().flush()
    tell(case, new)


def heed_conditions(case: Case, act: MigrationAct) -> None:
    """Let conditional events of the new model happen whose condition holds already: nothing else would look at them today."""
    rule = definition.of_id(case.revision_id)
    move = run.look_again(rule.model, case.marking, case.values)
    if move.marking != case.marking:
        moves.apply(case, rule, move, Act(note=f"Điều kiện đã thỏa khi chuyển bản quy trình: {act.reason}"))


def tell(case: Case, rule: Definition) -> None:
    """The domains above keep their own status with the case."""
    observers.tell(observers.Moved(case, [], moves.waiting_at(rule, case.marking), False, None, None))


def journalled(case: Case) -> dict[str, Any]:
    """Where the case stands, as the journal keeps it before and after."""
    rule = definition.of_id(case.revision_id)
    tokens = [place.as_record() for place in places.of(rule.model, case.marking)]
    return {"state": case.state, "due_at": case.due_at, "tokens": tokens}


def _bring_step(case: Case, step: Step, planned: StepDefinition) -> None:
    division = case.division_id if planned.of_division else None
    is_same = (step.element, step.name, step.role, step.division_id) == (planned.element, planned.name, planned.role, division)
    if is_same:
        return
    stays = step.delegation_id is not None and (step.role, step.division_id) == (planned.role, division)
    rows.change(
        step, element=planned.element, name=planned.name, role=planned.role, division_id=division, version=step.version + 1
    )
    if step.assignee_id is not None and not stays and not opening.belongs(step.assignee_id, step):
        rows.change(step, assignee_id=None, claimed_at=None, delegation_id=None)


def _rename_timers(case: Case, names: Mapping[str, str]) -> None:
    session().flush()
    for before, after in names.items():
        waits = Timer.state.in_(("waiting", "paused"))
        change = sa.update(Timer).where(Timer.case_id == case.id, Timer.element == before, waits).values(element=after)
        session().execute(change, execution_options={"synchronize_session": "fetch"})


def _give_new_terms(case: Case, steps: list[Step], rule: Definition) -> None:
    for step in steps:
        rows.change(step, term_minutes=case.terms.get(step.element, rule.steps[step.element].term_minutes))


def _renamed(known: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(element, element): value for element, value in known.items()}
