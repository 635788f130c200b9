"""Webhooks on their way to a real web server: signed, repeated, given up, held."""

import hashlib
import hmac
import json
import re
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.journal import entries
from engine.outbox import delivery, letters, mail, pause, projection, signing, status, webhooks
from engine.outbox.breaker import Breaker, Breakers
from engine.outbox.delivery import Swept
from engine.outbox.models import OutboxMessage, Webhook
from engine.outbox.status import Summary
from engine.outbox.webhooks import Wish
from engine.people.actors import Actor
from engine.transaction import session, transaction
from tests.clocks import StoppedClock
from tests.outbox.conftest import Postman
from tests.outbox.receiver import System, listening


@pytest.fixture(autouse=True)
def at_eight(stopped_clock: StoppedClock) -> None:
    stopped_clock.freeze("2026-11-20T08:00")


def tell(admin: Actor, url: str, count: int = 1) -> Webhook:
    with transaction():
        webhook = webhooks.create(admin.agency_id, Wish("Cổng tỉnh", url, ["step.opened"]), by=admin)
    happen(admin, count)
    return webhook


def happen(admin: Actor, count: int = 1) -> None:
    with transaction():
        for _ in range(count):
            entries.append("step.opened", agency_id=admin.agency_id, by=None)
    projection.sweep()


def sweep(breakers: Breakers | None = None) -> Swept:
    return delivery.sweep(breakers=breakers or Breakers())


def states() -> list[tuple[str, int, str | None]]:
    session().rollback()
    query = sa.select(OutboxMessage.state, OutboxMessage.attempts, OutboxMessage.last_error).order_by(OutboxMessage.id)
    return [(state, attempts, error) for state, attempts, error in session().execute(query)]


def is_signed(key: str, headers: dict[str, str], body: bytes) -> bool:
    """As a receiver does it."""
    found = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", headers["Quytrinh-Signature"])
    assert found is not None
    own = hmac.new(key.encode(), found[1].encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(own, found[2])


def test_a_message_arrives_signed_and_named(admin: Actor, system: System) -> None:
    webhook = tell(admin, system.url)
    assert (sweep(), sweep()) == (Swept(sent=1), Swept())
    (heard,) = system.heard
    assert is_signed(signing.key_of(webhook.id, 1), heard.headers, heard.body)
    assert not is_signed(signing.key_of(webhook.id, 1), heard.headers, heard.body + b" ")
    assert not is_signed(signing.key_of(webhook.id, 2), heard.headers, heard.body)
    assert heard.headers["Quytrinh-Signature"].startswith("t=1795136400,")
    assert json.loads(heard.body)["id"] == heard.headers["Quytrinh-Id"]
    assert states() == [("sent", 1, None)]


@pytest.mark.parametrize("answer", [500, 503, 429, 404, 302], ids=str)
def test_a_refusal_is_tried_again_with_the_same_words(
    admin: Actor, system: System, stopped_clock: StoppedClock, answer: int
) -> None:
    tell(admin, system.url)
    system.answers.append(answer)
    assert (sweep(), sweep()) == (Swept(put_off=1), Swept())
    assert states()[0][:2] == ("waiting", 1)
    assert (states()[0][2] or "").startswith(f"HTTP {answer}")
    stopped_clock.advance(seconds=30)
    assert sweep() == Swept(sent=1)
    first, second = system.heard
    assert (first.path, first.body, first.headers["Quytrinh-Id"]) == (second.path, second.body, second.headers["Quytrinh-Id"])
    assert first.headers["Quytrinh-Signature"] != second.headers["Quytrinh-Signature"]


def test_a_receiver_that_is_gone_makes_a_dead_letter_at_once(admin: Actor, system: System) -> None:
    tell(admin, system.url)
    system.answers.append(410)
    assert sweep() == Swept(dead=1)
    assert states() == [("dead", 1, "HTTP 410")]


def test_a_message_is_dead_after_sixteen_tries(admin: Actor, system: System, stopped_clock: StoppedClock) -> None:
    tell(admin, system.url)
    system.answers += [500] * 16
    for _ in range(15):
        assert sweep() == Swept(put_off=1)
        stopped_clock.advance(hours=1)
    assert sweep() == Swept(dead=1)
    assert (len(system.heard), states()[0][:2]) == (16, ("dead", 16))


@pytest.mark.parametrize(
    ("attempts", "most"), [(0, 30), (1, 60), (2, 120), (6, 1920), (7, 3600), (500, 3600)], ids=lambda value: str(value)
)
def test_pauses_double_up_to_an_hour_and_scatter(attempts: int, most: int) -> None:
    pauses = [delivery.pause_after(f"k{number}", attempts).total_seconds() for number in range(200)]
    assert all(most * 0.75 <= pause <= most for pause in pauses)
    assert len(set(pauses)) > 50
    assert pauses[0] == delivery.pause_after("k0", attempts).total_seconds()


def test_a_private_address_makes_a_dead_letter_and_no_call(admin: Actor, system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(admin, system.url)
    monkeypatch.delenv("QUYTRINH_TEST_WEBHOOK_LOOPBACK")
    assert sweep() == Swept(dead=1)
    assert states() == [("dead", 1, "Địa chỉ phải bắt đầu bằng https:// để nội dung được mã hóa trên đường truyền.")]
    assert system.heard == []


def test_a_stopped_systems_message_becomes_a_dead_letter(admin: Actor, system: System) -> None:
    webhook = tell(admin, system.url)
    with transaction():
        webhooks.stop(webhook, "bảo trì", version=1, by=admin)
    assert sweep() == Swept(dead=1)
    assert system.heard == []


def test_a_silent_system_does_not_hold_up_the_others(admin: Actor, system: System) -> None:
    with listening() as other:
        silent_url = other.url
    tell(admin, silent_url, count=5)
    tell(admin, system.url, count=4)
    breakers = Breakers(lambda: Breaker(most=2, pause=60.0))
    assert sweep(breakers) == Swept(sent=4, put_off=2)
    silent = silent_url.split("/")[2]
    assert (breakers.open_ones(), len(system.heard)) == ([silent], 4)
    assert sweep(breakers) == Swept()


def test_a_breaker_closes_again_when_the_system_answers(admin: Actor, system: System, stopped_clock: StoppedClock) -> None:
    tell(admin, system.url, count=2)
    system.answers += [lambda ear: ear.connection.close(), lambda ear: ear.connection.close()]
    breakers = Breakers(lambda: Breaker(most=2, pause=0.0))
    assert sweep(breakers) == Swept(put_off=2)
    stopped_clock.advance(minutes=1)
    assert sweep(breakers) == Swept(sent=2)
    assert (breakers.open_ones(), breakers.known) == ([], {})


def test_mail_goes_on_while_a_system_is_silent(admin: Actor, postman: Postman, loopback: None) -> None:
    tell(admin, "http://127.0.0.1:1/", count=3)
    with transaction():
        mail.queue("an@dl.example", "Nhắc hạn", "x", agency_id=admin.agency_id, key="m")
    assert sweep() == Swept(sent=1, put_off=3)
    assert len(postman.taken) == 1


def test_a_kind_is_swept_alone(admin: Actor, system: System) -> None:
    tell(admin, system.url)
    assert delivery.sweep(kinds=("mail",), breakers=Breakers()) == Swept()
    assert delivery.sweep(kinds=("webhook",), breakers=Breakers()) == Swept(sent=1)


def test_nothing_leaves_a_paused_outbox_until_it_is_released(admin: Actor, agency_id: UUID, system: System) -> None:
    tell(admin, system.url)
    with transaction():
        pause.begin("phục hồi từ bản sao lưu", by=admin)
    assert (sweep(), status.summary()) == (Swept(), Summary(1, 0, 0.0, True))
    with transaction():
        pause.release("đã đối chiếu", by=admin)
    assert (sweep(), status.summary()) == (Swept(sent=1), Summary(0, 0, 0.0, False))


def test_a_worker_that_lost_its_hold_changes_nothing(admin: Actor, system: System) -> None:
    tell(admin, system.url)
    held = delivery.claim(delivery.KINDS)
    assert held is not None
    with transaction():
        (message,) = session().scalars(sa.select(OutboxMessage))
        letters.drop([message.id], "gửi nhầm", by=admin)
    delivery.settle(held, state="sent")
    assert states() == [("dropped", 0, None)]


def test_a_message_that_breaks_the_code_fails_alone(admin: Actor, postman: Postman) -> None:
    with transaction():
        broken, _ = (
            mail.queue("an@dl.example", "Nhắc hạn", "x", agency_id=admin.agency_id, key=key) for key in ("broken", "sound")
        )
        broken.payload = {"to": "an@dl.example"}
    assert sweep() == Swept(sent=1, put_off=1)
    reason = "Lỗi ngoài dự kiến (KeyError), xem nhật ký máy chủ."
    assert states() == [("waiting", 1, reason), ("sent", 1, None)]
