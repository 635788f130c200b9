"""Working time, openings, shares of a term, transfers; seasons, half days and reception hours."""

import time as stopwatch
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import shape
from engine.calendar.days import DayKind
from engine.calendar.deadlines import deadline
from engine.calendar.limits import Limit
from tests.calendar.golden import CALENDAR, at

instants = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 1)).map(lambda naive: naive.replace(tzinfo=UTC))
lengths = st.timedeltas(timedelta(), timedelta(hours=200))

#: Summer from 16/04 to 15/10 starts at 07:00; a short Saturday counts; a storm closed one afternoon; counters open on Sunday.
SEASONAL = shape.working_calendar(
    {
        **{str(weekday): [["07:30", "11:30"], ["13:00", "17:00"]] for weekday in range(5)},
        "5": [["07:30", "11:30"]],
        "seasons": [
            {"from": "04-16", "to": "10-15", "weekly": {str(day): [["07:00", "11:30"], ["13:30", "17:00"]] for day in range(5)}}
        ],
        "reception": {"6": [["08:00", "10:00"]]},
    },
    [{"date": "2025-11-06", "kind": "work", "name": "Bão: nghỉ buổi chiều", "sessions": [["07:30", "11:30"]]}],
)


def local(instant: datetime) -> str:
    return instant.astimezone(at("2025-01-01").tzinfo).replace(tzinfo=None).isoformat()


@pytest.mark.parametrize(
    ("instant", "is_working", "opening"),
    [
        ("2025-07-07T07:29:59", False, "2025-07-07T07:30:00"),
        ("2025-07-07T07:30", True, "2025-07-07T07:30:00"),
        ("2025-07-07T11:29:59", True, "2025-07-07T11:29:59"),
        ("2025-07-07T11:30", False, "2025-07-07T13:00:00"),
        ("2025-07-07T16:59", True, "2025-07-07T16:59:00"),
        ("2025-07-07T17:00", False, "2025-07-08T07:30:00"),
        ("2025-07-05T10:00", False, "2025-07-07T07:30:00"),
        ("2025-04-26T10:00", True, "2025-04-26T10:00:00"),
        ("2025-05-02T10:00", False, "2025-05-05T07:30:00"),
        ("2025-01-24T17:00", False, "2025-02-03T07:30:00"),
    ],
)
def test_office_is_open_and_opens_next(instant: str, opening: str, *, is_working: bool) -> None:
    assert (CALENDAR.is_working_at(at(instant)), local(CALENDAR.next_opening(at(instant)))) == (is_working, opening)


@pytest.mark.parametrize(
    ("on", "kind", "reason"),
    [
        ("2025-07-07", DayKind.ORDINARY, ""),
        ("2025-07-05", DayKind.WEEKEND, "nghỉ hằng tuần"),
        ("2026-04-26", DayKind.OFF, "Giỗ Tổ Hùng Vương (10/3 âm lịch) (BLLĐ 2019 Đ.112)"),
        ("2026-01-10", DayKind.SWAPPED, "Làm việc bù cho thứ Sáu 02/01/2026 (VB 12729/VPCP-KGVX ngày 25/12/2025)"),
        ("2027-05-03", DayKind.OFF, "Nghỉ bù Ngày Quốc tế lao động (BLLĐ 2019 Đ.111.3 (dự kiến)) – cần kiểm chứng"),
    ],
)
def test_day_says_why_it_is_as_it_is(on: str, kind: DayKind, reason: str) -> None:
    day = CALENDAR.day(date.fromisoformat(on))
    assert (day.kind, day.reason) == (kind, reason)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2025-07-07T08:00", "2025-07-07T09:30", 90),
        ("2025-07-07T11:00", "2025-07-07T13:30", 60),
        ("2025-07-04T16:00", "2025-07-07T08:00", 90),
        ("2025-01-24T17:00", "2025-02-03T07:30", 0),
        ("2025-07-07T08:00", "2025-07-07T08:00:59", 0),
        ("2025-07-07T09:30", "2025-07-07T08:00", -90),
        ("2025-07-07T08:00:59", "2025-07-07T08:00", 0),
    ],
)
def test_working_minutes_between(start: str, end: str, minutes: int) -> None:
    assert CALENDAR.working_minutes_between(at(start), at(end)) == minutes


@given(instants, lengths)
def test_add_working_is_undone_by_counting(instant: datetime, length: timedelta) -> None:
    assert CALENDAR.working_time_between(instant, CALENDAR.add_working(instant, length)) == length


@given(instants, lengths, lengths)
def test_add_working_in_two_steps_is_one(instant: datetime, first: timedelta, second: timedelta) -> None:
    assert CALENDAR.add_working(CALENDAR.add_working(instant, first), second) == CALENDAR.add_working(instant, first + second)


def test_add_working_refuses_to_go_back() -> None:
    with pytest.raises(ValueError, match="negative working time"):
        CALENDAR.add_working(at("2025-07-07T08:00"), timedelta(hours=-1))


@pytest.mark.parametrize(
    ("percent", "expected"),
    [
        (0, "2025-07-07T08:00:00"),
        (50, "2025-07-07T15:45:00"),
        (80, "2025-07-08T10:00:00"),
        (100, "2025-07-08T14:00:00"),
        (150, "2025-07-09T10:45:00"),
    ],
)
def test_share_of_a_term(percent: float, expected: str) -> None:
    assert local(CALENDAR.share(at("2025-07-07T08:00"), at("2025-07-08T14:00"), percent)) == expected


@pytest.mark.parametrize(
    ("percent", "expected"), [(80, "2025-07-05T08:00:00"), (100, "2025-07-06T09:00:00"), (150, "2025-07-06T09:00:00")]
)
def test_share_of_a_term_without_working_time(percent: float, expected: str) -> None:
    assert local(CALENDAR.share(at("2025-07-05T08:00"), at("2025-07-06T09:00"), percent)) == expected


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2025-07-07T06:00", "2025-07-07T17:00:00"),
        ("2025-07-07T15:00", "2025-07-07T17:00:00"),
        ("2025-07-07T15:00:01", "2025-07-08T07:30:00"),
        ("2025-07-11T16:10", "2025-07-14T07:30:00"),
        ("2025-07-06T09:00", "2025-07-07T07:30:00"),
        ("2025-04-26T09:00", "2025-04-26T17:00:00"),
    ],
)
def test_transfer_is_due_the_same_day_or_next_morning(received: str, expected: str) -> None:
    assert local(CALENDAR.transfer_due(at(received))) == expected


@pytest.mark.parametrize(
    ("received", "value", "unit", "expected"),
    [
        ("2025-04-14T07:10", 2, "working_day", "2025-04-16T07:30:00"),
        ("2025-04-15T13:10", 1, "working_day", "2025-04-16T13:30:00"),
        ("2025-10-14T07:10", 2, "working_day", "2025-10-16T07:30:00"),
        ("2025-11-14T15:00", 1, "working_day", "2025-11-15T11:30:00"),
        ("2025-11-14T15:00", 4, "working_hour", "2025-11-15T09:30:00"),
        ("2025-11-15T14:00", 0, "working_day", "2025-11-17T17:00:00"),
        ("2025-11-05T14:00", 1, "working_day", "2025-11-06T11:30:00"),
        ("2025-11-16T09:00", 1, "working_day", "2025-11-17T17:00:00"),
    ],
    ids=[
        "clock before opening",
        "clock in a break",
        "season over",
        "short Saturday",
        "hours",
        "same day past close",
        "closed afternoon",
        "Sunday counter",
    ],
)
def test_deadline_follows_other_hours(received: str, value: float, unit: str, expected: str) -> None:
    assert local(deadline(SEASONAL, at(received), Limit(value, unit)).due_at) == expected


@pytest.mark.parametrize(
    ("instant", "is_open"), [("2025-11-16T09:00", True), ("2025-11-16T10:00", False), ("2025-11-17T08:00", True)]
)
def test_counter_receives_outside_working_time(instant: str, *, is_open: bool) -> None:
    assert SEASONAL.is_open_at(at(instant)) is is_open


def test_season_may_run_over_new_year() -> None:
    week = {str(weekday): [["07:30", "16:30"]] for weekday in range(5)}
    winter = {"from": "11-17", "to": "02-13", "weekly": {str(weekday): [["08:00", "17:00"]] for weekday in range(5)}}
    calendar = shape.working_calendar({**week, "seasons": [winter]}, [])
    opens = [calendar.day(date.fromisoformat(on)).opens.hour for on in ("2025-11-14", "2025-11-17", "2026-02-13", "2026-02-16")]
    assert opens == [7, 8, 8, 7]


def test_neighbouring_working_days() -> None:
    around = CALENDAR.previous_working_day(date(2025, 5, 1)), CALENDAR.next_working_day(date(2025, 4, 25))
    assert [day.on for day in around] == [date(2025, 4, 29), date(2025, 4, 26)]


def test_changed_dates_are_those_an_edit_touches() -> None:
    sessions, days = shape.to_json(CALENDAR)
    edited = shape.working_calendar(sessions, [day for day in days if day["date"] not in ("2026-04-26", "2026-11-24")])
    assert CALENDAR.changed_dates(edited, date(2026, 1, 1), date(2026, 12, 31)) == [date(2026, 11, 24)]


def test_day_is_made_once() -> None:
    assert CALENDAR.day(date(2026, 3, 3)) is CALENDAR.day(date(2026, 3, 3))


def test_deadline_of_twenty_days_takes_well_under_a_millisecond() -> None:
    limit, received = Limit(20, "working_day"), at("2026-03-03T09:10")
    rounds = []
    for _ in range(20):
        began = stopwatch.process_time()
        for _ in range(50):
            deadline(CALENDAR, received, limit)
        rounds.append((stopwatch.process_time() - began) / 50)
    assert min(rounds) < 0.001


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Auckland"])
def test_counting_ignores_the_zone_of_the_machine(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    stopwatch.tzset()
    received = at("2025-07-07T09:15").astimezone(UTC)
    assert deadline(CALENDAR, received, Limit(3, "working_day")).due_at == at("2025-07-10T09:15")
    monkeypatch.undo()
    stopwatch.tzset()
