"""Every known way to make an expression do harm is refused when compiled, or harmless and bounded when evaluated."""

import time
from typing import Any

import pytest

from engine.language.bounds import MAX_DEPTH
from engine.language.errors import ExpressionError
from engine.language.expressions import compile_expression
from engine.language.scripts import compile_script

REFUSED = [
    "().__class__.__base__.__subclasses__()",
    "[].__class__",
    "a.__class__",
    "a['x'].__init__.__globals__",
    "a._private",
    "_hidden",
    "__import__('os').system('true')",
    "__builtins__",
    "open('/etc/passwd')",
    "open('/tmp/x', 'w')",
    "eval('1')",
    "exec('x')",
    "compile('1', '', 'eval')",
    "globals()",
    "getattr(a, 'x')",
    "type(a)",
    "print(a)",
    "'{0.__class__}'.format(a)",
    "a.format(1)",
    "a.lower()",
    "count(a)(b)",
    "f'{a}'",
    "lambda: 1",
    "lambda x: x",
    "[x for x in a]",
    "{x for x in a}",
    "{1: 2}",
    "(x for x in a)",
    "(y := 5)",
    "a if b",
    "2 ** 10",
    "10 ** 10 ** 10",
    "1 << 100000",
    "a | b",
    "a & b",
    "a ^ b",
    "~a",
    "a @ b",
    "*a",
    "**a",
    "count(*a)",
    "a[1:2]",
    "...",
    "a; import os",
    "import os",
    "from os import system",
    "yield 1",
    "await a",
    "a = b; c",
    "b'bytes'",
    "'a' 'b'",
    "0x41",
    "1_000",
    "1j",
    "9" * 40,
    "1e999",
    "\x00",
    "a\u2028b",
    "＿＿import＿＿('os')",
    "pow(10, 1000000)",
    "range(10)",
]


@pytest.mark.parametrize("source", REFUSED)
def test_attack_is_refused_when_compiled(source: str) -> None:
    begun = time.process_time()
    with pytest.raises(ExpressionError):
        compile_expression(source)
    assert time.process_time() - begun < 0.1


BIG = "x" * 9_000
BOMBS: dict[str, tuple[str, dict[str, Any]]] = {
    "text format": ("'%1000000000d' % 1", {}),
    "text times": ("'a' * 1000000000", {}),
    "list times": ("[1] * 1000000000", {}),
    "long text": ("a + a + a", {"a": BIG}),
    "long list": ("a + a", {"a": [0] * 900}),
    "big number": ("999999999999999999 * 999999999999999999", {}),
    "many factors": (" * ".join(["999999"] * 90), {}),
    "infinite": ("a * a", {"a": 1e200}),
    "remainder": ("1 % 0", {}),
    "round a million": ("round(1, 0 - 1000000000)", {}),
    "round up": ("round(1.5, 1000000000)", {}),
    "far date": ("date('9999-12-31') + duration('P99999D')", {}),
    "far duration": ("duration('P99999999999D')", {}),
    "keyword argument": ("count(x=a)", {"x": 1, "a": 2}),
    "function as value": ("duration.resolution", {}),
    "field of a date": ("date('2026-01-01').year", {}),
    "field of a text": ("'a'.x", {}),
    "index of a text": ("'abc'[0]", {}),
}


@pytest.mark.parametrize(("source", "values"), BOMBS.values(), ids=BOMBS.keys())
def test_bomb_is_refused_when_evaluated(source: str, values: dict[str, Any]) -> None:
    begun = time.process_time()
    with pytest.raises(ExpressionError):
        compile_expression(source).evaluate(values)
    assert time.process_time() - begun < 0.1


SHAPES = {
    "brackets": "(" * 5000 + "a" + ")" * 5000,
    "signs": "-" * 5000 + "1",
    "nots": "not " * 5000 + "a",
    "lists": "[" * 5000 + "]" * 5000,
    "long": "a + " * 5000 + "a",
    "calls": "abs(" * 200 + "1" + ")" * 200,
    "choices": "a ? " * 200 + "1" + " : 2" * 200,
    "ifs": "if a then " * 90 + "1" + " else 2" * 90,
    "fields": "a" + ".b" * 4000,
    "spaces": " " * 1_000_000,
    "quotes": "'" * 999,
    "backslashes": "'" + "\\" * 990,
    "digits": "1" * 990 + "x",
    "points": "." * 990,
}


@pytest.mark.parametrize("source", SHAPES.values(), ids=SHAPES.keys())
def test_deep_or_long_text_is_refused_quickly(source: str) -> None:
    begun = time.process_time()
    with pytest.raises(ExpressionError):
        compile_expression(source)
    assert time.process_time() - begun < 0.1


def test_deepest_allowed_expression_evaluates() -> None:
    assert compile_expression("(" * (MAX_DEPTH - 1) + "1" + ")" * (MAX_DEPTH - 1)).evaluate({}) == 1


def test_greatest_allowed_expression_is_quick() -> None:
    expression, values = compile_expression(" + ".join(["count(a)"] * 70)), {"a": list(range(1000))}
    begun = time.process_time()
    assert expression.evaluate(values) == 70_000
    assert time.process_time() - begun < 0.1


def test_shared_lists_cannot_grow_behind_the_back() -> None:
    script = compile_script("\n".join(["x = [x, x, x, x, x, x, x, x]"] * 30))
    begun = time.process_time()
    with pytest.raises(ExpressionError):
        script.run({"x": [1] * 8})
    assert time.process_time() - begun < 0.1


def test_values_given_are_not_changed_by_what_is_computed() -> None:
    values = {"a": [1, 2], "b": {"c": [3]}}
    compile_script("a = a + [3]\nd = b.c\nd = d + [4]").run(values)
    assert values == {"a": [1, 2], "b": {"c": [3]}}


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "x",
        "a.b = 1",
        "a[0] = 1",
        "a, b = 1",
        "a += 1",
        "_x = 1",
        "and = 1",
        "count = 1",
        "x == 1",
        "def f(): pass",
        "x = 1; y = 2",
        "while x: y",
        "for x in y: z",
        "del x",
        "x = \n",
        "x = __import__('os')",
        "x: int = 1",
        "\n".join(["x = 1"] * 51),
    ],
)
def test_script_that_is_not_assignments_is_refused(source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_script(source)


def test_script_sets_values_in_order() -> None:
    script = compile_script("a = 1\n\n# ghi chú\nb = a + c\nhạn = date('2026-01-01') + duration('P1D')\nd = duration('P1D')")
    assert script.run({"c": 2}) == {"a": 1, "b": 3, "hạn": "2026-01-02", "d": "PT86400S"}
    assert (script.names, script.assigned) == (frozenset("c"), frozenset({"a", "b", "hạn", "d"}))
