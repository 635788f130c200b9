"""What a model says about itself, read by us from the XML: names, lanes, flows, messages, capabilities. Keyed by BPMN id."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.flow import particulars
from engine.flow.facts import CapabilityFacts, ElementFacts, FlowFacts, ModelFacts, ProcessFacts
from engine.flow.parse import BPMN, FLOW_NODES, name

#: Our extension namespace: ``qt:capability`` on a task, ``qt:parameter`` inside ``extensionElements``.
QT = "{http://quytrinh.vn/bpmn/1.0}"
CAPABILITY = f"{QT}capability"
#: ``qt:decision`` and ``qt:result`` on a business rule task: the decision it asks, and the name its answer is kept under.
DECISION, RESULT = f"{QT}decision", f"{QT}result"
#: ``qt:correlation`` on what throws a message: the expression that says for which case it is.
CORRELATION = f"{QT}correlation"

_THROWING = ("intermediateThrowEvent", "endEvent", "sendTask")


def read(root: Any) -> ModelFacts:
    """The facts of a file whose root was read by ``parse.read``."""
    processes = {process.get("id"): _process(process) for process in root.iter(f"{BPMN}process")}
    lanes = _lanes(root)
    elements = {
        facts.id: facts for process in root.iter(f"{BPMN}process") for facts in _elements(process, lanes, _messages(root))
    }
    main = _main(processes, {element.called for element in elements.values()})
    return ModelFacts(
        main.id,
        main.name,
        processes,
        elements,
        tuple(dict.fromkeys(lane.get("name") or lane.get("id") for lane in root.iter(f"{BPMN}lane"))),
        tuple(_flow(flow) for flow in root.iter(f"{BPMN}sequenceFlow")),
        tuple(dict.fromkeys(_messages(root).values())),
    )


def _main(processes: Mapping[str, ProcessFacts], called: set[str | None]) -> ProcessFacts:
    executable = [process for process in processes.values() if process.is_executable]
    not_called = [process for process in executable if process.id not in called]
    return next(iter(not_called or executable), ProcessFacts("", "", "", False))


def _process(process: Any) -> ProcessFacts:
    is_executable = process.get("isExecutable", "true") == "true"
    return ProcessFacts(process.get("id"), process.get("name") or process.get("id"), _documentation(process), is_executable)


def _elements(process: Any, lanes: Mapping[str, str], messages: Mapping[str, str]) -> Iterator[ElementFacts]:
    for node in process.iter():
        if name(node) in FLOW_NODES:
            yield ElementFacts(
                node.get("id"),
                name(node),
                node.get("name") or "",
                _documentation(node),
                _lane(node, lanes),
                process.get("id"),
                node.getparent().get("id"),
                _capability(node),
                node.get("attachedToRef"),
                _event(node),
                _message(node, messages),
                node.get("calledElement"),
                node.get(DECISION),
                node.get(RESULT),
                _signal(node),
                _timer(node),
                node.get(CORRELATION),
                node.get("triggeredByEvent") == "true",
                _interrupts(node),
                _parameters(node) if name(node) in _THROWING and node.get(CAPABILITY) is None else {},
                particulars.read(node),
            )


def _documentation(node: Any) -> str:
    text = node.findtext(f"{BPMN}documentation") or ""
    return str(text).strip()


def _lanes(root: Any) -> dict[str, str]:
    """Lane name by element id; inner lanes come later in the file and win."""
    return {
        (reference.text or "").strip(): lane.get("name") or lane.get("id")
        for lane in root.iter(f"{BPMN}lane")
        for reference in lane.findall(f"{BPMN}flowNodeRef")
    }


def _lane(node: Any, lanes: Mapping[str, str]) -> str | None:
    """Its own lane, else that of its host or of the sub-process around it."""
    while node is not None:
        found = lanes.get(node.get("id", "")) or lanes.get(node.get("attachedToRef", ""))
        if found is not None:
            return found
        node = node.getparent()
    return None


def _capability(node: Any) -> CapabilityFacts | None:
    capability = node.get(CAPABILITY)
    if capability is None:
        return None
    return CapabilityFacts(capability, _parameters(node))


def _parameters(node: Any) -> dict[str, str]:
    extensions = node.find(f"{BPMN}extensionElements")
    parameters = extensions.iter(f"{QT}parameter") if extensions is not None else ()
    return {p.get("name", ""): p.get("value") or (p.text or "").strip() for p in parameters}


def _event(node: Any) -> str | None:
    definition = next((child for child in node if name(child).endswith("EventDefinition")), None)
    return name(definition).removesuffix("EventDefinition") if definition is not None else None


def _messages(root: Any) -> dict[str, str]:
    return {message.get("id"): message.get("name") or message.get("id") for message in root.findall(f"{BPMN}message")}


def _message(node: Any, messages: Mapping[str, str]) -> str | None:
    definition = node.find(f"{BPMN}messageEventDefinition")
    reference = node.get("messageRef") if definition is None else definition.get("messageRef")
    if reference is None:
        return (node.get("name") or None) if definition is not None else None
    return messages.get(reference)


def _interrupts(handler: Any) -> bool:
    start = handler.find(f"{BPMN}startEvent") if handler.get("triggeredByEvent") == "true" else None
    return start is not None and start.get("isInterrupting", "true") == "true"


def _signal(node: Any) -> str | None:
    definition = node.find(f"{BPMN}signalEventDefinition")
    if definition is None:
        return None
    reference, root = definition.get("signalRef"), node.getroottree().getroot()
    signals = {signal.get("id"): signal.get("name") or signal.get("id") for signal in root.findall(f"{BPMN}signal")}
    return signals.get(reference) if reference is not None else node.get("name") or None


def _timer(node: Any) -> str | None:
    definition = node.find(f"{BPMN}timerEventDefinition")
    texts = [(child.text or "").strip() for child in definition if name(child)] if definition is not None else []
    return next(iter(texts), None)


def _flow(flow: Any) -> FlowFacts:
    condition = (flow.findtext(f"{BPMN}conditionExpression") or "").strip() or None
    source = next((node for node in flow.getparent() if node.get("id") == flow.get("sourceRef")), None)
    is_default = source is not None and source.get("default") == flow.get("id")
    return FlowFacts(flow.get("id"), flow.get("sourceRef"), flow.get("targetRef"), flow.get("name") or "", condition, is_default)
