"""The demo province: one province, a department, two communes and everybody who works there (DESIGN section 4)."""

from pathlib import Path
from typing import Any

import yaml

from engine import clock, settings
from engine.calendar import versions
from engine.errors import NotAllowed
from engine.people import agencies, passwords, positions
from engine.people.models import Agency, Person
from engine.people.positions import Appointment
from engine.transaction import session

#: Everybody's password, on a loopback demo only.
PASSWORD = "quytrinh"  # noqa: S105 - known to all, refused in production
_DATA = Path(__file__).parent / "data" / "demo.yaml"


def seed() -> bool:
    """Fill an empty database with the demo province and its calendar; False where there already is an agency.

    Refused in production (``NotAllowed``).
    """
    if settings.load().is_production:
        raise NotAllowed("Không nạp dữ liệu mẫu khi QUYTRINH_ENV=production.")
    if agencies.root() is not None:
        return False
    data = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    password_hash = passwords.hash_of(PASSWORD)
    province = _agency(data["province"], None)
    department = _agency(data["department"], province)
    versions.seed(province.id)
    for home, content in ((province, data["province"]), (department, data["department"])):
        for known in content["people"]:
            place = province if known.get("at") == "province" else home
            person = _person(home, known["login"], known["full_name"], password_hash)
            positions.give(person, Appointment(place.id, known["title"], frozenset(known["roles"])), by=None)
    for content in data["communes"]:
        _staff(_agency(content, province), content, data["positions"], password_hash)
    return True


def logins() -> list[tuple[str, str, str]]:
    """Account name, title and agency of each demo login, for the first screen of the command."""
    data = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    found = [
        (login + commune["suffix"], data["positions"][login]["title"], commune["name"])
        for commune in data["communes"]
        for login in commune["names"]
    ]
    return found + [
        (known["login"], known["title"], data[place]["name"])
        for place in ("department", "province")
        for known in data[place]["people"]
    ]


def _agency(content: dict[str, Any], parent: Agency | None) -> Agency:
    return agencies.create(content["code"], content["name"], content["kind"], parent=parent, letterhead=content["letterhead"])


def _staff(commune: Agency, content: dict[str, Any], rules: dict[str, Any], password_hash: str) -> None:
    divisions = [agencies.add_division(commune, division["code"], division["name"]) for division in content["divisions"]]
    for login, full_name in content["names"].items():
        rule = rules[login]
        person = _person(commune, login + content["suffix"], full_name, password_hash)
        places = [division.id for division in divisions] if rule.get("in_each_division") else [None]
        for division_id in places:
            appointment = Appointment(commune.id, rule["title"], frozenset({rule["role"]}), division_id, clock.today())
            positions.give(person, appointment, by=None)


def _person(home: Agency, login: str, full_name: str, password_hash: str) -> Person:
    email = f"{login}@{home.code.lower()}.haiphong.example"
    person = Person(agency_id=home.id, login=login, full_name=full_name, email=email, password_hash=password_hash)
    session().add(person)
    session().flush()
    return person
