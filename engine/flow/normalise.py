"""Bring a model into the executable subset by small changes, each of which the author is shown."""

from typing import Any

from lxml import etree

from engine.flow import called_decisions, links
from engine.flow.changes import Change
from engine.flow.metadata import QT
from engine.flow.parse import ACTIVITIES, BPMN, EVENTS, FLOW_NODES, SCOPES, name

#: Drawn for people, not executed: taken out before the model is built.
_DRAWN_ONLY = frozenset(
    [
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "dataStore",
        "ioSpecification",
        "dataInputAssociation",
        "dataOutputAssociation",
        "property",
        "textAnnotation",
        "association",
        "group",
        "category",
        "collaboration",
        "artifact",
    ]
)
#: Namespaces the engine understands, and one it may pass over.
_KNOWN = frozenset({BPMN[1:-1], QT[1:-1], "http://www.w3.org/2001/XMLSchema-instance"})


def normalise(root: Any) -> tuple[Any, list[Change]]:
    """The executable copy of ``root`` and what was changed in it. ``root`` itself is left alone."""
    root = etree.fromstring(etree.tostring(root))
    changes: list[Change] = []
    _drop_drawing(root, changes)
    _name_decisions(root, changes)
    _name_foreign(root, changes)
    _make_executable(root, changes)
    for scope in _scopes(root):
        changes.extend(links.join(scope))
        _add_start(scope, changes)
        _add_ends(scope, changes)
        _split_by_gateway(scope, changes)
    return root, changes


def _drop_drawing(root: Any, changes: list[Change]) -> None:
    for node in list(root.iter()):
        if name(node) in _DRAWN_ONLY:
            if name(node).startswith("dataStore"):
                changes.append(Change(node.get("id") or "", "drawn_only", "Kho dữ liệu chỉ để xem, không được thực thi."))
            node.getparent().remove(node)
    for node in list(root):
        if not name(node):
            root.remove(node)  # the diagram


def _name_decisions(root: Any, changes: list[Change]) -> None:
    for place in called_decisions.adopt(root):
        changes.append(
            Change(place, "decision_named", "Bảng quyết định ghi theo cách của công cụ khác: đã đổi thành qt:decision.")
        )


def _name_foreign(root: Any, changes: list[Change]) -> None:
    """Extensions of other tools have no effect here: tell the author which."""
    seen: set[tuple[str, str]] = set()
    for node in root.iter():
        names = [str(attribute) for attribute in node.attrib] + [child.tag for child in node if not name(child)]
        for namespace in {tag[1 : tag.index("}")] for tag in names if tag.startswith("{")} - _KNOWN:
            seen.add((node.get("id") or name(node.getparent()), namespace))
    for place, namespace in sorted(seen):
        changes.append(Change(place, "foreign_extension", f"Phần mở rộng của công cụ khác không có tác dụng: {namespace}"))


def _make_executable(root: Any, changes: list[Change]) -> None:
    processes = [process for process in root.findall(f"{BPMN}process") if any(name(node) in FLOW_NODES for node in process)]
    if len(processes) == 1 and processes[0].get("isExecutable") == "false":
        processes[0].set("isExecutable", "true")
        changes.append(Change(processes[0].get("id"), "made_executable", "Quy trình duy nhất của tệp được coi là chạy được."))
    runs = [process for process in processes if process.get("isExecutable") == "true"]
    for process in root.findall(f"{BPMN}process"):
        if process not in processes or (runs and process.get("isExecutable") == "false"):
            root.remove(process)  # another pool, drawn for people


def _scopes(root: Any) -> list[Any]:
    return [node for node in root.iter() if name(node) in SCOPES]


def _ways_out(scope: Any, node: Any) -> list[Any]:
    return [flow for flow in scope.findall(f"{BPMN}sequenceFlow") if flow.get("sourceRef") == node.get("id")]


def _add_start(scope: Any, changes: list[Change]) -> None:
    """A process that simply begins with one step: draw the start event."""
    if scope.find(f"{BPMN}startEvent") is not None or scope.get("triggeredByEvent") == "true":
        return
    targets = {flow.get("targetRef") for flow in scope.findall(f"{BPMN}sequenceFlow")}
    steps = [node for node in scope if name(node) in FLOW_NODES - {"boundaryEvent"} and node.get("triggeredByEvent") != "true"]
    first = [node for node in steps if node.get("id") not in targets]
    if len(first) == 1:
        start = _draw(scope, "startEvent", f"{first[0].get('id')}_start")
        _connect(scope, start.get("id"), first[0].get("id"))
        changes.append(Change(first[0].get("id"), "start_added", "Quy trình không có điểm bắt đầu: đã thêm trước bước đầu tiên."))


def _add_ends(scope: Any, changes: list[Change]) -> None:
    """A step without a way out ends there: draw the end event."""
    for node in [node for node in scope if name(node) in FLOW_NODES - {"endEvent"}]:
        if not _ways_out(scope, node) and node.get("triggeredByEvent") != "true":
            end = _draw(scope, "endEvent", f"{node.get('id')}_end")
            _connect(scope, node.get("id"), end.get("id"))
            changes.append(Change(node.get("id"), "end_added", "Bước không có đường ra: đã thêm điểm kết thúc."))


def _split_by_gateway(scope: Any, changes: list[Change]) -> None:
    """Several ways out of a step, or a condition on one, are what a gateway does: draw it."""
    for node in [node for node in scope if name(node) in ACTIVITIES | EVENTS - {"endEvent"}]:
        flows = _ways_out(scope, node)
        has_condition = any(flow.find(f"{BPMN}conditionExpression") is not None for flow in flows)
        if len(flows) < 2 and not has_condition:
            continue
        kind = "inclusiveGateway" if has_condition else "parallelGateway"
        gateway = _draw(scope, kind, f"{node.get('id')}_split")
        for flow in flows:
            flow.set("sourceRef", gateway.get("id"))
        if node.get("default"):
            gateway.set("default", node.attrib.pop("default"))
        _connect(scope, node.get("id"), gateway.get("id"))
        changes.append(Change(node.get("id"), "split_added", "Nhiều đường ra khỏi một bước: đã thêm cổng rẽ nhánh tương đương."))


def _connect(scope: Any, source: str, target: str) -> None:
    flow = _draw(scope, "sequenceFlow", f"{source}_to_{target}")
    flow.set("sourceRef", source)
    flow.set("targetRef", target)


def _draw(scope: Any, kind: str, id_: str) -> Any:
    """A new element with an id nothing else in the file has."""
    taken = set(scope.getroottree().getroot().xpath("//@id"))
    while id_ in taken:
        id_ += "_"
    return etree.SubElement(scope, f"{BPMN}{kind}", id=id_)
