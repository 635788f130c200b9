"""The drawn half of a procedure as parts to compare: activities, events, gateways and flows; where they are drawn is left out."""

from collections.abc import Mapping

from engine.flow.facts import ElementFacts, FlowFacts
from engine.procedures.definition import Definition
from engine.procedures.difference_parts import Part
from engine.procedures.parts import HandsOut

_Names = Mapping[str, str]
_TASKS = ("userTask", "manualTask", "task")
_INNER = ("subProcess", "callActivity", "transaction")


def kind_of(element: ElementFacts) -> str:
    """The sort of an element, as differences and their sentences name it."""
    if element.kind in _TASKS:
        return "step"
    if element.kind == "endEvent":
        return "end"
    if element.kind.endswith("Gateway"):
        return "gateway"
    if element.kind.endswith("Event"):
        return "event"
    return "subprocess" if element.kind in _INNER else "task"


def elements(rule: Definition, names: _Names) -> dict[str, Part]:
    """Every element by its id in the later model (``names``: own id → that one)."""
    found = (_element(rule, element, names) for element in rule.facts.elements.values())
    return {names.get(part.place, f"- {part.place}"): part for part in found}


def flows(rule: Definition, names: _Names) -> dict[str, Part]:
    """Every sequence flow by what it joins, so that one drawn anew is the same flow; twins are numbered."""
    found: dict[str, Part] = {}
    for flow in rule.facts.flows:
        key = f"{names.get(flow.source, '- ' + flow.source)} → {names.get(flow.target, '- ' + flow.target)}"
        count = sum(known == key or known.startswith(f"{key} #") for known in found)
        found[f"{key} #{count}" if count else key] = _flow(rule, flow)
    return found


def name_of(rule: Definition, element_id: str) -> str:
    """What people call an element: its name, else its id."""
    element = rule.facts.elements.get(element_id)
    return (element.name if element else "") or element_id


def _element(rule: Definition, element: ElementFacts, names: _Names) -> Part:
    aspects = {
        "name": element.name,
        "documentation": element.documentation,
        "scope": names.get(element.scope, element.scope) if element.scope not in rule.facts.processes else "",
        "host": names.get(element.attached_to or "", element.attached_to or ""),
        "event": element.event or "",
        "timer": element.timer or "",
        "message": element.message or "",
        "signal": element.signal or "",
        "correlation": element.correlation or "",
        "called": element.called or "",
        "decision": element.decision or "",
        "result": element.result or "",
        "handler": "yes" if element.is_handler else "",
        "interrupts": "yes" if element.interrupts else "",
        "content": _pairs(element.content),
        "capability": element.capability.name if element.capability else "",
        "parameters": _pairs(element.capability.parameters) if element.capability else "",
        **element.particulars,
    }
    named = element.name or element.id
    ways = _ways(rule, element, names)
    return Part(element.id, kind_of(element), named, {**aspects, **_sheet(rule, element)}, (element.id,), order=ways)


def _ways(rule: Definition, element: ElementFacts, names: _Names) -> tuple[tuple[str, str], ...]:
    """The ways out of an exclusive gateway: the first whose condition holds is taken."""
    if element.kind != "exclusiveGateway":
        return ()
    ways = [flow for flow in rule.facts.flows if flow.source == element.id and not flow.is_default]
    return tuple((names.get(flow.target, flow.target), flow.name or name_of(rule, flow.target)) for flow in ways)


def _sheet(rule: Definition, element: ElementFacts) -> dict[str, str]:
    """What the sheet says of an element: its step, what waiting there means, how a case ends there."""
    ending = {"outcome": rule.ends[element.id] or "none"} if element.id in rule.ends else {}
    waiting = {"status": rule.waits[element.id]} if element.id in rule.waits else {}
    step = rule.steps.get(element.id)
    if step is None:
        return {**ending, **waiting}
    return {
        **ending,
        "role": f"{step.role}{' (của phòng thụ lý)' if step.of_division else ''}",
        "term": _term(step.term_minutes),
        "borrows": step.borrows_from or "",
        "form": step.form,
        "status": step.status or "",
        "help": step.help,
        "reminder": f"{step.reminder} %",
        "escalations": ", ".join(f"{percent} % → {role}" for percent, role in step.escalations),
        "hand_over": "yes" if step.is_hand_over else "no",
        "hands_out": _handed(step.hands_out),
        "signs": step.signs or "",
        "personal": "yes" if step.is_personal else "",
        "given_to": step.given_to or "",
    }


def _flow(rule: Definition, flow: FlowFacts) -> Part:
    source, target = name_of(rule, flow.source), name_of(rule, flow.target)
    aspects = {"condition": flow.condition or "", "default": "yes" if flow.is_default else "", "name": flow.name}
    said = flow.condition or flow.name
    return Part(flow.id, "flow", f"{source} → {target}", aspects, (flow.id,), said)


def _pairs(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in sorted(values.items()))


def _term(minutes: int | None) -> str:
    """Working minutes as people say them."""
    if minutes is None:
        return "none"
    return f"{minutes // 60} giờ" if minutes % 60 == 0 else f"{minutes} phút"


def _handed(out: HandsOut | None) -> str:
    """To whom, by which field, when, what for."""
    if out is None:
        return ""
    parts = {"cho": out.to, "người nhận ghi ở": out.receiver, "khi": out.when.source if out.when else "", "nội dung": out.note}
    return " · ".join(f"{word} {part}" for word, part in parts.items() if part)
