"""One change to a calendar at a time."""

from datetime import date
from typing import Any

import pytest

from engine.calendar import editing

OFF: dict[str, Any] = {"date": "2026-12-01", "kind": "off", "name": "Nghỉ"}
WORK: dict[str, Any] = {"date": "2026-12-05", "kind": "work", "name": "Làm bù"}


def test_a_day_takes_the_place_of_what_stood_at_its_date() -> None:
    other = OFF | {"name": "Nghỉ bão"}
    assert editing.with_day([OFF, WORK], other) == [WORK, other]
    assert editing.with_day([WORK], OFF) == [WORK, OFF]


def test_a_day_is_taken_away_and_others_stay() -> None:
    assert editing.without_day([OFF, WORK], date(2026, 12, 1)) == [WORK]
    assert editing.without_day([WORK], date(2026, 12, 1)) == [WORK]


def test_the_row_of_a_day_is_found() -> None:
    assert editing.day_row([OFF, WORK], date(2026, 12, 5)) == WORK
    assert editing.day_row([OFF], date(2026, 12, 5)) is None


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("7:30-11:30, 13:00-17:00", [["07:30", "11:30"], ["13:00", "17:00"]]),
        (" 07:30 – 11:30 ; 13:00-17:00 ", [["07:30", "11:30"], ["13:00", "17:00"]]),
        ("", []),
        ("sáng", [["0sáng"]]),
    ],
    ids=["short hour", "dash and semicolon", "closed", "left for the checks to refuse"],
)
def test_sessions_are_read_as_typed(typed: str, read: list[list[str]]) -> None:
    assert editing.typed_sessions(typed) == read


def test_sessions_read_back_as_they_are_shown() -> None:
    sessions = [["07:30", "11:30"], ["13:00", "17:00"]]
    assert editing.typed_sessions(editing.shown_sessions(sessions)) == sessions
