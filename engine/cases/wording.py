"""Phrases of notices and refusals about cases and steps, in Vietnamese."""

from datetime import datetime

from engine import clock
from engine.cases.models import Case


def case_name(case: Case) -> str:
    """What people call the case in a sentence."""
    return f"hồ sơ {case.code}" if case.code else f"“{case.title}”"


def moment(instant: datetime) -> str:
    """``16:30 ngày 24/11/2026``, on the office's wall clock."""
    return clock.local(instant).strftime("%H:%M ngày %d/%m/%Y")


def due_phrase(due_at: datetime | None) -> str:
    """``, hạn 16:30 ngày 24/11/2026``; empty without a due moment."""
    return f", hạn {moment(due_at)}" if due_at else ""


def sentence(text: str) -> str:
    """The text with a full stop, where it ends without one: another sentence follows."""
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."
