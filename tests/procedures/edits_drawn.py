"""What an author may do to the drawing, each with what the list of differences must say of it, and nothing else."""

import random
from collections.abc import Callable
from typing import Any

from lxml import etree

from tests.procedures.everything import BPMN, QT, Work

#: One line of the list: kind, what happened, place, aspect.
Line = tuple[str, str, str, str]
Edit = Callable[[Work, random.Random], set[Line]]

_STEP_KINDS = ("userTask",)
_EVENTS = ("startEvent", "endEvent", "intermediateThrowEvent", "intermediateCatchEvent", "boundaryEvent")


def free(work: Work, chance: random.Random, *places: str) -> str:
    """One of the places nobody edited yet; it is taken then. ``LookupError`` where all are."""
    left = [place for place in places if place not in work.taken]
    if not left:
        raise LookupError(places)
    found = chance.choice(left)
    work.taken.add(found)
    return found


def _kind(node: Any) -> str:
    word = etree.QName(node).localname
    if word in _STEP_KINDS:
        return "step"
    if word in _EVENTS:
        return "end" if word == "endEvent" else "event"
    return "gateway" if word.endswith("Gateway") else "subprocess" if word in ("subProcess", "callActivity") else "task"


def rename(work: Work, chance: random.Random) -> set[Line]:
    """Another name for an element, whatever it is."""
    named = [node.get("id") for node in work.root.iter() if node.get("name") and node.tag.startswith(BPMN) and _is_node(node)]
    id_ = free(work, chance, *(f"{name}/name" for name in named)).partition("/")[0]
    node = work.node(id_)
    node.set("name", f"{node.get('name')} mới")
    return {(_kind(node), "changed", id_, "name")}


def explain(work: Work, chance: random.Random) -> set[Line]:
    """Another explanation in the model; the step's own help stands in the sheet."""
    id_ = free(work, chance, *(f"{id_}/doc" for id_ in ("re", "hoi", "con", "phat", "xong", "mot"))).partition("/")[0]
    node = work.node(id_)
    etree.SubElement(node, f"{BPMN}documentation").text = "Vì luật mới."
    node.insert(0, node[-1])
    return {(_kind(node), "changed", id_, "documentation")}


def _text_of(id_: str, path: str, text: str, aspect: str) -> Edit:
    def edit(work: Work, chance: random.Random) -> set[Line]:
        free(work, chance, f"{id_}/{aspect}")
        node = work.node(id_)
        node.find("/".join(f"{BPMN}{word}" for word in path.split("/"))).text = text
        return {(_kind(node), "changed", id_, aspect)}

    return edit


def _attribute(id_: str, name: str, value: str, aspect: str) -> Edit:
    def edit(work: Work, chance: random.Random) -> set[Line]:
        free(work, chance, f"{id_}/{aspect}")
        node = work.node(id_)
        node.set(name, value)
        return {(_kind(node), "changed", id_, aspect)}

    return edit


def _parameter(id_: str, value: str, aspect: str) -> Edit:
    def edit(work: Work, chance: random.Random) -> set[Line]:
        free(work, chance, f"{id_}/{aspect}")
        node = work.node(id_)
        next(node.iter(f"{QT}parameter")).set("value", value)
        return {(_kind(node), "changed", id_, aspect)}

    return edit


def timer_kind(work: Work, chance: random.Random) -> set[Line]:
    """A moment where there was a duration."""
    free(work, chance, "hen/timer_kind")
    definition = work.node("hen").find(f"{BPMN}timerEventDefinition")
    definition[0].tag = f"{BPMN}timeDate"
    return {("event", "changed", "hen", "timer_kind")}


def error_code(work: Work, chance: random.Random) -> set[Line]:
    """The error is thrown by one event and caught by another: both are other events now."""
    free(work, chance, "loi")
    work.node("loi").set("errorCode", "E2")
    return {("event", "changed", "hong", "code"), ("end", "changed", "con_loi", "code")}


def escalation_code(work: Work, chance: random.Random) -> set[Line]:
    free(work, chance, "len")
    work.node("len").set("escalationCode", "L2")
    return {("event", "changed", "bao_len", "code"), ("event", "changed", "con_bao", "code")}


def signal_name(work: Work, chance: random.Random) -> set[Line]:
    free(work, chance, "phat/id")  # the event that throws it: under another id it is named by that
    free(work, chance, "s_lenh")
    work.node("s_lenh").set("name", "lenh_moi")
    return {("event", "changed", "phat", "signal"), ("event", "changed", "lenh", "signal")}


def loop(work: Work, chance: random.Random) -> set[Line]:
    id_ = free(work, chance, "nhom/loop", "lap/loop").partition("/")[0]
    if id_ == "nhom":
        work.node(id_).find(f".//{BPMN}loopCardinality").text = "5"
    else:
        work.node(id_).find(f"{BPMN}standardLoopCharacteristics").set("loopMaximum", "7")
    return {("step", "changed", id_, "loop")}


def lane_role(work: Work, chance: random.Random) -> set[Line]:
    """Everybody who works in that lane."""
    lane = free(work, chance, "Chuyên viên", "Lãnh đạo")
    if lane == "Chuyên viên":
        free(work, chance, "ba/stays")  # a step that is taken out as well has no role to tell of
    work.sheet["lanes"][lane] = {"role": "head", "of_division": True}
    steps = ("tiep", "mot", "hai", "ba", "nhom", "lap") if lane == "Chuyên viên" else ("ky", "con_lam")
    return {("step", "changed", step, "role") for step in steps}


def condition(work: Work, chance: random.Random) -> set[Line]:
    flow = free(work, chance, "f_re_mot", "f_re_hai", "f_con_re_con_bao")
    work.node(flow).find(f"{BPMN}conditionExpression").text = "huong == 'ba'"
    return {("flow", "changed", flow, "condition")}


def flow_name(work: Work, chance: random.Random) -> set[Line]:
    flow = free(work, chance, *(f"{name}/name" for name in ("f_re_mot", "f_khac", "f_tiep_re", "f_k_dau_k_lam"))).partition("/")[
        0
    ]
    work.node(flow).set("name", "Lời trên mũi tên")
    return {("flow", "changed", flow, "name")}


def flow_order(work: Work, chance: random.Random) -> set[Line]:
    """The way that is tried first is tried last."""
    free(work, chance, "re/order")
    flow = work.node("f_re_mot")
    flow.getparent().append(flow)
    return {("gateway", "changed", "re", "order")}


def insert_step(work: Work, chance: random.Random) -> set[Line]:
    """A step put onto a flow, as an editor does it: the flow now ends at the step, another goes on from there."""
    flow_id = free(work, chance, "f_start_tiep", "f_hoi_tinh", "f_cap_con", "f_lap_phat", "f_goi_cho")
    flow, new = work.node(flow_id), f"y_kien_{flow_id}"
    target = flow.get("targetRef")
    step = etree.SubElement(flow.getparent(), f"{BPMN}userTask", id=new, name=f"Xin ý kiến {flow_id}")
    flow.getparent().insert(1, step)
    etree.SubElement(flow.getparent(), f"{BPMN}sequenceFlow", id=f"{flow_id}_2", sourceRef=new, targetRef=target)
    flow.set("targetRef", new)
    etree.SubElement(work.node("l0"), f"{BPMN}flowNodeRef").text = new
    work.sheet["steps"][new] = {"term": "1d", "form": "viec"}
    gone = ("flow", "removed", flow_id, "")
    return {("step", "added", new, ""), gone, ("flow", "added", flow_id, ""), ("flow", "added", f"{flow_id}_2", "")}


def remove_step(work: Work, chance: random.Random) -> set[Line]:
    """One of the ways: the step goes, and both flows that led through it."""
    free(work, chance, "ba/gone")
    if any(place.startswith(("ba/", "f_khac")) and place != "ba/gone" for place in work.taken):
        raise LookupError
    for id_ in ("ba", "f_khac", "f_ba_gop"):
        work.node(id_).getparent().remove(work.node(id_))
    for reference in [found for found in work.root.iter(f"{BPMN}flowNodeRef") if found.text == "ba"]:
        reference.getparent().remove(reference)
    work.node("re").attrib.pop("default")
    work.taken |= {
        f"ba/{word}" for word in ("name", "term", "help", "status", "reminder", "escalations", "hand_over", "hands_out")
    }
    work.taken |= {"f_khac/name", "Chuyên viên", "ba/id"}
    del work.sheet["steps"]["ba"]
    return {("step", "removed", "ba", ""), ("flow", "removed", "f_khac", ""), ("flow", "removed", "f_ba_gop", "")}


def another_id(work: Work, chance: random.Random) -> set[Line]:
    """An editor gives an element another id: nothing is different for anybody."""
    id_ = free(work, chance, "gop/id", "hoi/id", "phat/id", "cap/id").partition("/")[0]
    work.node(id_).set("id", f"{id_}_x")
    for flow in work.root.iter(f"{BPMN}sequenceFlow"):
        for end in ("sourceRef", "targetRef"):
            if flow.get(end) == id_:
                flow.set(end, f"{id_}_x")
    work.taken |= {f"{id_}/name", f"{id_}/doc", f"{id_}/parameters", "hoi/result"}
    return set()


def draw_elsewhere(work: Work, chance: random.Random) -> set[Line]:
    """Shapes moved, nodes written in another order: the work is the same."""
    for bounds in work.root.iter("{http://www.omg.org/spec/DD/20100524/DC}Bounds"):
        bounds.set("x", str(chance.randint(0, 2000)))
        bounds.set("y", str(chance.randint(0, 2000)))
    process = next(work.root.iter(f"{BPMN}process"))
    nodes = [node for node in process if _is_node(node)]
    for node in chance.sample(nodes, len(nodes)):
        process.insert(1, node)
    return set()


def _is_node(node: Any) -> bool:
    word = etree.QName(node).localname
    return node.tag.startswith(BPMN) and (word.endswith(("Task", "Event", "Gateway")) or word in ("subProcess", "callActivity"))


EDITS: dict[str, Edit] = {
    "lane's role": lane_role,
    "name": rename,
    "documentation": explain,
    "timer": _text_of("tre", "timerEventDefinition/timeDuration", "P5D", "timer"),
    "timer's kind": timer_kind,
    "stops its step": _attribute("tre", "cancelActivity", "true", "cancels"),
    "condition waited for": _text_of("gap", "conditionalEventDefinition/condition", "so > 99", "waited"),
    "script": _text_of("tinh", "script", "so = so + 2", "script"),
    "loop": loop,
    "error's code": error_code,
    "escalation's code": escalation_code,
    "signal": signal_name,
    "correlation": _attribute("gui", "{http://quytrinh.vn/bpmn/1.0}correlation", "=muc", "correlation"),
    "content": _parameter("gui", "=muc", "content"),
    "parameter": _parameter("cap", "phieu_khac", "parameters"),
    "capability": _attribute("cap", "{http://quytrinh.vn/bpmn/1.0}capability", "pause_clock", "capability"),
    "result": _attribute("hoi", "{http://quytrinh.vn/bpmn/1.0}result", "ca_bang", "result"),
    "condition": condition,
    "flow's name": flow_name,
    "order of ways": flow_order,
    "step put in": insert_step,
    "step taken out": remove_step,
    "another id": another_id,
    "layout": draw_elsewhere,
}
