"""Delegations begin and end: who is told, and what becomes of the steps that were taken under them."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from engine import clock, rows
from engine.cases import incidents, locking, troubles, wording
from engine.cases.models import Step
from engine.cases.troubles import Trouble
from engine.journal import entries
from engine.outbox import notices
from engine.people import delegation_queries, delegations
from engine.people.actors import Actor
from engine.people.delegation_models import Delegation
from engine.people.delegations import Wish
from engine.people.models import Person, Position
from engine.transaction import session

GIVEN, ENDED = "delegated", "delegation_ended"
_DELEGATE = aliased(Person)
_OWN = aliased(Position)


def give(wish: Wish, *, by: Actor) -> Delegation:
    """``delegations.give``, and a notice to delegate and giver."""
    made = delegations.give(wish, by=by)
    days = f"từ {delegation_queries.first_day(made):%d/%m/%Y} đến hết {delegation_queries.last_day(made):%d/%m/%Y}"
    signing = f", ký {made.signing}" if made.signing else ""
    told = wording.sentence(f"Anh/chị được ủy quyền làm thay {made.giver.full_name} {days}{signing}")
    told = f"{told} Việc trong phạm vi sẽ hiện ở hộp việc."
    notices.tell([made.delegate_id], GIVEN, told, agency_id=made.agency_id)
    if made.giver_id != by.person_id:
        told = f"{by.full_name} đã lập ủy quyền cho {made.delegate.full_name} làm thay anh/chị {days}{signing}"
        notices.tell([made.giver_id], GIVEN, wording.sentence(told), agency_id=made.agency_id)
    return made


def withdraw(delegation: Delegation, reason: str, *, by: Actor) -> None:
    """``delegations.withdraw``; what the delegate holds under it goes back to its groups at once, and both are told."""
    delegations.withdraw(delegation, reason, by=by)
    told = f"Ủy quyền của {delegation.giver.full_name} cho {delegation.delegate.full_name} đã bị thu hồi. Lý do: {reason.strip()}"
    concerned = {delegation.giver_id, delegation.delegate_id} - {by.person_id}
    notices.tell(sorted(concerned), ENDED, wording.sentence(told), agency_id=delegation.agency_id)
    held = sa.select(Step.id).where(_is_open(), Step.delegation_id == delegation.id).order_by(Step.case_id, Step.id)
    for step_id in list(session().scalars(held)):
        give_back(step_id)


def ended_ids(now: datetime, limit: int = 100) -> list[uuid.UUID]:
    """Open steps held under a delegation that is no longer in force, by case: it ended, was withdrawn, or somebody left."""
    return list(session().scalars(_ended(now).order_by(Step.case_id, Step.id).limit(limit)))


def give_back(step_id: uuid.UUID) -> bool:
    """Have a step whose delegation is over wait in its group again; whether there was anything to give back.

    The delegate and who was acted for are told. Call it inside a transaction: it locks the case.
    """
    step = locking.read(step_id)
    if step is None or session().scalar(_ended(clock.now()).where(Step.id == step_id)) is None:
        return False
    delegation = session().get_one(Delegation, step.delegation_id)
    rows.change(step, assignee_id=None, claimed_at=None, delegation_id=None, version=step.version + 1)
    reason = f"Ủy quyền của {delegation.giver.full_name} hết hiệu lực"
    facts = {"step_id": step.id, "element": step.element, "name": step.name, "role": step.role, "visit": step.visit}
    facts |= {"before": delegation.delegate.full_name, "delegation_id": delegation.id, "reason": reason}
    entries.append("step.released", agency_id=step.agency_id, by=None, case_id=step.case_id, **facts)
    told = f"{reason}: bước “{step.name}” của {wording.case_name(step.case)} đã trở về nhóm, chờ người nhận."
    concerned = [delegation.delegate_id, delegation.giver_id]
    notices.tell(concerned, ENDED, told, agency_id=step.agency_id, case_id=step.case_id, step_id=step.id)
    return True


def note_failure(step_id: uuid.UUID, error: Exception) -> None:
    """After a failed attempt was undone: an incident says which step did not go back."""
    step = session().get(Step, step_id)
    if step is not None:
        sentence = troubles.sentence_of(error)
        incidents.record(Trouble(step.agency_id, sentence, troubles.trace_of(error), step.case_id, step.element))


def _ended(now: datetime) -> sa.Select[uuid.UUID]:
    today = clock.local(now).date()
    works = sa.exists().where(
        _OWN.person_id == Delegation.delegate_id, _OWN.agency_id == Delegation.agency_id, _valid(_OWN, today)
    )
    in_force = [Delegation.withdrawn_at.is_(None), Delegation.ends_at > now, _valid(Position, today)]
    in_force += [Person.is_active.is_(True), _DELEGATE.is_active.is_(True), works]
    query = sa.select(Step.id).join(Delegation, Delegation.id == Step.delegation_id)
    query = query.join(Position, Position.id == Delegation.position_id).join(Person, Person.id == Delegation.giver_id)
    query = query.join(_DELEGATE, _DELEGATE.id == Delegation.delegate_id)
    return query.where(_is_open(), Step.delegation_id.is_not(None), sa.not_(sa.and_(*in_force)))


def _valid(position: type[Position], today: object) -> sa.ColumnElement[bool]:
    return sa.and_(position.valid_from <= today, sa.or_(position.valid_to.is_(None), position.valid_to >= today))


def _is_open() -> sa.ColumnElement[bool]:
    """Written out, not bound: only so do the databases use the partial index."""
    return Step.state == sa.literal_column("'open'")
