"""A calendar changed after promises were given: listed with both derivations, moved or kept by a person, never by itself."""

import uuid
from datetime import datetime
from typing import Any

import pytest

from engine import clock
from engine.calendar import editing
from engine.cases.models import Timer
from engine.dossiers import calendar_change, slips
from engine.dossiers.calendar_change import KEPT, MOVED, Outcome
from engine.dossiers.clock_models import CalendarDecision
from engine.dossiers.models import Dossier
from engine.errors import AnswersRejected, NotAllowed, NotFound
from engine.journal import queries as journal
from engine.outbox.models import OutboxMessage
from engine.people import working_time
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.dossiers.conftest import Counter

SWAP = "Hoán đổi theo Công văn 12729/VPCP"


def local(moment: datetime | None) -> str:
    """On the office's clock, to the minute."""
    assert moment is not None
    return f"{clock.local(moment):%Y-%m-%dT%H:%M}"


def change_day(dossier: Dossier, on: str, kind: str) -> None:
    """The dossier's agency publishes a calendar in which this day is off, or worked."""
    with transaction():
        _, version = working_time.calendar_for(dossier.agency_id)
        row: dict[str, Any] = {"date": on, "kind": kind, "name": "Hoán đổi", "basis": SWAP}
        working_time.change(dossier.agency_id, version.sessions, editing.with_day(version.days, row), basis=SWAP, by=None)


def listed(counter: Counter, dossier: Dossier) -> list[tuple[str, str, str]]:
    """Code, date promised and date by the new calendar."""
    session().rollback()
    page = calendar_change.listing(dossier.agency_id, for_=counter.actor("leader"))
    return [(item.dossier.code, local(item.dossier.due_at), local(item.after_due_at)) for item in page.items]


def decide(counter: Counter, dossiers: list[Dossier], decision: str, login: str = "leader") -> Outcome:
    """Somebody decides."""
    session().rollback()
    with transaction():
        return calendar_change.decide([one.case_id for one in dossiers], decision, SWAP, by=counter.actor(login))


def test_only_dossiers_that_would_move_are_listed_and_nothing_moves(counter: Counter) -> None:
    """Friday 20 November becomes a day off: due Monday 23 at 08:00 would become Wednesday 25 (24 is a holiday)."""
    touched, done = counter.open(), counter.open()
    counter.to_sign(done)
    counter.do(done, "sign", "leader", decision="sign")
    counter.do(done, "number_seal", "registrar")
    assert listed(counter, touched) == []
    change_day(touched, "2026-11-20", "off")
    later = counter.open()
    assert local(later.due_at) == "2026-11-25T08:00"
    assert listed(counter, touched) == [(touched.code, "2026-11-23T08:00", "2026-11-25T08:00")]
    assert (local(touched.due_at), [number for kind, number, _ in counter.numbers(touched) if kind == "receipt"]) == (
        "2026-11-23T08:00",
        ["01/TNHS"],
    )
    page = calendar_change.listing(touched.agency_id, for_=counter.actor("leader"))
    before, after = page.items[0].before, page.items[0].after
    skipped = [[step["date"] for step in told["steps"] if step["rule"] == "skipped"] for told in (before, after)]
    assert skipped == [["2026-11-21", "2026-11-22"], ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-24"]]


def test_a_day_past_the_promise_touches_nobody(counter: Counter) -> None:
    dossier = counter.open()
    change_day(dossier, "2026-11-27", "off")
    assert listed(counter, dossier) == []


def test_moving_voids_the_slip_and_tells_the_citizen_once(counter: Counter) -> None:
    dossier = counter.open()
    change_day(dossier, "2026-11-20", "off")
    assert decide(counter, [dossier], MOVED) == Outcome(1, 0)
    assert decide(counter, [dossier], MOVED) == Outcome(0, 1)
    assert [local(moment) for moment in (dossier.due_at, dossier.case.due_at)] == ["2026-11-25T08:00"] * 2
    assert local(dossier.original_due_at) == "2026-11-23T08:00"
    receipts = [(number, is_valid) for kind, number, is_valid in counter.numbers(dossier) if kind == "receipt"]
    assert receipts == [("01/TNHS", False), ("02/TNHS", True)]
    receipt = slips.latest(dossier.case_id, "receipt")
    assert receipt is not None
    assert receipt.data["due_at_text"] == "08 giờ 00 phút, ngày 25 tháng 11 năm 2026"
    (mail,) = session().query(OutboxMessage).filter(OutboxMessage.kind == "mail").all()
    assert "08 giờ 00 phút, ngày 25 tháng 11 năm 2026" in mail.payload["text"]
    (entry,) = journal.of_case(dossier.case_id, kinds=["clock.moved"])
    assert (entry.actor or {})["name"] == "Hoàng Đức Thắng"
    assert listed(counter, dossier) == []


def test_keeping_leaves_everything_and_is_asked_again_at_the_next_change_only(counter: Counter) -> None:
    dossier = counter.open()
    change_day(dossier, "2026-11-20", "off")
    assert decide(counter, [dossier], KEPT) == Outcome(1, 0)
    assert (local(dossier.due_at), listed(counter, dossier), len(counter.numbers(dossier))) == ("2026-11-23T08:00", [], 2)
    (decision,) = session().query(CalendarDecision).all()
    assert (decision.decision, local(decision.before_due_at), local(decision.after_due_at), decision.reason) == (
        KEPT,
        "2026-11-23T08:00",
        "2026-11-25T08:00",
        SWAP,
    )
    change_day(dossier, "2026-11-19", "off")
    assert listed(counter, dossier) == [(dossier.code, "2026-11-23T08:00", "2026-11-26T08:00")]


def test_a_working_saturday_brings_date_and_watch_forward(counter: Counter) -> None:
    """Saturday 21 is worked: due on Saturday, the apology owed on Friday as before the move on Friday; steps follow."""
    dossier = counter.open()
    change_day(dossier, "2026-11-19", "off")
    decide(counter, [dossier], MOVED)
    assert local(dossier.due_at) == "2026-11-25T08:00"
    change_day(dossier, "2026-11-21", "work")
    decide(counter, [dossier], MOVED)
    (watch,) = session().query(Timer).filter(Timer.case_id == dossier.case_id, Timer.element == "on_expiring").all()
    assert (local(dossier.due_at), local(watch.due_at)) == ("2026-11-23T08:00", "2026-11-21T13:00")
    counter.clock.freeze("2026-11-21T13:00")
    sweeps.fire_due_timers()
    session().rollback()
    assert sorted(step.element for step in dossier.case.steps if step.state == "open") == ["apologise", "hand_over"]


def test_pages_follow_one_another(counter: Counter) -> None:
    dossiers = [counter.open() for _ in range(3)]
    change_day(dossiers[0], "2026-11-20", "off")
    leader = counter.actor("leader")
    first = calendar_change.listing(dossiers[0].agency_id, for_=leader, limit=2)
    second = calendar_change.listing(dossiers[0].agency_id, for_=leader, limit=2, cursor=first.next_cursor)
    codes = [item.dossier.code for page in (first, second) for item in page.items]
    assert (sorted(codes), second.next_cursor) == (sorted(one.code for one in dossiers), None)
    with pytest.raises(AnswersRejected):
        calendar_change.listing(dossiers[0].agency_id, for_=leader, cursor="không có")


@pytest.mark.parametrize("login", ["clerk", "head", "admin"])
def test_only_leaders_decide(counter: Counter, login: str) -> None:
    dossier = counter.open()
    change_day(dossier, "2026-11-20", "off")
    with pytest.raises(NotAllowed):
        decide(counter, [dossier], MOVED, login)
    assert local(dossier.due_at) == "2026-11-23T08:00"


def test_a_leader_of_another_agency_finds_nothing_to_decide(counter: Counter) -> None:
    dossier = counter.open()
    change_day(dossier, "2026-11-20", "off")
    with pytest.raises(NotFound):
        decide(counter, [dossier], MOVED, "leader2")
    with pytest.raises(NotFound):
        calendar_change.listing(dossier.agency_id, for_=counter.actor("leader2"))


@pytest.mark.parametrize(
    ("ids", "decision", "reason", "field"),
    [
        ([], MOVED, SWAP, "ids"),
        ([uuid.UUID(int=number) for number in range(101)], MOVED, SWAP, "ids"),
        ([uuid.UUID(int=1)], "other", SWAP, "decision"),
        ([uuid.UUID(int=1)], KEPT, " ", "reason"),
    ],
    ids=["none", "too many", "neither", "no reason"],
)
def test_a_decision_names_dossiers_and_why(
    counter: Counter, ids: list[uuid.UUID], decision: str, reason: str, field: str
) -> None:
    with pytest.raises(AnswersRejected) as refusal, transaction():
        calendar_change.decide(ids, decision, reason, by=counter.actor("leader"))
    assert list(refusal.value.fields) == [field]
