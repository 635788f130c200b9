"""The groups whose work somebody sees, their own and those delegated to them, as conditions of a query on steps.

One leg for each agency and role, so that each is one walk along one partial index and no step is found twice: what somebody may
do in their own right or the delegated part of it. A statement is made for a ``Shape`` and compiled once; who asks gives values.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.cases.models import Case, Step
from engine.people import access
from engine.people.acting import ActingFor
from engine.people.actors import Actor

_Condition = sa.ColumnElement[bool]
_PERSON: sa.BindParameter[uuid.UUID] = sa.bindparam("person", type_=sa.Uuid())
#: In place of a number of divisions: the person is of the group for the whole agency, or not of it at all.
ALL, NONE = None, -1


@dataclass(frozen=True)
class Part:
    """A delegated part of a group: whether one division's, of how many procedures or public services (none: all work)."""

    has_division: bool
    procedures: int
    services: int


@dataclass(frozen=True)
class Group:
    """One agency and role: how many divisions' members they are of (or ``ALL``, ``NONE``), and the delegated parts."""

    own: int | None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Shape:
    """What statements are made for: the groups, and how many delegations are in force."""

    groups: tuple[Group, ...]
    delegations: int = 0


@dataclass(frozen=True)
class Groups:
    """A person's groups: the shape of the statements and their parameters."""

    shape: Shape
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Leg:
    """Conditions on steps. ``asks_case``: they read the case too."""

    conditions: tuple[_Condition, ...]
    asks_case: bool = False

    def and_also(self, conditions: Sequence[_Condition]) -> "Leg":
        """The steps of this leg for which these hold too."""
        return Leg((*self.conditions, *conditions), self.asks_case)


def of(actor: Actor) -> Groups:
    """The groups the actor sees now."""
    own: dict[tuple[uuid.UUID, str], set[uuid.UUID | None]] = {}
    for agency_id, role, division_id in access.group_legs(actor):
        own.setdefault((agency_id, role), set()).add(division_id)
    now = clock.now()
    delegated = [acting for acting in actor.delegated if acting.starts_at <= now < acting.ends_at]
    received: dict[tuple[uuid.UUID, str], list[ActingFor]] = {}
    for acting in delegated:
        for role in sorted(acting.roles):
            received.setdefault((acting.agency_id, role), []).append(acting)
    parameters: dict[str, Any] = {f"delegation_{place}": acting.delegation_id for place, acting in enumerate(delegated)}
    groups: list[Group] = []
    for place, key in enumerate(dict.fromkeys([*own, *received])):
        parameters |= {f"agency_{place}": key[0], f"role_{place}": key[1]}
        groups.append(_group(place, own.get(key), received.get(key, []), parameters))
    return Groups(Shape(tuple(groups), len(delegated)), parameters)


def mine(shape: Shape) -> Leg:
    """Steps the person holds: in their own right, or under a delegation still in force."""
    in_force = [Step.delegation_id == sa.bindparam(f"delegation_{place}") for place in range(shape.delegations)]
    return Leg((Step.assignee_id == _PERSON, sa.or_(Step.delegation_id.is_(None), *in_force)))


def group(place: int, group: Group) -> Leg:
    """Every step of the group the person may do, whoever holds it."""
    parts = [] if group.own is ALL else [_part(place, number, part) for number, part in enumerate(group.parts)]
    return _leg(place, group, _own(place, group), parts)


def unclaimed(place: int, group: Group) -> Leg:
    """Steps of the group that nobody holds, or whom they were delegated by."""
    free = Step.assignee_id.is_(None)
    if not group.parts:
        return _leg(place, group, _own(place, group), []).and_also([free])
    own = [[*conditions, free] for conditions in _own(place, group)]
    parts = [
        [*_part(place, number, part), sa.or_(free, Step.assignee_id == sa.bindparam(f"giver_{place}_{number}"))]
        for number, part in enumerate(group.parts)
    ]
    return _leg(place, group, own, parts)


def _group(place: int, own: set[uuid.UUID | None] | None, received: Sequence[ActingFor], parameters: dict[str, Any]) -> Group:
    divisions = sorted(one for one in own or () if one is not None)
    parameters |= {f"division_{place}_{number}": one for number, one in enumerate(divisions)}
    parts = []
    for number, acting in enumerate(received):
        parameters |= {f"giver_{place}_{number}": acting.person_id}
        if acting.division_id is not None:
            parameters |= {f"part_{place}_{number}": acting.division_id}
        for name, codes in (("procedure", sorted(acting.procedures)), ("service", sorted(acting.services))):
            parameters |= {f"{name}_{place}_{number}_{order}": code for order, code in enumerate(codes)}
        parts.append(Part(acting.division_id is not None, len(acting.procedures), len(acting.services)))
    whole = NONE if own is None else ALL if ALL in own else len(divisions)
    return Group(whole, tuple(parts))


def _leg(place: int, group: Group, own: list[list[_Condition]], parts: list[list[_Condition]]) -> Leg:
    of_group = (Step.agency_id == sa.bindparam(f"agency_{place}"), Step.role == sa.bindparam(f"role_{place}"))
    if not parts:
        return Leg((*of_group, *(condition for conditions in own for condition in conditions)))
    either = sa.or_(*(sa.and_(sa.true(), *conditions) for conditions in (*own, *parts)))
    return Leg((*of_group, either), asks_case=any(part.procedures or part.services for part in group.parts))


def _own(place: int, group: Group) -> list[list[_Condition]]:
    """Which of the group's steps are the person's own right; a step of the whole agency is every division's members'."""
    if group.own == NONE:
        return []
    if group.own is ALL:
        return [[]]
    divisions = [Step.division_id == sa.bindparam(f"division_{place}_{number}") for number in range(group.own)]
    return [[sa.or_(Step.division_id.is_(None), *divisions)]]


def _part(place: int, number: int, part: Part) -> list[_Condition]:
    conditions: list[_Condition] = []
    if part.has_division:
        division = Step.division_id == sa.bindparam(f"part_{place}_{number}")
        conditions.append(sa.or_(Step.division_id.is_(None), division))
    procedures = [Case.procedure_code == sa.bindparam(f"procedure_{place}_{number}_{order}") for order in range(part.procedures)]
    services = [Case.service_code == sa.bindparam(f"service_{place}_{number}_{order}") for order in range(part.services)]
    return [*conditions, sa.or_(*procedures, *services)] if procedures or services else conditions
