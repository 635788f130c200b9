"""Steps done for somebody else: in whose name a person acts on a step, and who answers for a step that was done.

A person acts in their own right where they belong to the step's group; else under a delegation in force whose scope holds the
step. A step that an absent person holds may be taken over by whom they delegated it to.
"""

import uuid

from engine.cases.models import Case, Step
from engine.cases.worklist import Item
from engine.errors import NotAllowed
from engine.people import access, delegation_queries, policy
from engine.people.acting import ActingFor, Work
from engine.people.actors import Actor


def work_of(step: Step) -> Work:
    """The step as delegations see it."""
    return Work(step.agency_id, step.role, step.division_id, step.case.procedure_code, step.case.service_code)


def work_in(case: Case, role: str) -> Work:
    """What ``role`` does in the case outside its steps: its messages, or giving its steps to others."""
    return Work(case.agency_id, role, None, case.procedure_code, case.service_code)


def acting_on(step: Step, by: Actor) -> Actor | None:
    """``by`` as they would act on the step, in their own right or on behalf of somebody; None where they may not."""
    return _acting(by, work_of(step), step.assignee_id, step.delegation_id)


def acting_for_item(item: Item, by: Actor) -> ActingFor | None:
    """Whom ``by`` would do a line of the inbox for; None in their own right, and where somebody else holds it."""
    if not by.delegated:
        return None
    work = Work(item.agency_id, item.role, item.division_id, item.procedure_code, item.service_code)
    able = _acting(by, work, item.assignee_id, item.delegation_id)
    return able.acting if able is not None and item.assignee_id in (None, *able.principals) else None


def acting_over(case: Case, by: Actor, permission: str) -> Actor | None:
    """``by`` as they would use a superior's ``permission`` on a step of the case; None where no role gives it."""
    if access.may(by, permission, case.agency_id):
        return by
    able = (by.acting_for(work_in(case, role)) for role in sorted(policy.PERMISSIONS[permission]))
    acting = next((one for one in able if one is not None), None)
    return by.on_behalf(acting) if acting is not None else None


def acting_in(case: Case, by: Actor, role: str) -> Actor | None:
    """``by`` as they would act as ``role`` in the case, outside its steps; None where they may not."""
    if by.acts_as(role, case.agency_id):
        return by
    acting = by.acting_for(work_in(case, role))
    return by.on_behalf(acting) if acting is not None else None


def refuse_ended(by: Actor) -> None:
    """``NotAllowed`` where the delegation ``by`` acts under was withdrawn after the request began."""
    if by.acting is not None and delegation_queries.is_withdrawn(by.acting.delegation_id):
        raise NotAllowed(
            f"Ủy quyền của {by.acting.full_name} vừa bị thu hồi, chưa có gì được ghi. Hãy chuyển việc cho người có thẩm quyền."
        )


def answerable(step: Step) -> frozenset[uuid.UUID]:
    """Everybody who answers for what was done in a step: who did it, or holds it, and whom that person acted for.

    Rules that keep people apart compare this with ``Actor.principals`` of who acts now.
    """
    person = step.closed_by_id or step.assignee_id
    giver = delegation_queries.giver_of(step.delegation_id) if step.delegation_id is not None else None
    return frozenset(one for one in (person, giver) if one is not None)


def _acting(by: Actor, work: Work, holder_id: uuid.UUID | None, delegation_id: uuid.UUID | None) -> Actor | None:
    is_own, covering = by.acts_as(work.role, work.agency_id, work.division_id), by.covering(work)
    if holder_id == by.person_id and delegation_id is not None:
        taken = next((acting for acting in covering if acting.delegation_id == delegation_id), None)
        return by.on_behalf(taken) if taken is not None or is_own else None
    absent = next((acting for acting in covering if acting.person_id == holder_id), None)
    if absent is not None or is_own:
        return by.on_behalf(absent)
    return by.on_behalf(covering[0]) if covering else None
