"""Dead letters in an operator's hands."""

from dataclasses import replace
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine import clock
from engine.db import new_id
from engine.errors import AnswersRejected, Conflict, NotAllowed, NotFound
from engine.journal import queries
from engine.outbox import letters, pause, status, webhooks
from engine.outbox.letters import Outcome, Wanted
from engine.outbox.models import OutboxMessage
from engine.outbox.status import Summary
from engine.outbox.webhooks import Wish
from engine.people import agencies
from engine.people.actors import Actor
from engine.transaction import session, transaction
from tests.clocks import StoppedClock

CASE = UUID("0197c0de-0000-7000-8000-000000000009")


def put(agency_id: UUID, state: str, *, kind: str = "mail", webhook_id: UUID | None = None) -> UUID:
    payload = {"kind": "step.opened", "case_id": str(CASE)} if webhook_id else {"to": "nguyen.an@dl.example", "subject": "x"}
    made = OutboxMessage(
        id=new_id(), agency_id=agency_id, key=str(new_id()), kind=kind, webhook_id=webhook_id, payload=payload, state=state,
        attempts=8, next_at=clock.now(), created_at=clock.now(), last_error="HTTP 500",
    )  # fmt: skip
    with transaction():
        session().add(made)
    return made.id


def state_of(message_id: UUID) -> tuple[str, int]:
    session().expire_all()
    row = session().get_one(OutboxMessage, message_id)
    return row.state, row.attempts


def with_roles(actor: Actor, *roles: str) -> Actor:
    return replace(actor, capacities=tuple(replace(held, roles=frozenset(roles)) for held in actor.capacities))


def test_messages_are_listed_by_state_and_kind_newest_first(admin: Actor, agency_id: UUID) -> None:
    with transaction():
        system = webhooks.create(agency_id, Wish("Cổng", "https://nhan.example.vn/", ["step.*"]), by=admin)
    mail = put(agency_id, "dead")
    told = put(agency_id, "dead", kind="webhook", webhook_id=system.id)
    put(agency_id, "sent")

    def ids(**wanted: object) -> list[UUID]:
        return [item.id for item in letters.listing(agency_id, Wanted(**wanted), for_=admin).items]  # type: ignore[arg-type]

    assert ids() == [told, mail]
    assert (ids(kind="mail"), ids(webhook_id=system.id), ids(state="waiting")) == ([mail], [told], [])
    assert letters.counts(agency_id, for_=admin) == {"dead": 2, "waiting": 0}


def test_a_letter_names_its_receiver_and_nobodys_whole_address(admin: Actor, agency_id: UUID) -> None:
    with transaction():
        system = webhooks.create(agency_id, Wish("Cổng", "https://nhan.example.vn/", ["step.*"]), by=admin)
    mail = letters.get(put(agency_id, "dead"), for_=admin)
    told = letters.get(put(agency_id, "dead", kind="webhook", webhook_id=system.id), for_=admin)
    assert (mail.to, mail.about, mail.case_id, mail.cause, mail.next_at) == ("ng…@dl.example", "", None, "HTTP 500", None)
    assert (told.to, told.about, told.case_id) == ("Cổng (nhan.example.vn:443)", "step.opened", CASE)


def test_pages_walk_back_to_the_oldest(admin: Actor, agency_id: UUID) -> None:
    made = [put(agency_id, "dead") for _ in range(5)]
    seen, cursor = [], None
    for _ in range(3):
        page = letters.listing(agency_id, Wanted(), for_=admin, cursor=cursor, limit=2)
        seen += [item.id for item in page.items]
        cursor = page.next_cursor
    assert (seen, cursor) == (made[::-1], None)


def test_many_are_revived_in_one_act_each_journalled(admin: Actor, agency_id: UUID) -> None:
    dead = [put(agency_id, "dead") for _ in range(3)]
    sent = put(agency_id, "sent")
    with transaction():
        outcome = letters.revive([*dead, dead[0], sent, new_id()], "  máy chủ thư đã sửa ", by=admin)
    assert outcome == Outcome(done=3, refused=2)
    assert [state_of(message_id) for message_id in dead] == [("waiting", 0)] * 3
    assert state_of(sent) == ("sent", 8)
    facts = [entry.facts for entry in queries.page(agency_id, kind="outbox.revived").items]
    assert facts == [{"message_id": str(m), "what": "mail", "reason": "máy chủ thư đã sửa"} for m in reversed(dead)]


def test_dropping_takes_the_waiting_too(admin: Actor, agency_id: UUID) -> None:
    dead, waiting, sent = (put(agency_id, state) for state in ("dead", "waiting", "sent"))
    with transaction():
        assert letters.drop([dead, waiting, sent], "gửi nhầm", by=admin) == Outcome(done=2, refused=1)
    assert [state_of(message_id)[0] for message_id in (dead, waiting, sent)] == ["dropped", "dropped", "sent"]
    with transaction():
        assert letters.revive([dead], "nghĩ lại", by=admin) == Outcome(done=0, refused=1)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501], ids=["none", "blank", "long"])
def test_a_decision_needs_a_reason(admin: Actor, agency_id: UUID, reason: str) -> None:
    dead = put(agency_id, "dead")
    with pytest.raises(AnswersRejected) as refusal, transaction():
        letters.revive([dead], reason, by=admin)
    assert (list(refusal.value.fields), state_of(dead)) == (["reason"], ("dead", 8))


def test_a_decision_needs_something_to_decide(admin: Actor) -> None:
    with pytest.raises(AnswersRejected) as refusal, transaction():
        letters.drop([], "gửi nhầm", by=admin)
    assert list(refusal.value.fields) == ["ids"]


def test_another_agencys_letters_are_out_of_reach(admin: Actor, agency_id: UUID) -> None:
    with transaction():
        other = agencies.create("H31.2", "UBND xã khác", "commune").id
    foreign = put(other, "dead")
    with transaction():
        assert letters.revive([foreign], "thử", by=admin) == Outcome(done=0, refused=1)
    assert state_of(foreign)[0] == "dead"
    with pytest.raises(NotFound):
        letters.get(foreign, for_=admin)
    with pytest.raises(NotFound):
        letters.listing(other, Wanted(), for_=admin)


def test_reading_is_not_deciding(admin: Actor, agency_id: UUID) -> None:
    dead, secretary = put(agency_id, "dead"), with_roles(admin, "secretary")
    assert [item.id for item in letters.listing(agency_id, Wanted(), for_=secretary).items] == [dead]
    with transaction():
        assert letters.revive([dead], "thử", by=secretary) == Outcome(done=0, refused=1)
    with pytest.raises(NotAllowed):
        letters.listing(agency_id, Wanted(), for_=with_roles(admin, "clerk"))


def test_summary_counts_and_ages(admin: Actor, agency_id: UUID, stopped_clock: StoppedClock) -> None:
    stopped_clock.freeze("2026-11-20T08:00")
    assert status.summary() == Summary(0, 0, 0.0, False)
    put(agency_id, "waiting")
    stopped_clock.advance(minutes=2)
    for state in ("waiting", "dead", "sent", "dropped"):
        put(agency_id, state)
    assert status.summary() == Summary(waiting=2, dead=1, oldest_age_s=120.0, is_paused=False)


def test_pausing_and_releasing_are_journalled_at_the_top(admin: Actor, agency_id: UUID) -> None:
    with transaction():
        pause.begin("phục hồi từ bản sao lưu", by=None)
    with pytest.raises(Conflict), transaction():
        pause.begin("lần nữa", by=admin)
    with transaction():
        pause.release("đã đối chiếu", by=admin)
    with pytest.raises(Conflict), transaction():
        pause.release("lần nữa", by=admin)
    told = queries.page(agency_id).items[:2]
    assert [(entry.kind, entry.facts, entry.person_id) for entry in told] == [
        ("outbox.released", {"reason": "đã đối chiếu"}, admin.person_id),
        ("outbox.paused", {"reason": "phục hồi từ bản sao lưu"}, None),
    ]
    session().rollback()
    (kept,) = session().execute(sa.text("SELECT reason, ended_at FROM outbox_pause")).all()
    assert (kept.reason, kept.ended_at is None) == ("phục hồi từ bản sao lưu", False)
