"""The demo province in a fresh database of each kind."""

from collections.abc import Callable

import pytest
from sqlalchemy.engine import Engine

from engine.people import demo, directory
from engine.people.actors import Actor, actor_of
from engine.transaction import transaction


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes cost a millisecond in these tests; ``test_passwords`` looks at the real ones."""
    monkeypatch.setenv("QUYTRINH_TESTING", "1")
    monkeypatch.setenv("QUYTRINH_TEST_CHEAP_PASSWORDS", "1")


@pytest.fixture
def province(db: Engine, cheap_passwords: None) -> Callable[[str], Actor]:
    """The seeded demo province; call it with a login to get that person as an actor."""
    with transaction():
        demo.seed()
    return make_actor


def make_actor(login: str) -> Actor:
    """The person with this login as an actor on this machine."""
    person = directory.by_login(login)
    assert person is not None
    return actor_of(person, address="127.0.0.1")
