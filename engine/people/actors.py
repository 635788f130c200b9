"""Who acts, in which capacities, from where: the frozen value every service takes as ``by``."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from engine import clock
from engine.db import UtcDateTime
from engine.people.acting import ActingFor, Work
from engine.people.delegation_models import Delegation
from engine.people.models import Person, Position
from engine.transaction import session

#: Every role a position may give.
ROLES = (
    "clerk",
    "officer",
    "head",
    "leader",
    "deputy",
    "registrar",
    "secretary",
    "archivist",
    "accountant",
    "inspector",
    "admin",
)


#: Of a delegation received: the position whose work it is, and who holds it.
_HELD, _GIVER = aliased(Position), aliased(Person)
_Query = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Capacity:
    """One position held today: where, in which division (None: the whole agency), with which roles.

    ``collective`` is whom it signs for (``TM.``) as its head, None where it heads none.
    """

    agency_id: uuid.UUID
    division_id: uuid.UUID | None
    title: str
    roles: frozenset[str]
    collective: str | None = None


@dataclass(frozen=True)
class Actor:
    """A signed-in person. ``address`` is the network address the request came from.

    ``delegated`` are the delegations in force the person received, ``acting`` the one under which this act is done: None in
    their own right.
    """

    person_id: uuid.UUID
    agency_id: uuid.UUID
    login: str
    full_name: str
    capacities: tuple[Capacity, ...]
    address: str = ""
    language: str = field(default="vi", compare=False)
    delegated: tuple[ActingFor, ...] = ()
    acting: ActingFor | None = None

    @property
    def roles(self) -> frozenset[str]:
        """All roles of all capacities; what was delegated is not among them."""
        return frozenset(role for capacity in self.capacities for role in capacity.roles)

    @property
    def title(self) -> str:
        """The title of the first position, for headers and signatures."""
        return self.capacities[0].title if self.capacities else ""

    def title_as(self, role: str) -> str:
        """The title under which the person acts in ``role``: for another with how they sign (``KT. Chủ tịch, Phó Chủ tịch``)."""
        acting = self.acting
        if acting is None or role not in acting.roles:
            return next((c.title for c in self.capacities if role in c.roles), self.title)
        return f"{acting.signing} {acting.title}, {self.own_title}" if acting.signing else f"{self.own_title} ({acting.words})"

    @property
    def own_title(self) -> str:
        """The person's own title where they act for another: that of their first position in the same agency."""
        place = self.acting.agency_id if self.acting else self.agency_id
        return next((c.title for c in self.capacities if c.agency_id == place), self.title)

    def acts_as(self, role: str, agency_id: uuid.UUID, division_id: uuid.UUID | None = None) -> bool:
        """Whether the person belongs to the group (agency, role, division) in their own right.

        A division-less capacity covers all divisions. What was delegated is asked of ``acting_for``.
        """
        return any(
            c.agency_id == agency_id and role in c.roles and (division_id is None or c.division_id in (None, division_id))
            for c in self.capacities
        )

    @property
    def principals(self) -> frozenset[uuid.UUID]:
        """Everybody in whose name this act is done: the person, and whom they act for."""
        return frozenset({self.person_id, self.acting.person_id} if self.acting else {self.person_id})

    @property
    def delegation_id(self) -> uuid.UUID | None:
        """The delegation this act is done under; None in their own right."""
        return self.acting.delegation_id if self.acting else None

    def covering(self, work: Work) -> list[ActingFor]:
        """Every delegation under which the person may do ``work`` for another now."""
        now = clock.now()
        return [acting for acting in self.delegated if acting.covers(work, now)]

    def acting_for(self, work: Work) -> ActingFor | None:
        """The delegation under which the person may do ``work`` for another now; None where there is none."""
        return next(iter(self.covering(work)), None)

    def on_behalf(self, acting: ActingFor | None) -> "Actor":
        """The same person acting under this delegation: every journal line and signature of the act says so."""
        return self if acting == self.acting else replace(self, acting=acting)

    def as_record(self) -> dict[str, Any]:
        """What the journal keeps of the person, and of whom they act for."""
        known: dict[str, Any] = {"login": self.login, "name": self.full_name, "title": self.title, "address": self.address}
        return {**known, "on_behalf_of": self.acting.as_record()} if self.acting else known


def actor_of(person: Person, *, address: str = "", on: date | None = None) -> Actor:
    """The actor ``person`` is on a day (today): only positions valid then count, and delegations in force now."""
    capacities = capacities_of(person, on=on)
    received = _RECEIVED.where(Delegation.delegate_id == person.id)
    rows = session().execute(received, {"now": clock.now(), "today": clock.today()})
    return Actor(
        person_id=person.id,
        agency_id=person.agency_id,
        login=person.login,
        full_name=person.full_name,
        capacities=capacities,
        address=address,
        language=person.language,
        delegated=_acting([tuple(row) for row in rows], capacities),
    )


def capacities_of(person: Person, *, on: date | None = None) -> tuple[Capacity, ...]:
    """The positions the person holds on a day (today)."""
    day = on or clock.today()
    held = [p for p in person.positions if _is_valid(p, day)]
    return tuple(Capacity(p.agency_id, p.division_id, p.title, frozenset(p.roles), p.collective) for p in held)


def columns() -> tuple[sa.SQLColumnExpression[Any], ...]:
    """What ``of_rows`` makes an actor of: the person, a position held, a delegation received, in the order of the columns."""
    own = (Person.id, Person.agency_id, Person.login, Person.full_name, Person.language)
    held = (Position.agency_id, Position.division_id, Position.title, Position.roles, Position.collective)
    return (*own, *held, *_DELEGATION)


def joined(query: _Query) -> _Query:
    """Join to the person of ``query`` the positions valid on the day ``today`` and the delegations in force at ``now``.

    Both are parameters. Most people have no delegation: it costs them one look into an index.
    """
    query = query.outerjoin(Position, sa.and_(Position.person_id == Person.id, _is_held(Position)))
    query = query.outerjoin(Delegation, sa.and_(Delegation.delegate_id == Person.id, _is_in_force()))
    query = query.outerjoin(_HELD, sa.and_(_HELD.id == Delegation.position_id, _is_held(_HELD)))
    query = query.outerjoin(_GIVER, sa.and_(_GIVER.id == _HELD.person_id, _GIVER.is_active))
    return query.order_by(Position.valid_from, Delegation.starts_at, Delegation.id)


def of_rows(rows: Sequence[Sequence[Any]], address: str = "") -> Actor:
    """The actor of one person's rows of ``columns``, one for each position held and delegation received; at least one."""
    person_id, agency_id, login, full_name, language = rows[0][:5]
    held = [row[5:10] for row in rows if row[5] is not None]
    found = (Capacity(agency, division, title, frozenset(roles), tm) for agency, division, title, roles, tm in held)
    capacities = tuple(dict.fromkeys(found))
    delegated = _acting([row[10:] for row in rows], capacities)
    return Actor(person_id, agency_id, login, full_name, capacities, address, language, delegated)


def _acting(rows: Sequence[Sequence[Any]], capacities: Sequence[Capacity]) -> tuple[ActingFor, ...]:
    """The delegations of these rows, each once, while the giver holds the position and the delegate works in its agency."""
    own = {capacity.agency_id for capacity in capacities}
    known: dict[uuid.UUID, ActingFor] = {}
    for row in rows:
        if row[0] is None or row[0] in known or row[1] is None or row[5] not in own:
            continue
        who, lists, rest = row[:7], row[7:11], row[11:]
        roles, held, procedures, services = (frozenset(listed) for listed in lists)
        known[row[0]] = ActingFor(*(*who, roles & held, procedures, services, *rest))
    return tuple(known.values())


def _is_held(position: Any) -> sa.ColumnElement[bool]:
    today = sa.bindparam("today", type_=sa.Date())
    return sa.and_(position.valid_from <= today, sa.or_(position.valid_to.is_(None), position.valid_to >= today))


def _is_in_force() -> sa.ColumnElement[bool]:
    now = sa.bindparam("now", type_=UtcDateTime())
    return sa.and_(Delegation.withdrawn_at.is_(None), Delegation.starts_at <= now, Delegation.ends_at > now)


def _is_valid(position: Position, day: date) -> bool:
    return position.valid_from <= day and (position.valid_to is None or day <= position.valid_to)


#: What ``ActingFor`` is made of, in its order; the giver's roles of today stand beside the delegated ones.
_DELEGATION = (
    Delegation.id,
    _GIVER.id,
    _GIVER.login,
    _GIVER.full_name,
    _HELD.title,
    _HELD.agency_id,
    _HELD.division_id,
    Delegation.roles,
    _HELD.roles,
    Delegation.procedures,
    Delegation.services,
    Delegation.signing,
    _HELD.collective,
    Delegation.starts_at,
    Delegation.ends_at,
)
_RECEIVED = (
    sa.select(*_DELEGATION)
    .join_from(Delegation, _HELD, sa.and_(_HELD.id == Delegation.position_id, _is_held(_HELD)))
    .join(_GIVER, sa.and_(_GIVER.id == _HELD.person_id, _GIVER.is_active))
    .where(_is_in_force())
    .order_by(Delegation.starts_at, Delegation.id)
)
