"""Return a step to an earlier one, with a reason: a recorded move of its token, inside what the model allows."""

import sqlalchemy as sa

from engine.cases import guards, incidents, moves, steps
from engine.cases.acts import Act
from engine.cases.incidents import Doing
from engine.cases.models import Case, Step
from engine.cases.reasons import reason_of
from engine.errors import AnswersRejected, Conflict
from engine.flow import run
from engine.people.actors import Actor
from engine.procedures import definition
from engine.procedures.definition import Definition
from engine.transaction import session


def targets(step: Step) -> list[tuple[str, str]]:
    """Where the step may be returned to: (BPMN id, name) of steps this case was at before, the latest first.

    Only those the flow can go back to without breaking a parallel branch or leaving a sub-process.
    """
    if step.state != "open" or step.case.state != "running":
        return []
    rule = definition.of_id(step.case.revision_id)
    return [
        (element, rule.steps[element].name) for element in _visited(step, rule) if _can_return(step.case, rule, step, element)
    ]


def return_to(step: Step, to: str, reason: str, *, version: int | None, by: Actor) -> list[Step]:
    """Give the work back to step ``to`` (BPMN id); it goes to whoever did it before. Returns the steps that open.

    Refuses as ``steps.complete`` does; ``AnswersRejected`` without a reason or for a step this one cannot be returned to.
    """
    guards.require_version(version)
    case, current, by = guards.enter_as_member(step, by=by, version=version)
    rule = definition.of_id(case.revision_id)
    words = reason_of(reason)
    if to not in _visited(current, rule):
        raise AnswersRejected({"to": ["Không trả lại được cho bước này. Hãy chọn một bước đã làm trước đó."]})
    try:
        move = run.return_to(rule.model, case.marking, current.token, to, case.values)
    except Conflict as refusal:
        raise AnswersRejected({"to": [str(refusal)]}) from refusal
    steps.close(current, "returned", by)
    steps.journal("step.returned", current, by, to=to, reason=words)
    with incidents.watching(case, current.element, Doing("step.return", by, {"to": to, "reason": words})):
        return moves.apply(case, rule, move, Act(by, current, note=f"Trả lại: {words}"))


def _visited(step: Step, rule: Definition) -> list[str]:
    done = sa.select(Step.element).where(Step.case_id == step.case_id, Step.state.in_(("completed", "returned")))
    latest_first = session().scalars(done.order_by(Step.closed_at.desc(), Step.id.desc()))
    return [element for element in dict.fromkeys(latest_first) if element != step.element and element in rule.steps]


def _can_return(case: Case, rule: Definition, step: Step, element: str) -> bool:
    """Tried on the flow itself: a move is a pure function and changes nothing until it is applied."""
    try:
        run.return_to(rule.model, case.marking, step.token, element, case.values)
    except Conflict:
        return False
    return True
