"""Whole rows through a statement compiled once: the session's own objects, on both databases."""

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import clock
from engine.db import new_id
from engine.people.models import Agency, Person
from engine.reading import Reading
from engine.transaction import session, transaction

_BY_LOGIN = Reading(Person, lambda people: people.where(Person.login == sa.bindparam("login")))
_ALL = Reading(Person, lambda people: people.order_by(Person.login.desc()))


def make_people(*logins: str) -> list[Person]:
    """People of one agency, written by the unit of work."""
    agency = Agency(id=new_id(), code="H31.1", name="Sở Thử", kind="department", path="/x/", valid_from=clock.today())
    session().add(agency)
    session().flush()
    people = [Person(agency_id=agency.id, login=login, full_name=login.upper()) for login in logins]
    session().add_all(people)
    session().flush()
    return people


def test_a_reading_answers_the_objects_the_session_knows(db: Engine) -> None:
    with transaction():
        first, second = make_people("an", "binh")
        assert _ALL.all() == [second, first]
        assert _BY_LOGIN.first(login="an") is first
        assert _BY_LOGIN.first(login="cuong") is None


def test_a_reading_sees_what_was_changed_before_it(db: Engine) -> None:
    with transaction():
        [person] = make_people("an")
        person.login = "ánh"
        assert [found.login for found in _ALL.all()] == ["ánh"]


def test_a_reading_makes_whole_objects_in_a_new_session(db: Engine) -> None:
    with transaction():
        [made] = make_people("an")
        wanted = (made.id, made.full_name, made.is_active, made.email)
    session().expunge_all()
    found = _BY_LOGIN.first(login="an")
    assert found is not None
    assert (found.id, found.full_name, found.is_active, found.email) == wanted
    assert session().get(Person, wanted[0]) is found
