"""From the journal to the outbox: each entry once for each system, in minimal words."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine import clock
from engine.journal import entries
from engine.journal.models import JournalEntry
from engine.outbox import posting, projection, signing, webhooks
from engine.outbox.models import OutboxMessage, Webhook
from engine.outbox.webhooks import Wish
from engine.people import agencies
from engine.people.actors import Actor
from engine.transaction import session, transaction
from tests.clocks import StoppedClock

STEP = UUID("0197c0de-0000-7000-8000-000000000001")


@pytest.fixture(autouse=True)
def at_eight(stopped_clock: StoppedClock) -> None:
    stopped_clock.freeze("2026-11-20T08:00")


def subscribe(admin: Actor, *events: str) -> Webhook:
    with transaction():
        return webhooks.create(admin.agency_id, Wish("Cổng tỉnh", "https://nhan.example.vn/tin", events), by=admin)


def happen(agency_id: UUID, kind: str, count: int = 1, **facts: Any) -> None:
    with transaction():
        for _ in range(count):
            entries.append(kind, agency_id=agency_id, by=None, **facts)


def bodies() -> list[dict[str, Any]]:
    session().rollback()
    found = session().scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id))
    return [json.loads(posting.body_of(message.key, message.payload)) for message in found]


def test_what_was_chosen_is_told_once(admin: Actor, agency_id: UUID) -> None:
    subscribe(admin, "step.opened", "slip.*")
    for kind in ("step.opened", "step.completed", "slip.issued", "slip.voided", "dossier.registered"):
        happen(agency_id, kind)
    assert (projection.sweep(), projection.sweep()) == (3, 0)
    assert [body["kind"] for body in bodies()] == ["step.opened", "slip.issued", "slip.voided"]


def test_what_happened_before_is_not_told(admin: Actor, agency_id: UUID) -> None:
    happen(agency_id, "step.opened")
    subscribe(admin, "step.opened")
    assert projection.sweep() == 0
    happen(agency_id, "step.opened")
    assert projection.sweep() == 1


def test_another_agencys_events_are_not_told(admin: Actor) -> None:
    subscribe(admin, "step.opened")
    with transaction():
        other = agencies.create("H31.2", "UBND xã khác", "commune").id
    happen(other, "step.opened")
    assert projection.sweep() == 0


def test_two_systems_are_told_each(admin: Actor, agency_id: UUID) -> None:
    first, second = subscribe(admin, "step.*"), subscribe(admin, "step.opened")
    happen(agency_id, "step.opened")
    assert projection.sweep() == 2
    keys = set(session().scalars(sa.select(OutboxMessage.webhook_id)))
    assert keys == {first.id, second.id}


def test_a_stopped_system_is_told_nothing_of_the_time_between(admin: Actor, agency_id: UUID) -> None:
    webhook = subscribe(admin, "step.opened")
    with transaction():
        webhooks.stop(webhook, "bảo trì", version=1, by=admin)
    happen(agency_id, "step.opened", between=True)
    assert projection.sweep() == 0
    with transaction():
        webhooks.resume(webhook, version=2, by=admin)
    happen(agency_id, "step.opened")
    assert projection.sweep() == 1


def test_a_message_says_codes_and_no_words(admin: Actor, agency_id: UUID) -> None:
    webhook = subscribe(admin, "step.*")
    facts: dict[str, Any] = {
        "step_id": STEP,
        "element": "assign",
        "role": "head",
        "visit": 2,
        "name": "Phân công",
        "reason": "Ông Bình nghỉ",
    }
    facts |= {"procedure": "Nguyễn Văn An", "assignee_id": STEP, "due_at": "2026-11-20T09:00:00+00:00", "channel": ["x"]}
    with transaction():
        entries.append("step.opened", agency_id=agency_id, by=admin, **facts)
    projection.sweep()
    (body,) = bodies()
    (message,) = session().scalars(sa.select(OutboxMessage))
    assert body == {
        "id": signing.message_id(message.key),
        "kind": "step.opened",
        "at": "2026-11-20T01:00:00+00:00",
        "agency": "H31.1",
        "journal_number": webhook.told_number,
        "step_id": str(STEP),
        "element": "assign",
        "role": "head",
        "visit": 2,
        "due_at": "2026-11-20T09:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("kind", "facts", "told"),
    [
        ("dossier.status_changed", {"before": "received", "after": "processing"}, {"status": "processing"}),
        ("step.reassigned", {"before": "nva", "after": "tvb"}, {}),
        ("message.received", {"message": "paid", "answers": {"amount": 5}}, {"message": "paid"}),
        ("incident.opened", {"message": "NguyenVanAn", "element": "sign"}, {"element": "sign"}),
    ],
)
def test_a_fact_leaves_only_where_its_kind_makes_it_harmless(
    admin: Actor, agency_id: UUID, kind: str, facts: dict[str, Any], told: dict[str, Any]
) -> None:
    subscribe(admin, kind)
    happen(agency_id, kind, **facts)
    projection.sweep()
    (body,) = bodies()
    assert {name: value for name, value in body.items() if name not in ("id", "kind", "at", "agency", "journal_number")} == told


def test_a_long_absence_is_caught_up_batch_by_batch(admin: Actor, agency_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "BATCH", 3)
    subscribe(admin, "step.opened")
    happen(agency_id, "step.opened", count=6)
    happen(agency_id, "step.completed", count=4)
    happen(agency_id, "step.opened")
    assert projection.sweep() == 7
    numbers = [body["journal_number"] for body in bodies()]
    assert len(set(numbers)) == 7
    assert numbers == sorted(numbers)


def test_a_batch_that_fails_is_told_whole_the_next_time(admin: Actor, agency_id: UUID) -> None:
    webhook = subscribe(admin, "step.opened")
    happen(agency_id, "step.opened", count=3)
    last = session().scalars(sa.select(JournalEntry).order_by(JournalEntry.number.desc())).first()
    assert last is not None
    with transaction():
        session().execute(sa.insert(OutboxMessage).values(id=STEP, **projection._message(webhook, last, None)))
    with pytest.raises(IntegrityError):
        projection.sweep()
    assert len(bodies()) == 1
    with transaction():
        session().execute(sa.delete(OutboxMessage))
    assert (projection.sweep(), projection.sweep(), len(bodies())) == (3, 0, 3)


def test_four_workers_tell_each_event_once(admin: Actor, agency_id: UUID) -> None:
    for _ in range(3):
        subscribe(admin, "step.opened")
    happen(agency_id, "step.opened", count=20)
    start = threading.Barrier(4)

    def work(_: int) -> int:
        start.wait()
        try:
            return projection.sweep()
        finally:
            session().close()

    session().close()
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 60
    assert len(bodies()) == 60


def test_an_entry_with_a_lost_ones_number_is_another_message(admin: Actor, agency_id: UUID) -> None:
    """After a restore the chain goes on with other entries under numbers that were told before."""
    webhook = subscribe(admin, "step.opened")
    facts = {"agency_id": agency_id, "number": 7, "at": clock.now(), "kind": "step.opened", "content": "{}"}
    made = [JournalEntry(**facts, hash=hash_) for hash_ in ("0" * 64, "f" * 64, "0" * 64)]
    keys = [projection._message(webhook, entry, None)["key"] for entry in made]
    assert keys[0] == keys[2] != keys[1]
