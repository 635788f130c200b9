"""The province of a measure: the demo's commune with as many sisters as wanted, and names for its citizens."""

import random
from dataclasses import dataclass

import sqlalchemy as sa

from engine.people import agencies, positions
from engine.people.models import Agency, Person
from engine.people.positions import Appointment
from engine.text import fold
from engine.transaction import session

_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Đoàn", "Phùng", "Mai")
_MIDDLE = (
    "Văn",
    "Thị",
    "Hữu",
    "Đức",
    "Minh",
    "Ngọc",
    "Quang",
    "Thu",
    "Xuân",
    "Thanh",
    "Hải",
    "Kim",
    "Bá",
    "Như",
    "Tuấn",
    "Khánh",
)
_GIVEN = (
    "An",
    "Bình",
    "Cường",
    "Dung",
    "Giang",
    "Hà",
    "Hiếu",
    "Hương",
    "Khoa",
    "Lan",
    "Long",
    "Mai",
    "Nam",
    "Oanh",
    "Phúc",
    "Quân",
)


@dataclass(frozen=True)
class Office:
    """An agency and who holds its steps, by role; ids in hex."""

    agency: str
    code: str
    people: dict[str, str]


@dataclass(frozen=True)
class Citizen:
    """Somebody a dossier is opened for; ``folded`` is the name as it is searched."""

    name: str
    folded: str
    id_number: str


def add(count: int) -> list[Office]:
    """The demo's first commune and ``count`` - 1 more beside it, each with a clerk and an officer."""
    clerk = session().scalars(sa.select(Person).where(Person.login == "clerk")).one()
    first = session().get_one(Agency, clerk.agency_id)
    return [_office(first), *(_office(_sister(first, number)) for number in range(1, count))]


def citizens(seed: int) -> list[Citizen]:
    """Some thousand people, the same at each run."""
    chance = random.Random(seed)
    names = [f"{family} {middle} {given}" for family in _FAMILY for middle in _MIDDLE for given in _GIVEN]
    return [Citizen(name, fold(name), f"0311{chance.randrange(10**8):08d}") for name in names]


def _sister(first: Agency, number: int) -> Agency:
    made = agencies.create(f"H31.12.{100 + number}", f"UBND phường số {number}", "commune", parent=first.parent)
    for role, title in (("clerk", "Công chức Một cửa"), ("officer", "Công chức thụ lý")):
        person = Person(agency_id=made.id, login=f"{role}_{number}", full_name=f"{title} {number}")
        session().add(person)
        session().flush()
        positions.give(person, Appointment(made.id, title, frozenset({role})), by=None)
    return made


def _office(agency: Agency) -> Office:
    people = session().scalars(sa.select(Person).where(Person.agency_id == agency.id).order_by(Person.login.desc()))
    return Office(
        agency.id.hex, agency.code, {role: person.id.hex for person in people for p in person.positions for role in p.roles}
    )
