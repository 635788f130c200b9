"""Models as other tools write them, drawn here for tests: a pool, a few elements, a diagram."""

from collections import Counter
from collections.abc import Sequence

from lxml import etree

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="x">'
)


def flow(source: str, target: str, name: str = "", condition: str = "") -> str:
    """A sequence flow ``<source>_<target>``."""
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    return f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}" name="{name}">{inner}</bpmn:sequenceFlow>'


def foreign(*elements: str, shapes: Sequence[str] = (), process: str = "", beside: str = "") -> bytes:
    """A file with one process of these elements; ``beside``: whatever else stands in it; ``shapes``: what the diagram shows."""
    drawn = "".join(
        f'<bpmndi:BPMNShape id="{id_}_di" bpmnElement="{id_}"><dc:Bounds x="0" y="0" width="9" height="9"/></bpmndi:BPMNShape>'
        for id_ in shapes
    )
    diagram = (
        f'<bpmndi:BPMNDiagram id="g"><bpmndi:BPMNPlane id="pl" bpmnElement="p">{drawn}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    )
    body = f'<bpmn:process id="p" name="Đơn từ" {process}>{"".join(elements)}</bpmn:process>'
    return f"{HEAD}{beside}{body}{diagram}</bpmn:definitions>".encode()


def shown(model: bytes) -> Counter[str]:
    """What the diagram of a file shows: how often each element."""
    nodes = (node for node in etree.fromstring(model).iter() if isinstance(node.tag, str))
    return Counter(node.get("bpmnElement") for node in nodes if node.get("bpmnElement"))
