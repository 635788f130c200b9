"""Timer texts of a model: an ISO 8601 duration or instant written down, or an expression that gives one."""

import re
from dataclasses import dataclass
from datetime import datetime

_DURATION = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?")
_CYCLE = re.compile(r"R(\d{0,6})/(?:([^/P][^/]*)/)?(P[^/]+)")


@dataclass(frozen=True)
class Cycle:
    """An ISO 8601 repeating interval: how often (None: for ever), the instant of the first time (None: one period from the
    beginning), the time from one to the next.
    """

    count: int | None
    first: str | None
    period: str


def bare(text: str | None) -> str:
    """The text without spaces and without the quotes some editors put around a literal."""
    text = (text or "").strip()
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def is_expression(text: str) -> bool:
    """Whether the moment must be computed from the routing values."""
    return text.startswith(("=", "${", "#{"))


def is_literal(text: str) -> bool:
    """Whether it is an ISO 8601 duration (``P3D``, ``PT8H``), date or instant."""
    if _DURATION.fullmatch(text):
        return True
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_instant(text: str) -> bool:
    """Whether it is an ISO 8601 date or instant."""
    return is_literal(text) and not _DURATION.fullmatch(text)


def cycle(text: str | None) -> Cycle | None:
    """``R3/PT8H`` or ``R/2026-12-01T07:30:00+07:00/P1M`` read; None where it is no repeating interval."""
    found = _CYCLE.fullmatch(bare(text))
    if found is None:
        return None
    count, first, period = int(found[1]) if found[1] else None, found[2], found[3]
    if count == 0 or _lasts_no_time(period) or (first is not None and (_DURATION.fullmatch(first) or not is_literal(first))):
        return None
    return Cycle(count, first, period)


def working_minutes(text: str | None, minutes_a_day: int) -> int | None:
    """The most working minutes a written duration (``P3D``, ``PT8H``) can take; None where it is no duration.

    Of each day it lasts a whole working day, of hours beside days no more than one; a month has at most 23 working days.
    """
    found = _DURATION.fullmatch(bare(text))
    if found is None:
        return None
    years, months, weeks, days, _, hours, minutes, _ = (int((part or "0").strip("PTYMWDHS") or 0) for part in found.groups())
    whole, rest = divmod(hours * 60 + minutes, 24 * 60)
    return (years * 262 + months * 23 + weeks * 5 + days + whole) * minutes_a_day + min(rest, minutes_a_day)


def _lasts_no_time(period: str) -> bool:
    return _DURATION.fullmatch(period) is None or not any(int(number) for number in re.findall(r"\d+", period))
