"""Hit policies: what a table answers when several rules match, or none (DMN 1.5, 8.2.8). Pure arithmetic on matched rows."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from engine.errors import EngineError
from engine.language.operations import add, equal, is_number

#: One matched rule: its number in the table, and its outputs by name.
Row = tuple[int, dict[str, Any]]


class Policy(Enum):
    """How one answer is made of the matching rules; the value is DMN's word."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"


class Aggregation(Enum):
    """What ``COLLECT`` makes of the outputs collected; the value is DMN's word."""

    LIST = ""
    SUM = "SUM"
    COUNT = "COUNT"
    MIN = "MIN"
    MAX = "MAX"


#: Policies whose answer is a list.
LISTING = frozenset({Policy.COLLECT, Policy.RULE_ORDER, Policy.OUTPUT_ORDER})


class DecisionFailed(EngineError):
    """A table has no valid answer for these values; the sentence names the table, the rule and the column."""

    code = "decision_failed"


def one(policy: Policy, rows: Sequence[Row], priorities: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """The row that counts, of at least one. ``DecisionFailed``: more than one under UNIQUE, rows that differ under ANY."""
    first = rows[0][1]
    if policy is Policy.UNIQUE and len(rows) > 1:
        raise DecisionFailed(f"{_told(rows)} cùng đúng, mà bảng chỉ cho một dòng: hãy sửa điều kiện của các dòng")
    if policy is Policy.ANY and any(not _is_same(first, row) for _, row in rows):
        raise DecisionFailed(f"{_told(rows)} cùng đúng nhưng kết quả khác nhau: hãy sửa cho giống nhau")
    return min(rows, key=lambda row: rank(row[1], priorities))[1] if policy is Policy.PRIORITY else first


def several(policy: Policy, rows: Sequence[Row], priorities: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """All rows: in the order of the rules, or of the output values under OUTPUT ORDER."""
    ordered = sorted(rows, key=lambda row: rank(row[1], priorities)) if policy is Policy.OUTPUT_ORDER else rows
    return [row for _, row in ordered]


def rank(row: Mapping[str, Any], priorities: Mapping[str, Sequence[Any]]) -> tuple[int, ...]:
    """The place of a row: by the first output's list of values, then by the next one's. Without a list all are alike."""
    return tuple(_place(row[name], values) for name, values in priorities.items() if values)


def aggregate(how: Aggregation, values: Sequence[Any]) -> Any:
    """One value of those collected; null of none, but COUNT is 0 then. ``DecisionFailed``: not numbers."""
    if how is Aggregation.COUNT:
        return len(values)
    known = [value for value in values if value is not None]
    if not all(is_number(value) for value in known):
        raise DecisionFailed(f"Cách gộp {how.value} chỉ dùng cho số")
    if not known:
        return None
    if how is Aggregation.SUM:
        total: Any = 0
        for value in known:
            total = add(total, value)
        return total
    return min(known) if how is Aggregation.MIN else max(known)


def _place(value: Any, values: Sequence[Any]) -> int:
    return next((index for index, known in enumerate(values) if equal(known, value)), len(values))


def _is_same(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    return all(equal(left[name], right[name]) for name in left)


def _told(rows: Sequence[Row]) -> str:
    numbers = [str(number) for number, _ in rows]
    return f"dòng {', '.join(numbers[:-1])} và {numbers[-1]}"
