"""The calendar the product comes with, and short ways to write instants and limits."""

from datetime import datetime
from typing import Any

from engine.calendar import importing, shape
from engine.calendar.deadlines import Deadline, deadline
from engine.calendar.limits import Limit, parse_pauses
from engine.calendar.versions import SEED_FILE
from engine.clock import LOCAL_ZONE

SEEDED = importing.read(SEED_FILE)
CALENDAR = shape.working_calendar(SEEDED.sessions, SEEDED.days, number=7)


def at(text: str) -> datetime:
    """An instant on the office's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL_ZONE)


def count(received: str, value: float, unit: str, pauses: str = "") -> Deadline:
    """The deadline on the golden calendar."""
    return deadline(CALENDAR, at(received), Limit(value, unit), parse_pauses(pauses))


def due(received: str, value: float, unit: str, pauses: str = "") -> str:
    """The due moment on the office's clock, without its offset."""
    return count(received, value, unit, pauses).due_at.astimezone(LOCAL_ZONE).replace(tzinfo=None).isoformat()


def texts(found: Deadline) -> list[Any]:
    """The sentences of a derivation."""
    return [step["text"] for step in found.derivation["steps"]]
