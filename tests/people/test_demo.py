"""The demo province."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine.errors import NotAllowed
from engine.journal.verify import verify
from engine.people import agencies, demo, sign_in
from engine.people.actors import Actor, actor_of
from engine.people.models import Person
from engine.transaction import session, transaction

COMMUNE = ["accountant", "archivist", "clerk", "clerk_b", "deputy", "head", "leader", "officer", "registrar", "secretary"]


def test_demo_has_the_logins_of_the_contract(province: Callable[[str], Actor]) -> None:
    expected = sorted(COMMUNE + [f"{login}2" for login in COMMUNE] + ["inspector", "admin"])
    assert list(session().scalars(sa.select(Person.login).order_by(Person.login))) == expected
    assert sorted(login for login, _, _ in demo.logins()) == expected
    assert verify() == []


@pytest.mark.parametrize("login", ["clerk", "clerk_b2", "inspector", "admin"])
def test_demo_person_signs_in(province: Callable[[str], Actor], login: str) -> None:
    person = sign_in.check_password(login, demo.PASSWORD, address="127.0.0.1")
    assert actor_of(person).roles == {login.rstrip("2").removesuffix("_b")}


def test_demo_is_seeded_once(province: Callable[[str], Actor]) -> None:
    with transaction():
        assert demo.seed() is False
    assert len(agencies.subtree(agencies.by_code("H31").id)) == 4


def test_demo_is_refused_in_production(db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QUYTRINH_TESTING", "QUYTRINH_TEST_CHEAP_PASSWORDS"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("QUYTRINH_ENV", "production")
    monkeypatch.setenv("QUYTRINH_SECRET_KEY", "x" * 40)
    with pytest.raises(NotAllowed), transaction():
        demo.seed()
