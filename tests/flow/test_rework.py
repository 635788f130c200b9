"""Rework: what is done again must be done as the first time. For each, stock SpiffWorkflow fails, and the engine does it right.

Were a stock test here to fail after an upgrade, the part of ours that replaces it might be dropped.
"""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from SpiffWorkflow.exceptions import WorkflowException

from tests.bench.model import Process, document, timer
from tests.flow.stock import Stock
from tests.flow.walker import Walk, make_model

ORDERS = [(first, second) for first in permutations("ab") for second in permutations("ab")]
IDS = ["".join(one) + "-" + "".join(two) for one, two in ORDERS]


def rounds(kind: str) -> Process:
    """Two branches, joined, checked, perhaps done again."""
    process = Process().element("startEvent", "s").element("exclusiveGateway", "m").element(f"{kind}Gateway", "split")
    process.element("userTask", "a").element("userTask", "b").element(f"{kind}Gateway", "join").element("userTask", "check")
    process.element("exclusiveGateway", "x").element("endEvent", "e").chain("s", "m", "split").chain("a", "join", "check", "x")
    for branch in "ab":
        process.flow("split", branch, f"do_{branch}" if kind == "inclusive" else "")
    return process.flow("b", "join").flow("x", "m", "again").flow("x", "e", "not again")


BOTH = {"do_a": True, "do_b": True, "again": True}


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
@pytest.mark.parametrize(("first", "second"), ORDERS, ids=IDS)
def test_join_waits_for_both_in_every_round(kind: str, first: str, second: str) -> None:
    walk = Walk(make_model(rounds(kind)), BOTH)
    for order, again in ((first, True), (second, True), (first, False)):
        assert walk.complete(order[0]).open == [order[1]]
        assert walk.complete(order[1]).open == ["check"]
        walk.complete("check", again=again)
    assert walk.move.is_completed


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
def test_stock_joins_too_early_in_the_second_round(kind: str) -> None:
    early = 0
    for first, second in ORDERS:
        stock = Stock(document(rounds(kind)), BOTH)
        for element in (*first, "check", second[0]):
            stock.act(element, BOTH)
        early += stock.open != [second[1]]
    assert early > 0


def test_inclusive_join_waits_only_for_the_branches_of_its_round() -> None:
    walk = Walk(make_model(rounds("inclusive")), BOTH)
    walk.complete("b").complete("a").complete("check", do_b=False)
    assert walk.open == ["a"]
    assert walk.complete("a").open == ["check"]
    assert walk.complete("check", do_b=True, do_a=False).open == ["b"]


def make_gathering() -> Process:
    process = Process().element("startEvent", "s").element("parallelGateway", "p").element("parallelGateway", "j")
    for step in "abc":
        process.element("userTask", step)
    return process.element("endEvent", "e").chain("s", "p", "a", "j", "c", "e").chain("p", "b", "j")


def test_values_written_in_a_branch_are_still_there_after_the_join() -> None:
    walk = Walk(make_model(make_gathering()), {"status": "mới"})
    walk.complete("a", status="duyệt").complete("b", y_kien="đồng ý")
    assert (walk.open, walk.values) == (["c"], {"status": "duyệt", "y_kien": "đồng ý"})


def test_stock_loses_them_to_the_last_branch() -> None:
    stock = Stock(document(make_gathering()), {"status": "mới"})
    stock.act("a", {"status": "duyệt"})
    stock.act("b", {})
    assert [task.data for task in stock._tasks()] == [{"status": "mới"}]


def make_asking(*, sequential: bool) -> Process:
    """Everybody is asked, the answers are collected, and perhaps all are asked again."""
    loop = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"><bpmn:loopDataInputRef>ai</bpmn:loopDataInputRef>'
        '<bpmn:loopDataOutputRef>ket_qua</bpmn:loopDataOutputRef><bpmn:inputDataItem id="nguoi" name="nguoi"/>'
        '<bpmn:outputDataItem id="y" name="y"/></bpmn:multiInstanceLoopCharacteristics>'
    )
    process = Process().element("startEvent", "s").element("exclusiveGateway", "m").element("userTask", "hoi", loop)
    process.element("userTask", "xet").element("exclusiveGateway", "x").element("endEvent", "e")
    return process.chain("s", "m", "hoi", "xet", "x").flow("x", "m", "lai").flow("x", "e", "not lai")


@pytest.mark.parametrize("sequential", [False, True], ids=["at once", "one by one"])
def test_asked_again_all_answer_again_into_an_empty_list(sequential: bool) -> None:
    walk = Walk(make_model(make_asking(sequential=sequential)), {"ai": ["an", "bình"]})
    for answers in (["có", "không"], ["không", "có"], ["có", "có"]):
        for answer in answers:
            walk.complete("hoi", y=answer)
        assert (walk.open, walk.values["ket_qua"]) == (["xet"], answers)
        walk.complete("xet", lai=answers != ["có", "có"])
    assert walk.move.is_completed


@pytest.mark.parametrize("sequential", [False, True], ids=["at once", "one by one"])
def test_stock_cannot_ask_again(sequential: bool) -> None:
    stock = Stock(document(make_asking(sequential=sequential)), {"ai": ["an", "bình"]})
    for answer in ("có", "không"):
        stock.act("hoi", {"y": answer})
    with pytest.raises(WorkflowException):
        stock.act("xet", {"lai": True})


def make_waiting(quote: str = "") -> Process:
    process = Process().element("startEvent", "s").element("eventBasedGateway", "g").chain("s", "g")
    for event, after in (("long", "P9D"), ("short", "P1D")):
        process.element("intermediateCatchEvent", event, timer(f"{quote}{after}{quote}"))
        process.element("userTask", f"after_{event}").element("endEvent", f"end_{event}")
        process.chain("g", event, f"after_{event}", f"end_{event}")
    return process


@pytest.mark.parametrize("event", ["long", "short"])
def test_each_timer_of_an_event_gateway_has_its_own_moment(event: str) -> None:
    walk = Walk(make_model(make_waiting()))
    assert [(wait.element, wait.timer) for wait in walk.move.opened] == [("long", "P9D"), ("short", "P1D")]
    assert walk.fire(event).open == [f"after_{event}"]


def test_stock_has_one_moment_for_both() -> None:
    [gateway] = Stock(document(make_waiting('"')), {})._tasks()
    wait = datetime.fromisoformat(gateway.internal_data["event_value"]) - datetime.now(UTC)
    assert wait > timedelta(days=8)


def make_again() -> Process:
    process = Process().element("startEvent", "s").element("exclusiveGateway", "m").element("userTask", "a")
    process.element("exclusiveGateway", "x").element("endEvent", "e").chain("s", "m", "a", "x")
    return process.flow("x", "m", "again").flow("x", "e", "not again")


@pytest.mark.parametrize("memo", [True, False], ids=["remembered", "computed"])
def test_six_hundred_rounds_leave_the_case_as_the_first(memo: bool) -> None:
    walk, seen = Walk(make_model(make_again(), memo=memo)), list[bytes]()
    for _ in range(600):
        move = walk.complete("a", again=True).move
        assert ([wait.element for wait in move.opened], move.is_completed) == (["a"], False)
        seen.append(move.marking)
    assert seen[:2] * 300 == seen
    assert walk.complete("a", again=False).move.is_completed


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
def test_round_five_hundred_of_joined_branches_is_as_small_as_the_first(kind: str) -> None:
    walk, sizes = Walk(make_model(rounds(kind)), BOTH), list[list[int]]()
    for _ in range(500):
        sizes.append([len(walk.complete(step).move.marking) for step in ("a", "b", "check")])
    assert sizes[0] == sizes[-1]


@pytest.mark.slow
def test_stock_calls_a_case_complete_in_the_midst_of_rework() -> None:
    stock, done = Stock(document(make_again()), {"again": True}), 0
    sizes = [stock.save_and_load()]
    while stock.open == ["a"] and done < 600:
        stock.act("a", {"again": True})
        done += 1
    assert (stock.is_completed, stock.open) == (True, [])
    assert stock.save_and_load() > 20 * sizes[0]
