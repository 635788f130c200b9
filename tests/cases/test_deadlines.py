"""The arithmetic of steps' due moments, without a database."""

from datetime import datetime, timedelta

import pytest

from engine import clock
from engine.calendar import shape
from engine.cases import deadlines
from engine.errors import EngineError

WEEK = {str(day): [["07:30", "11:30"], ["13:00", "17:00"]] for day in range(5)}
CALENDAR = shape.working_calendar(WEEK, [])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.LOCAL_ZONE)


@pytest.mark.parametrize(
    ("opened", "term", "case_due", "expected"),
    [
        ("2026-11-18T08:00", 60, None, "2026-11-18T09:00"),
        ("2026-11-18T11:00", 60, None, "2026-11-18T13:30"),
        ("2026-11-20T16:30", 60, None, "2026-11-23T08:00"),
        ("2026-11-18T08:00", 480, "2026-11-18T10:00", "2026-11-18T10:00"),
        ("2026-11-18T08:00", 60, "2026-11-18T07:45", "2026-11-18T09:00"),
        ("2026-11-18T08:00", None, "2026-11-20T17:00", "2026-11-20T17:00"),
        ("2026-11-18T08:00", 0, None, None),
    ],
    ids=["morning", "over lunch", "over the weekend", "cut by the case", "case already late", "no term", "nothing"],
)
def test_due_of_step(opened: str, term: int | None, case_due: str | None, expected: str | None) -> None:
    due = deadlines.due_of_step(CALENDAR, at(opened), term, at(case_due) if case_due else None)
    assert due == (at(expected) if expected else None)


@pytest.mark.parametrize(
    ("timer", "expected"),
    [
        ("PT30M", "2026-01-31T10:30"),
        ("P1D", "2026-02-01T10:00"),
        ("P1W", "2026-02-07T10:00"),
        ("P1M", "2026-02-28T10:00"),
        ("P1Y2M3DT4H5M6S", "2027-04-03T14:05:06"),
        ("2026-03-01T08:00", "2026-03-01T08:00"),
        ("2026-03-01T01:00:00+00:00", "2026-03-01T08:00"),
    ],
    ids=["minutes", "day", "week", "end of month", "everything", "local instant", "instant with zone"],
)
def test_due_of_event(timer: str, expected: str) -> None:
    assert deadlines.due_of_event(timer, at("2026-01-31T10:00")) == at(expected)


@pytest.mark.parametrize("timer", ["P", "PT", "P1DT", "3 days", "R3/PT1H", "P99999999D", ""])
def test_due_of_event_refuses(timer: str) -> None:
    with pytest.raises(EngineError):
        deadlines.due_of_event(timer, at("2026-01-31T10:00"))


def test_rings_stand_at_their_percentages() -> None:
    opened, due = at("2026-11-18T08:00"), at("2026-11-18T10:00")
    rungs = deadlines.ladder(80, ((150, "head"), (200, "leader")))
    rung: list[str] = []
    found = []
    while (ring := deadlines.next_ring(CALENDAR, rungs, opened, due, rung=rung)) is not None:
        found.append((ring.kind, (ring.due_at - opened) / timedelta(minutes=1), ring.position))
        rung.append(ring.kind)
    assert found == [("reminder", 96, 0), ("overdue", 120, 1), ("escalation_head", 180, 2), ("escalation_leader", 330, 3)]


def test_rungs_stand_in_the_order_of_their_percentages() -> None:
    early = deadlines.ladder(0, ((90, "head"), (150, "leader")))
    assert [rung.kind for rung in early] == ["escalation_head", "overdue", "escalation_leader"]
    assert [rung.kind for rung in deadlines.ladder(0, ())] == ["overdue"]


def test_a_step_without_due_moment_has_no_ring() -> None:
    assert deadlines.next_ring(CALENDAR, deadlines.ladder(80, ()), at("2026-11-18T08:00"), None) is None
