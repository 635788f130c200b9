"""Delegations: give and withdraw them, read whom they concern. Nothing of one is ever changed; each act is journalled."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.errors import AnswersRejected, Conflict, NotAllowed
from engine.journal import entries
from engine.people import access, delegation_queries, delegation_rules, directory
from engine.people.acting import SIGNINGS
from engine.people.actors import Actor, Capacity, capacities_of
from engine.people.delegation_models import Delegation
from engine.people.delegation_rules import Extent
from engine.people.models import Agency, Person, Position
from engine.text import clean
from engine.transaction import session


@dataclass(frozen=True)
class Wish:
    """What is to be delegated: the work of a position, to whom, from a day to a day, both included.

    ``procedures`` or ``services`` (codes) narrow it, at most one of them; ``signing`` is one of ``acting.SIGNINGS``, empty where
    nothing is signed.
    """

    position_id: uuid.UUID | None
    delegate_id: uuid.UUID | None
    roles: frozenset[str]
    starts_on: date
    ends_on: date
    signing: str = ""
    procedures: frozenset[str] = field(default_factory=frozenset)
    services: frozenset[str] = field(default_factory=frozenset)
    basis_number: str = ""
    basis_on: date | None = None
    reason: str = ""


def give(wish: Wish, *, by: Actor | None) -> Delegation:
    """Delegate the work of one's own position, or as leader or administrator record that of somebody who is away.

    Refuses somebody else's position without the permission, and oneself as delegate (``NotAllowed``), what the rules forbid
    (``AnswersRejected`` per field), and what leaves it open who acts for whom (``Conflict``).
    """
    position = session().get(Position, wish.position_id) if wish.position_id else None
    delegate = session().get(Person, wish.delegate_id) if wish.delegate_id else None
    if position is None or delegate is None:
        wrong = {"position_id": position, "delegate_id": delegate}
        raise AnswersRejected({name: ["Chọn trong danh sách."] for name, found in wrong.items() if found is None})
    _require(position, delegate, by)
    _refuse_faults(wish, position, delegate)
    _refuse_clash(wish, position, delegate)
    made = _row(wish, position, by)
    session().add(made)
    session().flush()
    _record("delegation.given", made, by, after=as_facts(made))
    return made


def withdraw(delegation: Delegation, reason: str, *, by: Actor) -> None:
    """End it at once. For its giver, its delegate, and who manages delegations; needs a reason.

    ``Conflict`` where it is over or withdrawn already. What the delegate holds under it is the caller's to give back.
    """
    session().refresh(delegation, with_for_update=True)
    if by.person_id not in (delegation.giver_id, delegation.delegate_id):
        access.require(by, delegation_queries.MANAGE, delegation.agency_id)
    words = clean(reason)
    if not words:
        raise AnswersRejected({"reason": ["Ghi lý do thu hồi ủy quyền."]})
    if delegation.withdrawn_at is not None or delegation.ends_at <= clock.now():
        raise Conflict("Ủy quyền này đã hết hiệu lực, không cần thu hồi. Tải lại trang để xem tình trạng mới.")
    delegation.withdrawn_at, delegation.withdrawn_by_id, delegation.withdraw_reason = clock.now(), by.person_id, words
    session().flush()
    _record("delegation.withdrawn", delegation, by, reason=words)


def as_facts(delegation: Delegation) -> dict[str, Any]:
    """What the journal keeps of it."""
    names = ("roles", "procedures", "services", "signing", "starts_at", "ends_at", "basis_number", "basis_on", "reason")
    people = {"giver": delegation.giver.full_name, "delegate": delegation.delegate.full_name}
    return {**people, **{name: getattr(delegation, name) for name in names}}


def _require(position: Position, delegate: Person, by: Actor | None) -> None:
    if delegate.id == position.person_id:
        raise AnswersRejected({"delegate_id": ["Không ủy quyền cho chính người giữ chức vụ. Chọn người khác."]})
    if by is None or position.person_id == by.person_id:
        return
    access.require(by, delegation_queries.MANAGE, position.agency_id)
    if delegate.id == by.person_id:
        raise NotAllowed("Không tự lập ủy quyền cho chính mình. Nhờ người giao hoặc quản trị viên khác lập.")


def _refuse_faults(wish: Wish, position: Position, delegate: Person) -> None:
    today = clock.today()
    wrong = delegation_rules.period_faults(wish.starts_on, wish.ends_on, today)
    if position.valid_from > wish.starts_on or (position.valid_to is not None and position.valid_to < wish.starts_on):
        wrong["position_id"] = ["Chức vụ này không còn hiệu lực trong thời gian ủy quyền. Chọn chức vụ khác."]
    role = delegation_rules.role_fault(wish.roles, position.roles)
    if role is not None:
        wrong["roles"] = [role]
    held = [capacity for capacity in capacities_of(delegate) if capacity.agency_id == position.agency_id]
    wrong |= _delegate_faults(delegate, held) or ({} if role else _signing_faults(wish, held, position))
    if wish.procedures and wish.services:
        wrong["services"] = ["Chọn phạm vi theo quy trình hoặc theo thủ tục, không cả hai."]
    if not clean(wish.reason):
        wrong["reason"] = ["Ghi lý do ủy quyền, ví dụ đi công tác theo lịch của Chủ tịch."]
    if wrong:
        raise AnswersRejected(wrong)


def _delegate_faults(delegate: Person, held: list[Capacity]) -> dict[str, list[str]]:
    works = any(capacity.roles - delegation_rules.OVERSIGHT for capacity in held)
    if delegate.is_active and works:
        return {}
    return {"delegate_id": ["Người được ủy quyền phải đang công tác tại chính cơ quan này. Chọn người khác."]}


def _signing_faults(wish: Wish, held: list[Capacity], position: Position) -> dict[str, list[str]]:
    if wish.signing and wish.signing not in SIGNINGS:
        return {"signing": [f"Hình thức ký là một trong: {', '.join(SIGNINGS)}; hoặc để trống."]}
    fault = delegation_rules.signing_fault(wish.signing, wish.roles, held, position.division_id)
    if fault is not None:
        return {"signing": [fault]}
    if wish.signing and not (clean(wish.basis_number) and wish.basis_on):
        said = "Ký thay phải có căn cứ: ghi số và ngày của quyết định, quy chế làm việc hoặc văn bản ủy quyền."
        return {"basis_on" if clean(wish.basis_number) else "basis_number": [said]}
    return {}


def _refuse_clash(wish: Wish, position: Position, delegate: Person) -> None:
    """One at a time in each agency, so that two that clash are never both given."""
    session().execute(sa.select(Agency.id).where(Agency.id == position.agency_id).with_for_update())
    starts_at, ends_at = _instants(wish)
    query = sa.select(Delegation).where(Delegation.agency_id == position.agency_id, Delegation.withdrawn_at.is_(None))
    query = query.where(Delegation.starts_at < ends_at, Delegation.ends_at > starts_at)
    query = query.where(sa.or_(Delegation.giver_id == position.person_id, Delegation.delegate_id == delegate.id))
    others = {extent_of(other): other for other in session().scalars(query.options(*delegation_queries.WITH_PEOPLE))}
    wanted = Extent(position.person_id, delegate.id, position.division_id, wish.roles, wish.procedures, wish.services)
    found = delegation_rules.clash(wanted, others)
    if found is not None:
        other = others[found]
        days = f"từ {delegation_queries.first_day(other):%d/%m/%Y} đến hết {delegation_queries.last_day(other):%d/%m/%Y}"
        raise Conflict(
            f"{other.giver.full_name} đã ủy quyền cho {other.delegate.full_name} {days} với phạm vi trùng. "
            "Thu hồi ủy quyền đó trước, hoặc chọn phạm vi, thời gian khác."
        )


def extent_of(delegation: Delegation) -> Extent:
    """Who does which work for whom under it."""
    division_id, roles = delegation.position.division_id, frozenset(delegation.roles)
    scope = (frozenset(delegation.procedures), frozenset(delegation.services))
    return Extent(delegation.giver_id, delegation.delegate_id, division_id, roles, *scope)


def _row(wish: Wish, position: Position, by: Actor | None) -> Delegation:
    starts_at, ends_at = _instants(wish)
    return Delegation(
        agency_id=position.agency_id,
        position_id=position.id,
        giver_id=position.person_id,
        delegate_id=wish.delegate_id,
        roles=sorted(wish.roles),
        procedures=sorted(wish.procedures),
        services=sorted(wish.services),
        signing=wish.signing,
        starts_at=starts_at,
        ends_at=ends_at,
        basis_number=clean(wish.basis_number),
        basis_on=wish.basis_on,
        reason=clean(wish.reason),
        created_at=clock.now(),
        created_by_id=by.person_id if by else None,
    )


def _instants(wish: Wish) -> tuple[datetime, datetime]:
    """From the first midnight of the office to the one after the last day."""
    return _midnight(wish.starts_on), _midnight(wish.ends_on + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.LOCAL_ZONE).astimezone(UTC)


def _record(kind: str, delegation: Delegation, by: Actor | None, **facts: Any) -> None:
    login = directory.get_person(delegation.delegate_id).login
    about: dict[str, Any] = {"delegation_id": delegation.id, "subject_id": delegation.delegate_id, "login": login}
    entries.append(kind, agency_id=delegation.agency_id, by=by, **about, **facts)
