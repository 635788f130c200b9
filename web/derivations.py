"""How a deadline came about, line by line, for the ``derivation`` macro."""

from collections.abc import Mapping
from typing import Any

from web import formats

_KINDS = {"skipped": "skipped", "unknown_year": "skipped", "paused": "pause", "restarted": "pause", "due": "result"}


def lines(derivation: Mapping[str, Any]) -> list[dict[str, str]]:
    """``Deadline.derivation`` as ``[{"when", "text", "kind"}]`` in its order; ``when`` is already text."""
    return [
        {"when": _when(step), "text": str(step["text"]), "kind": _KINDS.get(str(step["rule"]), "counted")}
        for step in derivation["steps"]
    ]


def _when(step: Mapping[str, Any]) -> str:
    if step.get("days") and isinstance(step["days"], list):
        first, last = formats.day(step["days"][0]), formats.day(step["days"][-1])
        return first if first == last else f"{first[:5]} – {last}"
    if step.get("date"):
        return formats.day(step["date"])
    return formats.moment(step.get("at") or step.get("end"))
