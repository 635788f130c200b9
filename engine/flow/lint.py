"""Refuse a model that cannot run as drawn. Nothing in a model is ever silently ignored."""

from collections.abc import Iterator
from typing import Any

from engine.errors import Finding
from engine.flow import subset
from engine.flow.facts import ElementFacts, ModelFacts
from engine.flow.parse import BPMN, SCOPES, name
from engine.language.errors import ExpressionError
from engine.language.expressions import compile_expression

#: Before the id of a scope whose event sub-processes catch an error.
_INSIDE = "inside "


def check(root: Any, facts: ModelFacts) -> list[Finding]:
    """Every reason why the normalised model ``root`` cannot run; empty if it can."""
    findings = [*_processes(facts), *_flows(facts)]
    if findings:
        return findings
    return [
        *subset.unsupported(root),
        *_starts(root),
        *_reach(facts),
        *_calls(facts),
        *_event_gateways(facts),
        *_errors(root, facts),
        *_conversations(facts),
    ]


def _processes(facts: ModelFacts) -> Iterator[Finding]:
    if not facts.process_id:
        yield Finding("bpmn", "no_process", "Tệp không có quy trình chạy được: hãy đặt isExecutable cho quy trình chính.")


def _flows(facts: ModelFacts) -> Iterator[Finding]:
    for flow in facts.flows:
        source, target = facts.elements.get(flow.source), facts.elements.get(flow.target)
        if source is None or target is None or source.scope != target.scope:
            yield Finding(flow.id, "dangling_flow", "Đường đi phải nối hai phần tử của cùng một quy trình.")
        elif target.kind in ("startEvent", "boundaryEvent") or source.kind == "endEvent":
            yield Finding(
                flow.id, "wrong_flow", "Đường đi không được vào điểm bắt đầu, vào sự kiện biên hay ra khỏi điểm kết thúc."
            )
        elif target.is_handler or source.is_handler:
            yield Finding(flow.id, "wrong_flow", "Quy trình con sự kiện không có đường vào, đường ra: sự kiện của nó mở nó.")
        elif flow.condition and (flow.is_default or source.kind not in ("exclusiveGateway", "inclusiveGateway")):
            message = "Điều kiện ở đây không có tác dụng: chỉ đặt trên đường ra (không mặc định) của cổng loại trừ hoặc bao hàm."
            yield Finding(flow.id, "useless_condition", message)
        elif not flow.condition and not flow.is_default and _must_choose(source, facts):
            yield Finding(flow.id, "no_condition", "Đường ra của cổng rẽ nhánh phải có điều kiện hoặc là đường mặc định.")
    for element in facts.elements.values():
        host = facts.elements.get(element.attached_to or "")
        if element.kind == "boundaryEvent" and (host is None or host.scope != element.scope or host.is_handler):
            yield Finding(element.id, "no_host", "Sự kiện biên phải gắn vào một bước của cùng quy trình.")


def _must_choose(source: ElementFacts, facts: ModelFacts) -> bool:
    is_choice = source.kind in ("exclusiveGateway", "inclusiveGateway")
    return is_choice and sum(flow.source == source.id for flow in facts.flows) > 1


def _starts(root: Any) -> Iterator[Finding]:
    for scope in (node for node in root.iter() if name(node) in SCOPES):
        starts = scope.findall(f"{BPMN}startEvent")
        plain = [start for start in starts if not subset.definitions(start)]
        if scope.get("isExecutable") == "false":
            continue
        if scope.get("triggeredByEvent") == "true":
            if len(starts) != 1:
                yield Finding(scope.get("id"), "starts", "Quy trình con sự kiện phải có đúng một điểm bắt đầu.")
        elif not starts or len(plain) > 1 or (name(scope) != "process" and len(starts) > 1):
            message = "Quy trình phải có đúng một điểm bắt đầu thường (có thể thêm điểm bắt đầu bằng thông điệp)."
            yield Finding(scope.get("id"), "starts", message)


def _reach(facts: ModelFacts) -> Iterator[Finding]:
    """What no token can ever get to would silently not be executed."""
    following: dict[str, list[str]] = {}
    for flow in facts.flows:
        following.setdefault(flow.source, []).append(flow.target)
    for element in facts.elements.values():
        if element.attached_to:
            following.setdefault(element.attached_to, []).append(element.id)
    seen: set[str] = set()
    todo = [element.id for element in facts.elements.values() if element.kind == "startEvent" or element.is_handler]
    while todo:
        id_ = todo.pop()
        if id_ not in seen:
            seen.add(id_)
            todo.extend(following.get(id_, []))
    for element in facts.elements.values():
        if element.id not in seen and facts.processes[element.process_id].is_executable:
            yield Finding(element.id, "unreachable", "Không đường đi nào tới phần tử này: hãy nối hoặc xoá nó.")


def _calls(facts: ModelFacts) -> Iterator[Finding]:
    calls = [element for element in facts.elements.values() if element.kind == "callActivity"]
    graph: dict[str, set[str]] = {}
    for call in calls:
        called = facts.processes.get(call.called or "")
        if called is None or not called.is_executable:
            yield Finding(call.id, "no_called_process", "Bước gọi phải nêu mã một quy trình chạy được trong cùng tệp.")
        elif not any(e.kind == "startEvent" and e.scope == called.id and e.event is None for e in facts.elements.values()):
            yield Finding(call.id, "no_called_process", "Quy trình được gọi phải có điểm bắt đầu thường.")
        else:
            graph.setdefault(call.process_id, set()).add(called.id)
    for call in calls:
        if (call.called in graph and call.process_id in _all_called(graph, call.called)) or call.called == call.process_id:
            yield Finding(call.id, "call_cycle", "Quy trình gọi lại chính nó: hãy dùng vòng lặp với cổng loại trừ.")


def _all_called(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        for called in graph.get(todo.pop(), set()) - seen:
            seen.add(called)
            todo.append(called)
    return seen


def _event_gateways(facts: ModelFacts) -> Iterator[Finding]:
    for flow in facts.flows:
        if facts.elements[flow.source].kind != "eventBasedGateway":
            continue
        target = facts.elements[flow.target]
        if target.kind not in ("intermediateCatchEvent", "receiveTask"):
            yield Finding(flow.id, "event_gateway", "Sau cổng sự kiện phải là sự kiện chờ hoặc bước nhận.")
        if sum(other.target == flow.target for other in facts.flows) > 1:
            yield Finding(flow.target, "event_gateway", "Sự kiện sau cổng sự kiện không được có đường vào khác.")


def _conversations(facts: ModelFacts) -> Iterator[Finding]:
    """What a message takes along, and for which case it is, are expressions: they must be understood before anybody sends one."""
    for element in facts.elements.values():
        if element.correlation is not None and element.message is None:
            yield Finding(element.id, "correlation", "Khoá đối chiếu (qt:correlation) chỉ đặt ở nơi gửi hoặc chờ thông điệp.")
        if element.content and element.event not in ("message", "signal") and element.message is None:
            yield Finding(element.id, "content", "Chỉ thông điệp và tín hiệu mang được giá trị đi (qt:parameter).")
        sources = {**element.content, "qt:correlation": f"={(element.correlation or 'null').removeprefix('=')}"}
        for name_, text in sources.items():
            try:
                compile_expression(text if text.startswith("=") else "null")
            except ExpressionError as error:
                yield Finding(element.id, "expression", f"{name_}: {error}")


def _errors(root: Any, facts: ModelFacts) -> Iterator[Finding]:
    codes = {error.get("id"): error.get("errorCode") for error in root.findall(f"{BPMN}error")}
    thrown = {node.get("id"): codes.get(_error(node)) for node in root.iter(f"{BPMN}endEvent") if _error(node) is not None}
    caught: dict[str, set[str | None]] = {}
    for node in root.iter(f"{BPMN}boundaryEvent", f"{BPMN}startEvent"):
        if _error(node) is not None:
            place = node.get("attachedToRef") or f"{_INSIDE}{node.getparent().getparent().get('id')}"
            caught.setdefault(place, set()).add(codes.get(_error(node)))
    for id_, code in thrown.items():
        if not _is_caught(facts, facts.elements[id_], code, caught, 0):
            yield Finding(id_, "uncaught_error", "Lỗi phát ra ở đây không được sự kiện biên nào bắt: hãy vẽ sự kiện biên lỗi.")


def _error(node: Any) -> str | None:
    definition = node.find(f"{BPMN}errorEventDefinition")
    return None if definition is None else definition.get("errorRef") or ""


def _is_caught(facts: ModelFacts, at: ElementFacts, code: str | None, caught: dict[str, set[str | None]], depth: int) -> bool:
    if caught.get(f"{_INSIDE}{at.scope}", set()) & {code, None} and not at.interrupts:
        return True
    host = facts.elements.get(at.scope)
    hosts = [host] if host is not None else [e for e in facts.elements.values() if e.called == at.process_id]
    if not hosts or depth > len(facts.elements):
        return False
    return all(
        bool(caught.get(host.id, set()) & {code, None}) or _is_caught(facts, host, code, caught, depth + 1) for host in hosts
    )
