"""Kinds of values in a decision table: what a typed column takes, and ISO text of routing values read as days and moments."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType
from typing import Any

from engine.clock import LOCAL_ZONE
from engine.language.errors import ExpressionError
from engine.language.operations import is_number


class Kind(Enum):
    """The kind of a column; the value is what it is called in messages."""

    ANY = "giá trị bất kỳ"
    TEXT = "chữ"
    NUMBER = "số"
    WHOLE = "số nguyên"
    BOOLEAN = "đúng/sai"
    DAY = "ngày"
    MOMENT = "ngày giờ"


#: How DMN and the tools that write it name a kind (``typeRef``), in small letters and without a prefix.
WORDS: Mapping[str, Kind] = MappingProxyType(
    {
        "": Kind.ANY,
        "any": Kind.ANY,
        "string": Kind.TEXT,
        "number": Kind.NUMBER,
        "double": Kind.NUMBER,
        "decimal": Kind.NUMBER,
        "integer": Kind.WHOLE,
        "int": Kind.WHOLE,
        "long": Kind.WHOLE,
        "boolean": Kind.BOOLEAN,
        "date": Kind.DAY,
        "datetime": Kind.MOMENT,
        "date and time": Kind.MOMENT,
    }
)


def read(kind: Kind, value: Any) -> Any:
    """``value`` as a column of this kind takes it; null stays null. Days and moments may come as ISO 8601 text.

    A moment without offset is the office's wall clock; a moment in a column of days is the office's day.
    ``ExpressionError``: another kind.
    """
    if value is None:
        return None
    try:
        return _READINGS[kind](value)
    except (ValueError, TypeError, OverflowError) as error:
        raise ExpressionError(f"cần {kind.value}, không nhận {shown(value)}") from error


def shown(value: Any) -> str:
    """A value as a cell writes it, shortened."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, datetime):
        return value.astimezone(LOCAL_ZONE).strftime("%d/%m/%Y %H:%M:%S")
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return f'"{value[:60]}"' if isinstance(value, str) else str(value)[:60]


def _same(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Any) -> int | float:
    if not is_number(value):
        raise TypeError
    number: int | float = value
    return number


def _whole(value: Any) -> int:
    number = _number(value)
    if number != int(number):
        raise ValueError
    return int(number)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _day(value: Any) -> date:
    if isinstance(value, str) and len(value) == len("2026-12-31"):
        return date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return _moment(value).astimezone(LOCAL_ZONE).date()


def _moment(value: Any) -> datetime:
    written = value.isoformat() if isinstance(value, date) else _text(value)
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL_ZONE)


_READINGS: Mapping[Kind, Callable[[Any], Any]] = MappingProxyType(
    {
        Kind.ANY: _same,
        Kind.TEXT: _text,
        Kind.NUMBER: _number,
        Kind.WHOLE: _whole,
        Kind.BOOLEAN: _boolean,
        Kind.DAY: _day,
        Kind.MOMENT: _moment,
    }
)
