"""The JSON in which public services are published: one entry as the facts of an edition."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from engine import text
from engine.dossiers import rules

_DIVISIONS = (("văn phòng", "vp"), ("kinh tế", "kt"), ("văn hóa", "vhxh"), ("đất đai", "kt"))


def facts_of(item: Mapping[str, Any], position: int) -> dict[str, Any]:
    """One entry of the file as ``services.publish`` takes it; a service without national code is numbered by its position.

    Raises ``KeyError``, ``TypeError``, ``ValueError`` or ``ArithmeticError`` for what is missing or malformed.
    """
    limit, note = item["limit"], text.clean(str(item.get("conf", "")))
    return {
        "code": text.clean(item.get("code") or f"DP.{position:06d}"),
        "name": text.clean(item["name"]),
        "field": text.clean(item["field"]),
        "unit": text.clean(item["unit"]),
        "division_code": division_of(item["unit"]),
        "limit_value": Decimal(str(limit["value"])),
        "limit_unit": limit["unit"],
        "limit_text": text.clean(limit["text"]),
        "components": [_component(row) for row in item["docs"]],
        "sets": int(item.get("sets", 1)),
        "fee_text": text.clean(item["fee"]),
        "result": text.clean(item["result"]),
        "law": text.clean(item["law"]),
        "steps": list(item["steps"]),
        "terms": rules.derive_terms(item["steps"]),
        "after_supplement": item.get("after_supplement", "restart"),
        "is_unverified": item.get("is_unverified", "memory" in note or "verify" in note or item.get("code") is None),
        "verification_note": note,
    }


def _component(row: Sequence[Any] | Mapping[str, Any]) -> dict[str, Any]:
    name, originals, copies = (row["name"], row["originals"], row["copies"]) if isinstance(row, Mapping) else row
    return {"name": text.clean(name), "originals": int(originals), "copies": int(copies)}


def division_of(unit: str) -> str | None:
    """Code of the division that handles a service, guessed from its name; None where nothing fits."""
    folded = unit.casefold()
    return next((code for word, code in _DIVISIONS if word in folded), None)
