"""Days and moments as they are typed (``31/12/2026``, ``31/12/2026 08:30``) or sent in ISO 8601."""

import re
from datetime import date, datetime
from typing import Any

from engine import clock
from engine.procedures.fields import Field
from engine.procedures.typed_text import Refused, plain

_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_EARLIEST, _LATEST = date(1850, 1, 1), date(2200, 12, 31)


def day(field: Field, value: Any) -> str:
    """A day, kept as ``2026-12-31``."""
    return _between(field, _day(plain(value))).isoformat()


def moment(field: Field, value: Any) -> str:
    """A day and an hour, kept in ISO 8601 with the office's offset; without one it is the office's wall clock."""
    text = plain(value)
    first, _, hour = text.partition(" ")
    try:
        typed = datetime.fromisoformat(f"{_day(first).isoformat()}T{hour.strip()}" if "/" in first else text)
        typed = clock.local(typed if typed.tzinfo else typed.replace(tzinfo=clock.LOCAL_ZONE))
    except (ValueError, OverflowError) as error:
        raise Refused("Phải là ngày giờ, ví dụ 31/12/2026 08:30.") from error
    _between(field, typed.date())
    return typed.isoformat()


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused("Phải là ngày có thật, ví dụ 31/12/2026.") from error


def _between(field: Field, typed: date) -> date:
    first, last = limit_day(field.minimum) or _EARLIEST, limit_day(field.maximum) or _LATEST
    if typed < first:
        raise Refused(f"Sớm nhất là ngày {first:%d/%m/%Y}.")
    if typed > last:
        raise Refused(f"Muộn nhất là ngày {last:%d/%m/%Y}.")
    return typed


def limit_day(limit: Any) -> date | None:
    """The day a date limit means now: ``today``, an ISO day, or none."""
    if not isinstance(limit, str):
        return None
    return clock.today() if limit == "today" else date.fromisoformat(limit)
