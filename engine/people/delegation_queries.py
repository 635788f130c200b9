"""Reads of delegations: one, a person's, an agency's; where each stands now."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from engine import clock
from engine.db import UtcDateTime
from engine.errors import NotFound
from engine.people import access
from engine.people.acting import Work, reaches
from engine.people.actors import Actor
from engine.people.delegation_models import Delegation
from engine.people.delegation_rules import LONGEST
from engine.people.directory import Member
from engine.people.models import Person, Position
from engine.statements import Statement
from engine.transaction import session

#: Who records, sees and withdraws those of others.
MANAGE = "delegation.manage"
#: No delegation is longer: those that began before need no look.
_LONGEST = LONGEST + timedelta(days=1)
_IN_FORCE = Statement(
    lambda: (
        sa.select(
            Delegation.delegate_id,
            Person.full_name,
            Delegation.giver_id,
            Position.division_id,
            Delegation.roles,
            Delegation.procedures,
            Delegation.services,
        )
        .join(Person, Person.id == Delegation.delegate_id)
        .join(Position, Position.id == Delegation.position_id)
        .where(
            Delegation.agency_id == sa.bindparam("agency_id"),
            Delegation.starts_at > sa.bindparam("earliest", type_=UtcDateTime()),
        )
        .where(Delegation.starts_at <= sa.bindparam("now", type_=UtcDateTime()), Delegation.withdrawn_at.is_(None))
        .where(Delegation.ends_at > sa.bindparam("now", type_=UtcDateTime()), Person.is_active)
    )
)
WITH_PEOPLE = (joinedload(Delegation.giver), joinedload(Delegation.delegate), joinedload(Delegation.position))


@dataclass(frozen=True)
class Page:
    """Delegations, those that begin last first; ``next_cursor`` is None on the last page."""

    items: list[Delegation]
    next_cursor: str | None


def received(person_id: uuid.UUID, *, cursor: str | None = None, limit: int = 50) -> Page:
    """Those under which the person acts for others, also those that are over."""
    return _page(Delegation.delegate_id == person_id, cursor, limit)


def given(person_id: uuid.UUID, *, cursor: str | None = None, limit: int = 50) -> Page:
    """Those under which others act for the person, also those that are over."""
    return _page(Delegation.giver_id == person_id, cursor, limit)


def of_agency(agency_id: uuid.UUID, *, for_: Actor, cursor: str | None = None, limit: int = 50) -> Page:
    """All of an agency, for who manages them there (``NotAllowed``, ``NotVisible`` otherwise)."""
    access.require(for_, MANAGE, agency_id)
    return _page(Delegation.agency_id == agency_id, cursor, limit)


def get(delegation_id: uuid.UUID, *, for_: Actor) -> Delegation:
    """The delegation, for whom it concerns and who manages those of the agency; ``NotFound`` for anybody else."""
    found = session().get(Delegation, delegation_id)
    if found is None:
        raise NotFound("Không có ủy quyền này.")
    access.require_visible(for_, found.agency_id)
    if for_.person_id not in (found.giver_id, found.delegate_id) and not access.may(for_, MANAGE, found.agency_id):
        raise NotFound("Không có ủy quyền này.")
    return found


def delegates(work: Work, person_ids: Collection[uuid.UUID]) -> list[Member]:
    """Who does ``work`` for one of these people now, by name: they are told of what those are told of."""
    now, found = clock.now(), []
    for row in _IN_FORCE.rows(agency_id=work.agency_id, now=now, earliest=now - _LONGEST):
        person_id, name, giver_id, division_id, *listed = row
        roles, procedures, services = (frozenset(one) for one in listed)
        if giver_id in person_ids and reaches(work, division_id, roles, procedures, services):
            found.append(Member(person_id, name))
    return sorted(set(found), key=lambda member: member.full_name)


def is_withdrawn(delegation_id: uuid.UUID) -> bool:
    """Whether it was withdrawn, as the database knows now."""
    return session().scalar(sa.select(Delegation.withdrawn_at).where(Delegation.id == delegation_id)) is not None


def giver_of(delegation_id: uuid.UUID) -> uuid.UUID | None:
    """For whom was acted under it."""
    return session().scalar(sa.select(Delegation.giver_id).where(Delegation.id == delegation_id))


def state_of(delegation: Delegation) -> str:
    """``withdrawn``, ``over``, ``coming`` or ``in_force``."""
    now = clock.now()
    if delegation.withdrawn_at is not None:
        return "withdrawn"
    if delegation.ends_at <= now:
        return "over"
    return "coming" if now < delegation.starts_at else "in_force"


def first_day(delegation: Delegation) -> date:
    """The first day, on the office's wall clock."""
    return clock.local(delegation.starts_at).date()


def last_day(delegation: Delegation) -> date:
    """The last day, which is included."""
    return (clock.local(delegation.ends_at) - timedelta(seconds=1)).date()


def _page(whose: sa.ColumnElement[bool], cursor: str | None, limit: int) -> Page:
    """``cursor`` is the last delegation seen; an unreadable one is ignored."""
    limit = min(max(limit, 1), 200)
    query = sa.select(Delegation).where(whose).options(*WITH_PEOPLE)
    last = session().scalar(sa.select(Delegation).where(whose, Delegation.id == _identifier(cursor))) if cursor else None
    if last is not None:
        query = query.where(
            sa.tuple_(Delegation.starts_at, Delegation.id) < sa.tuple_(sa.literal(last.starts_at), sa.literal(last.id))
        )
    found = list(session().scalars(query.order_by(Delegation.starts_at.desc(), Delegation.id.desc()).limit(limit + 1)))
    return Page(found[:limit], str(found[limit - 1].id) if len(found) > limit else None)


def _identifier(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
