"""Steps for one person by name: each time for one person of a list, whatever that person's role (``is_personal``)."""

import uuid

from engine.cases.models import Step
from engine.errors import AnswersRejected, NotAllowed
from engine.people import directory, policy
from engine.people.actors import Actor
from engine.procedures import definition


def is_personal(step: Step) -> bool:
    """Whether the step is for one person by name."""
    planned = definition.of_id(step.case.revision_id).steps.get(step.element)
    return planned is not None and planned.is_personal


def meant(step: Step) -> uuid.UUID | None:
    """The person a new step of this kind is for: the element of the list, where it is a person's id."""
    try:
        return uuid.UUID(str(step.item))
    except ValueError:
        return None


def may_be_given(person_id: uuid.UUID, step: Step) -> bool:
    """Whether somebody may do such a step: active, and holding a position in its agency today that gives work."""
    return bool(directory.roles_held(person_id, step.agency_id) & policy.PERMISSIONS["step.complete"])


def require_holder(step: Step, by: Actor) -> None:
    """``NotAllowed`` to whom the step was not given: nobody of its group takes it over by themselves."""
    if step.assignee_id != by.person_id or not may_be_given(by.person_id, step):
        who = f" cho {directory.name_of(step.assignee_id)}" if step.assignee_id else ""
        raise NotAllowed(f"Bước “{step.name}” được giao đích danh{who}. Nhờ lãnh đạo phân công lại nếu người đó vắng.")


def refuse_release(step: Step) -> None:
    """``AnswersRejected``: there is no group that could take it."""
    if is_personal(step):
        raise AnswersRejected({}, "Bước này giao đích danh nên không trả lại nhóm được. Nhờ lãnh đạo phân công lại.")
