"""Separation of duties in a case: whoever did a step does not do the one its procedure keeps apart from it (``separate``)."""

import uuid
from collections.abc import Collection

import sqlalchemy as sa

from engine.cases.models import Step
from engine.errors import NotAllowed
from engine.people.delegation_models import Delegation
from engine.procedures import definition, separation
from engine.statements import Statement

#: Who completed which steps of a case, and for whom.
_DONE = Statement(
    lambda: (
        sa.select(Step.element, Step.name, Step.closed_by_id, Delegation.giver_id)
        .outerjoin(Delegation, Delegation.id == Step.delegation_id)
        .where(Step.case_id == sa.bindparam("case_id"), Step.state == sa.literal_column("'completed'"))
    )
)


def refuse_same_hands(step: Step, person_ids: Collection[uuid.UUID]) -> None:
    """``NotAllowed`` where one of these people completed a step, on any visit, that is kept apart from this one.

    Asked when a step is claimed, completed or given to somebody.
    """
    former = former_step(step, person_ids)
    if former is not None:
        raise NotAllowed(
            f"Người đã làm bước “{former}” không được làm bước “{step.name}” của cùng hồ sơ (tách người làm và người kiểm tra). "
            "Hãy để người khác trong nhóm làm hoặc nhờ lãnh đạo phân công lại."
        )


def former_step(step: Step, person_ids: Collection[uuid.UUID]) -> str | None:
    """The name of the step one of these people did that keeps them from doing this one; None where nothing does.

    The database is asked only where the case has been at a step that is kept apart.
    """
    apart = separation.others(definition.of_id(step.case.revision_id), step.element)
    if not apart & (step.case.visits or {}).keys():
        return None
    rows = _DONE.rows(case_id=step.case_id)
    return next((str(name) for element, name, *did in rows if element in apart and not set(person_ids).isdisjoint(did)), None)
