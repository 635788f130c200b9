"""Cells of decision tables: every form of a unary test, and everything that is none."""

import random
from datetime import date
from typing import Any

import pytest

from engine.language.errors import ExpressionError
from engine.language.unary import compile_unary
from tests.language.test_attacks import REFUSED as ATTACKS

VALUES: dict[str, Any] = {"a": 3, "xs": [1, 2], "r": {"k": 7}, "word": "x", "on": date(2026, 1, 1)}
NUMBERS = (None, 0, 1, 2, 3, 4, 5, 6)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("-", NUMBERS),
        ("", NUMBERS),
        ("  ", NUMBERS),
        ("3", (3,)),
        ("= 3", (3,)),
        ("== 3", (3,)),
        ("!= 3", (None, 0, 1, 2, 4, 5, 6)),
        ("<> 3", (None, 0, 1, 2, 4, 5, 6)),
        ("< 3", (0, 1, 2)),
        ("<= 3", (0, 1, 2, 3)),
        ("> 3", (4, 5, 6)),
        (">= 3", (3, 4, 5, 6)),
        (">=a", (3, 4, 5, 6)),
        ("> a + 1", (5, 6)),
        ("[1..3]", (1, 2, 3)),
        ("(1..3)", (2,)),
        ("]1..3[", (2,)),
        ("[1..3)", (1, 2)),
        ("(1..3]", (2, 3)),
        ("[1..3[", (1, 2)),
        ("]1..3]", (2, 3)),
        ("[ 1 .. a ]", (1, 2, 3)),
        ("[1.5..2.5]", (2,)),
        ("[-1..1]", (0, 1)),
        ("[3..1]", ()),
        ("[a..a+1[, 6", (3, 6)),
        ("1, 3, 5", (1, 3, 5)),
        ("< 1, > 5", (0, 6)),
        ("[0..1], (4..6]", (0, 1, 5, 6)),
        ("not(1, 3)", (None, 0, 2, 4, 5, 6)),
        ("not([1..5])", (None, 0, 6)),
        ("not (< 3)", (None, 3, 4, 5, 6)),
        ("null", (None,)),
        ("null, 1", (None, 1)),
        ("not(null)", (0, 1, 2, 3, 4, 5, 6)),
        ("a", (3,)),
        ("xs", (1, 2)),
        ("xs[0]", (1,)),
        ("xs[a - 2]", (2,)),
        ("[1, 2, 6]", (1, 2, 6)),
        ("(1 + 2) * 2", (6,)),
        ("-1 + 2", (1,)),
        ("max(xs)", (2,)),
        ("= max(1, a)", (3,)),
    ],
)
def test_cell_of_numbers_takes(cell: str, expected: tuple[Any, ...]) -> None:
    test = compile_unary(cell)
    assert tuple(number for number in NUMBERS if test.holds(number, VALUES)) == expected


@pytest.mark.parametrize(
    ("cell", "subject", "expected"),
    [
        ('"x"', "x", True),
        ("'x'", "x", True),
        ('"x"', "X", False),
        ('"x", "y"', "y", True),
        ('not("x", "y")', "y", False),
        ('not("x")', None, True),
        ('"a, b"', "a, b", True),
        ('"a..b"', "a..b", True),
        ('"n\\"g"', 'n"g', True),
        ('"xuống\\ndòng"', "xuống\ndòng", True),
        ('"-"', "-", True),
        ("word", "x", True),
        ('word + "y"', "xy", True),
        ('["a".."c"]', "bb", True),
        ('"đất"', "đất", True),
        ("true", True, True),
        ("true", 1, False),
        ("1", True, False),
        ("false", False, True),
        ("not(true)", None, True),
        ('date("2026-01-01")', date(2026, 1, 1), True),
        ('@"2026-01-01"', date(2026, 1, 1), True),
        ('< @"2026-01-01"', date(2025, 12, 31), True),
        ('[@"2026-01-01"..@"2026-12-31"]', date(2026, 6, 1), True),
        ('> on + duration("P1D")', date(2026, 1, 3), True),
        ("r.k", 7, True),
        ("${3}", 3, True),
    ],
)
def test_cell_of_other_kinds_takes(cell: str, subject: Any, expected: bool) -> None:
    assert compile_unary(cell).holds(subject, VALUES) is expected


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("1..5", "Không hiểu “..” ở vị trí 2: 1..5"),
        ("[1..5", "Khoảng giá trị thiếu dấu đóng ở vị trí 6: [1..5"),
        ("[1..2..3]", "Khoảng giá trị thiếu dấu đóng ở vị trí 6: [1..2..3]"),
        ("not(1", "Thiếu “)” ở vị trí 6: not(1"),
        ("not 1", "Thiếu “(” ở vị trí 5: not 1"),
        ("not(1), 2", "Không hiểu “,” ở vị trí 7: not(1), 2"),
        ("not(not(1))", "Không hiểu “not” ở vị trí 5: not(not(1))"),
        ("a > 3", "Không hiểu “>” ở vị trí 3: a > 3"),
        ("? > 3", "Không hiểu “?” ở vị trí 1: ? > 3"),
        ("> 1 and < 3", "Không hiểu “and” ở vị trí 5: > 1 and < 3"),
        ("<", "Biểu thức thiếu một vế: <"),
        ("1,", "Biểu thức thiếu một vế: 1,"),
        (", 1", "Không hiểu “,” ở vị trí 1: , 1"),
        ("-, 1", "Không hiểu “,” ở vị trí 2: -, 1"),
        ("@5", 'Sau dấu @ phải là ngày trong ngoặc kép, ví dụ @"2026-12-31": @5'),
        ('@"2026-02-30"', '“2026-02-30” không phải ngày có thật: @"2026-02-30"'),
        ("; x", "Ký tự không dùng được trong biểu thức, ở vị trí 1: ; x"),
        ("1 / 0", "Không tính được ô: 1 / 0"),
        (", ".join(["1"] * 102), "Một ô có quá 100 giá trị: " + ", ".join(["1"] * 102)[:120]),
    ],
)
def test_what_is_no_cell_is_refused(cell: str, message: str) -> None:
    with pytest.raises(ExpressionError) as refusal:
        compile_unary(cell)
    assert str(refusal.value) == message


@pytest.mark.parametrize("source", ATTACKS)
@pytest.mark.parametrize("around", ["{}", "< {}", "[1..{}]", "not({})", "1, {}"])
def test_attack_in_a_cell_is_refused(around: str, source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_unary(around.replace("{}", source))


@pytest.mark.parametrize(
    "source",
    ["(" * 5000, "[" * 900 + "1..2" + "]" * 900, "not(" * 300, "1," * 5000, "[1..2]," * 140, "(1.." * 300, "]" * 990, "." * 990],
    ids=["brackets", "intervals", "nots", "long", "many", "nested", "closing", "points"],
)
def test_deep_or_long_cell_is_refused(source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_unary(source)


def test_random_text_is_a_cell_or_refused() -> None:
    random.seed(20260101)
    words = [
        "1",
        "a",
        '"x"',
        "..",
        "[",
        "]",
        "(",
        ")",
        ",",
        "<",
        ">=",
        "=",
        "not",
        "-",
        "@",
        "null",
        "true",
        " ",
        ".",
        "and",
        "date",
        "?",
    ]
    accepted = 0
    for _ in range(5_000):
        source = "".join(random.choices(words, k=random.randint(1, 8)))
        try:
            compile_unary(source)
            accepted += 1
        except ExpressionError:
            continue
    assert 100 < accepted < 4_000


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("< word", "Không so sánh lớn nhỏ được hai giá trị khác loại. (ô: < word)"),
        ("ghost", "Chưa có giá trị “ghost” mà biểu thức cần: ghost (ô: ghost)"),
        ("a + 999999999999999999 * a", "Kết quả phép tính quá lớn. (ô: a + 999999999999999999 * a)"),
    ],
)
def test_cell_that_cannot_be_judged_says_why(cell: str, message: str) -> None:
    with pytest.raises(ExpressionError) as refusal:
        compile_unary(cell).holds(1, VALUES)
    assert str(refusal.value) == message


def test_cell_tells_what_it_compares_with() -> None:
    test = compile_unary("[1..a], 5")
    assert (test.names, [(end.value, end.is_fixed) for end in test.ends]) == (
        frozenset("a"),
        [(1, True), (None, False), (5, True)],
    )
