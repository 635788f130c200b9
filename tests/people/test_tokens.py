"""Bearer tokens."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine import clock
from engine.errors import AnswersRejected, NotFound
from engine.people import directory, tokens
from engine.people.actors import Actor
from engine.people.models import ApiToken
from engine.transaction import session, transaction
from tests.clocks import StoppedClock

Province = Callable[[str], Actor]


def test_token_acts_as_its_person_and_only_its_hash_is_kept(province: Province) -> None:
    clerk = province("clerk")
    with transaction():
        token = tokens.create(directory.get_person(clerk.person_id))
    assert tokens.actor_for(token, "127.0.0.1") == clerk
    assert token not in str(session().execute(sa.select(ApiToken.__table__)).all())


@pytest.mark.parametrize("wrong", ["", "qt_", "qt_unknown", "Bearer x"])
def test_unknown_token_is_nobody(province: Province, wrong: str) -> None:
    assert tokens.actor_for(wrong) is None


def test_token_ends_at_its_expiry(province: Province, stopped_clock: StoppedClock) -> None:
    now = stopped_clock.freeze("2026-11-20T08:00")
    person = directory.get_person(province("clerk").person_id)
    with transaction():
        token = tokens.create(person, expires_at=now + timedelta(hours=1))
    assert tokens.actor_for(token) is not None
    stopped_clock.advance(hours=1)
    assert tokens.actor_for(token) is None


def test_token_is_revoked_by_its_owner_alone(province: Province) -> None:
    clerk, other = (directory.get_person(province(login).person_id) for login in ("clerk", "clerk_b"))
    with transaction():
        token = tokens.create(clerk, label="máy quét")
    (row,) = tokens.listing(clerk.id)
    with pytest.raises(NotFound), transaction():
        tokens.revoke(other, row.id, by=province("clerk_b"))
    assert tokens.actor_for(token) is not None
    with transaction():
        tokens.revoke(clerk, row.id, by=province("clerk"))
    assert tokens.actor_for(token) is None


def test_token_is_refused_for_the_past_and_for_inactive_people(province: Province) -> None:
    person = directory.get_person(province("clerk").person_id)
    with pytest.raises(AnswersRejected), transaction():
        tokens.create(person, expires_at=clock.now())
    with transaction():
        token = tokens.create(person)
        person.is_active = False
    assert tokens.actor_for(token) is None
    with pytest.raises(AnswersRejected), transaction():
        tokens.create(person)
