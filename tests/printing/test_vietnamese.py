"""Dates, numbers and money as a Vietnamese office writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine.printing import vietnamese


@pytest.mark.parametrize(
    ("day", "written"),
    [
        pytest.param(date(2026, 2, 5), "ngày 05 tháng 02 năm 2026", id="day and month 2 take a zero"),
        pytest.param(date(2026, 1, 31), "ngày 31 tháng 01 năm 2026", id="month 1 takes a zero"),
        pytest.param(date(2026, 3, 5), "ngày 05 tháng 3 năm 2026", id="month 3 does not"),
        pytest.param(date(2026, 9, 2), "ngày 02 tháng 9 năm 2026", id="month 9 does not"),
        pytest.param(date(2026, 11, 24), "ngày 24 tháng 11 năm 2026", id="two digits as they are"),
    ],
)
def test_long_date_follows_decree_30(day: date, written: str) -> None:
    assert vietnamese.long_date(day) == written
    assert vietnamese.place_and_date("Đằng Lâm", day) == f"Đằng Lâm, {written}"


def test_short_date_has_two_digits() -> None:
    assert vietnamese.short_date(date(2026, 3, 5)) == "05/03/2026"


@pytest.mark.parametrize(
    ("instant", "written", "short"),
    [
        (datetime(2019, 11, 20, 1, 37, tzinfo=UTC), "08 giờ 37 phút, ngày 20 tháng 11 năm 2019", "08:37 20/11/2019"),
        (datetime(2026, 2, 4, 17, 5, 59, tzinfo=UTC), "00 giờ 05 phút, ngày 05 tháng 02 năm 2026", "00:05 05/02/2026"),
    ],
    ids=["the slip of 2019", "the office's midnight, seconds dropped"],
)
def test_slip_time_is_the_wall_clock_of_the_office(instant: datetime, written: str, short: str) -> None:
    assert (vietnamese.slip_time(instant), vietnamese.short_time(instant)) == (written, short)


def test_slip_time_refuses_a_moment_without_a_zone() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        vietnamese.slip_time(datetime(2026, 2, 5, 8, 0))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (vietnamese.count(1209), "1.209"),
        (vietnamese.count(999), "999"),
        (vietnamese.money(8000), "8.000 đồng"),
        (vietnamese.money(0), "0 đồng"),
        (vietnamese.money(1234567890), "1.234.567.890 đồng"),
        (vietnamese.decimal(1234.5, 2), "1.234,50"),
        (vietnamese.decimal(Decimal("0.125"), 2), "0,13"),
        (vietnamese.percent(7744, 10000), "77,44%"),
        (vietnamese.percent(1, 3), "33,33%"),
        (vietnamese.percent(0, 0), "–"),
        (vietnamese.ordinal(5), "05"),
        (vietnamese.document_number(5, "TNHS"), "05/TNHS"),
        (vietnamese.document_number(115, "TB-UBND"), "115/TB-UBND"),
        (vietnamese.phone("0912.345.678"), "0912 345 678"),
        (vietnamese.phone("0225 3822 199"), "0225 3822 199"),
        (vietnamese.phone("0912345678 (anh Hai)"), "0912345678 (anh Hai)"),
    ],
)
def test_numbers_are_written_with_dots_and_commas(written: str, expected: str) -> None:
    assert written == expected
