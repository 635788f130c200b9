"""Reporting periods of the calendar and with the cut-off on the 15th."""

from datetime import UTC, date, datetime

import pytest

from engine.errors import AnswersRejected
from engine.reports import periods
from engine.reports.periods import Period
from tests.clocks import StoppedClock


@pytest.mark.parametrize(
    ("day", "kind", "has_cut_off", "first", "last"),
    [
        ("2026-11-18", "month", False, "2026-11-01", "2026-11-30"),
        ("2026-11-18", "quarter", False, "2026-10-01", "2026-12-31"),
        ("2026-11-18", "half", False, "2026-07-01", "2026-12-31"),
        ("2026-11-18", "year", False, "2026-01-01", "2026-12-31"),
        ("2026-11-14", "month", True, "2026-10-15", "2026-11-14"),
        ("2026-11-15", "month", True, "2026-11-15", "2026-12-14"),
        ("2026-12-14", "quarter", True, "2026-09-15", "2026-12-14"),
        ("2026-12-15", "quarter", True, "2026-12-15", "2027-03-14"),
        ("2026-12-15", "year", True, "2026-12-15", "2027-12-14"),
        ("2026-01-01", "year", True, "2025-12-15", "2026-12-14"),
        ("2026-06-15", "half", True, "2026-06-15", "2026-12-14"),
        ("2024-02-29", "month", False, "2024-02-01", "2024-02-29"),
    ],
)
def test_a_day_belongs_to_one_period(day: str, kind: str, has_cut_off: bool, first: str, last: str) -> None:
    found = periods.containing(date.fromisoformat(day), kind, has_cut_off=has_cut_off)
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


def test_periods_of_a_kind_follow_without_gap_or_overlap() -> None:
    for kind in periods.KINDS:
        for has_cut_off in (False, True):
            one = periods.containing(date(2025, 1, 20), kind, has_cut_off=has_cut_off)
            for _ in range(15):
                day = date.fromordinal(one.last.toordinal() + 1)
                following = periods.containing(day, kind, has_cut_off=has_cut_off)
                assert following.first == day
                one = following


def test_a_period_is_looked_at_now_while_it_runs(stopped_clock: StoppedClock) -> None:
    stopped_clock.freeze("2026-11-18T08:00")
    running, over = Period(date(2026, 11, 1), date(2026, 11, 30)), Period(date(2026, 10, 1), date(2026, 10, 31))
    assert running.seen_at == datetime(2026, 11, 18, 1, tzinfo=UTC)
    assert over.seen_at == over.ends_at == datetime(2026, 10, 31, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last"), [((2026, 11, 2), (2026, 11, 1)), ((1999, 12, 31), (2026, 1, 1)), ((2026, 1, 1), (2101, 1, 1))]
)
def test_an_impossible_period_is_refused(first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    with pytest.raises(AnswersRejected):
        Period(date(*first), date(*last))


def test_another_kind_of_period_is_refused() -> None:
    with pytest.raises(AnswersRejected):
        periods.containing(date(2026, 11, 18), "week")
