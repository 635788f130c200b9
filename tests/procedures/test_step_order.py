"""In which order the work is told: each before what follows, returns do not count; and where it may go on."""

from pathlib import Path

import pytest

from engine.flow import model
from engine.flow.facts import ElementFacts, FlowFacts, ModelFacts, ProcessFacts
from engine.procedures import step_order
from engine.procedures.step_order import Way

PROCESSES = Path(__file__).parents[2] / "processes"


def facts(kinds: dict[str, str], *flows: str) -> ModelFacts:
    """A model of these elements; a flow is written ``a>b`` or ``a>b words``."""
    elements = {id_: ElementFacts(id_, kind, id_.upper(), "", None, "main", "main") for id_, kind in kinds.items()}
    parts = [flow.partition(" ") for flow in flows]
    ends = [(way, *way.partition(">")[::2], words) for way, _, words in parts]
    arrows = tuple(FlowFacts(way, source, target, words, None) for way, source, target, words in ends)
    return ModelFacts("main", "", {"main": ProcessFacts("main", "", "", True)}, elements, (), arrows, ())


def order(found: ModelFacts) -> list[str]:
    return [element.id for element in step_order.in_order(found)]


@pytest.mark.parametrize(
    ("kinds", "flows", "expected"),
    [
        ({"c": "task", "b": "task", "a": "task", "s": "startEvent"}, ["s>a", "a>b", "b>c"], ["a", "b", "c"]),
        ({"again": "task", "s": "startEvent", "a": "task", "g": "exclusiveGateway", "b": "task"}, ["s>a", "a>g", "g>again", "again>a", "g>b"], ["a", "again", "b"]),
        ({"s": "startEvent", "p": "parallelGateway", "x": "task", "y": "task", "j": "parallelGateway", "z": "task"}, ["s>p", "p>x", "p>y", "x>j", "y>j", "j>z"], ["x", "y", "z"]),
        ({"alone": "task", "s": "startEvent", "a": "userTask"}, ["s>a"], ["a", "alone"]),
        ({"a": "task", "b": "task"}, ["a>b", "b>a"], ["b", "a"]),
    ],
    ids=["drawn backwards", "a return", "side by side", "not connected", "a circle nobody enters"],
)  # fmt: skip
def test_work_is_told_before_what_follows_it(kinds: dict[str, str], flows: list[str], expected: list[str]) -> None:
    assert order(facts(kinds, *flows)) == expected


def test_the_carried_approval_begins_with_its_author() -> None:
    found = model.load((PROCESSES / "document_approval" / "document_approval.bpmn").read_bytes(), "x").facts
    assert order(found)[0] == "propose"


def test_a_chain_of_thousands_does_not_run_out_of_stack() -> None:
    kinds = {"s": "startEvent", **{f"t{n}": "task" for n in range(5_000)}}
    flows = ["s>t0", *(f"t{n}>t{n + 1}" for n in range(4_999))]
    assert order(facts(kinds, *flows)) == [f"t{n}" for n in range(5_000)]


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        (["a>b"], []),
        (["a>b Xong"], [Way("Xong", "b")]),
        (["a>g", "g>b Đạt", "g>a Trả lại"], [Way("Đạt", "b"), Way("Trả lại", "a")]),
        (
            ["a>g Xét", "g>h Khó", "g>b", "h>b Đồng ý", "h>a"],
            [Way("Xét, Khó, Đồng ý", "b"), Way("Xét, Khó", "a"), Way("Xét", "b")],
        ),
        (["a>g", "g>h", "h>g", "h>b Ra"], [Way("Ra", "b")]),
    ],
    ids=["one way", "words", "a choice", "two gateways", "gateways in a circle"],
)
def test_ways_on_lead_through_gateways(flows: list[str], expected: list[Way]) -> None:
    kinds = {"a": "userTask", "b": "userTask", "g": "exclusiveGateway", "h": "exclusiveGateway"}
    assert step_order.ways_on(facts(kinds, *flows), "a") == expected
