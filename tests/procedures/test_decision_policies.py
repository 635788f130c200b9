"""Every hit policy: what a table answers when no rule matches, one, or several."""

from typing import Any

import pytest

from engine.procedures.decision_policies import DecisionFailed
from tests.procedures.dmn import answer, only, table

NUMBERS = [("n", "number")]
#: n from 1 to 3 matches as many rules.
NESTED = [(">= 1", '"low"', "1"), (">= 2", '"middle"', "2"), (">= 3", '"high"', "3")]
WORDS = [rule[:2] for rule in NESTED]
SUMS = [(rule[0], rule[2]) for rule in NESTED]
WORD = [("kq", "string")]
RANKED = [("kq", "string", '"high", "middle", "low"')]
NUMBER = [("kq", "number")]


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        pytest.param(table(NUMBERS, WORD, [("1", '"a"'), ("2", '"b"'), ("3", '"c"')]), [None, "a", "b", "c"], id="unique"),
        pytest.param(table(NUMBERS, WORD, WORDS, policy="FIRST"), [None, "low", "low", "low"], id="first"),
        pytest.param(table(NUMBERS, WORD, WORDS[::-1], policy="FIRST"), [None, "low", "middle", "high"], id="first-other-way"),
        pytest.param(table(NUMBERS, WORD, [(">= 1", '"a"'), (">= 2", '"a"')], policy="ANY"), [None, "a", "a", "a"], id="any"),
        pytest.param(table(NUMBERS, RANKED, WORDS, policy="PRIORITY"), [None, "low", "middle", "high"], id="priority"),
        pytest.param(
            table(NUMBERS, WORD, WORDS, policy="COLLECT"),
            [[], ["low"], ["low", "middle"], ["low", "middle", "high"]],
            id="collect",
        ),
        pytest.param(
            table(NUMBERS, WORD, WORDS[::-1], policy="RULE ORDER"),
            [[], ["low"], ["middle", "low"], ["high", "middle", "low"]],
            id="rule-order",
        ),
        pytest.param(
            table(NUMBERS, RANKED, WORDS, policy="OUTPUT ORDER"),
            [[], ["low"], ["middle", "low"], ["high", "middle", "low"]],
            id="output-order",
        ),
        pytest.param(table(NUMBERS, NUMBER, SUMS, policy="COLLECT SUM"), [None, 1, 3, 6], id="sum"),
        pytest.param(table(NUMBERS, NUMBER, SUMS, policy="COLLECT MIN"), [None, 1, 1, 1], id="min"),
        pytest.param(table(NUMBERS, NUMBER, SUMS, policy="COLLECT MAX"), [None, 1, 2, 3], id="max"),
        pytest.param(table(NUMBERS, WORD, WORDS, policy="COLLECT COUNT"), [0, 1, 2, 3], id="count"),
        pytest.param(table(NUMBERS, WORD, WORDS, policy="FIRST", defaults=['"none"']), ["none", "low", "low", "low"], id="default"),
        pytest.param(
            table(NUMBERS, WORD, WORDS[:1], policy="COLLECT", defaults=['"none"']),
            [["none"], ["low"], ["low"], ["low"]],
            id="default-list",
        ),
        pytest.param(table(NUMBERS, NUMBER, SUMS, policy="COLLECT SUM", defaults=["100"]), [100, 1, 3, 6], id="default-sum"),
        pytest.param(
            table(NUMBERS, [("a", "string"), ("b", "number")], NESTED, policy="FIRST"),
            [{"a": None, "b": None}] + [{"a": "low", "b": 1}] * 3,
            id="two-outputs",
        ),
        pytest.param(
            table(NUMBERS, [("a", "string"), ("b", "number")], NESTED[:2], policy="COLLECT"),
            [[], [{"a": "low", "b": 1}]] + [[{"a": "low", "b": 1}, {"a": "middle", "b": 2}]] * 2,
            id="two-outputs-list",
        ),
        pytest.param(
            table(NUMBERS, [("a", "number", "2, 1"), ("b", "number", "1, 2, 3")], [(">= 1", "1", "1"), (">= 2", "2", "3"), (">= 3", "2", "2")], policy="PRIORITY"),
            [{"a": None, "b": None}, {"a": 1, "b": 1}, {"a": 2, "b": 3}, {"a": 2, "b": 2}],
            id="priority-of-second-output",
        ),
        pytest.param(table([], WORD, [['"always"']]), ["always"] * 4, id="no-input"),
        pytest.param(table(NUMBERS, WORD, []), [None] * 4, id="no-rule"),
        pytest.param(table(NUMBERS, NUMBER, [("-", "n * 10")]), [0, 10, 20, 30], id="computed-result"),
        pytest.param(table(NUMBERS, NUMBER, [("-", "")], defaults=["1"]), [None] * 4, id="empty-result-is-null"),
    ],
)  # fmt: skip
def test_table_answers_by_its_policy(logic: str, expected: list[Any]) -> None:
    assert [answer(logic, n=n) for n in range(4)] == expected


@pytest.mark.parametrize(
    ("logic", "message"),
    [
        pytest.param(
            table(NUMBERS, WORD, WORDS),
            "Bảng quyết định “Bảng t” (rules/t.dmn): dòng 1, 2 và 3 cùng đúng, mà bảng chỉ cho một dòng: hãy sửa điều kiện của các dòng.",
            id="unique",
        ),
        pytest.param(
            table(NUMBERS, WORD, WORDS[:2], policy="ANY"),
            "Bảng quyết định “Bảng t” (rules/t.dmn): dòng 1 và 2 cùng đúng nhưng kết quả khác nhau: hãy sửa cho giống nhau.",
            id="any",
        ),
        pytest.param(
            table(NUMBERS, [("kq", "")], WORDS, policy="COLLECT SUM"),
            "Bảng quyết định “Bảng t” (rules/t.dmn): Cách gộp SUM chỉ dùng cho số.",
            id="sum-of-words",
        ),
        pytest.param(
            table(NUMBERS, NUMBER, [("-", "1 / (n - 3)")]),
            "Bảng quyết định “Bảng t” (rules/t.dmn): dòng 1, cột “kq”: Không tính được biểu thức: 1 / (n - 3).",
            id="division",
        ),
        pytest.param(
            table(NUMBERS, [("kq", "string")], [("-", "n")]),
            "Bảng quyết định “Bảng t” (rules/t.dmn): dòng 1, cột “kq”: cần chữ, không nhận 3.",
            id="kind-of-result",
        ),
        pytest.param(
            table(NUMBERS, [("kq", "number", "1, 2")], [("-", "n")]),
            "Bảng quyết định “Bảng t” (rules/t.dmn): dòng 1, cột “kq”: 3 không thuộc các giá trị được phép.",
            id="result-not-allowed",
        ),
        pytest.param(
            table([("n", "string")], WORD, [("-", '"a"')]),
            "Bảng quyết định “Bảng t” (rules/t.dmn): cột “n”: cần chữ, không nhận 3.",
            id="kind-of-input",
        ),
        pytest.param(
            table([("n", "number", "[0..2]")], WORD, [("-", '"a"')]),
            "Bảng quyết định “Bảng t” (rules/t.dmn): cột “n”: 3 không thuộc các giá trị được phép.",
            id="input-not-allowed",
        ),
        pytest.param(
            table(NUMBERS, WORD, [("< word", '"a"')]),
            "Bảng quyết định “Bảng t” (rules/t.dmn): dòng 1, cột “n”: cần số, không nhận \"xin\" (ô: < word).",
            id="kind-of-limit",
        ),
    ],
)  # fmt: skip
def test_table_without_a_valid_answer_names_the_place(logic: str, message: str) -> None:
    with pytest.raises(DecisionFailed) as refusal:
        only(logic).answers({"n": 3, "word": "xin"})
    assert str(refusal.value) == message


def test_answer_tells_its_inputs_and_rules() -> None:
    logic = table(
        [("n + 1", "number"), ("on", "date")],
        WORD,
        [("> 1", "-", '"a"'), ("> 9", "-", '"b"'), ("-", "-", '"c"')],
        policy="COLLECT",
    )
    said = only(logic).answers({"n": 5, "on": "2026-12-31"})["t"]
    assert (said.inputs, said.matched, said.outputs) == ({"n + 1": 6, "on": "2026-12-31"}, (1, 3), {"t": ["a", "c"]})


def test_first_rule_that_matches_ends_the_search() -> None:
    logic = table(NUMBERS, NUMBER, [("> 9", "1"), ("> 1", "2"), ("-", "1 / (n - 3)")], policy="FIRST")
    said = only(logic).answers({"n": 3})["t"]
    assert (said.value, said.matched) == (2, (2,))


def test_values_nobody_set_are_null() -> None:
    assert answer(table(NUMBERS, WORD, [("null", '"none"'), ("not(null)", '"some"')])) == "none"


@pytest.mark.parametrize(
    ("kind", "cell", "given", "expected"),
    [
        ("date", '< date("2026-03-01")', "2026-02-28", "a"),
        ("date", '< "2026-03-01"', "2026-03-01", None),
        ("date", '@"2026-03-01"', "2026-02-28T23:00:00+00:00", "a"),
        ("date", "<= until", "2026-06-30", "a"),
        ("dateTime", '>= @"2026-03-01T08:00:00"', "2026-03-01T01:00:00+00:00", "a"),
        ("date and time", '> instant("2026-03-01T08:00:00+07:00")', "2026-03-01T08:00:00", None),
        ("integer", "> 2.5", 3, "a"),
        ("boolean", "true", True, "a"),
        ("boolean", "not(true)", True, None),
        ("string", '"x","y"', "y", "a"),
        ("", '"x", 5', 5, "a"),
    ],
)
def test_typed_column_reads_the_value(kind: str, cell: str, given: Any, expected: str | None) -> None:
    logic = table([("v", kind)], [("kq", "string")], [(cell, '"a"')])
    assert answer(logic, v=given, until="2026-06-30") == expected
