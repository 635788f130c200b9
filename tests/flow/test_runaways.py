"""Whatever a model does, a move ends: within a second, as a failure that names the element."""

import time
from typing import Any

import pytest

from engine.errors import ProcedureRejected
from engine.flow import model as models
from engine.flow import run
from engine.flow.errors import FlowFailed, Runaway
from tests.bench.model import Process, document, each
from tests.flow.walker import Walk, linear, make_model

ONE = "<bpmn:script>x = x + 1</bpmn:script>"
HEAVY = "<bpmn:script>" + "\n".join(["y = sum(long) * 2", "z = long + []"] * 4 + ["w = long"] * 40) + "</bpmn:script>"
WHILE_TRUE = "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>true</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"


def script_loop(script: str) -> Process:
    """A script that is run again and again."""
    process = Process().element("startEvent", "s").element("exclusiveGateway", "m").element("scriptTask", "grow", script)
    process.element("exclusiveGateway", "x").element("endEvent", "e").chain("s", "m", "grow", "x")
    return process.flow("x", "m", "x &gt; 0").flow("x", "e", "x = 0")


def looped_script() -> Process:
    """A script with a standard loop that never ends."""
    return Process().element("startEvent", "s").element("scriptTask", "t", ONE + WHILE_TRUE).chain("s", "t")


def counted(count: str, *, sequential: bool = False) -> str:
    """So many instances."""
    order = str(sequential).lower()
    inner = f"<bpmn:loopCardinality>{count}</bpmn:loopCardinality>"
    return f'<bpmn:multiInstanceLoopCharacteristics isSequential="{order}">{inner}</bpmn:multiInstanceLoopCharacteristics>'


def instances(loop: str) -> Process:
    """One step, repeated."""
    return Process().element("startEvent", "s").element("userTask", "a", loop).chain("s", "a")


def nested_instances() -> Process:
    """For each of a thousand, for each of a thousand, for each of a thousand."""
    inner = Process("third").element("startEvent", "s3").element("userTask", "a", counted("1000")).chain("s3", "a")
    inner = Process("second").element("startEvent", "s2").add(inner, counted("1000")).chain("s2", "third")
    return Process().element("startEvent", "s").add(inner, counted("1000")).chain("s", "second")


def back_edges() -> Process:
    """Each pass makes two of one token."""
    process = Process().element("startEvent", "s").element("exclusiveGateway", "m").element("parallelGateway", "p")
    return process.chain("s", "m", "p").flow("p", "m").flow("p", "m").element("userTask", "a").flow("p", "a")


def piling_up(kind: str) -> Process:
    """Tokens that multiply and pile up at a join."""
    process = back_edges().element(f"{kind}Gateway", "j").element("userTask", "b").element("userTask", "z")
    return process.flow("p", "j").flow("a", "j").flow("j", "z").flow("a", "b")


def calling_deep() -> Process:
    """Sub-processes inside each other, deeper than any may be."""
    inner = linear("a", id_="p0")
    for level in range(1, 12):
        inner = Process(f"p{level}").element("startEvent", f"s{level}").add(inner).chain(f"s{level}", inner.id)
    return Process().element("startEvent", "s").add(inner).chain("s", inner.id)


RUNAWAYS: dict[str, Process] = {
    "script in a gateway loop": script_loop(ONE),
    "heavy script in a gateway loop": script_loop(HEAVY),
    "script in a standard loop": looped_script(),
    "thousand million instances": instances(counted("1000000000")),
    "one by one": instances(counted("1000000000", sequential=True)),
    "number with eighteen digits": instances(counted("999999999999999999")),
    "instances of instances of instances": nested_instances(),
    "parallel back edges": back_edges(),
    "piling up at a parallel join": piling_up("parallel"),
    "piling up at an inclusive join": piling_up("inclusive"),
    "too deep": calling_deep(),
}
VALUES: dict[str, Any] = {"x": 1, "long": list(range(1000))}


@pytest.mark.parametrize("process", RUNAWAYS.values(), ids=RUNAWAYS.keys())
def test_runaway_ends_within_a_second_and_is_named(process: Process) -> None:
    model, begun = make_model(process), time.thread_time()
    with pytest.raises(Runaway) as failure:
        run.start(model, VALUES)
    assert failure.value.element in model.facts.elements
    assert time.thread_time() - begun < 1.0


HUGE: dict[str, Any] = {
    "hundred thousand people": list(range(100_000)),
    "nested lists": [[[[number] * 10] * 10] * 10 for number in range(100)],
    "long texts": ["x" * 10_001] * 10,
}


@pytest.mark.parametrize("people", HUGE.values(), ids=HUGE.keys())
def test_a_collection_too_big_to_keep_is_refused_by_name(people: list[Any]) -> None:
    model, begun = make_model(instances(each("people", "one"))), time.thread_time()
    with pytest.raises(FlowFailed) as failure:
        Walk(model, {"people": people})
    assert failure.value.element == "a"
    assert time.thread_time() - begun < 1.0


BOMBS = {
    "list building": ["x = [x, x, x, x, x, x, x, x, x, x]"] * 8,
    "text doubling": ["x = 'aaaaaaaaaa'", *["x = x + x + x + x"] * 10],
    "number squaring": ["x = 10", *["x = x * x"] * 8],
    "record of lists": ["x = [[[[[[[[[[[[1]]]]]]]]]]]]"],
}


@pytest.mark.parametrize("lines", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_in_a_script_is_refused_by_name(lines: list[str]) -> None:
    script = f"<bpmn:script>{chr(10).join(lines)}</bpmn:script>"
    model = make_model(Process().element("startEvent", "s").element("scriptTask", "boom", script).chain("s", "boom"))
    begun = time.thread_time()
    with pytest.raises(FlowFailed) as failure:
        run.start(model, {"x": 1})
    assert failure.value.element == "boom"
    assert time.thread_time() - begun < 1.0


def test_calls_in_a_circle_are_refused_when_published() -> None:
    def calling(id_: str, other: str) -> Process:
        process = Process(id_).element("startEvent", f"{id_}_s").element("callActivity", f"{id_}_c", calledElement=other)
        return process.chain(f"{id_}_s", f"{id_}_c")

    with pytest.raises(ProcedureRejected) as refusal:
        models.load(document(calling("main", "other"), calling("other", "main")), "x")
    assert {finding.code for finding in refusal.value.findings} == {"call_cycle"}


def test_a_runaway_leaves_the_model_and_its_memory_as_they_were() -> None:
    model = make_model(script_loop(ONE))
    with pytest.raises(Runaway):
        run.start(model, VALUES)
    assert (run.start(model, {"x": -1}).is_completed, len(model.memo._roots)) == (True, 1)
    with pytest.raises(Runaway):
        run.start(model, VALUES)
