"""The hand-worked table of deadlines, asked through the API."""

import csv
from pathlib import Path

import pytest

from tests.api.conftest import Office, told

TABLE = Path(__file__).parents[1] / "calendar" / "deadline_vectors.csv"
ASKED = ("received_at", "limit_value", "limit_unit", "pauses")


def test_every_row_of_the_table_is_answered_as_worked_by_hand(office: Office) -> None:
    rows = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
    clerk = office("clerk")
    found = {row["id"]: told(clerk.get("/deadlines/preview", **{name: row[name] for name in ASKED}))["due_at"] for row in rows}
    assert len(found) == 25
    assert found == {row["id"]: f"{row['expected_due']}:00+07:00" for row in rows}


def test_derivation_comes_with_the_due_moment(office: Office) -> None:
    asked = {"received_at": "2025-07-07T02:15:00Z", "limit_value": "3", "limit_unit": "working_day"}
    answer = told(office("clerk").get("/deadlines/preview", **asked))
    assert answer["due_at"] == answer["derivation"]["due_at"] == "2025-07-10T09:15:00+07:00"
    assert [step["rule"] for step in answer["derivation"]["steps"]] == ["start", "first_day", "counted", "due"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"limit_value": "abc"}, "limit_value"),
        ({"limit_value": "-1"}, "limit_value"),
        ({"limit_unit": "month"}, "limit_unit"),
        ({"received_at": "hôm nay"}, "received_at"),
        ({"received_at": "9999-12-31T23:59"}, "received_at"),
        ({"pauses": "x"}, "pauses"),
        ({"pauses": "finance:9998-01-01T00:00/9999-01-01T00:00"}, "pauses"),
        ({"colour": "red"}, "colour"),
    ],
    ids=["not a number", "negative", "unit", "no moment", "far year", "pause", "far pause", "unknown"],
)
def test_impossible_questions_are_refused_by_field(office: Office, changed: dict[str, str], field: str) -> None:
    asked = {"received_at": "2025-07-07T09:15", "limit_value": "3", "limit_unit": "working_day"} | changed
    problem = told(office("clerk").get("/deadlines/preview", **asked), 422)
    assert list(problem["errors"]) == [field]
