"""The deadlines against an independent table of working minutes, over many starts of 2025-2026."""

import random
from datetime import datetime, timedelta

import pytest

from engine.calendar.deadlines import deadline
from engine.calendar.limits import Limit, Pause
from engine.calendar.rules import WorkingCalendar
from tests.calendar import oracle
from tests.calendar.golden import CALENDAR, at

FIRST, MINUTES = at("2025-01-01T00:00"), 730 * 1440
LIMITS = [
    (0, "working_day"),
    (0.25, "working_day"), (0.5, "working_day"), (1, "working_day"), (2.5, "working_day"), (3.75, "working_day"),
    (5, "working_day"), (20, "working_day"), (0, "working_hour"), (0.5, "working_hour"), (4, "working_hour"), (8, "working_hour"),
    (37.25, "working_hour"), (1, "calendar_day"), (15, "calendar_day"), (30, "calendar_day"),
]  # fmt: skip
#: Days on which something is special: before Tết, swapped Saturdays, days off, compensation, plain ones.
DAYS = [
    "2025-01-24",
    "2025-04-26",
    "2025-04-29",
    "2025-05-02",
    "2025-07-06",
    "2025-07-07",
    "2026-01-10",
    "2026-04-26",
    "2026-11-23",
]


def found(received: datetime, value: float, unit: str, pauses: list[tuple[datetime, datetime]]) -> datetime:
    return deadline(CALENDAR, received, Limit(value, unit), [Pause("supplement", *stretch) for stretch in pauses]).due_at


@pytest.mark.parametrize(("value", "unit"), LIMITS, ids=[f"{value}-{unit}" for value, unit in LIMITS])
def test_deadline_agrees_with_the_table_from_random_minutes(value: float, unit: str) -> None:
    dice = random.Random(f"{value}{unit}")
    starts = [FIRST + timedelta(minutes=dice.randrange(MINUTES)) for _ in range(400)]
    assert [found(start, value, unit, []) for start in starts] == [oracle.due(start, value, unit, []) for start in starts]


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(("value", "unit"), [(0, "working_day"), (1.5, "working_day"), (3, "working_day"), (7, "working_hour")])
def test_deadline_agrees_with_the_table_in_every_minute_of_a_day(day: str, value: float, unit: str) -> None:
    starts = [at(f"{day}T00:00") + timedelta(minutes=minute) for minute in range(1440)]
    assert [found(start, value, unit, []) for start in starts] == [oracle.due(start, value, unit, []) for start in starts]


@pytest.mark.parametrize(("value", "unit"), LIMITS, ids=[f"{value}-{unit}" for value, unit in LIMITS])
def test_deadline_agrees_with_the_table_under_pauses(value: float, unit: str) -> None:
    dice = random.Random(f"pauses{value}{unit}")
    for _ in range(150):
        start = FIRST + timedelta(minutes=dice.randrange(MINUTES))
        ends = sorted(start + timedelta(minutes=dice.randrange(20 * 1440)) for _ in range(2 * dice.randrange(1, 4)))
        pauses = list(zip(ends[::2], ends[1::2], strict=True))
        assert found(start, value, unit, pauses) == oracle.due(start, value, unit, pauses), (start, pauses)


def test_working_time_agrees_with_the_table() -> None:
    dice = random.Random(5)
    for _ in range(400):
        begin, end = sorted(FIRST + timedelta(minutes=dice.randrange(MINUTES)) for _ in range(2))
        worked = oracle.BEFORE[oracle.number(end)] - oracle.BEFORE[oracle.number(begin)]
        assert CALENDAR.working_minutes_between(begin, end) == worked
        assert CALENDAR.working_minutes_between(end, begin) == -worked


@pytest.mark.soak
@pytest.mark.parametrize(("value", "unit"), [(0, "working_day"), (2.5, "working_day"), (4, "working_hour"), (15, "calendar_day")])
def test_deadline_agrees_with_the_table_in_every_minute_of_two_years(value: float, unit: str) -> None:
    for minute in range(MINUTES):
        start = FIRST + timedelta(minutes=minute)
        assert found(start, value, unit, []) == oracle.due(start, value, unit, []), start


def test_calendar_is_a_value() -> None:
    again = WorkingCalendar(CALENDAR.weekly, CALENDAR.seasons, CALENDAR.special_days, CALENDAR.reception, CALENDAR.number)
    assert (again, hash(again)) == (CALENDAR, hash(CALENDAR))
