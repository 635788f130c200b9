"""Every row of the hand-worked table of deadlines."""

import csv
from pathlib import Path

import pytest

from tests.calendar.golden import at, due

ROWS = list(csv.DictReader((Path(__file__).parent / "deadline_vectors.csv").read_text(encoding="utf-8").splitlines()))


def test_vectors_are_all_there() -> None:
    assert len(ROWS) == 25


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_deadline_is_the_one_worked_by_hand(row: dict[str, str]) -> None:
    found = due(row["received_at"], float(row["limit_value"]), row["limit_unit"], row["pauses"])
    assert found == at(row["expected_due"]).replace(tzinfo=None).isoformat()
