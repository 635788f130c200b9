"""What an expression means."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from engine.language.errors import ExpressionError
from engine.language.expressions import Expression, compile_expression
from engine.language.functions import DEFAULT, Function

CASES: list[tuple[str, dict[str, Any], Any]] = [
    ("a = 1", {"a": 1}, True),
    ("a == 1 and b != 2", {"a": 1, "b": 2}, False),
    ("=ket_qua = 'dat'", {"ket_qua": "dat"}, True),
    ("${tien > 10 || !co}", {"tien": 5, "co": False}, True),
    ("#{tien > 10 && co}", {"tien": 50, "co": True}, True),
    ("not a or b", {"a": True, "b": True}, True),
    ("not (a or b)", {"a": False, "b": False}, True),
    ("a <> 1", {"a": 2}, True),
    ("1 < a <= 5", {"a": 5}, True),
    ("1 < a <= 5", {"a": 1}, False),
    ("a in [1, 2]", {"a": 2}, True),
    ("a not in (1, 2)", {"a": 2}, False),
    ("'ho' in ten", {"ten": "hoàn ho"}, True),
    ("a = null", {"a": None}, True),
    ("a > 3", {"a": None}, False),
    ("true = 1", {}, False),
    ("True and not False", {}, True),
    ("2 + 3 * 4 - 10 / 4", {}, 11.5),
    ("7 // 2 + 7 % 2", {}, 4),
    ("-(2 + 1) + +1", {}, -2),
    ("(1 + 2) * 3", {}, 9),
    ("1.5e3", {}, 1500.0),
    ("'a' + \"b\"", {}, "ab"),
    ("'dòng\\n\\'hai\\''", {}, "dòng\n'hai'"),
    ("[1] + [2, [3]]", {}, [1, 2, [3]]),
    ("if a then 1 else 2", {"a": False}, 2),
    ("1 if a else 2", {"a": True}, 1),
    ("a ? 1 : 2", {"a": True}, 1),
    ("if a then 1 else if b then 2 else 3", {"a": False, "b": True}, 2),
    ("hồ_sơ.loại = 'đất'", {"hồ_sơ": {"loại": "đất"}}, True),
    ("a.b.c", {"a": {}}, None),
    ("a[0] + a[-1]", {"a": [1, 2, 3]}, 4),
    ("a[9]", {"a": [1]}, None),
    ("a['x']", {"a": {"x": 1}}, 1),
    ("count(a) + len('ab')", {"a": [1, 2]}, 4),
    ("count_of(y_kien, 'đồng ý') >= 2", {"y_kien": ["đồng ý", "không", "đồng ý"]}, True),
    ("min(a) + max(1, 2) + sum(a)", {"a": [3, 4]}, 12),
    ("round(2.567, 2) + round(2.4)", {}, 4.57),
    ("abs(0 - 3)", {}, 3),
    ("upper(trim(' ab ')) + lower('CD')", {}, "ABcd"),
    ("contains(a, 'x') or starts_with(a, 'y') or ends_with(a, 'z')", {"a": "abz"}, True),
    ("any([0, 1]) and all([1, 1]) and not any([])", {}, True),
    ("not_empty('') or not_empty([]) or not_empty(a)", {"a": 0}, True),
    ("date('2026-01-30') + duration('P3D')", {}, date(2026, 2, 2)),
    ("instant('2026-01-30T08:00:00+07:00') - instant('2026-01-30T00:00:00Z')", {}, timedelta(hours=1)),
    ("instant('2026-01-30T08:00:00')", {}, datetime(2026, 1, 30, 8, tzinfo=timezone(timedelta(hours=7)))),
    ("date('2026-01-30') < date('2026-02-01')", {}, True),
    ("duration('P1W2DT3H4M5S') > duration('P9D')", {}, True),
]


@pytest.mark.parametrize(("source", "values", "result"), CASES, ids=[case[0] for case in CASES])
def test_expression_means(source: str, values: dict[str, Any], result: Any) -> None:
    found = compile_expression(source).evaluate(values)
    assert (found, type(found)) == (result, type(result))


def test_names_are_what_it_speaks_of() -> None:
    assert compile_expression("count(a.b) > c and d[e] = 'f'").names == frozenset("acde")


def test_decomposed_letters_name_the_same_value() -> None:
    composed, decomposed = "đúng_hạn", "đu\u0301ng_ha\u0323n"
    assert compile_expression(decomposed).evaluate({composed: 1}) == 1


def test_undefined_name_is_told_by_name() -> None:
    with pytest.raises(ExpressionError, match="so_tien") as refusal:
        compile_expression("so_tien > 5").evaluate({})
    assert refusal.value.source == "so_tien > 5"


def test_what_is_not_reached_is_not_needed() -> None:
    assert compile_expression("a or b").evaluate({"a": True}) is True
    assert compile_expression("a ? 1 : b").evaluate({"a": True}) == 1


def test_expression_is_a_value() -> None:
    assert compile_expression("a + 1") == compile_expression("=a + 1")
    assert isinstance(compile_expression("a"), Expression)


def test_test_is_yes_or_no() -> None:
    values: list[Any] = [1, 0, "", "x", None, []]
    assert [compile_expression("a").test({"a": value}) for value in values] == [
        True,
        False,
        False,
        True,
        False,
        False,
    ]


def test_procedure_may_add_a_function() -> None:
    functions = DEFAULT | {"working_days": Function(lambda count: f"P{count}D")}  # type: ignore[operator]
    assert compile_expression("working_days(3)", functions).evaluate({}) == "P3D"
    with pytest.raises(ExpressionError, match="working_days"):
        compile_expression("working_days(3)")


WRONG_KINDS = [
    "a + 1",
    "a * 2",
    "a < 1",
    "1 in 2",
    "a.x",
    "sum(a)",
    "lower(1)",
    "count(1)",
    "round('a')",
    "min('a', 1)",
    "-a",
    "1 / 0",
    "abs([])",
]


@pytest.mark.parametrize(
    "source", [*WRONG_KINDS, "duration('P1M')", "duration('P')", "date('x')", "instant('x')", "any(1)", "starts_with(1, 2)"]
)
def test_wrong_kind_is_refused_with_the_text(source: str) -> None:
    with pytest.raises(ExpressionError) as refusal:
        compile_expression(source).evaluate({"a": "chữ"})
    assert source in f"{refusal.value} {refusal.value.source}"


BROKEN = [
    "",
    "=",
    "a b",
    "a +",
    "(a",
    "a)",
    "[1,",
    "a ? b",
    "if a then b",
    "f(",
    "1 2",
    "'open",
    "a..b",
    "a.1",
    "1a",
    "a = = b",
    "and",
    "count()",
]


@pytest.mark.parametrize(
    "source", [*BROKEN, "count(1, 2)", "nothing(1)", "a @ b", "a; b", "a := 1", "`a`", "$a", "a\\b", "'\\q'"]
)
def test_broken_text_is_refused_when_compiled(source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(source)
