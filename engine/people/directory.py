"""Who works where: people and the groups they belong to."""

import uuid
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from engine import clock
from engine.errors import NotFound
from engine.people.models import Person, Position
from engine.statements import Statement
from engine.transaction import session

#: What an active person holds in an agency on a day.
_HELD = Statement(
    lambda: (
        sa.select(Position.roles, Position.division_id)
        .join(Person, Person.id == Position.person_id)
        .where(
            Position.person_id == sa.bindparam("person_id"),
            Position.agency_id == sa.bindparam("agency_id"),
            Person.is_active,
            *_on_day(),
        )
    )
)

#: Everybody who holds something in an agency on a day.
_MEMBERS = Statement(
    lambda: (
        sa.select(Person.id, Person.full_name, Position.roles, Position.division_id)
        .join(Position, Position.person_id == Person.id)
        .where(Position.agency_id == sa.bindparam("agency_id"), Person.is_active, *_on_day())
        .order_by(Person.login)
    )
)
_NAME = Statement(lambda: sa.select(Person.full_name).where(Person.id == sa.bindparam("person_id")))


def _on_day() -> tuple[sa.ColumnElement[bool], ...]:
    today = sa.bindparam("today", type_=sa.Date())
    return Position.valid_from <= today, sa.or_(Position.valid_to.is_(None), Position.valid_to >= today)


class Member(NamedTuple):
    """Somebody of a group."""

    person_id: uuid.UUID
    full_name: str


def get_person(person_id: uuid.UUID) -> Person:
    """The person; ``NotFound`` where there is none."""
    person = session().get(Person, person_id)
    if person is None:
        raise NotFound("Không có người này.")
    return person


def get_position(position_id: uuid.UUID) -> Position:
    """The position; ``NotFound`` where there is none."""
    position = session().get(Position, position_id)
    if position is None:
        raise NotFound("Không có chức vụ này.")
    return position


def by_login(login: str) -> Person | None:
    """The person with this account name, in any case of letters; None where there is none."""
    return session().scalar(sa.select(Person).where(Person.login == login.strip().lower()))


def people(person_ids: set[uuid.UUID]) -> dict[uuid.UUID, Person]:
    """Several people at once, by id: what a list of steps needs to show its holders in one statement."""
    if not person_ids:
        return {}
    return {person.id: person for person in session().scalars(sa.select(Person).where(Person.id.in_(person_ids)))}


def staff(agency_id: uuid.UUID) -> list[Person]:
    """Everybody whose home is this agency, active or not, by account name; positions are loaded."""
    query = sa.select(Person).where(Person.agency_id == agency_id).options(selectinload(Person.positions))
    return list(session().scalars(query.order_by(Person.login)))


def holders(agency_id: uuid.UUID, role: str, division_id: uuid.UUID | None = None) -> list[Person]:
    """Who belongs to the group (agency, role, division) today, by account name.

    A position without division covers every division; without ``division_id`` all holders of the role count.
    """
    query = sa.select(Position).join(Position.person).where(Position.agency_id == agency_id, Person.is_active)
    query = query.where(*valid_on(clock.today())).options(selectinload(Position.person).selectinload(Person.positions))
    if division_id is not None:
        query = query.where(sa.or_(Position.division_id.is_(None), Position.division_id == division_id))
    found = {held.person_id: held.person for held in session().scalars(query) if role in held.roles}
    return sorted(found.values(), key=lambda person: person.login)


def belongs(person_id: uuid.UUID, role: str, agency_id: uuid.UUID, division_id: uuid.UUID | None = None) -> bool:
    """Whether the person is active and belongs to the group today, as ``holders`` counts; asked whenever a step is given away."""
    held = _HELD.rows(person_id=person_id, agency_id=agency_id, today=clock.today())
    return any(role in roles and (division_id is None or own in (None, division_id)) for roles, own in held)


def roles_held(person_id: uuid.UUID, agency_id: uuid.UUID) -> frozenset[str]:
    """The roles an active person holds in an agency today; none for anybody else."""
    held = _HELD.rows(person_id=person_id, agency_id=agency_id, today=clock.today())
    return frozenset(role for roles, _ in held for role in roles)


def group(agency_id: uuid.UUID, role: str, division_id: uuid.UUID | None = None) -> list[Member]:
    """Who ``holders`` finds, by their names alone: who is told of something."""
    found: dict[uuid.UUID, Member] = {}
    for person_id, full_name, roles, own in _MEMBERS.rows(agency_id=agency_id, today=clock.today()):
        if role in roles and (division_id is None or own in (None, division_id)):
            found[person_id] = Member(person_id, full_name)
    return list(found.values())


def name_of(person_id: uuid.UUID) -> str:
    """What a person is called; ``NotFound`` where there is none."""
    found = _NAME.first(person_id=person_id)
    if found is None:
        raise NotFound("Không có người này.")
    return str(found[0])


def is_ended(position: Position) -> bool:
    """Whether the position's last day is past. One that has not begun is not ended."""
    return position.valid_to is not None and position.valid_to < clock.today()


def valid_on(day: date) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions under which a position counts on ``day``."""
    return Position.valid_from <= day, sa.or_(Position.valid_to.is_(None), Position.valid_to >= day)
