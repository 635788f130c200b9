"""Where stock SpiffWorkflow is right, the engine does the same; where it is wrong, the engine is right."""

import random
from itertools import permutations

import pytest

from engine.flow import model as models
from tests.bench.model import Process, document
from tests.flow.grower import VALUES, Grower, choices, choose, model_xml
from tests.flow.stock import Stock
from tests.flow.walker import Walk, make_model


@pytest.mark.parametrize("seed", range(40))
def test_engine_agrees_with_stock_where_no_join_stands_in_a_loop(seed: int) -> None:
    block = Grower(seed, is_plain=True).block(2)
    xml = model_xml(block)
    chance, kinds = random.Random(seed), choices(block)
    walk, stock = Walk(models.load(xml, str(seed)), VALUES), Stock(xml, VALUES)
    for _ in range(40):
        assert (walk.open, walk.move.is_completed) == (stock.open, stock.is_completed)
        if walk.move.is_completed:
            return
        chosen = chance.choice(walk.waiting)
        same = sorted((found for found in walk.waiting if found.element == chosen.element), key=lambda found: str(found.item))
        answers = {f"c_{chosen.element[2:]}": choose(chance, *kinds[chosen.element])} if chosen.element in kinds else {}
        walk.act(chosen, **answers)
        stock.act(chosen.element, walk.values, same.index(chosen))


def make_rework() -> Process:
    """Two parallel steps, joined, checked, perhaps done again."""
    process = Process().element("startEvent", "s").element("exclusiveGateway", "m").element("parallelGateway", "split")
    process.element("userTask", "a").element("userTask", "b").element("parallelGateway", "join").element("userTask", "check")
    process.element("exclusiveGateway", "x").element("endEvent", "e").chain("s", "m", "split", "a", "join", "check", "x")
    return process.chain("split", "b", "join").flow("x", "m", "again").flow("x", "e", "not again")


ORDERS = [(first, second) for first in permutations("ab") for second in permutations("ab")]


@pytest.mark.parametrize(("first", "second"), ORDERS, ids=["".join(one) + "-" + "".join(two) for one, two in ORDERS])
def test_join_in_a_rework_loop_waits_for_both_in_every_round(first: str, second: str) -> None:
    walk = Walk(make_model(make_rework()))
    for order, again in ((first, True), (second, True), (first, False)):
        assert walk.complete(order[0]).open == [order[1]]
        assert walk.complete(order[1]).open == ["check"]
        walk.complete("check", again=again)
    assert walk.move.is_completed


def test_stock_fires_that_join_too_early() -> None:
    """The reason for gateways of our own: were this to fail after an upgrade, they might be dropped."""
    early = 0
    for first, second in ORDERS:
        stock = Stock(document(make_rework()), {"again": True})
        for element in (*first, "check", second[0]):
            stock.act(element, {"again": True})
        early += stock.open != [second[1]]
    assert early > 0


def test_six_hundred_rounds_are_neither_lost_nor_called_complete() -> None:
    process = (
        Process()
        .element("startEvent", "s")
        .element("exclusiveGateway", "m")
        .element("userTask", "a")
        .element("exclusiveGateway", "x")
    )
    process.element("endEvent", "e").chain("s", "m", "a", "x").flow("x", "m", "again").flow("x", "e", "not again")
    walk = Walk(make_model(process, memo=False))
    size = len(walk.move.marking)
    for _ in range(600):
        walk.complete("a", again=True)
        assert (walk.open, walk.move.is_completed, len(walk.move.marking)) == (["a"], False, size)
    assert walk.complete("a", again=False).move.is_completed
