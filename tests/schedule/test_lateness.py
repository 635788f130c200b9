"""Late by whose fault: outage, suspension, failure, queue; and how outages are noticed."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from engine import clock
from engine.cases import operations
from engine.cases.models import Case, Timer
from engine.schedule import heartbeats, lateness, sweeps
from engine.schedule.lateness import Lateness, Span, covered
from engine.schedule.models import WorkerOutage
from engine.transaction import session, transaction
from tests.cases.conftest import Office
from tests.cases.test_operations import operate

NOTHING = timedelta(0)


def at(minute: int) -> datetime:
    return datetime(2026, 11, 18, 1, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("spans", "minutes"),
    [
        ([], 0),
        ([(at(0), at(5))], 0),
        ([(at(5), at(15))], 5),
        ([(at(12), at(14))], 2),
        ([(at(12), at(14)), (at(13), at(16))], 4),
        ([(at(12), at(14)), (at(12), at(14))], 2),
        ([(at(25), at(50)), (at(12), at(14))], 7),
        ([(at(40), at(50))], 0),
    ],
    ids=["none", "before", "into", "inside", "overlapping", "twice", "out of order", "after"],
)
def test_covered_time_is_counted_once(spans: list[Span], minutes: int) -> None:
    assert covered(spans, at(10), at(30)) == timedelta(minutes=minutes)


def enter(name: str = "host:1") -> object:
    with transaction():
        return heartbeats.enter(name)


def outages() -> list[tuple[datetime, datetime]]:
    session().rollback()
    return [(outage.began_at, outage.ended_at) for outage in heartbeats.outages()]


def late_of(case: Case, kind: str = "flow") -> Lateness:
    """How late the case's timer of this kind is."""
    session().rollback()
    timer = session().scalars(sa.select(Timer).where(Timer.case_id == case.id, Timer.kind == kind)).first()
    assert timer is not None
    return lateness.of([timer])[timer.id]


def test_the_first_worker_ever_ends_no_outage(office: Office) -> None:
    enter()
    assert outages() == []


def test_a_killed_worker_leaves_an_outage_to_the_next(office: Office) -> None:
    enter()
    died = office.clock.advance(seconds=0)
    back = office.clock.advance(hours=3)
    session().rollback()
    assert heartbeats.silent_since(back) == died
    enter("host:2")
    assert outages() == [(died, back)]
    assert heartbeats.silent_since(back) is None
    states = {worker.name: heartbeats.state_of(worker, back) for worker in heartbeats.known()}
    assert states == {"host:1": "silent", "host:2": "alive"}


def test_an_orderly_pause_is_an_outage_too_but_not_while_another_works(office: Office) -> None:
    first, second = enter(), enter("host:2")
    with transaction():
        heartbeats.leave(first)  # type: ignore[arg-type]  # an id
    assert [heartbeats.state_of(worker, clock.now()) for worker in heartbeats.known()].count("left") == 1
    enter("host:3")
    assert outages() == []
    left = office.clock.advance(seconds=20)
    with transaction():
        for worker in heartbeats.alive(clock.now()):
            heartbeats.leave(worker.id)
    assert second is not None
    back = office.clock.advance(seconds=30)
    enter("host:4")
    assert outages() == [(left, back)]


def test_a_worker_that_was_stopped_and_goes_on_notices(office: Office) -> None:
    worker_id = enter()
    slept = clock.now()
    woke = office.clock.advance(minutes=5)
    with transaction():
        heartbeats.beat(worker_id)  # type: ignore[arg-type]  # an id
    assert outages() == [(slept, woke)]
    office.clock.advance(seconds=10)
    with transaction():
        heartbeats.beat(worker_id)  # type: ignore[arg-type]  # an id
    assert len(outages()) == 1


def test_lateness_by_an_outage_is_booked_to_the_outage(office: Office) -> None:
    case = office.to_draft("officer")
    with transaction():
        session().add(
            WorkerOutage(began_at=office.clock.freeze("2026-11-21T07:00"), ended_at=office.clock.freeze("2026-11-21T09:00"))
        )
    office.clock.freeze("2026-11-21T09:00:30")
    enter()
    sweeps.fire_due_timers()
    late = late_of(case)
    assert late == Lateness(timedelta(minutes=60, seconds=30), outage=timedelta(minutes=60), queue=timedelta(seconds=30))
    assert late.fault == "outage"


def test_an_outage_that_goes_on_is_booked_already(office: Office) -> None:
    enter()
    case = office.to_draft("officer")
    office.clock.freeze("2026-11-21T10:00")
    late = late_of(case)
    assert (late.total, late.outage, late.fault) == (timedelta(hours=2), timedelta(hours=2), "outage")


def test_lateness_by_a_suspension_is_booked_to_the_suspension(office: Office) -> None:
    case = office.to_draft("officer")
    operate(office, operations.suspend, case)
    office.clock.freeze("2026-11-21T10:00")
    assert late_of(case) == Lateness(timedelta(hours=2), suspension=timedelta(hours=2))
    operate(office, operations.resume, case)
    office.clock.freeze("2026-11-21T10:01")
    sweeps.fire_due_timers()
    late = late_of(case)
    assert late == Lateness(timedelta(minutes=121), suspension=timedelta(hours=2), queue=timedelta(minutes=1))
    assert late.fault == "suspension"


def test_lateness_by_failure_and_by_the_queue(office: Office) -> None:
    failing, waiting = office.to_draft("officer"), office.to_draft("officer")
    with transaction():
        session().execute(sa.update(Timer).where(Timer.case_id == failing.id, Timer.kind == "flow").values(attempts=1))
    office.clock.freeze("2026-11-21T08:01")
    assert late_of(failing) == Lateness(timedelta(minutes=1), failure=timedelta(minutes=1))
    assert late_of(waiting) == Lateness(timedelta(minutes=1), queue=timedelta(minutes=1))
    assert (late_of(failing).fault, late_of(waiting).fault) == ("failure", "queue")


def test_a_punctual_timer_is_nobodys_fault(office: Office) -> None:
    case = office.to_draft("officer")
    assert late_of(case) == Lateness(NOTHING)
    office.clock.freeze("2026-11-21T08:00:09")
    sweeps.fire_due_timers()
    assert (late_of(case).total, late_of(case).fault) == (timedelta(seconds=9), "")
    assert lateness.of([]) == {}
