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


def uncancelled() -> Process:
    inner = Process("it").element("startEvent", "is").element("endEvent", "ie", "<bpmn:cancelEventDefinition/>").chain("is", "ie")
    process = Process().element("startEvent", "s").chain("s", "it")
    process.parts.append(f'<bpmn:transaction id="it">{"".join(inner.parts)}</bpmn:transaction>')
    return process


def correlated(text: str) -> Process:
    definition = '<bpmn:messageEventDefinition messageRef="m"/>'
    return (
        Process()
        .element("startEvent", "s")
        .element("endEvent", "it", definition, name="m", **{"qt:correlation": text})
        .chain("s", "it")
    )


def handled(definition: str, loop: str = "", end: str = "", **attributes: str) -> Process:
    """A step, and beside it an event sub-process that starts so."""
    inner = (
        Process("it")
        .element("startEvent", "is", definition, **attributes)
        .element("userTask", "b")
        .element("endEvent", "ie", end)
    )
    inner.chain("is", "b", "ie")
    inside = f'<bpmn:subProcess id="it" triggeredByEvent="true">{loop}{"".join(inner.parts)}</bpmn:subProcess>'
    process = linear("a")
    process.parts.append(inside)
    return process


def conditional(text: str) -> str:
    return f"<bpmn:conditionalEventDefinition><bpmn:condition>{text}</bpmn:condition></bpmn:conditionalEventDefinition>"


def branching(first: str, second: str, kind: str = "exclusiveGateway", **attributes: str) -> Process:
    process = Process().element("startEvent", "s").element(kind, "it", **attributes).chain("s", "it")
    return process.element("userTask", "a").element("userTask", "b").flow("it", "a", first).flow("it", "b", second, "d")


CYCLE = "<bpmn:timerEventDefinition><bpmn:timeCycle>R3/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>"
ERROR = "<bpmn:errorEventDefinition/>"
ALONG = '<bpmn:extensionElements><qt:parameter name="a" value="=a"/></bpmn:extensionElements>'
BOTH = (
    '<bpmn:standardLoopCharacteristics loopMaximum="2"/><bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2'
    "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
)
LINK = '<bpmn:linkEventDefinition name="l"/>'
NAMELESS = "<bpmn:messageEventDefinition/>"
REFUSED = {
    "complex gateway": (alone("complexGateway"), "unsupported"),
    "ad hoc": (alone("adHocSubProcess"), "unsupported"),
    "event sub-process without a start": (linear("a").element("subProcess", "it", triggeredByEvent="true"), "starts"),
    "event sub-process of nothing": (handled(""), "handler_start"),
    "event sub-process that loops": (
        handled(timer("P1D"), loop='<bpmn:standardLoopCharacteristics loopMaximum="2"/>'),
        "handler_loop",
    ),
    "event sub-process on the way": (handled(timer("P1D")).flow("a", "it"), "wrong_flow"),
    "error handler beside": (handled("<bpmn:errorEventDefinition/>", isInterrupting="false"), "error_not_interrupting"),
    "boundary of an event sub-process": (
        handled(timer("P1D")).element("boundaryEvent", "beside", timer("P1D"), attachedToRef="it"),
        "no_host",
    ),
    "compensation boundary": (event("boundaryEvent", "<bpmn:compensateEventDefinition/>"), "unsupported"),
    "compensation throw": (event("intermediateThrowEvent", "<bpmn:compensateEventDefinition/>"), "unsupported"),
    "compensation task": (alone("userTask", isForCompensation="true"), "unsupported"),
    "link nobody catches": (event("intermediateThrowEvent", LINK), "link"),
    "link nobody throws": (linear("a").element("intermediateCatchEvent", "it", LINK).flow("it", "a"), "link"),
    "link caught twice": (
        event("intermediateThrowEvent", LINK)
        .element("intermediateCatchEvent", "c1", LINK)
        .element("intermediateCatchEvent", "c2", LINK),
        "link",
    ),
    "link with a way out": (
        event("intermediateThrowEvent", LINK)
        .element("userTask", "b")
        .flow("it", "b")
        .element("intermediateCatchEvent", "c1", LINK),
        "link",
    ),
    "link at a start": (Process().element("startEvent", "s", LINK).element("userTask", "a").chain("s", "a"), "link"),
    "cancel boundary of a step": (event("boundaryEvent", "<bpmn:cancelEventDefinition/>"), "cancel"),
    "cancel end outside a transaction": (event("endEvent", "<bpmn:cancelEventDefinition/>"), "cancel"),
    "conditional catch of nothing": (event("intermediateCatchEvent", "<bpmn:conditionalEventDefinition/>"), "no_condition"),
    "condition in Python": (event("intermediateCatchEvent", conditional("__import__('os')")), "expression"),
    "conditional start": (
        Process().element("startEvent", "it", conditional("a")).element("userTask", "a").chain("it", "a"),
        "unsupported",
    ),
    "interrupting cycle": (event("boundaryEvent", CYCLE), "timer_cycle"),
    "cycle to wait for": (event("intermediateCatchEvent", CYCLE), "timer_cycle"),
    "cycle of no time": (event("boundaryEvent", CYCLE.replace("PT1H", "PT0S"), cancelActivity="false"), "timer_cycle"),
    "cycle that is none": (event("boundaryEvent", CYCLE.replace("R3/", ""), cancelActivity="false"), "timer_cycle"),
    "start by duration": (
        Process().element("startEvent", "it", timer("P1D")).element("userTask", "a").chain("it", "a"),
        "timer_text",
    ),
    "start cycle without a first time": (
        Process().element("startEvent", "it", CYCLE).element("userTask", "a").chain("it", "a"),
        "timer_cycle",
    ),
    "cancel end without a boundary": (uncancelled(), "cancel"),
    "correlation in Python": (correlated("().__class__"), "expression"),
    "correlation of no message": (
        linear("a").element("userTask", "it", **{"qt:correlation": "=a"}).flow("a", "it"),
        "correlation",
    ),
    "values nobody gets": (event("intermediateThrowEvent", ALONG), "content"),
    "error out of its own handler": (handled(ERROR, end=ERROR), "uncaught_error"),
    "catch of nothing": (event("intermediateCatchEvent", ""), "unsupported"),
    "boundary of nothing": (event("boundaryEvent", ""), "unsupported"),
    "message without name": (event("intermediateCatchEvent", NAMELESS), "no_name"),
    "two events in one": (event("intermediateCatchEvent", timer("P1D") + timer("P2D")), "several_events"),
    "error beside": (event("boundaryEvent", "<bpmn:errorEventDefinition/>", cancelActivity="false"), "error_not_interrupting"),
    "timer text": (event("intermediateCatchEvent", timer("3 days")), "timer_text"),
    "timer code": (event("intermediateCatchEvent", timer("__import__('os')")), "timer_text"),
    "service without capability": (alone("serviceTask"), "no_capability"),
    "rule without capability or table": (alone("businessRuleTask"), "no_decision"),
    "send of nothing": (alone("sendTask"), "no_capability"),
    "receive of nothing": (alone("receiveTask"), "no_name"),
    "script of nothing": (alone("scriptTask"), "no_script"),
    "endless standard loop": (loop("<bpmn:standardLoopCharacteristics/>"), "loop"),
    "two loops in one": (loop(BOTH), "loop"),
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
    "error of no name": (event("endEvent", '<bpmn:errorEventDefinition errorRef="x"/>'), "no_name"),
    "escalation of no name": (event("boundaryEvent", '<bpmn:escalationEventDefinition escalationRef="x"/>'), "no_name"),
    "end by a signal without name": (event("endEvent", "<bpmn:signalEventDefinition/>"), "no_name"),
}


@pytest.mark.parametrize(("process", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_run_is_named_and_refused(process: Process, code: str) -> None:
    with pytest.raises(ProcedureRejected) as refusal:
        models.load(document(process), "x")
    assert code in [finding.code for finding in refusal.value.findings]
