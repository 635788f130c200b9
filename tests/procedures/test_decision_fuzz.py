"""Random tables against a second, plain reading of the rules of DMN: the same answers, the same refusals."""

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.errors import Finding
from engine.procedures import decision_coverage, decision_files
from engine.procedures.decision_logic import Table
from engine.procedures.decision_policies import DecisionFailed
from tests.procedures.dmn import Column, only, table

DISH = Path(__file__).parent / "dish.dmn"
#: (Text of a cell, what it means) for two small numbers.
_CELLS: list[tuple[str, Callable[[Any, int, int], bool]]] = [
    ("-", lambda v, a, b: True),
    ("{a}", lambda v, a, b: v == a),
    ("< {a}", lambda v, a, b: v is not None and v < a),
    (">= {a}", lambda v, a, b: v is not None and v >= a),
    ("!= {a}", lambda v, a, b: v != a),
    ("[{a}..{b}]", lambda v, a, b: v is not None and a <= v <= b),
    ("({a}..{b}[", lambda v, a, b: v is not None and a < v < b),
    ("{a}, {b}", lambda v, a, b: v in (a, b)),
    ("not({a}, {b})", lambda v, a, b: v not in (a, b)),
    ("null", lambda v, a, b: v is None),
    ("not(null, {a})", lambda v, a, b: v is not None and v != a),
    ("limit", lambda v, a, b: v == 2),
    ("<= limit + 1", lambda v, a, b: v is not None and v <= 3),
]
_POLICIES = ("UNIQUE", "FIRST", "ANY", "PRIORITY", "COLLECT", "RULE ORDER", "OUTPUT ORDER", "COLLECT SUM", "COLLECT MIN", "COLLECT MAX", "COLLECT COUNT")  # fmt: skip
_ORDER = [3, 1, 2]
#: Text and meaning of one cell of a table.
_Cell = tuple[str, Callable[[Any], bool]]


def _expected(policy: str, results: list[int], default: int | None) -> Any:
    """The answer by the words of the standard; ``DecisionFailed`` as an answer where there is none."""
    is_list = policy in ("COLLECT", "RULE ORDER", "OUTPUT ORDER")
    if not results:
        empty: Any = [] if is_list else 0 if policy == "COLLECT COUNT" else None
        return empty if default is None else [default] if is_list else default
    if (policy == "UNIQUE" and len(results) > 1) or (policy == "ANY" and len(set(results)) > 1):
        return DecisionFailed
    ranked = sorted(results, key=_ORDER.index)
    answers: dict[str, Any] = {
        "PRIORITY": ranked[0],
        "COLLECT": results,
        "RULE ORDER": results,
        "OUTPUT ORDER": ranked,
        "COLLECT SUM": sum(results),
        "COLLECT MIN": min(results),
        "COLLECT MAX": max(results),
        "COLLECT COUNT": len(results),
    }
    return answers.get(policy, results[0])


@pytest.mark.parametrize("policy", _POLICIES)
def test_random_table_answers_as_the_standard_says(policy: str) -> None:
    random.seed(policy)
    seen = set()
    for _ in range(60):
        columns: list[Column] = [(name, "number") for name in "xy"[: random.randint(1, 2)]]
        rules = [_rule(len(columns)) for _ in range(random.randint(0, 6))]
        default = random.choice([None, 2])
        texts = [[*(text for text, _ in cells), str(result)] for cells, result in rules]
        logic = table(columns, [("kq", "number", "3, 1, 2")], texts, policy=policy, defaults=[str(default)] if default else [])
        made = only(logic)
        for _ in range(25):
            values = {column[0]: random.choice([None, 0, 1, 2, 3, 4, 5]) for column in columns}
            matched = [result for cells, result in rules if _holds(cells, list(values.values()))]
            expected = _expected(policy, matched, default)
            try:
                found: Any = made.answers({**values, "limit": 2})["t"].value
            except DecisionFailed:
                found = DecisionFailed
            assert found == expected, (texts, values)
            seen.add(min(len(matched), 3))
    assert seen == {0, 1, 2, 3}


def test_spoilt_file_reads_or_is_told() -> None:
    random.seed(20260102)
    content = DISH.read_bytes()
    told = 0
    for _ in range(400):
        words = re.findall(rb"<[^>]*>|[^<]+", content)
        for _ in range(random.randint(1, 4)):
            place, other = random.randrange(len(words)), random.choice(words)
            words[place : place + random.randint(0, 1)] = [
                random.choice([b"", other, words[place][::-1], b"<decision/>", b"<rule/>"])
            ]
        found: list[Finding] = []
        made = decision_files.read("rules/t.dmn", b"".join(words), found)
        assert made or found or b"<decision " not in b"".join(words)
        for decision in made:
            if isinstance(decision.logic, Table):
                decision_coverage.of(decision.logic)
        told += bool(found)
    assert 0 < told < 400


def _holds(cells: list[_Cell], values: list[Any]) -> bool:
    return all(cell[1](value) for cell, value in zip(cells, values, strict=True))


def _rule(count: int) -> tuple[list[_Cell], int]:
    return [_cell() for _ in range(count)], random.choice([1, 2, 3])


def _cell() -> _Cell:
    text, means = random.choice(_CELLS)
    a, b = random.randint(0, 4), random.randint(0, 4)
    return text.format(a=a, b=b), lambda value: means(value, a, b)
