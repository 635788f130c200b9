"""Read an uploaded BPMN file without being harmed by it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine.errors import Finding, ProcedureRejected

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
#: Bytes of a file, and flow nodes (activities, events, gateways) of all its processes.
MAX_BYTES, MAX_NODES = 1_000_000, 300

ACTIVITIES = frozenset(
    [
        "userTask",
        "manualTask",
        "task",
        "serviceTask",
        "scriptTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "subProcess",
        "adHocSubProcess",
        "transaction",
        "callActivity",
    ]
)
EVENTS = frozenset(("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"))
GATEWAYS = frozenset(("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"))
FLOW_NODES = ACTIVITIES | EVENTS | GATEWAYS
#: What has a start, ends and flows of its own.
SCOPES = frozenset(("process", "subProcess", "transaction"))


def read(xml: bytes) -> Any:
    """The root element (lxml) of a BPMN 2.0 file. ``ProcedureRejected``: DOCTYPE, entities, too big, not XML,
    not BPMN, elements without ids of their own.
    """
    root = read_xml(xml)
    if root.tag != f"{BPMN}definitions":
        raise _rejected("not_bpmn", "Tệp không phải mô hình BPMN 2.0 (thiếu phần tử definitions).")
    if sum(1 for node in root.iter() if name(node) in FLOW_NODES) > MAX_NODES:
        raise _rejected("too_many_nodes", f"Mô hình có quá {MAX_NODES} phần tử: hãy tách thành nhiều quy trình.")
    findings = list(_ids(root))
    if findings:
        raise ProcedureRejected(findings)
    return root


def read_xml(xml: bytes, place: str = "bpmn") -> Any:
    """The root element of an uploaded XML file (R34). ``ProcedureRejected`` at ``place``: too big, not XML, DOCTYPE, entities."""
    if len(xml) > MAX_BYTES:
        raise _rejected("too_big", f"Tệp mô hình lớn hơn {MAX_BYTES // 1000} kB: hãy tách thành nhiều quy trình.", place)
    try:
        root = etree.fromstring(xml, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _rejected("not_xml", f"Tệp không phải XML đúng chuẩn: {error}", place) from error
    if root.getroottree().docinfo.doctype or any(isinstance(node, etree._Entity) for node in root.iter()):
        raise _rejected("doctype", "Tệp mô hình không được có khai báo DOCTYPE hay thực thể.", place)
    return root


def name(node: Any) -> str:
    """The BPMN name of an element, such as ``userTask``; empty for elements of other namespaces."""
    tag = node.tag
    return tag[len(BPMN) :] if isinstance(tag, str) and tag.startswith(BPMN) else ""


def _ids(root: Any) -> Iterator[Finding]:
    """Everything later speaks of elements by their ids: each must have its own."""
    nodes = [node for node in root.iter() if name(node) in FLOW_NODES | {"sequenceFlow", "process"}]
    for node in nodes:
        wanted = ("id", "sourceRef", "targetRef") if name(node) == "sequenceFlow" else ("id",)
        missing = [part for part in wanted if not node.get(part)]
        if missing:
            yield Finding(node.get("id") or name(node), "no_id", f"Một phần tử {name(node)} thiếu {', '.join(missing)}.")
    for id_, count in Counter(node.get("id") for node in nodes if node.get("id")).items():
        if count > 1:
            yield Finding(id_, "duplicate_id", f"Mã “{id_}” dùng cho {count} phần tử: mỗi phần tử một mã.")


def _parser() -> Any:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _rejected(code: str, message: str, place: str = "bpmn") -> ProcedureRejected:
    return ProcedureRejected([Finding(place, code, message)])
