"""Browser sessions live and end in the database."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.people import directory, sessions
from engine.people.actors import Actor
from engine.people.models import WebSession
from engine.transaction import session, transaction
from tests.clocks import StoppedClock

Province = Callable[[str], Actor]


@pytest.fixture
def clerk(province: Province, stopped_clock: StoppedClock) -> Actor:
    stopped_clock.freeze("2026-11-20T08:00")
    return province("clerk")


def start(actor: Actor, *, is_proved: bool = True) -> str:
    with transaction():
        return sessions.start(actor.person_id, is_proved=is_proved)


def test_session_is_found_by_its_token_and_stores_none(clerk: Actor) -> None:
    token = start(clerk)
    found = sessions.find(token)
    assert found is not None
    assert (found.person_id, sessions.find("other")) == (clerk.person_id, None)
    assert token not in str(session().execute(sa.select(WebSession.__table__)).all())


def test_session_ends_when_idle(clerk: Actor, stopped_clock: StoppedClock) -> None:
    token = start(clerk)
    for _ in range(3):
        stopped_clock.advance(minutes=29)
        found = sessions.find(token)
        assert found is not None
        assert sessions.needs_touch(found)
        with transaction():
            sessions.touch(token)
    stopped_clock.advance(minutes=30)
    assert sessions.find(token) is None


def test_session_ends_after_twelve_hours_however_busy(clerk: Actor, stopped_clock: StoppedClock) -> None:
    token = start(clerk)
    for _ in range(48):
        assert sessions.find(token) is not None
        stopped_clock.advance(minutes=15)
        with transaction():
            sessions.touch(token)
    assert sessions.find(token) is None


def test_renewing_gives_a_new_token_and_kills_the_former(clerk: Actor) -> None:
    with transaction():
        before = sessions.start(data={"next": "/inbox"})
        after = sessions.renew(before, clerk.person_id, is_proved=True)
    found = sessions.find(after)
    assert found is not None
    assert (sessions.find(before), found.person_id, found.data) == (None, clerk.person_id, {"next": "/inbox"})
    assert sessions.is_fresh(found)


def test_step_up_keeps_the_age_and_proves_anew(clerk: Actor, stopped_clock: StoppedClock) -> None:
    token = start(clerk)
    opened = stopped_clock.advance(minutes=11)
    found = sessions.find(token)
    assert found is not None
    assert not sessions.is_fresh(found)
    with transaction():
        token = sessions.renew(token, clerk.person_id, is_proved=True)
    found = sessions.find(token)
    assert found is not None
    assert sessions.is_fresh(found)
    assert (opened - found.opened_at).total_seconds() == 660


def test_revoking_ends_one_or_all(clerk: Actor) -> None:
    first, second, third = start(clerk), start(clerk), start(clerk)
    with transaction():
        sessions.revoke(first)
    assert sessions.find(first) is None
    with transaction():
        assert sessions.revoke_all(clerk.person_id, but=third) == 1
    assert (sessions.find(second), sessions.find(third) is not None) == (None, True)


def test_session_of_a_deactivated_person_is_gone(clerk: Actor) -> None:
    token = start(clerk)
    with transaction():
        directory.get_person(clerk.person_id).is_active = False
    assert sessions.find(token) is None


def test_person_has_at_most_ten_sessions(clerk: Actor, stopped_clock: StoppedClock) -> None:
    tokens = []
    for _ in range(12):
        stopped_clock.advance(seconds=1)
        tokens.append(start(clerk))
    assert [sessions.find(token) is not None for token in tokens] == [False] * 2 + [True] * 10
    assert len(sessions.listing(clerk.person_id)) == 10


def test_data_is_kept_with_the_session(clerk: Actor) -> None:
    token = start(clerk)
    with transaction():
        sessions.save(token, {"csrf": "x"})
    found = sessions.find(token)
    assert found is not None
    assert found.data == {"csrf": "x"}


def test_sweep_removes_what_ended(clerk: Actor, stopped_clock: StoppedClock) -> None:
    start(clerk)
    stopped_clock.advance(minutes=31)
    living = start(clerk)
    with transaction():
        assert sessions.sweep() == 1
    assert sessions.find(living) is not None
