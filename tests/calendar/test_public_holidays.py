"""The seeded days off against python-holidays, differences named one by one."""

from datetime import date, timedelta

import holidays
import pytest

from tests.calendar import oracle
from tests.calendar.golden import CALENDAR, SEEDED

#: The library lacks the swap of 02/01/2026 (VB 12729/VPCP-KGVX) and every working Saturday after 2019.
LACKING = {date(2026, 1, 2)}


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_weekdays_off_are_those_of_the_library(year: int) -> None:
    known = {on for on in holidays.country_holidays("VN", years=year) if on.weekday() < 5}
    days = (date(year, 1, 1) + timedelta(days=offset) for offset in range(365))
    off = {on for on in days if on.weekday() < 5 and not CALENDAR.day(on).is_working}
    assert off - LACKING == known
    assert off - known == {on for on in LACKING if on.year == year}


def test_working_saturdays_are_the_announced_ones() -> None:
    assert {special.on for special in CALENDAR.special_days if special.kind == "work"} == oracle.SATURDAYS


def test_seed_marks_what_is_not_certain() -> None:
    doubtful = {row["date"] for row in SEEDED.days if row.get("is_unverified")}
    assert doubtful == {"2026-11-24"} | {row["date"] for row in SEEDED.days if row["date"].startswith("2027")}


def test_every_seeded_day_names_its_document() -> None:
    assert [row["date"] for row in SEEDED.days if not row["basis"]] == []
