"""What is read from a file, and what is changed in the executed copy."""

import pytest

from engine.errors import ProcedureRejected
from engine.flow import metadata, normalise, parse
from engine.flow import model as models
from engine.flow.facts import CapabilityFacts, ElementFacts, FlowFacts
from tests.bench.model import Process, benchmark, document
from tests.flow.walker import handler, linear

PARAMETERS = (
    '<bpmn:extensionElements><qt:parameter name="kind" value="Mẫu 02"/><qt:parameter name="days" value="=so_ngay"/>'
    "</bpmn:extensionElements>"
)
LANES = (
    '<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="Phòng"><bpmn:flowNodeRef>inside</bpmn:flowNodeRef><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
    '<bpmn:childLaneSet id="c"><bpmn:lane id="l2" name="Chuyên viên"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet>'
    "</bpmn:lane></bpmn:laneSet>"
)


def described() -> bytes:
    process = (
        Process()
        .element("startEvent", "s")
        .element("userTask", "a", "<bpmn:documentation> Xem kỹ. </bpmn:documentation>", name="Xem")
    )
    process.parts.insert(0, LANES)
    process.element("serviceTask", "slip", PARAMETERS, **{"qt:capability": "issue_slip"})
    process.element("exclusiveGateway", "x", default="d").element("endEvent", "e").chain("s", "a", "inside", "slip", "x")
    inner = linear("b", id_="inside").element(
        "boundaryEvent", "m", '<bpmn:messageEventDefinition messageRef="m1"/>', attachedToRef="b"
    )
    process.add(inner.element("endEvent", "me").flow("m", "me")).element("userTask", "c")
    process.flow("x", "c", "=dat").flow("x", "e", id_="d")
    return document(process, extra='<bpmn:message id="m1" name="bo_sung"/>')


def test_elements_are_read_with_lane_scope_and_event() -> None:
    facts = metadata.read(parse.read(described()))
    assert facts.elements["a"] == ElementFacts("a", "userTask", "Xem", "Xem kỹ.", "Chuyên viên", "main", "main")
    message = facts.elements["m"]
    assert (message.lane, message.scope, message.attached_to, message.event, message.message) == (
        "Phòng",
        "inside",
        "b",
        "message",
        "bo_sung",
    )
    assert (facts.process_id, facts.lanes, facts.messages) == ("main", ("Phòng", "Chuyên viên"), ("bo_sung",))


def test_capabilities_are_read_with_their_parameters() -> None:
    facts = metadata.read(parse.read(described()))
    assert facts.capabilities == {"slip": CapabilityFacts("issue_slip", {"kind": "Mẫu 02", "days": "=so_ngay"})}


def test_flows_are_read_with_condition_and_default() -> None:
    facts = metadata.read(parse.read(described()))
    assert [flow for flow in facts.flows if flow.source == "x"] == [
        FlowFacts("main_flow_5", "x", "c", "", "=dat"),
        FlowFacts("d", "x", "e", "", None, True),
    ]


def test_called_process_is_not_the_main_one() -> None:
    called, main = (
        linear("b", id_="sub"),
        Process().element("startEvent", "s").element("callActivity", "c", calledElement="sub").chain("s", "c"),
    )
    facts = metadata.read(parse.read(document(called, main)))
    assert (facts.process_id, facts.elements["c"].called, list(facts.processes)) == ("main", "sub", ["sub", "main"])


def changes(process: Process, extra: str = "") -> list[tuple[str, str]]:
    root = parse.read(document(process, extra=extra))
    return [(change.place, change.code) for change in normalise.normalise(root)[1]]


def test_a_model_of_the_subset_is_not_changed() -> None:
    assert models.load(benchmark(), "x").changes == ()


def test_missing_start_and_end_are_drawn() -> None:
    assert changes(Process().element("userTask", "a")) == [("a", "start_added"), ("a", "end_added")]


def test_several_ways_out_of_a_step_become_a_gateway() -> None:
    process = Process().element("startEvent", "s").element("userTask", "a").element("endEvent", "e1").element("endEvent", "e2")
    assert changes(process.chain("s", "a", "e1").flow("a", "e2")) == [("a", "split_added")]
    model = models.load(document(process), "x")
    assert model.facts.elements["a_split"].kind == "parallelGateway"


def test_condition_out_of_a_step_becomes_an_inclusive_gateway_with_its_default() -> None:
    process = (
        Process()
        .element("startEvent", "s")
        .element("userTask", "a", default="d")
        .element("endEvent", "e1")
        .element("endEvent", "e2")
    )
    model = models.load(document(process.chain("s", "a").flow("a", "e1", "x").flow("a", "e2", id_="d")), "x")
    assert model.facts.elements["a_split"].kind == "inclusiveGateway"
    assert [flow.is_default for flow in model.facts.flows if flow.source == "a_split"] == [False, True]


def test_new_elements_never_take_an_id_in_use() -> None:
    process = Process().element("startEvent", "s").element("userTask", "a").element("userTask", "a_end").chain("s", "a_end", "a")
    assert {"a_end", "a_end_"} <= set(models.load(document(process), "x").facts.elements)


def test_extensions_of_other_tools_are_named() -> None:
    process = (
        Process()
        .element("startEvent", "s")
        .element("userTask", "a", **{"c:assignee": "x"})
        .element("endEvent", "e")
        .chain("s", "a", "e")
    )
    xml = document(process).replace(b"<bpmn:definitions", b'<bpmn:definitions xmlns:c="http://camunda.org/schema/1.0/bpmn"')
    root = parse.read(xml)
    assert [(change.place, change.code) for change in normalise.normalise(root)[1]] == [("a", "foreign_extension")]


def test_the_only_process_is_made_executable() -> None:
    xml = document(linear("a")).replace(b'isExecutable="true"', b'isExecutable="false"')
    model = models.load(xml, "x")
    assert ([change.code for change in model.changes], model.facts.process_id) == (["made_executable"], "main")


def test_file_without_a_process_is_refused() -> None:
    with pytest.raises(ProcedureRejected) as refusal:
        models.load(document(), "x")
    assert [finding.code for finding in refusal.value.findings] == ["no_process"]


def test_the_original_is_left_alone() -> None:
    root = parse.read(document(Process().element("userTask", "a")))
    normalise.normalise(root)
    assert [node.get("id") for node in root.iter(f"{parse.BPMN}startEvent")] == []


def test_events_are_read_with_what_they_wait_for_and_take_along() -> None:
    process = linear("a")
    handler(process, "h", '<bpmn:signalEventDefinition signalRef="g"/>', "b")
    moment = "<bpmn:timerEventDefinition><bpmn:timeDate> 2026-12-01T08:00 </bpmn:timeDate></bpmn:timerEventDefinition>"
    process.element("startEvent", "s2", moment).flow("s2", "a")
    along = '<bpmn:extensionElements><qt:parameter name="so" value="=so"/></bpmn:extensionElements>'
    process.element("sendTask", "t", along, messageRef="m", **{"qt:correlation": "=so"}).flow("t", "a")
    elements = metadata.read(
        parse.read(document(process, extra='<bpmn:message id="m" name="hoi"/><bpmn:signal id="g" name="go"/>'))
    )
    found = elements.elements
    assert (found["h"].is_handler, found["h"].interrupts, found["h_start"].signal) == (True, True, "go")
    assert (found["t"].message, found["t"].correlation, found["t"].content) == ("hoi", "=so", {"so": "=so"})
    assert [(start.id, start.timer) for start in elements.case_starts] == [("s2", "2026-12-01T08:00")]
    assert [end.id for end in elements.case_ends] == ["main_end", "h_end"]
    assert elements.begins_by_hand
