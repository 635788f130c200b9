"""Timer texts of a model: an ISO 8601 duration or instant written down, or an expression that gives one."""

import re
from datetime import datetime

_DURATION = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?")


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
