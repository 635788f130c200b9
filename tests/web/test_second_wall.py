"""Behind the database's fence a page answers as without it, also where the first wall was forgotten (R43)."""

import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.typing import ResponseReturnValue

from engine.journal.models import JournalEntry
from engine.people import directory
from engine.people.models import Person
from engine.transaction import session
from tests.asked import asked
from tests.web.conftest import ON_BOTH, Browser
from web import guard
from web.database import database

POSTGRESQL = pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)


@pytest.fixture
def careless_app(app: Flask) -> Flask:
    """The application with a page that forgets to ask whose rows it shows."""

    @app.get("/everybody")
    @guard.requires("person.read")
    def everybody() -> ResponseReturnValue:
        return ",".join(session().scalars(sa.select(Person.login).order_by(Person.login)))

    @app.get("/open")
    @guard.public
    def everybody_before_sign_in() -> ResponseReturnValue:
        return ",".join(session().scalars(sa.select(Person.login).order_by(Person.login)))

    return app


def person_id(app: Flask, login: str) -> uuid.UUID:
    with app.app_context():
        person = directory.by_login(login)
        assert person is not None
        return person.id


@POSTGRESQL
def test_a_page_that_forgets_to_ask_shows_nobody_of_another_commune(careless_app: Flask, browse: Callable[..., Browser]) -> None:
    seen = browse("clerk").get("/everybody").text.split(",")
    assert ("clerk" in seen, "clerk2" in seen, "admin" in seen) == (True, False, True)


@POSTGRESQL
def test_each_request_has_its_own_fence(careless_app: Flask, browse: Callable[..., Browser]) -> None:
    first, second = browse("clerk"), browse("clerk2")
    seen = [browser.get("/everybody").text.split(",") for browser in (first, second, first)]
    assert [("clerk" in logins, "clerk2" in logins) for logins in seen] == [(True, False), (False, True), (True, False)]
    assert "clerk2" in first.get("/open").text


@POSTGRESQL
def test_the_fence_costs_one_statement_a_transaction(careless_app: Flask, browse: Callable[..., Browser]) -> None:
    browser = browse("clerk")
    browser.get("/everybody")
    with careless_app.app_context():
        engine = database.engine
    sent = asked(engine, lambda: browser.get("/everybody"))
    assert sum("set_config" in statement for statement in sent) == 1


@ON_BOTH
@pytest.mark.parametrize("path", ["/admin/people/{}", "/admin/people/{}/positions/new"])
def test_what_the_fence_hides_is_refused_and_journalled_by_name(app: Flask, browse: Callable[..., Browser], path: str) -> None:
    ward_admin(app)
    foreign = person_id(app, "clerk2")
    answer = browse("head").get(path.format(foreign))
    assert answer.status_code == 404
    assert "Không tìm thấy, hoặc anh/chị không có quyền xem" in answer.text
    with app.app_context():
        owner = session().get_one(Person, foreign).agency_id
        refused = session().scalars(sa.select(JournalEntry.content).where(JournalEntry.kind == "access.refused")).all()
    assert [str(owner) in content for content in refused] == [True]


@ON_BOTH
def test_an_account_name_taken_behind_the_fence_is_taken(app: Flask, browse: Callable[..., Browser]) -> None:
    ward_admin(app)
    browser = browse("head")
    browser.get("/admin/people/new")
    answer = browser.post("/admin/people/new", {"login": "clerk2", "full_name": "Lê Văn Ba", "language": "vi"})
    assert answer.status_code == 422
    assert "Tên đăng nhập đã có người dùng" in answer.text


def ward_admin(app: Flask) -> None:
    """The head of the first ward administers it, too."""
    from engine.people import positions
    from engine.people.positions import Appointment
    from engine.transaction import transaction

    with app.app_context(), transaction():
        person = directory.by_login("head")
        assert person is not None
        positions.give(person, Appointment(person.agency_id, "Quản trị", frozenset({"admin"})), by=None)
