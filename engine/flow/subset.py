"""The executable subset: BPMN elements and events the engine does not run, named, with how to draw the same thing otherwise."""

from collections.abc import Iterator
from typing import Any

from engine.errors import Finding
from engine.flow import links, repeating
from engine.flow.metadata import CAPABILITY, DECISION
from engine.flow.parse import BPMN, EVENTS, FLOW_NODES, name

_ELEMENTS = {
    "complexGateway": "Cổng phức hợp không chạy được: hãy dùng cổng song song, cổng bao hàm hoặc một bước quyết định.",
    "adHocSubProcess": "Quy trình con tuỳ nghi không chạy được: hãy vẽ rõ thứ tự các bước, hoặc vòng lặp có cổng loại trừ.",
    "choreographyTask": "Sơ đồ phối hợp (choreography) không chạy được: hãy vẽ quy trình thường.",
}
_COMPENSATION = "Bù trừ (compensation) không chạy được: hãy vẽ nhánh xử lý huỷ riêng với các bước của nó."
#: Event definitions each kind of event may carry; an empty word stands for none. Start events: see ``_start``.
_ALLOWED = {
    "endEvent": ("", "message", "signal", "error", "escalation", "cancel", "terminate"),
    "intermediateCatchEvent": ("message", "timer", "signal", "conditional"),
    "intermediateThrowEvent": ("", "message", "signal", "escalation"),
    "boundaryEvent": ("message", "timer", "signal", "error", "escalation", "conditional", "cancel"),
}
_INSTEAD = {
    ("intermediateCatchEvent", ""): "Sự kiện chờ phải nói chờ gì: thông điệp, hạn giờ, tín hiệu hay điều kiện.",
    ("boundaryEvent", ""): "Sự kiện biên phải nói chờ gì: thông điệp, hạn giờ, tín hiệu, điều kiện, lỗi hay leo thang.",
}
_STARTS = ("message", "timer", "signal")
_HANDLER_STARTS = (*_STARTS, "conditional", "error", "escalation")
_ALWAYS_INTERRUPTING = {"error": "lỗi", "cancel": "huỷ giao dịch"}


def unsupported(root: Any) -> Iterator[Finding]:
    """A finding for each element outside the subset."""
    for node in root.iter():
        kind = name(node)
        if kind in _ELEMENTS:
            yield Finding(node.get("id") or kind, "unsupported", _ELEMENTS[kind])
        elif kind in EVENTS:
            yield from _event(node, kind)
        elif kind in FLOW_NODES:
            yield from _activity(node, kind)
        elif kind == "timerEventDefinition":
            yield from repeating.timer(node)


def definitions(node: Any) -> list[str]:
    """What an event waits for or throws: ``message``, ``timer`` and so on."""
    return [name(child).removesuffix("EventDefinition") for child in node if name(child).endswith("EventDefinition")]


def _event(node: Any, kind: str) -> Iterator[Finding]:
    place, found = node.get("id"), definitions(node)
    if len(found) > 1 or node.get("parallelMultiple") == "true":
        yield Finding(place, "several_events", "Một sự kiện chỉ được chờ một thứ: hãy dùng cổng sự kiện hoặc nhiều sự kiện biên.")
        return
    word = found[0] if found else ""
    link = links.check(node) if word == "link" else None
    if link is not None:
        yield link
    elif word == "compensate":
        yield Finding(place, "unsupported", _COMPENSATION)
    elif kind == "startEvent":
        yield from _start(node, word)
    elif word not in _ALLOWED[kind]:
        yield Finding(place, "unsupported", _INSTEAD.get((kind, word), f"Sự kiện “{word}” không dùng được ở chỗ này của sơ đồ."))
    elif word in _ALWAYS_INTERRUPTING and node.get("cancelActivity") == "false":
        message = f"Sự kiện biên {_ALWAYS_INTERRUPTING[word]} luôn dừng bước: hãy bỏ dạng không ngắt."
        yield Finding(place, "error_not_interrupting", message)
    if word in ("error", "escalation") and not _is_defined(node, word):
        yield Finding(place, "no_name", f"Sự kiện chỉ tới một mã {'lỗi' if word == 'error' else 'leo thang'} không có trong tệp.")
    if word == "conditional" and not (node.findtext(f"{BPMN}conditionalEventDefinition/{BPMN}condition") or "").strip():
        yield Finding(place, "no_condition", "Sự kiện điều kiện phải có điều kiện.")
    if word == "cancel":
        yield from _cancel(node, kind)
    if word in ("message", "signal") and not _reference(root_of(node), node.find(f"{BPMN}{word}EventDefinition"), word, node):
        yield Finding(place, "no_name", "Sự kiện phải chỉ ra thông điệp hoặc tín hiệu có tên.")


def _is_defined(node: Any, word: str) -> bool:
    reference = node.find(f"{BPMN}{word}EventDefinition").get(f"{word}Ref")
    return not reference or any(found.get("id") == reference for found in root_of(node).findall(f"{BPMN}{word}"))


def _start(node: Any, word: str) -> Iterator[Finding]:
    """What may begin a process, a sub-process, an event sub-process."""
    place, scope = node.get("id"), node.getparent()
    if scope.get("triggeredByEvent") == "true":
        if word not in _HANDLER_STARTS:
            message = "Quy trình con sự kiện phải bắt đầu bằng thông điệp, hạn giờ, tín hiệu, điều kiện, lỗi hoặc leo thang."
            yield Finding(place, "handler_start", message)
        elif word == "error" and node.get("isInterrupting") == "false":
            yield Finding(place, "error_not_interrupting", "Quy trình con sự kiện xử lý lỗi luôn dừng phần còn lại.")
    elif name(scope) != "process" and word:
        yield Finding(place, "sub_process_start", "Quy trình con phải bắt đầu bằng sự kiện bắt đầu thường.")
    elif word and word not in _STARTS:
        message = "Quy trình bắt đầu bằng tay, bằng thông điệp, hạn giờ hoặc tín hiệu; thứ khác đặt trong quy trình con sự kiện."
        yield Finding(place, "unsupported", message)


def _cancel(node: Any, kind: str) -> Iterator[Finding]:
    """A transaction is cancelled from inside and continues at its border."""
    place, scope = node.get("id"), node.getparent()
    if kind == "endEvent":
        if name(scope) != "transaction":
            yield Finding(place, "cancel", "Kết thúc huỷ chỉ đặt ngay trong một giao dịch (transaction).")
        elif not any(definitions(event) == ["cancel"] for event in _on_border(scope)):
            yield Finding(place, "cancel", "Giao dịch có kết thúc huỷ phải có sự kiện biên huỷ.")
    elif kind == "boundaryEvent" and not any(other.get("id") == node.get("attachedToRef") for other in _transactions(scope)):
        yield Finding(place, "cancel", "Sự kiện biên huỷ chỉ gắn vào một giao dịch (transaction).")


def _transactions(scope: Any) -> list[Any]:
    return [node for node in scope if name(node) == "transaction"]


def _on_border(activity: Any) -> list[Any]:
    return [
        node for node in activity.getparent() if name(node) == "boundaryEvent" and node.get("attachedToRef") == activity.get("id")
    ]


def _activity(node: Any, kind: str) -> Iterator[Finding]:
    place, capability = node.get("id"), node.get(CAPABILITY)
    yield from repeating.loops(node, place)
    if node.get("isForCompensation") == "true":
        yield Finding(place, "unsupported", _COMPENSATION)
    if kind == "serviceTask" and not capability:
        yield Finding(place, "no_capability", "Bước tự động phải nêu năng lực (qt:capability) mà phần mềm thực hiện.")
    if kind == "businessRuleTask" and bool(capability) == bool(node.get(DECISION)):
        yield Finding(place, "no_decision", "Bước áp dụng quy tắc phải nêu một bảng quyết định (qt:decision) hoặc một năng lực.")
    if kind != "businessRuleTask" and node.get(DECISION) is not None:
        yield Finding(place, "decision_place", "Chỉ bước áp dụng quy tắc (businessRuleTask) hỏi được bảng quyết định.")
    if kind == "sendTask" and not capability and not _reference(root_of(node), node, "message"):
        yield Finding(place, "no_capability", "Bước gửi phải nêu thông điệp hoặc năng lực (qt:capability).")
    if kind == "receiveTask" and not _reference(root_of(node), node, "message"):
        yield Finding(place, "no_name", "Bước nhận phải chỉ ra thông điệp có tên.")
    if kind == "scriptTask" and not (node.findtext(f"{BPMN}script") or "").strip():
        yield Finding(place, "no_script", "Bước tính phải có các dòng “tên = biểu thức”.")


def root_of(node: Any) -> Any:
    """The root of the file an element stands in."""
    return node.getroottree().getroot()


def _reference(root: Any, node: Any, word: str, fallback: Any = None) -> str | None:
    reference = node.get(f"{word}Ref")
    if reference is None:
        return fallback.get("name") if fallback is not None else None
    return next((found.get("name") for found in root.findall(f"{BPMN}{word}") if found.get("id") == reference), None)
