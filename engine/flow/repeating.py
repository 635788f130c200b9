"""What may be drawn of loops and timers, and how to draw the rest."""

from collections.abc import Iterator
from typing import Any

from engine.errors import Finding
from engine.flow import timers
from engine.flow.parse import BPMN, name

_LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")


def loops(node: Any, place: str) -> Iterator[Finding]:
    """Findings about the loops of an activity."""
    if node.get("triggeredByEvent") == "true" and any(node.find(f"{BPMN}{loop}") is not None for loop in _LOOPS):
        yield Finding(place, "handler_loop", "Quy trình con sự kiện không lặp được: hãy đặt vòng lặp bên trong nó.")
    if sum(name(child) in _LOOPS for child in node) > 1:
        yield Finding(place, "loop", "Một bước chỉ có một cách lặp: hãy đặt nó vào quy trình con nếu cần cả hai.")
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


def timer(node: Any) -> Iterator[Finding]:
    """Findings about a timer event definition."""
    event = node.getparent()
    place = event.get("id")
    texts = [timers.bare(child.text) for child in node if name(child) in ("timeDate", "timeDuration")]
    cycle = node.find(f"{BPMN}timeCycle")
    if cycle is not None:
        yield from _cycle(event, cycle.text, is_alone=not texts)
    elif _begins_case(event) and (len(texts) != 1 or not timers.is_instant(texts[0])):
        message = (
            "Hạn giờ bắt đầu quy trình phải là một thời điểm (timeDate) hoặc lịch lặp (timeCycle) như R/2026-12-01T07:30/P1M."
        )
        yield Finding(place, "timer_text", message)
    elif len(texts) != 1 or not (timers.is_literal(texts[0]) or timers.is_expression(texts[0])):
        yield Finding(
            place, "timer_text", "Hạn giờ phải viết như P3D, PT8H, một thời điểm ISO, hoặc biểu thức bắt đầu bằng dấu =."
        )


def _cycle(event: Any, text: str | None, *, is_alone: bool) -> Iterator[Finding]:
    cycle = timers.cycle(text)
    is_beside = event.get("cancelActivity") == "false" or event.get("isInterrupting") == "false"
    if cycle is None or not is_alone:
        yield Finding(event.get("id"), "timer_cycle", "Hạn giờ lặp phải viết như R3/PT8H hoặc R/2026-12-01T07:30:00+07:00/P1M.")
    elif _begins_case(event) and cycle.first is None:
        message = "Lịch lặp bắt đầu quy trình phải nêu lần đầu, như R/2026-12-01T07:30:00+07:00/P1M."
        yield Finding(event.get("id"), "timer_cycle", message)
    elif not _begins_case(event) and not is_beside:
        message = "Hạn giờ lặp chỉ dùng ở sự kiện không ngắt (biên hoặc bắt đầu quy trình con sự kiện): hãy bỏ lặp, hoặc bỏ ngắt."
        yield Finding(event.get("id"), "timer_cycle", message)


def _begins_case(event: Any) -> bool:
    return name(event) == "startEvent" and name(event.getparent()) == "process"
