"""Delivery: at least once, with growing pauses, by any number of workers."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.outbox import database_time, delivery, letters, mail
from engine.outbox.breaker import Breaker, Breakers
from engine.outbox.delivery import Swept
from engine.outbox.letters import Outcome
from engine.outbox.models import OutboxMessage
from engine.people.actors import Actor
from engine.transaction import session, transaction
from tests.clocks import StoppedClock
from tests.outbox.conftest import Postman


@pytest.fixture(autouse=True)
def at_eight(stopped_clock: StoppedClock) -> None:
    stopped_clock.freeze("2026-11-20T08:00")


def queue(agency_id: UUID, *keys: str) -> None:
    with transaction():
        for key in keys:
            mail.queue("an@dl.example", f"Nhắc hạn {key}", "Hồ sơ sắp đến hạn.", agency_id=agency_id, key=key)


def row(key: str) -> OutboxMessage:
    session().expire_all()
    return session().scalars(sa.select(OutboxMessage).where(OutboxMessage.key == key)).one()


def sweep(breakers: Breakers | None = None) -> Swept:
    return delivery.sweep(breakers=breakers or Breakers())


def test_mail_is_sent_once_and_marked(agency_id: UUID, postman: Postman) -> None:
    queue(agency_id, "a", "b")
    assert (sweep(), sweep()) == (Swept(sent=2), Swept())
    assert sorted(str(message["To"]) for message in postman.mails()) == ["an@dl.example"] * 2
    assert (row("a").state, row("a").attempts, row("a").lease_until) == ("sent", 1, None)


def test_without_a_mail_server_mail_waits(agency_id: UUID) -> None:
    queue(agency_id, "a")
    assert (sweep(), row("a").state) == (Swept(), "waiting")


def test_refusal_for_now_is_tried_again_later_and_later(agency_id: UUID, postman: Postman, stopped_clock: StoppedClock) -> None:
    queue(agency_id, "a")
    postman.answers += ["451 later", "451 later"]
    for pause in (30, 60):
        assert (sweep(), sweep()) == (Swept(put_off=1), Swept())
        stopped_clock.advance(seconds=pause)
    assert sweep() == Swept(sent=1)
    assert (len(postman.taken), row("a").attempts) == (1, 3)


def test_refusal_for_ever_is_dead_at_once_and_can_be_revived(agency_id: UUID, postman: Postman, admin: Actor) -> None:
    queue(agency_id, "a")
    postman.answers += ["554 no such person"]
    assert sweep() == Swept(dead=1)
    assert (row("a").state, row("a").last_error) == ("dead", "554 b'no such person'")
    with transaction():
        assert letters.revive([row("a").id], "đã sửa hộp thư", by=admin) == Outcome(done=1, refused=0)
    assert (sweep(), row("a").last_error) == (Swept(sent=1), None)


def test_message_is_dead_after_eight_tries(agency_id: UUID, postman: Postman, stopped_clock: StoppedClock) -> None:
    queue(agency_id, "a")
    postman.answers += ["451 later"] * 8
    for _ in range(7):
        assert sweep() == Swept(put_off=1)
        stopped_clock.advance(hours=1)
    assert (sweep(), row("a").attempts) == (Swept(dead=1), 8)


def test_retry_carries_the_same_message_id(agency_id: UUID, postman: Postman, stopped_clock: StoppedClock) -> None:
    queue(agency_id, "a")
    sweep()
    with transaction():
        row("a").state = "waiting"
    sweep()
    first, second = postman.mails()
    assert first["Message-ID"] == second["Message-ID"]
    assert postman.taken[0] == postman.taken[1]


def test_breaker_opens_when_nobody_answers(agency_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUYTRINH_MAIL_URL", "smtp://127.0.0.1:1")
    queue(agency_id, *"abcde")
    breakers = Breakers()
    assert (sweep(breakers), sweep(breakers)) == (Swept(put_off=3), Swept())
    assert sorted(row(key).attempts for key in "abcde") == [0, 0, 1, 1, 1]
    reasons = {(row(key).last_error or "").split(":")[0] for key in "abcde" if row(key).attempts}
    assert reasons == {"ConnectionRefusedError"}


def test_breaker_lets_one_try_after_its_pause() -> None:
    breaker = Breaker(most=2, pause=0.0)
    breaker.failed()
    breaker.failed()
    assert not breaker.is_open()
    closed = Breaker(most=2, pause=60.0, failures=1)
    closed.failed()
    assert closed.is_open()
    closed.worked()
    assert not closed.is_open()


def test_message_of_a_dead_worker_is_taken_over_after_its_lease(agency_id: UUID, postman: Postman) -> None:
    queue(agency_id, "a")
    held = delivery.claim(delivery.KINDS)
    assert held is not None
    assert sweep() == Swept()
    with transaction():
        row("a").lease_until = session().scalar(sa.select(database_time.now()))
    assert sweep() == Swept(sent=1)
    delivery.settle(held, state="waiting")
    assert (row("a").state, row("a").fence, row("a").attempts) == ("sent", 2, 1)


@pytest.mark.parametrize("jump", [{"days": 3}, {"days": -3}], ids=["forward", "back"])
def test_lease_ends_by_the_clock_of_the_database(agency_id: UUID, stopped_clock: StoppedClock, jump: dict[str, int]) -> None:
    queue(agency_id, "a")
    before = session().scalar(sa.select(database_time.now()))
    assert delivery.claim(delivery.KINDS) is not None
    after = session().scalar(sa.select(database_time.now(delivery.LEASE)))
    until = row("a").lease_until
    assert before is not None
    assert after is not None
    assert until is not None
    assert before + delivery.LEASE <= until <= after
    stopped_clock.advance(**jump)
    assert delivery.claim(delivery.KINDS) is None


def test_four_workers_send_each_mail_once(agency_id: UUID, postman: Postman) -> None:
    queue(agency_id, *(str(number) for number in range(20)))
    start = threading.Barrier(4)

    def work(_: int) -> int:
        start.wait()
        try:
            return sweep().sent
        finally:
            session().close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 20
    assert len({message["Message-ID"] for message in postman.mails()}) == len(postman.taken) == 20
