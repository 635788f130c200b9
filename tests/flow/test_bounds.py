"""What an uploaded model cannot do: run away, or be read in a way that harms."""

import time

import pytest

from engine.errors import Conflict, ProcedureRejected
from engine.flow import parse, run
from engine.flow.errors import FlowFailed, Runaway
from tests.bench.model import HEAD, Process, document, each, timer
from tests.flow.walker import Walk, linear, make_model


def endless() -> Process:
    process = Process().element("startEvent", "s").element("exclusiveGateway", "m").element("exclusiveGateway", "x", name="Vòng")
    return process.element("endEvent", "e").chain("s", "m", "x").flow("x", "m", "true").flow("x", "e", "false")


def multiplying() -> Process:
    process = (
        Process().element("startEvent", "s").element("exclusiveGateway", "m").element("parallelGateway", "p").chain("s", "m", "p")
    )
    return process.flow("p", "m").flow("p", "m").element("userTask", "a").flow("p", "a")


def doubling(levels: int) -> Process:
    process = Process().element("startEvent", "s").flow("s", "p1")
    for level in range(1, levels + 1):
        process.element("parallelGateway", f"p{level}").element("exclusiveGateway", f"m{level}")
        process.element("scriptTask", f"a{level}", "<bpmn:script>x = 1</bpmn:script>")
        process.element("scriptTask", f"b{level}", "<bpmn:script>x = 1</bpmn:script>")
        process.chain(f"p{level}", f"a{level}", f"m{level}").chain(f"p{level}", f"b{level}", f"m{level}")
        process.flow(f"m{level}", f"p{level + 1}" if level < levels else "end")
    return process.element("endEvent", "end")


def many() -> Process:
    process = Process().element("startEvent", "s").element("userTask", "a", each("people", "one"))
    return process.chain("s", "a")


def countless() -> Process:
    loop = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>10000000</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    return Process().element("startEvent", "s").element("userTask", "a", loop).chain("s", "a")


@pytest.mark.parametrize(
    "process", [endless(), multiplying(), doubling(22), countless()], ids=["gateways", "multiply", "double", "instances"]
)
def test_runaway_is_stopped_within_a_second_and_named(process: Process) -> None:
    model, begun = make_model(process), time.process_time()
    with pytest.raises(Runaway) as failure:
        run.start(model, {})
    assert failure.value.element in model.facts.elements
    assert time.process_time() - begun < 1.0


def test_more_than_a_thousand_instances_are_refused() -> None:
    with pytest.raises(FlowFailed) as failure:
        Walk(make_model(many()), {"people": list(range(1001))})
    assert failure.value.element == "a"


def test_a_growing_script_is_stopped() -> None:
    process = (
        Process()
        .element("startEvent", "s")
        .element("exclusiveGateway", "m")
        .element("exclusiveGateway", "x")
        .element("endEvent", "e")
    )
    process.element("scriptTask", "grow", "<bpmn:script>x = [x, x]</bpmn:script>").chain("s", "m", "grow", "x")
    model, begun = make_model(process.flow("x", "m", "true").flow("x", "e", "false")), time.process_time()
    with pytest.raises(FlowFailed, match="grow"):
        run.start(model, {"x": 1})
    assert time.process_time() - begun < 1.0


def test_join_that_can_never_fire_is_an_incident_and_not_silence() -> None:
    process = Process().element("startEvent", "s").element("exclusiveGateway", "x", default="d").element("parallelGateway", "j")
    process.element("userTask", "a").element("userTask", "b").element("userTask", "c").chain("s", "x").flow("x", "a", "yes").flow(
        "x", "b", id_="d"
    )
    walk = Walk(make_model(process.chain("a", "j", "c").flow("b", "j")), {"yes": True})
    with pytest.raises(FlowFailed) as failure:
        walk.complete("a")
    assert failure.value.element == "j"


def test_a_chain_of_three_hundred_nodes_is_read() -> None:
    model = make_model(linear(*[f"a{number}" for number in range(298)]))
    assert Walk(model).open == ["a0"]


ENTITY = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'


LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + HEAD.encode() + b"&b;</bpmn:definitions>"


PLAIN = document(linear("a"))


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (ENTITY, "doctype"),
        (LAUGHS, "doctype"),
        (b"<!DOCTYPE bpmn:definitions SYSTEM 'http://nowhere.invalid/x.dtd'>" + PLAIN, "doctype"),
        (b"no xml", "not_xml"),
        (b"", "not_xml"),
        (b"<a/>", "not_bpmn"),
        (PLAIN + b" " * 1_000_001, "too_big"),
        (document(linear(*[f"a{number}" for number in range(299)])), "too_many_nodes"),
        (HEAD.encode() + b"<a>" * 300 + b"</a>" * 300 + b"</bpmn:definitions>", "not_xml"),
    ],
    ids=["entity", "laughs", "dtd", "text", "empty", "other root", "big", "many nodes", "deep"],
)
def test_harmful_file_is_refused(xml: bytes, code: str) -> None:
    with pytest.raises(ProcedureRejected) as refusal:
        parse.read(xml)
    assert [finding.code for finding in refusal.value.findings] == [code]


def test_marking_of_another_program_version_is_refused() -> None:
    walk = Walk(make_model(linear("a")))
    with pytest.raises(FlowFailed):
        run.waiting(walk.model, b"\x02" + walk.move.marking[1:])


def test_marking_of_another_model_is_refused_by_name() -> None:
    walk = Walk(make_model(linear("a")))
    with pytest.raises(FlowFailed) as failure:
        run.waiting(make_model(linear("b")), walk.move.marking)
    assert failure.value.element == "a"


def test_timer_cannot_be_completed_and_a_step_cannot_be_fired() -> None:
    process = (
        linear("a").element("boundaryEvent", "late", timer("P3D"), attachedToRef="a").element("userTask", "b").flow("late", "b")
    )
    walk = Walk(make_model(process))
    with pytest.raises(Conflict):
        run.complete(walk.model, walk.move.marking, walk.find("late").token, {})
    with pytest.raises(Conflict):
        run.fire_timer(walk.model, walk.move.marking, walk.find("a").token, {})
