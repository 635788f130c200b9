"""One change to a calendar at a time: days by their date, sessions as they are typed."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

_DASH = re.compile(r"\s*[-–]\s*")


def day_row(days: Sequence[Any], on: date) -> dict[str, Any] | None:
    """The entry of one date in the JSON of a calendar version; None where the day is what its weekday says."""
    return next((dict(row) for row in days if row["date"] == on.isoformat()), None)


def with_day(days: Sequence[Any], row: Mapping[str, Any]) -> list[Any]:
    """The days with ``row`` in place of whatever stood at its date."""
    return [*without_day(days, date.fromisoformat(row["date"])), dict(row)]


def without_day(days: Sequence[Any], on: date) -> list[Any]:
    """The days without an entry for this date: it is again what its weekday says."""
    return [row for row in days if row["date"] != on.isoformat()]


def typed_sessions(text: str) -> list[list[str]]:
    """``7:30-11:30, 13:00-17:00`` as ``shape`` reads it. What is not of that form passes as it is: ``shape`` refuses it."""
    parts = [part.strip() for part in re.split("[,;]", text) if part.strip()]
    return [[end.rjust(5, "0") for end in _DASH.split(part)] for part in parts]


def shown_sessions(sessions: Sequence[Sequence[str]]) -> str:
    """The inverse of ``typed_sessions``: ``07:30-11:30, 13:00-17:00``; empty for a closed day."""
    return ", ".join(f"{opens}-{closes}" for opens, closes in sessions)
