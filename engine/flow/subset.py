"""The executable subset: BPMN elements and events the engine does not run, named, with how to draw the same thing otherwise."""

from collections.abc import Iterator
from typing import Any

from engine.errors import Finding
from engine.flow import timers
from engine.flow.metadata import CAPABILITY
from engine.flow.parse import BPMN, EVENTS, FLOW_NODES, name

_ELEMENTS = {
    "complexGateway": "Cổng phức hợp không chạy được: hãy dùng cổng song song, cổng bao hàm hoặc một bước quyết định.",
    "adHocSubProcess": "Quy trình con tuỳ nghi không chạy được: hãy vẽ rõ thứ tự các bước, hoặc vòng lặp có cổng loại trừ.",
    "transaction": "Giao dịch (transaction) không chạy được: hãy dùng quy trình con thường có sự kiện biên lỗi.",
    "choreographyTask": "Sơ đồ phối hợp (choreography) không chạy được: hãy vẽ quy trình thường.",
}
_DEFINITIONS = {
    "compensate": "Sự kiện bù trừ không chạy được: hãy vẽ nhánh xử lý huỷ riêng với các bước của nó.",
    "cancel": "Sự kiện huỷ giao dịch không chạy được: hãy dùng sự kiện lỗi ở biên quy trình con.",
    "link": "Sự kiện liên kết không chạy được: hãy nối thẳng hai chỗ bằng một đường đi.",
    "conditional": "Sự kiện điều kiện không chạy được: hãy dùng cổng loại trừ sau bước làm đổi giá trị, hoặc thông điệp.",
}
#: Event definitions each kind of event may carry; an empty word stands for none.
_ALLOWED = {
    "startEvent": ("", "message", "timer", "signal"),
    "endEvent": ("", "message", "error", "escalation", "terminate"),
    "intermediateCatchEvent": ("message", "timer", "signal"),
    "intermediateThrowEvent": ("", "message", "signal", "escalation"),
    "boundaryEvent": ("message", "timer", "signal", "error", "escalation"),
}
_INSTEAD = {
    (
        "endEvent",
        "signal",
    ): "Điểm kết thúc phát tín hiệu không chạy được: hãy phát tín hiệu bằng sự kiện trung gian rồi kết thúc thường.",
    ("intermediateCatchEvent", ""): "Sự kiện chờ phải nói chờ gì: thông điệp, hạn giờ hay tín hiệu.",
    ("boundaryEvent", ""): "Sự kiện biên phải nói chờ gì: thông điệp, hạn giờ, tín hiệu, lỗi hay leo thang.",
}


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
            yield from _timer(node)


def definitions(node: Any) -> list[str]:
    """What an event waits for or throws: ``message``, ``timer`` and so on."""
    return [name(child).removesuffix("EventDefinition") for child in node if name(child).endswith("EventDefinition")]


def _event(node: Any, kind: str) -> Iterator[Finding]:
    place, found = node.get("id"), definitions(node)
    if len(found) > 1 or node.get("parallelMultiple") == "true":
        yield Finding(place, "several_events", "Một sự kiện chỉ được chờ một thứ: hãy dùng cổng sự kiện hoặc nhiều sự kiện biên.")
        return
    word = found[0] if found else ""
    if word in _DEFINITIONS:
        yield Finding(place, "unsupported", _DEFINITIONS[word])
    elif word not in _ALLOWED[kind]:
        yield Finding(place, "unsupported", _INSTEAD.get((kind, word), f"Sự kiện “{word}” không dùng được ở chỗ này của sơ đồ."))
    elif kind == "startEvent" and word and name(node.getparent()) == "subProcess":
        yield Finding(place, "sub_process_start", "Quy trình con phải bắt đầu bằng sự kiện bắt đầu thường.")
    elif word == "error" and node.get("cancelActivity") == "false":
        yield Finding(place, "error_not_interrupting", "Sự kiện biên lỗi luôn dừng bước: hãy bỏ dạng không ngắt.")
    elif word in ("message", "signal") and not _reference(root_of(node), node.find(f"{BPMN}{word}EventDefinition"), word, node):
        yield Finding(place, "no_name", "Sự kiện phải chỉ ra thông điệp hoặc tín hiệu có tên.")


def _activity(node: Any, kind: str) -> Iterator[Finding]:
    place, capability = node.get("id"), node.get(CAPABILITY)
    if kind == "subProcess" and node.get("triggeredByEvent") == "true":
        message = "Quy trình con sự kiện không chạy được: hãy đặt các bước vào quy trình con có sự kiện biên thông điệp."
        yield Finding(place, "unsupported", message)
    if node.get("isForCompensation") == "true":
        yield Finding(place, "unsupported", _DEFINITIONS["compensate"])
    if kind in ("serviceTask", "businessRuleTask") and not capability:
        yield Finding(place, "no_capability", "Bước tự động phải nêu năng lực (qt:capability) mà phần mềm thực hiện.")
    if kind == "sendTask" and not capability and not _reference(root_of(node), node, "message"):
        yield Finding(place, "no_capability", "Bước gửi phải nêu thông điệp hoặc năng lực (qt:capability).")
    if kind == "receiveTask" and not _reference(root_of(node), node, "message"):
        yield Finding(place, "no_name", "Bước nhận phải chỉ ra thông điệp có tên.")
    if kind == "scriptTask" and not (node.findtext(f"{BPMN}script") or "").strip():
        yield Finding(place, "no_script", "Bước tính phải có các dòng “tên = biểu thức”.")
    for loop in node.findall(f"{BPMN}standardLoopCharacteristics"):
        if loop.get("loopMaximum") is None and not loop.findtext(f"{BPMN}loopCondition"):
            yield Finding(place, "loop", "Bước lặp phải có số lần tối đa hoặc điều kiện lặp.")
        if loop.get("loopMaximum") is not None and not loop.get("loopMaximum").isdigit():
            yield Finding(place, "loop", "Số lần lặp tối đa phải là một số.")
    for loop in node.findall(f"{BPMN}multiInstanceLoopCharacteristics"):
        yield from _instances(loop, place)


def _instances(loop: Any, place: str) -> Iterator[Finding]:
    sources = [part for part in ("loopCardinality", "loopDataInputRef") if (loop.findtext(f"{BPMN}{part}") or "").strip()]
    if len(sources) != 1:
        yield Finding(
            place, "loop", "Bước nhiều người phải nêu hoặc danh sách (loopDataInputRef) hoặc số lượng (loopCardinality)."
        )
    outputs = [loop.find(f"{BPMN}{part}") is not None for part in ("loopDataOutputRef", "outputDataItem")]
    if outputs[0] != outputs[1]:
        yield Finding(place, "loop", "Muốn gom kết quả của bước nhiều người phải nêu cả loopDataOutputRef và outputDataItem.")
    if loop.find(f"{BPMN}complexBehaviorDefinition") is not None:
        yield Finding(
            place, "unsupported", "Hành vi phức hợp của bước nhiều người không chạy được: hãy dùng completionCondition."
        )


def _timer(node: Any) -> Iterator[Finding]:
    place = node.getparent().get("id")
    texts = [timers.bare(child.text) for child in node if name(child) in ("timeDate", "timeDuration")]
    if node.find(f"{BPMN}timeCycle") is not None:
        yield Finding(
            place, "timer_cycle", "Hạn giờ lặp không chạy được: hãy để nhắc việc cho phần mềm, hoặc vẽ vòng lặp có hạn giờ."
        )
    elif len(texts) != 1 or not (timers.is_literal(texts[0]) or timers.is_expression(texts[0])):
        yield Finding(
            place, "timer_text", "Hạn giờ phải viết như P3D, PT8H, một thời điểm ISO, hoặc biểu thức bắt đầu bằng dấu =."
        )


def root_of(node: Any) -> Any:
    """The root of the file an element stands in."""
    return node.getroottree().getroot()


def _reference(root: Any, node: Any, word: str, fallback: Any = None) -> str | None:
    reference = node.get(f"{word}Ref")
    if reference is None:
        return fallback.get("name") if fallback is not None else None
    return next((found.get("name") for found in root.findall(f"{BPMN}{word}") if found.get("id") == reference), None)
