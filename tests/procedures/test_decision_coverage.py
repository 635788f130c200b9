"""Gaps, overlaps and rules never reached: found exactly where trying every value finds them."""

import itertools
import random
from datetime import date, timedelta
from typing import Any

import pytest

from engine.errors import Finding
from engine.procedures import decision_checks, decision_coverage
from engine.procedures.decision_logic import Table
from tests.procedures.dmn import Column, decision, read, read_table, table

WORD: list[Column] = [("kq", "string")]


def _refused(logic: str) -> list[str]:
    return _told(list(decision_checks.refusals(read(decision(logic)))))


def _remarked(logic: str) -> list[str]:
    return _told(list(decision_checks.remarks(read(decision(logic)))))


def _told(found: list[Finding]) -> list[str]:
    return [f"{finding.code}: {finding.message}" for finding in found]


AGE, KIND, ON = ("Tuổi", "integer"), ("Loại", "string", '"a", "b"'), ("Ngày", "date")


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        pytest.param(table([AGE], WORD, [("< 18", '"x"'), (">= 18", '"y"')]), [], id="whole"),
        pytest.param(
            table([AGE], WORD, [("<= 18", '"x"'), (">= 18", '"y"')]),
            ["decision.overlap: Bảng “Bảng t”: dòng 1 và dòng 2 cùng đúng khi “Tuổi”: 18, hãy sửa điều kiện, hoặc đổi cách chọn (hitPolicy) thành FIRST."],
            id="touching",
        ),
        pytest.param(
            table([AGE], WORD, [("<= 18", '"x"'), (">= 18", '"x"')]),
            ["decision.overlap: Bảng “Bảng t”: dòng 1 và dòng 2 cùng đúng khi “Tuổi”: 18, hãy sửa điều kiện, hoặc đổi cách chọn (hitPolicy) thành FIRST."],
            id="same-results",
        ),
        pytest.param(
            table([AGE, KIND], WORD, [("[10..20]", '"a"', '"x"'), ("[15..30]", "-", '"y"')]),
            ["decision.overlap: Bảng “Bảng t”: dòng 1 và dòng 2 cùng đúng khi “Tuổi”: 15; “Loại”: \"a\", hãy sửa điều kiện, hoặc đổi cách chọn (hitPolicy) thành FIRST."],
            id="two-columns",
        ),
        pytest.param(table([AGE, KIND], WORD, [("[10..20]", '"a"', '"x"'), ("[15..30]", '"b"', '"y"')]), [], id="other-kind"),
        pytest.param(
            table([ON], WORD, [('<= date("2026-06-30")', '"x"'), ('> "2026-06-29"', '"y"')]),
            ["decision.overlap: Bảng “Bảng t”: dòng 1 và dòng 2 cùng đúng khi “Ngày”: 30/06/2026, hãy sửa điều kiện, hoặc đổi cách chọn (hitPolicy) thành FIRST."],
            id="days",
        ),
        pytest.param(table([AGE], WORD, [("> 1", '"x"'), ("> 2", '"y"')], policy="FIRST"), [], id="first"),
        pytest.param(table([AGE], WORD, [("> 1", '"x"'), ("> 2", '"x"')], policy="ANY"), [], id="any-same"),
        pytest.param(table([AGE], [("kq", "integer")], [("> 1", "Tuổi"), ("> 2", "Tuổi + 0")], policy="ANY"), [], id="any-computed"),
        pytest.param(
            table([AGE], WORD, [("> 1", '"x"'), ("> 2", '"y"')], policy="ANY"),
            ["decision.overlap: Bảng “Bảng t”: dòng 1 và dòng 2 cùng đúng khi “Tuổi”: lớn hơn 2, mà kết quả khác nhau: hãy sửa cho giống nhau."],
            id="any-different",
        ),
        pytest.param(table([AGE], WORD, [("< limit", '"x"'), (">= limit", '"y"')]), [], id="not-known"),
    ],
)  # fmt: skip
def test_contradiction_is_refused(logic: str, expected: list[str]) -> None:
    assert _refused(logic) == expected


GAP = "kết quả sẽ để trống. Hãy thêm dòng, hoặc ghi giá trị mặc định."


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        pytest.param(table([AGE], WORD, [("< 18", '"x"'), (">= 18", '"y"')]), [], id="whole"),
        pytest.param(table([AGE], WORD, [("< 18", '"x"'), ("> 17", '"y"')], policy="FIRST"), [], id="whole-numbers"),
        pytest.param(table([AGE], WORD, [("< 2.5", '"x"'), ("> 2.5", '"y"')]), [], id="whole-numbers-beside-a-half"),
        pytest.param(
            table([AGE], WORD, [("< 2.5", '"x"'), ("> 3.5", '"y"')]),
            [f"decision.gap: Bảng “Bảng t” không có dòng nào cho trường hợp “Tuổi”: 3: {GAP}"],
            id="whole-number-between-halves",
        ),
        pytest.param(
            table([("Tuổi", "number")], WORD, [("<= 17", '"x"'), (">= 18", '"y"')]),
            [f"decision.gap: Bảng “Bảng t” không có dòng nào cho trường hợp “Tuổi”: lớn hơn 17 và nhỏ hơn 18: {GAP}"],
            id="broken-numbers",
        ),
        pytest.param(
            table([AGE, KIND], WORD, [("< 18", "-", '"x"'), (">= 18", '"a"', '"y"')]),
            [f"decision.gap: Bảng “Bảng t” không có dòng nào cho trường hợp “Tuổi”: 18; “Loại”: \"b\": {GAP}"],
            id="kind",
        ),
        pytest.param(
            table([("Loại", "string")], WORD, [('"a"', '"x"')]),
            [f"decision.gap: Bảng “Bảng t” không có dòng nào cho trường hợp “Loại”: giá trị khác: {GAP}"],
            id="any-other-word",
        ),
        pytest.param(
            table([("Khẩn", "boolean")], WORD, [("true", '"x"')]),
            [f"decision.gap: Bảng “Bảng t” không có dòng nào cho trường hợp “Khẩn”: false: {GAP}"],
            id="boolean",
        ),
        pytest.param(
            table([("Số", "integer", "[1..9]")], WORD, [("< 5", '"x"')]),
            [f"decision.gap: Bảng “Bảng t” không có dòng nào cho trường hợp “Số”: 5: {GAP}"],
            id="allowed-range",
        ),
        pytest.param(
            table([ON], WORD, [('<= "2026-06-30"', '"x"'), ('> "2026-07-01"', '"y"')]),
            [f"decision.gap: Bảng “Bảng t” không có dòng nào cho trường hợp “Ngày”: 01/07/2026: {GAP}"],
            id="day",
        ),
        pytest.param(
            table([AGE], WORD, [("not(null)", '"x"')]),
            [f"decision.gap: Bảng “Bảng t” không có dòng nào cho trường hợp “Tuổi”: null: {GAP}"],
            id="null",
        ),
        pytest.param(table([AGE], WORD, [("< 18", '"x"')], defaults=['"y"']), [], id="default"),
        pytest.param(table([AGE], WORD, [("< 18", '"x"')], policy="COLLECT"), [], id="list"),
        pytest.param(
            table([AGE], WORD, [("> 1", '"x"'), ("> 2", '"y"'), ("-", '"z"')], policy="FIRST"),
            ["decision.unreached: Bảng “Bảng t”: dòng 2 không bao giờ được chọn, hãy sửa điều kiện hoặc xoá dòng."],
            id="covered-rule",
        ),
        pytest.param(
            table([AGE], WORD, [("[5..1]", '"x"'), ("-", '"z"')]),
            ["decision.unreached: Bảng “Bảng t”: dòng 1 không bao giờ được chọn, hãy sửa điều kiện hoặc xoá dòng."],
            id="empty-interval",
        ),
        pytest.param(
            table([KIND], WORD, [('"c"', '"x"'), ("-", '"z"')]),
            ["decision.unreached: Bảng “Bảng t”: dòng 1 không bao giờ được chọn, hãy sửa điều kiện hoặc xoá dòng."],
            id="not-allowed",
        ),
        pytest.param(
            table([AGE], WORD, [("< limit", '"x"'), (">= limit", '"y"')]),
            ["decision.unchecked: Bảng “Bảng t” so với giá trị khác hoặc quá lớn nên chưa kiểm được có thiếu, có chồng hay không."],
            id="not-known",
        ),
    ],
)  # fmt: skip
def test_author_is_told_what_is_left_open(logic: str, expected: list[str]) -> None:
    assert _remarked(logic) == expected


DOMAIN = range(-1, 7)
CELLS = (
    "-",
    "{a}",
    "< {a}",
    "<= {a}",
    "> {a}",
    ">= {a}",
    "!= {a}",
    "[{a}..{b}]",
    "({a}..{b})",
    "]{a}..{b}]",
    "[{a}..{b})",
    "{a}, {b}",
    "not({a}, {b})",
    "not([{a}..{b}])",
    "< {a}, > {b}",
)


def _random_table(seed: int) -> Table:
    random.seed(seed)
    columns: list[Column] = [(name, "integer") for name in "xyz"[: random.randint(1, 3)]]
    rules = [[*(_random_cell() for _ in columns), f'"{number}"'] for number in range(random.randint(0, 5))]
    return read_table(table(columns, WORD, rules))


def _random_cell() -> str:
    return random.choice(CELLS).format(a=random.randint(0, 5), b=random.randint(0, 5))


def _matching(found: Table, values: tuple[Any, ...]) -> list[int]:
    """The rules that hold of these values, tried one by one."""
    return [r.number for r in found.rules if all(test.holds(v, {}) for test, v in zip(r.tests, values, strict=True))]


@pytest.mark.parametrize("block", range(10))
def test_report_agrees_with_trying_every_value(block: int) -> None:
    """Limits lie in 0..5, so that -1..6 holds a value of every sort."""
    with_gap = with_overlap = 0
    for seed in range(block * 30, block * 30 + 30):
        found = _random_table(seed)
        tried = {values: _matching(found, values) for values in itertools.product(DOMAIN, repeat=len(found.inputs))}
        report = decision_coverage.of(found)
        assert report is not None
        assert bool(report.gaps) == any(not rules for rules in tried.values()), seed
        assert set(report.overlaps) == {pair for rules in tried.values() for pair in itertools.combinations(rules, 2)}, seed
        assert report.matching == {number for rules in tried.values() for number in rules}, seed
        assert report.leading == {rules[0] for rules in tried.values() if rules}, seed
        _check_examples(found, report)
        with_gap += bool(report.gaps)
        with_overlap += bool(report.overlaps)
    assert 0 < with_gap < 30 and 0 < with_overlap < 30


def _check_examples(found: Table, report: decision_coverage.Coverage) -> None:
    rest = tuple(0 for _ in found.inputs)
    for case in report.gaps:
        assert _matching(found, (tuple(piece.sample for piece in case) + rest)[: len(rest)]) == []
    for pair, case in report.overlaps.items():
        assert set(pair) <= set(_matching(found, tuple(piece.sample for piece in case)))


def test_report_on_days_and_words_agrees_with_trying_every_value() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(-1, 7)]
    words = ["a", "b", "c", "other"]
    for seed in range(60):
        random.seed(seed)
        limits = [(f'@"{random.choice(days[1:-1])}"', f'"{random.choice("abc")}"') for _ in range(3)]
        rules = [
            (random.choice(["< {}", ">= {}", "{}"]).format(day), random.choice(["{}", "not({})", "-"]).format(word), '"x"')
            for day, word in limits
        ]
        found = read_table(table([("on", "date"), ("w", "string")], WORD, rules))
        tried = [_matching(found, values) for values in itertools.product(days, words)]
        report = decision_coverage.of(found)
        assert report is not None
        assert bool(report.gaps) == ([] in tried), seed
        assert set(report.overlaps) == {pair for rules_met in tried for pair in itertools.combinations(rules_met, 2)}, seed


@pytest.mark.parametrize("letter", ["<", ">="])
def test_words_in_order_are_examined(letter: str) -> None:
    found = read_table(table([("w", "string")], WORD, [(f'{letter} "m"', '"x"'), ('["m".."p"]', '"y"')]))
    report = decision_coverage.of(found)
    assert report is not None
    assert (len(report.gaps), list(report.overlaps)) == ((1, []) if letter == "<" else (1, [(1, 2)]))


def test_great_table_is_not_examined() -> None:
    random.seed(7)
    columns: list[Column] = [(f"x{n}", "integer") for n in range(10)]
    rules = [[*(f"[{random.randint(0, 99)}..{random.randint(100, 199)}]" for _ in columns), '"x"'] for _ in range(300)]
    found = read_table(table(columns, WORD, rules))
    assert decision_coverage.of(found) is None


def test_long_table_of_one_column_is_examined() -> None:
    rules = [(f"[{n * 10}..{n * 10 + 9}]", '"x"') for n in range(300)]
    report = decision_coverage.of(read_table(table([("n", "integer")], WORD, rules)))
    assert report is not None
    assert (report.overlaps, len(report.matching), len(report.gaps)) == ({}, 300, 1)
