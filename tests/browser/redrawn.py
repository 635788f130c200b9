"""The dossier procedure as the quality officer changes it: a longer check, and an opinion between assignment and handling."""

from collections.abc import Mapping
from typing import Any

import yaml
from lxml import etree

from engine.procedures import yaml_text

STEP, NAME = "legal_opinion", "Cho ý kiến tư pháp"
FORM = """title: Cho ý kiến tư pháp
help: Công chức tư pháp cho ý kiến trước khi thụ lý, để hồ sơ không phải làm lại.
fields:
  - {name: legal_note, type: textarea, label: Ý kiến, required: true, max_length: 2000}
"""
_BPMN, _DI, _DC, _DD = (
    f"{{http://www.omg.org/spec/{place}}}"
    for place in ("BPMN/20100524/MODEL", "BPMN/20100524/DI", "DD/20100524/DC", "DD/20100524/DI")
)
_FLOW = "flow_assign_process"


def model(drawn: bytes) -> str:
    """The model with the step drawn in, on the lane of whoever handles the dossier."""
    root = etree.fromstring(drawn)
    found = {node.get("id"): node for node in root.iter() if node.get("id")}
    flow, process = found[_FLOW], found["process"]
    step = etree.SubElement(flow.getparent(), f"{_BPMN}userTask", id=STEP, name=NAME)
    flow.getparent().insert(flow.getparent().index(process), step)
    flow.set("targetRef", STEP)
    etree.SubElement(flow.getparent(), f"{_BPMN}sequenceFlow", id="flow_opinion", sourceRef=STEP, targetRef="process")
    for reference in [node for node in root.iter(f"{_BPMN}flowNodeRef") if node.text == "process"]:
        beside = etree.SubElement(reference.getparent(), f"{_BPMN}flowNodeRef")
        beside.text = STEP
    for incoming in [node for node in process.findall(f"{_BPMN}incoming") if node.text == _FLOW]:
        incoming.text = "flow_opinion"
    _draw(root)
    return str(etree.tostring(root, encoding="unicode"))


def _draw(root: Any) -> None:
    """The step's shape below the one before it, beside the one it leads to, and its flows."""
    shapes = {shape.get("bpmnElement"): shape for shape in root.iter(f"{_DI}BPMNShape", f"{_DI}BPMNEdge")}
    before, after = (_box(shapes[id_]) for id_ in ("assign", "process"))
    middle, level = before[0] + before[2] / 2, after[1] + after[3] / 2
    plane = shapes["process"].getparent()
    shape = etree.SubElement(plane, f"{_DI}BPMNShape", id=f"{STEP}_di", bpmnElement=STEP)
    etree.SubElement(shape, f"{_DC}Bounds", x=str(middle - 50), y=str(level - 40), width="100", height="80")
    edge = etree.SubElement(plane, f"{_DI}BPMNEdge", id="flow_opinion_di", bpmnElement="flow_opinion")
    _through(edge, (middle + 50, level), (after[0], level))
    for point in shapes[_FLOW].findall(f"{_DD}waypoint"):
        shapes[_FLOW].remove(point)
    _through(shapes[_FLOW], (middle, before[1] + before[3]), (middle, level - 40))


def _box(shape: Any) -> tuple[float, ...]:
    bounds = shape.find(f"{_DC}Bounds")
    return tuple(float(bounds.get(name)) for name in ("x", "y", "width", "height"))


def _through(edge: Any, *points: tuple[float, float]) -> None:
    for x, y in points:
        etree.SubElement(edge, f"{_DD}waypoint", x=str(x), y=str(y))


def sheet(kept: dict[str, Any]) -> dict[str, Any]:
    """The sheet with the step's entry, and three hours for the check."""
    steps = {**kept["steps"], STEP: {"term": "none", "status": "processing", "help": "Tránh thụ lý khi chưa rõ căn cứ."}}
    steps["check"] = {**steps["check"], "term": "3h"}
    return {**kept, "steps": steps}


def others(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The step's form, and the scenarios that pass it."""
    stories = {path: _told(content) for path, content in files.items() if path.startswith("scenarios/")}
    return {f"forms/{STEP}.yaml": FORM.encode(), **{path: told for path, told in stories.items() if told != files[path]}}


def _told(content: bytes) -> bytes:
    story = yaml_text.load(content, "scenario")
    acts: list[dict[str, Any]] = []
    for act in story["acts"]:
        acts.append(act)
        if act.get("complete") == "assign":
            expected = act.pop("expect", {})
            acts.append({"complete": STEP, "answers": {"legal_note": "Đủ căn cứ"}} | ({"expect": expected} if expected else {}))
            act["expect"] = {"open": [STEP]}
    if len(acts) == len(story["acts"]):
        return content
    return yaml.safe_dump({**story, "acts": acts}, allow_unicode=True, sort_keys=False).encode()
