"""What the engine does not run is named and refused."""

import pytest

from engine.errors import ProcedureRejected
from engine.flow import model as models
from tests.bench.model import Process, document, each, timer
from tests.flow.walker import linear


def event(kind: str, definition: str, **attributes: str) -> Process:
    """A model with one event of this definition in the middle, on the border of a step, or at the end."""
    process = linear("a", "b")
    if kind == "boundaryEvent":
        return process.element(kind, "it", definition, attachedToRef="a", **attributes).element("userTask", "c").flow("it", "c")
    if kind == "endEvent":
        return (
            process.element(kind, "it", definition)
            .element("exclusiveGateway", "x", default="d")
            .flow("a", "x")
            .flow("x", "it", "y")
        )
    return Process().element("startEvent", "s").element(kind, "it", definition).chain("s", "it")


def loop(inner: str, **attributes: str) -> Process:
    return Process().element("startEvent", "s").element("userTask", "it", inner, **attributes).chain("s", "it")


def alone(tag: str, inner: str = "", **attributes: str) -> Process:
    return Process().element("startEvent", "s").element(tag, "it", inner, **attributes).chain("s", "it")


def branching(first: str, second: str, kind: str = "exclusiveGateway", **attributes: str) -> Process:
    process = Process().element("startEvent", "s").element(kind, "it", **attributes).chain("s", "it")
    return process.element("userTask", "a").element("userTask", "b").flow("it", "a", first).flow("it", "b", second, "d")


CYCLE = "<bpmn:timerEventDefinition><bpmn:timeCycle>R3/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>"


NAMELESS = "<bpmn:messageEventDefinition/>"


REFUSED = {
    "complex gateway": (alone("complexGateway"), "unsupported"),
    "ad hoc": (alone("adHocSubProcess"), "unsupported"),
    "transaction": (alone("transaction"), "unsupported"),
    "event sub-process": (linear("a").element("subProcess", "it", triggeredByEvent="true"), "unsupported"),
    "compensation boundary": (event("boundaryEvent", "<bpmn:compensateEventDefinition/>"), "unsupported"),
    "compensation throw": (event("intermediateThrowEvent", "<bpmn:compensateEventDefinition/>"), "unsupported"),
    "compensation task": (alone("userTask", isForCompensation="true"), "unsupported"),
    "link throw": (event("intermediateThrowEvent", '<bpmn:linkEventDefinition name="l"/>'), "unsupported"),
    "cancel boundary": (event("boundaryEvent", "<bpmn:cancelEventDefinition/>"), "unsupported"),
    "conditional catch": (event("intermediateCatchEvent", "<bpmn:conditionalEventDefinition/>"), "unsupported"),
    "boundary cycle": (event("boundaryEvent", CYCLE, cancelActivity="false"), "timer_cycle"),
    "catch of nothing": (event("intermediateCatchEvent", ""), "unsupported"),
    "boundary of nothing": (event("boundaryEvent", ""), "unsupported"),
    "message without name": (event("intermediateCatchEvent", NAMELESS), "no_name"),
    "two events in one": (event("intermediateCatchEvent", timer("P1D") + timer("P2D")), "several_events"),
    "error beside": (event("boundaryEvent", "<bpmn:errorEventDefinition/>", cancelActivity="false"), "error_not_interrupting"),
    "timer text": (event("intermediateCatchEvent", timer("3 days")), "timer_text"),
    "timer code": (event("intermediateCatchEvent", timer("__import__('os')")), "timer_text"),
    "service without capability": (alone("serviceTask"), "no_capability"),
    "rule without capability": (alone("businessRuleTask"), "no_capability"),
    "send of nothing": (alone("sendTask"), "no_capability"),
    "receive of nothing": (alone("receiveTask"), "no_name"),
    "script of nothing": (alone("scriptTask"), "no_script"),
    "endless standard loop": (loop("<bpmn:standardLoopCharacteristics/>"), "loop"),
    "instances of nothing": (loop("<bpmn:multiInstanceLoopCharacteristics/>"), "loop"),
    "call of nothing": (alone("callActivity"), "no_called_process"),
    "call of itself": (alone("callActivity", calledElement="main"), "call_cycle"),
    "script in Python": (alone("scriptTask", "<bpmn:script>import os</bpmn:script>"), "expression"),
    "loop in Python": (loop(each("().__class__", "x")), "expression"),
    "unreachable": (linear("a").element("userTask", "it"), "unreachable"),
    "no start": (Process().element("userTask", "a").element("userTask", "b"), "starts"),
    "two starts": (linear("a").element("startEvent", "it").flow("it", "a"), "starts"),
    "same id twice": (linear("a", "a"), "duplicate_id"),
    "flow to nowhere": (linear("a").flow("a", "nowhere"), "dangling_flow"),
    "flow into a start": (linear("a").flow("a", "main_start"), "wrong_flow"),
    "boundary of nowhere": (linear("a").element("boundaryEvent", "it", timer("P1D"), attachedToRef="z"), "no_host"),
    "way without condition": (branching("", ""), "no_condition"),
    "condition on the default": (branching("x", "y", default="d"), "useless_condition"),
    "condition of a parallel gateway": (branching("x", "y", kind="parallelGateway"), "useless_condition"),
    "event gateway before a step": (branching("", "", kind="eventBasedGateway"), "event_gateway"),
    "error nobody catches": (event("endEvent", "<bpmn:errorEventDefinition/>"), "uncaught_error"),
    "end by signal": (event("endEvent", '<bpmn:signalEventDefinition signalRef="s"/>'), "unsupported"),
}


@pytest.mark.parametrize(("process", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_run_is_named_and_refused(process: Process, code: str) -> None:
    with pytest.raises(ProcedureRejected) as refusal:
        models.load(document(process), "x")
    assert code in [finding.code for finding in refusal.value.findings]
