"""The papers of a dossier (thành phần hồ sơ): what was handed in, as it stands on the receipt."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine import text

#: More rows than any service asks for; a receipt of more would no longer be read.
MOST = 200


def as_kept(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows as they are kept: ``[{name, originals, copies}]``."""
    return [{"name": text.clean(str(row["name"])), **_counts(row)} for row in rows]


def impossible(rows: Sequence[Mapping[str, Any]], *, is_complete: bool) -> dict[str, list[str]]:
    """What no list of papers may hold, by row: a nameless paper, or one of which neither original nor copy came.

    A dossier said to be complete has at least one.
    """
    if is_complete and not rows:
        return {"components": ["Ghi ít nhất một giấy tờ đã nhận, hoặc chọn yêu cầu bổ sung."]}
    if len(rows) > MOST:
        return {"components": [f"Ghi tối đa {MOST} giấy tờ; gộp các giấy tờ cùng loại vào một dòng."]}
    faults: dict[str, list[str]] = {}
    for position, row in enumerate(rows):
        name = text.clean(str(row.get("name") or ""))
        if not name:
            faults[f"components.{position}.name"] = ["Nhập tên giấy tờ."]
        elif not any(_counts(row).values()):
            said = f"“{name}”: ghi số bản chính hoặc bản sao đã nhận, hoặc bỏ dòng này."
            faults[f"components.{position}.originals"] = [said]
    return faults


def _counts(row: Mapping[str, Any]) -> dict[str, int]:
    return {part: int(row.get(part) or 0) for part in ("originals", "copies")}
