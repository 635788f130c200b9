"""Read the diagrams of a BPMN file (BPMNDI) into charts, whoever drew them; what cannot be drawn is left out.

A file is data somebody uploaded: coordinates that are no numbers, too far away or too many are passed over.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from engine.flow import parse
from engine.procedures.chart import Box, Chart, Line, Shape

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"
#: How far from the origin something may stand, and how many points one line may have.
FARTHEST, MOST_POINTS = 50_000.0, 200

_TASKS = {
    "task": (), "userTask": ("user",), "manualTask": ("manual",), "serviceTask": ("service",), "sendTask": ("send",),
    "receiveTask": ("receive",), "scriptTask": ("script",), "businessRuleTask": ("rule",), "callActivity": ("call",),
}  # fmt: skip
_SCOPES = ("subProcess", "transaction", "adHocSubProcess")
_EVENTS = {
    "startEvent": "start",
    "endEvent": "end",
    "intermediateCatchEvent": "between",
    "intermediateThrowEvent": "between",
    "boundaryEvent": "between",
}
_GATEWAYS = {
    "exclusiveGateway": "exclusive",
    "parallelGateway": "parallel",
    "inclusiveGateway": "inclusive",
    "eventBasedGateway": "event",
    "complexGateway": "complex",
}
_OTHERS = {
    "participant": "pool",
    "lane": "lane",
    "dataObjectReference": "data",
    "dataInput": "data",
    "dataOutput": "data",
    "dataStoreReference": "store",
    "textAnnotation": "note",
    "group": "group",
}
_LINES = {
    "sequenceFlow": "flow",
    "messageFlow": "message",
    "association": "association",
    "dataInputAssociation": "association",
    "dataOutputAssociation": "association",
}
_THROWING = ("endEvent", "intermediateThrowEvent")


def read(bpmn: bytes) -> tuple[Chart, ...]:
    """The charts of a file in its order; empty where nobody drew one. ``ProcedureRejected`` for what is no XML."""
    root = parse.read_xml(bpmn)
    nodes = {node.get("id"): node for node in root.iter() if parse.name(node) and node.get("id")}
    charts = (_chart(plane, nodes) for plane in root.iter(f"{DI}BPMNPlane"))
    return tuple(chart for chart in charts if chart.shapes)


def _chart(plane: Any, nodes: Mapping[str, Any]) -> Chart:
    about = nodes.get(plane.get("bpmnElement"))
    named = [about, *about.iter(f"{parse.BPMN}participant")] if about is not None else []
    title = next((node.get("name") for node in named if node.get("name")), "")
    shapes = tuple(shape for drawn in plane.iter(f"{DI}BPMNShape") for shape in _shape(drawn, nodes))
    lines = tuple(line for drawn in plane.iter(f"{DI}BPMNEdge") for line in _line(drawn, nodes))
    return Chart(" ".join(title.split()), shapes, lines)


def _shape(drawn: Any, nodes: Mapping[str, Any]) -> Iterator[Shape]:
    node, box = nodes.get(drawn.get("bpmnElement")), _box(drawn.find(f"{DC}Bounds"))
    found = _kind(node, drawn) if node is not None else None
    if node is None or box is None or found is None:
        return
    kind, marks = found
    name = node.get("name") or node.findtext(f"{parse.BPMN}text") or ""
    yield Shape(node.get("id"), kind, " ".join(name.split()), box, _label(drawn), marks)


def _kind(node: Any, drawn: Any) -> tuple[str, tuple[str, ...]] | None:
    word = parse.name(node)
    if word in _TASKS:
        return "task", (*_TASKS[word], *_repeats(node))
    if word in _SCOPES:
        return _scope(node, drawn)
    if word in _EVENTS:
        return "event", _event_marks(node)
    if word in _GATEWAYS:
        is_bare = word == "exclusiveGateway" and drawn.get("isMarkerVisible") == "false"
        return "gateway", () if is_bare else (_GATEWAYS[word],)
    if word in _OTHERS:
        is_upright = word in ("participant", "lane") and drawn.get("isHorizontal") == "false"
        return _OTHERS[word], ("upright",) if is_upright else ()
    return None


def _scope(node: Any, drawn: Any) -> tuple[str, tuple[str, ...]]:
    marks = [*_repeats(node)]
    marks += ["double"] if parse.name(node) == "transaction" else []
    marks += ["dotted"] if node.get("triggeredByEvent") == "true" else []
    if drawn.get("isExpanded") == "true":
        return "scope", tuple(marks)
    return "task", (*marks, "folded")


def _repeats(node: Any) -> tuple[str, ...]:
    if node.find(f"{parse.BPMN}standardLoopCharacteristics") is not None:
        return ("loop",)
    several = node.find(f"{parse.BPMN}multiInstanceLoopCharacteristics")
    if several is None:
        return ()
    return ("in_turn",) if several.get("isSequential") == "true" else ("together",)


def _event_marks(node: Any) -> tuple[str, ...]:
    word = parse.name(node)
    definitions = [
        parse.name(part).removesuffix("EventDefinition") for part in node if parse.name(part).endswith("EventDefinition")
    ]
    marks = [_EVENTS[word], *(definitions[:1] if len(definitions) < 2 else ["multiple"])]
    marks += ["filled"] if word in _THROWING else []
    is_aside = node.get("cancelActivity") == "false" or node.get("isInterrupting") == "false"
    return (*marks, "dashed") if is_aside else tuple(marks)


def _line(drawn: Any, nodes: Mapping[str, Any]) -> Iterator[Line]:
    node = nodes.get(drawn.get("bpmnElement"))
    kind = _LINES.get(parse.name(node)) if node is not None else None
    places = [_number_pair(point) for point in list(drawn.iter(f"{DD}waypoint"))[:MOST_POINTS]]
    points = tuple(place for place in places if place is not None)
    if node is not None and kind and len(points) > 1:
        yield Line(
            node.get("id"), kind, " ".join((node.get("name") or "").split()), points, _label(drawn), _line_marks(node, nodes)
        )


def _line_marks(node: Any, nodes: Mapping[str, Any]) -> tuple[str, ...]:
    word = parse.name(node)
    if word == "sequenceFlow":
        source = nodes.get(node.get("sourceRef"))
        if source is not None and source.get("default") == node.get("id"):
            return ("default",)
        has_condition = node.find(f"{parse.BPMN}conditionExpression") is not None
        return ("conditional",) if has_condition and source is not None and parse.name(source) not in _GATEWAYS else ()
    if word.startswith("data"):
        return ("to",)
    return {"One": ("to",), "Both": ("to", "from")}.get(node.get("associationDirection", ""), ())


def _label(drawn: Any) -> Box | None:
    return _box(drawn.find(f"{DI}BPMNLabel/{DC}Bounds"))


def _box(bounds: Any) -> Box | None:
    if bounds is None:
        return None
    values = [_number(bounds.get(part)) for part in ("x", "y", "width", "height")]
    x, y, width, height = values
    if x is None or y is None or not width or not height or width < 0 or height < 0:
        return None
    return Box(x, y, width, height)


def _number_pair(point: Any) -> tuple[float, float] | None:
    x, y = _number(point.get("x")), _number(point.get("y"))
    return None if x is None or y is None else (x, y)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= FARTHEST else None
