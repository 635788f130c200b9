"""How a Vietnamese office writes dates, times, numbers and money on paper. Pure formatting, nothing else.

Sources: NĐ 30/2020/NĐ-CP Phụ lục I (day below 10 and months 1, 2 take a leading zero; numbers of documents below 10 do too);
times as slips of TT 01/2018/TT-VPCP print them; thousands ``.``, decimals ``,``.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from engine import clock


def short_date(day: date) -> str:
    """``05/02/2026``."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def long_date(day: date) -> str:
    """``ngày 05 tháng 02 năm 2026``, ``ngày 05 tháng 3 năm 2026`` (NĐ 30/2020: only months 1 and 2 take a zero)."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def place_and_date(place: str, day: date) -> str:
    """The line under the national motto: ``Đằng Lâm, ngày 05 tháng 02 năm 2026``."""
    return f"{place}, {long_date(day)}"


def slip_time(instant: datetime) -> str:
    """``08 giờ 37 phút, ngày 20 tháng 11 năm 2019`` on the office's wall clock; seconds are dropped, never rounded up.

    Takes an aware instant in any zone; a naive one is refused (``ValueError``).
    """
    wall = _wall(instant)
    return f"{wall.hour:02d} giờ {wall.minute:02d} phút, {long_date(wall.date())}"


def short_time(instant: datetime) -> str:
    """``08:37 20/11/2019`` on the office's wall clock, for tables and screens."""
    wall = _wall(instant)
    return f"{wall.hour:02d}:{wall.minute:02d} {short_date(wall.date())}"


def count(number: int) -> str:
    """A whole number with dots between thousands: ``1.209``."""
    return f"{number:,}".replace(",", ".")


def decimal(number: Decimal | float | int, places: int) -> str:
    """A number with exactly ``places`` decimals after a comma, halves rounded away from zero: ``1.234,50``."""
    exact = Decimal(str(number)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{exact:,f}".translate(str.maketrans(",.", ".,"))


def percent(part: int, whole: int) -> str:
    """``77,44%``; of nothing it is ``–``, because no percentage is true of no dossier."""
    return f"{decimal(Decimal(part * 100) / Decimal(whole), 2)}%" if whole else "–"


def money(amount: int) -> str:
    """Whole đồng: ``8.000 đồng``."""
    return f"{count(amount)} đồng"


def ordinal(number: int) -> str:
    """A number in a series or a quantity on a form, below ten with a leading zero: ``05``, ``12`` (NĐ 30/2020)."""
    return f"{number:02d}"


def document_number(number: int, symbol: str) -> str:
    """Number and symbol of a paper, without the word ``Số``: ``05/TNHS``."""
    return f"{ordinal(number)}/{symbol}"


def phone(text: str) -> str:
    """A ten-digit mobile number as people read it, ``0912 345 678``; anything else stays as it was typed."""
    digits = "".join(character for character in text if character.isdigit())
    is_mobile = len(digits) == 10 and digits.startswith(("03", "05", "07", "08", "09")) and not set(text) - set("0123456789 .-")
    return f"{digits[:4]} {digits[4:7]} {digits[7:]}" if is_mobile else text


def _wall(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("A moment without a zone cannot be printed.")
    return clock.local(instant)
