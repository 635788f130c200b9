"""Who acts, in which capacities, from where: the frozen value every service takes as ``by``."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.people.models import Person, Position

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


@dataclass(frozen=True)
class Capacity:
    """One position held today: where, in which division (None: the whole agency), with which roles."""

    agency_id: uuid.UUID
    division_id: uuid.UUID | None
    title: str
    roles: frozenset[str]


@dataclass(frozen=True)
class Actor:
    """A signed-in person. ``address`` is the network address the request came from."""

    person_id: uuid.UUID
    agency_id: uuid.UUID
    login: str
    full_name: str
    capacities: tuple[Capacity, ...]
    address: str = ""
    language: str = field(default="vi", compare=False)

    @property
    def roles(self) -> frozenset[str]:
        """All roles of all capacities."""
        return frozenset(role for capacity in self.capacities for role in capacity.roles)

    @property
    def title(self) -> str:
        """The title of the first position, for headers and signatures."""
        return self.capacities[0].title if self.capacities else ""

    def title_as(self, role: str) -> str:
        """The title under which the person acts in ``role``; the first title otherwise."""
        return next((c.title for c in self.capacities if role in c.roles), self.title)

    def acts_as(self, role: str, agency_id: uuid.UUID, division_id: uuid.UUID | None = None) -> bool:
        """Whether the person belongs to the group (agency, role, division). A division-less capacity covers all divisions."""
        return any(
            c.agency_id == agency_id and role in c.roles and (division_id is None or c.division_id in (None, division_id))
            for c in self.capacities
        )

    def as_record(self) -> dict[str, Any]:
        """What the journal keeps of the person."""
        return {"login": self.login, "name": self.full_name, "title": self.title, "address": self.address}


def actor_of(person: Person, *, address: str = "", on: date | None = None) -> Actor:
    """The actor ``person`` is on a day (today): only positions valid then count."""
    day = on or clock.today()
    held = [p for p in person.positions if _is_valid(p, day)]
    return Actor(
        person_id=person.id,
        agency_id=person.agency_id,
        login=person.login,
        full_name=person.full_name,
        capacities=tuple(Capacity(p.agency_id, p.division_id, p.title, frozenset(p.roles)) for p in held),
        address=address,
        language=person.language,
    )


def columns() -> tuple[sa.SQLColumnExpression[Any], ...]:
    """What ``of_rows`` makes an actor of: the person, then a position held, in the order of a query's columns."""
    own = (Person.id, Person.agency_id, Person.login, Person.full_name, Person.language)
    return (*own, Position.agency_id, Position.division_id, Position.title, Position.roles)


def holds() -> sa.ColumnElement[bool]:
    """How the positions valid on the day ``today`` (a parameter) are joined to their person."""
    today = sa.bindparam("today", type_=sa.Date())
    is_valid = sa.and_(Position.valid_from <= today, sa.or_(Position.valid_to.is_(None), Position.valid_to >= today))
    return sa.and_(Position.person_id == Person.id, is_valid)


def of_rows(rows: Sequence[Sequence[Any]], address: str = "") -> Actor:
    """The actor of one person's rows of ``columns``, one for each position held, in their order; at least one."""
    person_id, agency_id, login, full_name, language = rows[0][:5]
    held = [row[5:9] for row in rows if row[5] is not None]
    capacities = tuple(Capacity(agency, division, title, frozenset(roles)) for agency, division, title, roles in held)
    return Actor(person_id, agency_id, login, full_name, capacities, address, language)


def _is_valid(position: Position, day: date) -> bool:
    return position.valid_from <= day and (position.valid_to is None or day <= position.valid_to)
