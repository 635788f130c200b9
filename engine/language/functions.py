"""The functions an expression may call: a short list of pure ones. A procedure may be given more, by an explicit registry."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from engine.clock import LOCAL_ZONE
from engine.language.effort import spend
from engine.language.errors import ExpressionError
from engine.language.operations import bounded, inside, is_number

_DURATION = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?")


@dataclass(frozen=True, slots=True)
class Function:
    """A pure function by which an expression may compute: takes ``least`` to ``most`` plain values."""

    call: Callable[..., Any]
    least: int = 1
    most: int = 1


Functions = Mapping[str, Function]


def duration(text: Any) -> timedelta:
    """A length of time from ISO 8601 text in weeks to seconds (``P3D``, ``PT8H``); months have no fixed length."""
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None or text.endswith(("P", "T")):
        raise ExpressionError("Khoảng thời gian phải viết như P3D (ba ngày), PT8H (tám giờ) hoặc P2W (hai tuần).")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.astimezone(LOCAL_ZONE).date()
    return date.fromisoformat(_text(value)[:10])


def _instant(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL_ZONE)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ExpressionError("Hàm này cần một đoạn chữ.")
    return value


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise ExpressionError("Hàm này cần một danh sách.")
    spend(len(value))
    return list(value)


def _count(value: Any) -> int:
    return len(value) if isinstance(value, str | dict | list | tuple) else len(_list(value))


def _count_of(values: Any, wanted: Any) -> int:
    return sum(inside(wanted, [value]) for value in _list(values))


def _numbers(values: tuple[Any, ...]) -> list[Any]:
    numbers = _list(values[0]) if len(values) == 1 and not is_number(values[0]) else list(values)
    if not all(is_number(value) for value in numbers):
        raise ExpressionError("Hàm này cần các số.")
    return numbers


def _sum(*values: Any) -> Any:
    return bounded(sum(_numbers(values)))


def _round(value: Any, digits: Any = 0) -> Any:
    if not is_number(value) or not isinstance(digits, int) or not 0 <= digits <= 12:
        raise ExpressionError("round cần một số và số chữ số thập phân từ 0 đến 12.")
    return round(value, digits or None)


#: What every expression may call.
DEFAULT: Functions = MappingProxyType(
    {
        "count": Function(_count),
        "len": Function(_count),
        "count_of": Function(_count_of, 2, 2),
        "min": Function(lambda *values: min(_numbers(values), default=None), 1, 20),
        "max": Function(lambda *values: max(_numbers(values), default=None), 1, 20),
        "sum": Function(_sum, 1, 20),
        "round": Function(_round, 1, 2),
        "abs": Function(lambda value: abs(_numbers((value,))[0])),
        "lower": Function(lambda text: bounded(_text(text).lower())),
        "upper": Function(lambda text: bounded(_text(text).upper())),
        "trim": Function(lambda text: _text(text).strip()),
        "contains": Function(lambda whole, part: inside(part, whole), 2, 2),
        "starts_with": Function(lambda text, start: _text(text).startswith(_text(start)), 2, 2),
        "ends_with": Function(lambda text, end: _text(text).endswith(_text(end)), 2, 2),
        "any": Function(lambda values: any(_list(values))),
        "all": Function(lambda values: all(_list(values))),
        "not_empty": Function(lambda value: value not in (None, "", [], {}, ())),
        "date": Function(_day),
        "instant": Function(_instant),
        "duration": Function(duration),
    }
)
