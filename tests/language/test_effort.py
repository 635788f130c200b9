"""What one evaluation may look at is bounded, whatever its shape (R33)."""

import time
from typing import Any

import pytest

from engine.language.bounds import MAX_VISITS
from engine.language.errors import ExpressionError
from engine.language.expressions import compile_expression
from engine.language.scripts import compile_script

LONG, DEEP = list(range(1000)), [[number, [number]] for number in range(1000)]
#: The same again, but not the same objects: a comparison must look at every part.
AGAIN = [[number, [number]] for number in range(1000)]
TOO_MUCH = {
    "sums": "+".join(["sum(long)"] * 90),
    "counts": "+".join(["count_of(long, 1)"] * 50),
    "memberships": " or ".join(["-1 in long"] * 60),
    "comparisons": " and ".join(["deep = again"] * 50),
    "lists of lists": f"[{','.join(['deep'] * 80)}] = [{','.join(['again'] * 80)}]",
    "member of lists": " or ".join(["long in deep"] * 40),
}


@pytest.mark.parametrize("source", TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_looking_at_too_much_is_refused(source: str) -> None:
    expression, begun = compile_expression(source), time.thread_time()
    with pytest.raises(ExpressionError, match=str(MAX_VISITS)):
        expression.evaluate({"long": LONG, "deep": DEEP, "again": AGAIN})
    assert time.thread_time() - begun < 0.1


def test_lines_of_a_script_share_what_they_may_look_at() -> None:
    line = "x = sum(long) + sum(long)"
    assert compile_script("\n".join([line] * 5)).run({"long": LONG}) == {"x": 999_000}
    with pytest.raises(ExpressionError, match=str(MAX_VISITS)):
        compile_script("\n".join([line] * 6)).run({"long": LONG})


def test_every_evaluation_may_look_again() -> None:
    expression = compile_expression("sum(long) * 2 + sum(long) * 3")
    assert [expression.evaluate({"long": LONG}) for _ in range(20)] == [2_497_500] * 20


def test_rows_of_comparisons_inside_each_other_are_computed_once() -> None:
    source = "yes"
    for _ in range(28):
        source = f"yes = ({source}) = yes"
    values = Counting(yes=True)
    assert (compile_expression(source).evaluate(values), values.reads) == (True, 57)


class Counting(dict[str, Any]):
    """Values that count how often one is read."""

    reads = 0

    def __getitem__(self, name: str) -> Any:
        self.reads += 1
        return super().__getitem__(name)


@pytest.mark.parametrize(("x", "reads", "holds"), [(3, 3, True), (0, 2, False)], ids=["holds", "fails at once"])
def test_a_row_of_comparisons_reads_each_value_once(x: int, reads: int, holds: bool) -> None:
    values = Counting(low=1, x=x, high=5)
    assert (compile_expression("low < x <= high").evaluate(values), values.reads) == (holds, reads)
