"""Timers in an operator's hands: listed by state, moved with a reason and the moment that was seen."""

import uuid
from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import clock
from engine.cases import firing, operations, timer_desk
from engine.cases.models import Case, Timer
from engine.cases.timer_desk import Wanted
from engine.errors import AnswersRejected, Conflict, EngineError, NotAllowed, NotFound, PreconditionRequired
from engine.journal import queries as journal
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.cases.conftest import Office
from tests.cases.test_operations import operate
from tests.cases.test_races import race


def flow_timer(case: Case) -> Timer:
    session().rollback()
    return session().scalars(sa.select(Timer).where(Timer.case_id == case.id, Timer.kind == "flow")).one()


def move(office: Office, timer: Timer, to: datetime, *, login: str = "admin", reason: str = "Lùi một ngày") -> None:
    """Move it as it is now."""
    with transaction():
        timer_desk.move(timer, to, reason, seen=timer.due_at, by=office.actor(login))


def listed(office: Office, wanted: Wanted, login: str = "admin") -> list[tuple[str, str]]:
    session().rollback()
    return [(line.name, line.timer.kind) for line in timer_desk.listing(office.actor(login), wanted).items]


def test_a_moved_timer_fires_at_its_new_moment(office: Office) -> None:
    case = office.to_draft("officer")
    timer = flow_timer(case)
    due, to = timer.due_at, timer.due_at + timedelta(days=1)
    move(office, timer, to)
    office.clock.freeze("2026-11-21T12:00")
    sweeps.fire_due_timers()
    assert office.open_elements(case) == ["draft"]
    office.clock.freeze("2026-11-22T08:00")
    sweeps.fire_due_timers()
    assert office.open_elements(case) == ["draft", "urge"]
    [entry] = journal.of_case(case.id, kinds=("timer.moved",))
    assert entry.facts == {
        "timer_id": str(timer.id),
        "timer_kind": "flow",
        "element": "late",
        "reason": "Lùi một ngày",
        "before": due.isoformat(),
        "after": to.isoformat(),
    }


def test_a_timer_moved_to_the_past_fires_at_once(office: Office) -> None:
    case = office.to_draft("officer")
    move(office, flow_timer(case), clock.now() - timedelta(minutes=1), reason="Đôn đốc ngay")
    assert sweeps.fire_due_timers() == 1
    assert office.open_elements(case) == ["draft", "urge"]


def test_a_timer_of_a_suspended_case_moves_and_goes_on_waiting(office: Office) -> None:
    case = office.to_draft("officer")
    operate(office, operations.suspend, case)
    move(office, flow_timer(case), clock.now())
    assert flow_timer(case).state == "paused"
    assert sweeps.fire_due_timers() == 0


@pytest.mark.parametrize(
    ("login", "reason", "seen", "refused"),
    [
        ("leader", "Thử", timedelta(0), NotAllowed),
        ("admin", " ", timedelta(0), AnswersRejected),
        ("admin", "Thử", timedelta(hours=1), Conflict),
        ("admin", "Thử", None, PreconditionRequired),
        ("leader2", "Thử", timedelta(0), NotFound),
    ],
    ids=["role", "reason", "stale", "nothing seen", "foreign"],
)
def test_moving_refuses(office: Office, login: str, reason: str, seen: timedelta | None, refused: type[EngineError]) -> None:
    timer = flow_timer(office.to_draft("officer"))
    due = timer.due_at
    with pytest.raises(refused), transaction():
        shown = None if seen is None else due + seen
        timer_desk.move(timer, clock.now(), reason, seen=shown, by=office.actor(login))
    session().rollback()
    assert (timer.due_at, timer.state) == (due, "waiting")


def test_a_timer_that_fired_or_was_cancelled_is_not_moved(office: Office) -> None:
    fired, cancelled = office.to_draft("officer"), office.to_draft("officer")
    office.complete(cancelled, "draft", "officer", decision="submit")
    office.clock.freeze("2026-11-21T08:00")
    sweeps.fire_due_timers()
    with pytest.raises(Conflict, match="đã chạy lúc 08:00 ngày 21/11/2026"):
        move(office, flow_timer(fired), clock.now())
    with pytest.raises(Conflict, match="đã bị hủy"):
        move(office, flow_timer(cancelled), clock.now())


def test_moving_and_firing_at_once_fire_once(db: Engine, office: Office) -> None:
    case = office.to_draft("officer")
    timer, admin = flow_timer(case), office.actor("admin")
    timer_id, due = timer.id, timer.due_at
    office.clock.freeze("2026-11-21T08:00")
    session().execute(sa.select(1))
    with transaction():
        session().execute(sa.update(Timer).where(Timer.case_id == case.id, Timer.kind != "flow").values(state="cancelled"))

    def moving() -> object:
        line = timer_desk.get(timer_id, for_=admin)
        return timer_desk.move(line.timer, clock.now() + timedelta(days=1), "Lùi", seen=due, by=admin)

    refusals = race([moving, partial(firing.fire, timer_id)])
    state, elements = flow_timer(case).state, office.open_elements(case)
    assert (state, elements, len(refusals)) in [("waiting", ["draft"], 0), ("fired", ["draft", "urge"], 1)]


def test_timers_are_listed_by_state_and_lateness(office: Office) -> None:
    case = office.to_draft("officer")
    assert listed(office, Wanted()) == [("Soạn trả lời", "reminder"), ("late", "flow")]
    assert listed(office, Wanted(late_only=True)) == []
    office.clock.freeze("2026-11-18T16:00")
    assert listed(office, Wanted(late_only=True)) == [("Soạn trả lời", "reminder")]
    sweeps.fire_due_timers()
    assert listed(office, Wanted("fired")) == [("Soạn trả lời", "reminder")]
    assert listed(office, Wanted("fired", late_only=True)) == [("Soạn trả lời", "reminder")]
    assert listed(office, Wanted(kind="flow", case_id=case.id)) == [("late", "flow")]
    assert listed(office, Wanted(case_id=uuid.UUID(int=7))) == []
    operate(office, operations.suspend, case)
    assert listed(office, Wanted()) == []
    assert {kind for _, kind in listed(office, Wanted("paused"))} == {"overdue", "flow"}
    assert listed(office, Wanted("paused"), "leader2") == []
    with pytest.raises(AnswersRejected):
        listed(office, Wanted("lost"))


@pytest.mark.parametrize("state", ["waiting", "fired"])
def test_pages_of_timers_hold_each_once(office: Office, state: str) -> None:
    for minute in range(3):
        office.clock.freeze(f"2026-11-18T08:0{minute}")
        office.to_draft("officer")
    if state == "fired":
        for moment in ("2026-11-18T16:00", "2026-11-19T08:30"):
            office.clock.freeze(moment)
            sweeps.fire_due_timers()
    session().rollback()
    admin, cursor, found = office.actor("admin"), None, []
    while True:
        page = timer_desk.listing(admin, Wanted(state), limit=2, cursor=cursor)
        found += [line.timer.id for line in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    everything = set(session().scalars(sa.select(Timer.id).where(Timer.state == state)))
    assert (len(found), set(found)) == (len(everything), everything)
    assert len(everything) >= 5


def test_a_timer_of_a_foreign_agency_is_not_found(office: Office) -> None:
    timer = flow_timer(office.to_draft("officer"))
    with pytest.raises(NotFound):
        timer_desk.get(timer.id, for_=office.actor("leader2"))
