"""How values read on a page."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from web import formats

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "words", "level"),
    [
        (0, "đến hạn", "soon"),
        (1, "còn 1 phút", "soon"),
        (135, "còn 2 giờ 15 phút", "soon"),
        (240, "còn 4 giờ", "good"),
        (480, "còn 1 ngày", "good"),
        (4 * 480 + 61, "còn 4 ngày 1 giờ", "good"),
        (-5, "quá hạn 5 phút", "late"),
        (-960, "quá hạn 2 ngày", "late"),
    ],
)
def test_time_left_is_said_in_words_and_colour(app: Flask, minutes: int, words: str, level: str) -> None:
    with app.test_request_context():
        assert (formats.time_left(minutes), formats.due_level(minutes)) == (words, level)


@pytest.mark.parametrize(
    ("minutes", "term", "level"),
    [
        (60, 60, "good"),
        (12, 60, "good"),
        (11, 60, "soon"),
        (0, 3, "soon"),
        (95, 479, "good"),
        (240, 480, "good"),
        (239, 480, "soon"),
        (-1, 60, "late"),
    ],
)
def test_the_colour_within_a_step_turns_when_its_reminder_goes_out(minutes: int, term: int, level: str) -> None:
    assert formats.due_level(minutes, term) == level


@pytest.mark.parametrize(
    ("value", "shown"),
    [(NOON, "12:00, 24/11/2026"), ("2026-11-24T05:00:00+00:00", "12:00, 24/11/2026"), (None, ""), ("soon", "")],
    ids=["instant", "text", "nothing", "no instant"],
)
def test_moment_is_on_the_offices_clock(value: Any, shown: str) -> None:
    assert formats.moment(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(date(2026, 1, 2), "02/01/2026"), (NOON, "24/11/2026"), ("2026-01-02", "02/01/2026"), (None, ""), ("x", "")],
)
def test_day(value: Any, shown: str) -> None:
    assert formats.day(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(0, "0 đ"), (1250000, "1.250.000 đ"), (None, "")])
def test_money(value: int | None, shown: str) -> None:
    assert formats.money(value) == shown


@pytest.mark.parametrize(("size", "shown"), [(512, "512 byte"), (34_400, "34 KB"), (1_240_000, "1,2 MB")])
def test_file_size(size: int, shown: str) -> None:
    assert formats.file_size(size) == shown


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("2026-12-31", "date", "31/12/2026"),
        ("31/12/26", "date", "31/12/26"),
        ("2026-12-31T08:30:00+07:00", "datetime", "31/12/2026 08:30"),
        (150000, "money", "150.000"),
        ("150k", "money", "150k"),
        (1234.5, "number", "1.234,5"),
        (None, "text", ""),
        ("a<b", "text", "a<b"),
    ],
)
def test_a_kept_answer_stands_in_its_input_as_it_was_typed(value: Any, kind: str, shown: Any) -> None:
    assert formats.typed_value(value, kind) == shown
