"""Small repairs to a foreign model, each told to its author: what the engine finds is mended where there is one plain way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from engine.errors import Finding
from engine.flow.changes import Change
from engine.flow.parse import BPMN, FLOW_NODES, name
from engine.procedures.skeleton import slug

_LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")
_ABOUT_PROGRAMS = ("implementation", "operationRef", "messageRef", "calledElement", "scriptFormat", "instantiate")
_DRAWN = ("dataObject", "dataObjectReference", "textAnnotation", "association", "group")
_TASKS = ("userTask", "manualTask", "task")


@dataclass
class Repairs:
    """A model under repair: what was changed, what its author must still do, what the forms must ask."""

    root: Any
    changes: list[Change] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    questions: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)

    def node(self, id_: str) -> Any:
        """The element with this id; None where there is none."""
        return next((node for node in self.root.iter() if name(node) and node.get("id") == id_), None)

    def conditions(self) -> frozenset[str]:
        """First words of the conditions asked for so far."""
        texts = (node.text or "" for node in self.root.iter(f"{BPMN}conditionExpression"))
        return frozenset(text.split(" ", 1)[0] for text in texts)

    def changed(self, place: str, code: str, message: str) -> None:
        """Note a change."""
        self.changes.append(Change(place, code, message))

    def left(self, place: str, code: str, message: str) -> None:
        """Note what the author must still do."""
        self.findings.append(Finding(place, code, message))


def repair(repairs: Repairs, found: Finding) -> bool:
    """Mend what ``found`` says, where there is one plain way; whether something was done."""
    node, act = repairs.node(found.place), _ACTS.get(found.code)
    return act is not None and node is not None and act(repairs, node)


def _by_hand(repairs: Repairs, node: Any) -> bool:
    """A task for a program nobody here has: a person does it."""
    if name(node) not in ("serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask", "callActivity"):
        return False
    for attribute in _ABOUT_PROGRAMS:
        node.attrib.pop(attribute, None)
    for child in node.findall(f"{BPMN}script"):
        node.remove(child)
    node.tag = f"{BPMN}userTask"
    repairs.changed(node.get("id"), "task_by_hand", "Bước tự động của công cụ khác: đã đổi thành bước do người làm.")
    message = (
        "Nếu phần mềm làm được việc này, đổi lại thành bước tự động và chọn khả năng; nếu không, ghi rõ người làm phải làm gì."
    )
    repairs.left(node.get("id"), "import.by_hand", message)
    return True


def _wait_a_day(repairs: Repairs, node: Any) -> bool:
    """A moment that cannot be read: one day, or by hand where a case begins with it."""
    definition = node.find(f"{BPMN}timerEventDefinition")
    if definition is None:
        return False
    former = " ".join("".join(definition.itertext()).split())[:100] or "để trống"
    if name(node) == "startEvent":
        node.remove(definition)
        repairs.changed(node.get("id"), "timer_by_hand", f"Lịch bắt đầu không đọc được ({former}): quy trình được mở bằng tay.")
    else:
        for child in list(definition):
            definition.remove(child)
        etree.SubElement(definition, f"{BPMN}timeDuration").text = "P1D"
        repairs.changed(node.get("id"), "timer_guessed", f"Hạn giờ không đọc được ({former}): tạm đặt một ngày (P1D).")
    repairs.left(node.get("id"), "import.timer", "Ghi lại hạn giờ đúng cho sự kiện này.")
    return True


def _give_name(repairs: Repairs, node: Any) -> bool:
    """A message or signal nobody named is called as its event or task is."""
    if name(node) == "receiveTask":
        holder, word = node, "message"
    else:
        words = [w for w in ("message", "signal") if node.find(f"{BPMN}{w}EventDefinition") is not None]
        if not words:
            return False
        word, holder = words[0], node.find(f"{BPMN}{words[0]}EventDefinition")
    taken = set(repairs.root.xpath("//@id"))
    id_ = f"{node.get('id')}_{word}"
    while id_ in taken:
        id_ += "_"
    made = etree.Element(f"{BPMN}{word}", id=id_, name=node.get("name") or node.get("id"))
    first = repairs.root.find(f"{BPMN}process")
    first.addprevious(made)
    holder.set(f"{word}Ref", id_)
    kind = "thông điệp" if word == "message" else "tín hiệu"
    repairs.changed(node.get("id"), "name_given", f"Sự kiện chưa nêu {kind}: đã đặt tên {kind} là “{made.get('name')}”.")
    return True


def _one_step(repairs: Repairs, node: Any) -> bool:
    """A sub-process with nothing in it is one step; papers drawn inside move out of it."""
    if name(node) not in ("subProcess", "transaction") or any(name(child) in FLOW_NODES for child in node):
        return False
    for child in [child for child in node if name(child) in _DRAWN]:
        node.addnext(child)
    node.tag = f"{BPMN}userTask"
    node.attrib.pop("triggeredByEvent", None)
    repairs.changed(node.get("id"), "one_step", "Quy trình con không có gì bên trong: đã đổi thành một bước do người làm.")
    repairs.left(node.get("id"), "import.one_step", "Nếu việc này gồm nhiều bước, vẽ các bước đó vào quy trình con.")
    return True


def _no_loop(repairs: Repairs, node: Any) -> bool:
    loops = [child for child in node if name(child) in _LOOPS]
    for loop in loops:
        node.remove(loop)
    if loops:
        repairs.changed(node.get("id"), "loop_removed", "Cách lặp thiếu danh sách hoặc số lần: đã bỏ, bước làm một lần.")
        repairs.left(node.get("id"), "import.loop", "Nếu bước này làm nhiều lần, ghi danh sách hoặc số lần lặp.")
    return bool(loops)


def _plain_end(repairs: Repairs, node: Any) -> bool:
    definition = node.find(f"{BPMN}errorEventDefinition")
    if name(node) != "endEvent" or definition is None:
        return False
    node.remove(definition)
    repairs.changed(node.get("id"), "plain_end", "Kết thúc báo lỗi mà không đâu bắt: đã đổi thành kết thúc thường.")
    return True


def _no_condition(repairs: Repairs, node: Any) -> bool:
    """A condition that is missing on a way out of a gateway: whoever did the task before it chooses."""
    scope = node.getparent()
    source = next((other for other in scope if other.get("id") == node.get("sourceRef")), None)
    if source is None or source.get("default"):
        return False if source is None else _ask(repairs, source)
    flows = [f for f in scope.findall(f"{BPMN}sequenceFlow") if f.get("sourceRef") == source.get("id")]
    open_ = [flow for flow in flows if flow.find(f"{BPMN}conditionExpression") is None]
    source.set("default", open_[-1].get("id"))
    repairs.changed(open_[-1].get("id"), "default_chosen", "Đường ra không có điều kiện: đã đặt làm đường mặc định.")
    return True


def _ask(repairs: Repairs, gateway: Any) -> bool:
    """Ways out without a condition become choices of whoever did the task before."""
    flows = [f for f in gateway.getparent().findall(f"{BPMN}sequenceFlow") if f.get("sourceRef") == gateway.get("id")]
    ways = {f"way_{n}": f for n, f in enumerate(flows, 1) if f.find(f"{BPMN}conditionExpression") is None}
    asked = {word: flow for word, flow in ways.items() if flow.get("id") != gateway.get("default")}
    variable = _variable(repairs, gateway)
    for word, flow in asked.items():
        condition = etree.SubElement(flow, f"{BPMN}conditionExpression")
        condition.text = f'{variable} == "{word}"'
        message = f"Đường ra chưa có điều kiện: người làm bước trước chọn ({condition.text})."
        repairs.changed(flow.get("id"), "condition_asked", message)
    if asked:
        _put_question(repairs, gateway, variable, {word: _way(repairs, flow, word) for word, flow in ways.items()})
    return bool(asked)


def _put_question(repairs: Repairs, gateway: Any, variable: str, choices: Mapping[str, str]) -> None:
    label = " ".join((gateway.get("name") or "Hướng đi tiếp").split())
    row = {"name": variable, "type": "choice", "label": label, "required": True, "routes": True, "choices": choices}
    asking = _before(gateway.getparent(), gateway)
    for task in asking:
        repairs.questions.setdefault(task, []).append(row)
    if not asking:
        message = "Trước cổng này không có bước của người nào để hỏi chọn hướng: ghi điều kiện cho các đường ra."
        repairs.left(gateway.get("id"), "import.choice", message)


def _variable(repairs: Repairs, gateway: Any) -> str:
    stem = (slug(gateway.get("name") or "") or slug(gateway.get("id")) or "gateway")[:45]
    taken = {row["name"] for rows in repairs.questions.values() for row in rows}
    taken |= set(repairs.conditions())
    name_, number = f"{stem}_choice", 2
    while name_ in taken:
        name_, number = f"{stem}_choice_{number}", number + 1
    return name_


def _way(repairs: Repairs, flow: Any, word: str) -> str:
    target = repairs.node(flow.get("targetRef"))
    said = flow.get("name") or (target.get("name") if target is not None else "") or word.replace("way_", "Hướng ")
    return " ".join(said.split())


def _before(scope: Any, node: Any) -> list[str]:
    """The tasks of people nearest before ``node``."""
    nodes = {other.get("id"): other for other in scope}
    flows = scope.findall(f"{BPMN}sequenceFlow")
    found, seen, todo = [], {node.get("id")}, [node.get("id")]
    while todo:
        at = todo.pop()
        for id_ in [flow.get("sourceRef") for flow in flows if flow.get("targetRef") == at]:
            if id_ in seen or id_ not in nodes:
                continue
            seen.add(id_)
            if name(nodes[id_]) in _TASKS:
                found.append(id_)
            else:
                todo.append(id_)
    return sorted(found)


_ACTS: Mapping[str, Callable[[Repairs, Any], bool]] = {
    "no_capability": _by_hand,
    "no_decision": _by_hand,
    "no_called_process": _by_hand,
    "no_script": _by_hand,
    "timer_text": _wait_a_day,
    "timer_cycle": _wait_a_day,
    "no_name": _give_name,
    "loop": _no_loop,
    "uncaught_error": _plain_end,
    "no_condition": _no_condition,
    "starts": _one_step,
}
