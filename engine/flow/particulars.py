"""What an element says beside its facts and that a case runs by: conditions waited for, codes, loops, scripts. As plain words."""

from collections.abc import Iterator
from typing import Any

from engine.flow.parse import BPMN, name

_LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")
_CODED = {"errorEventDefinition": ("errorRef", "error", "errorCode")}
_CODED["escalationEventDefinition"] = ("escalationRef", "escalation", "escalationCode")


def read(node: Any) -> dict[str, str]:
    """Particular → its words; only those the element has.

    ``waited``: condition of a conditional event; ``code`` of an error or escalation; ``timer_kind``; ``cancels``: ``yes`` where
    a boundary event ends its host, ``no`` where not; ``script``; ``loop``: how often and for whom; ``link``.
    """
    said = {
        "waited": _text(node.find(f"{BPMN}conditionalEventDefinition/{BPMN}condition")),
        "code": _code(node),
        "timer_kind": next((name(child) for child in _inside(node, "timerEventDefinition") if name(child)), ""),
        "cancels": _cancels(node),
        "script": _text(node.find(f"{BPMN}script")),
        "loop": "; ".join(_loop(node)),
        "link": next((found.get("name", "") for found in node.findall(f"{BPMN}linkEventDefinition")), ""),
    }
    return {word: text for word, text in said.items() if text}


def _text(node: Any) -> str:
    return " ".join(str(node.text or "").split()) if node is not None else ""


def _inside(node: Any, wanted: str) -> list[Any]:
    found = node.find(f"{BPMN}{wanted}")
    return list(found) if found is not None else []


def _cancels(node: Any) -> str:
    if name(node) != "boundaryEvent":
        return ""
    return "no" if node.get("cancelActivity") == "false" else "yes"


def _code(node: Any) -> str:
    """The code of the error or escalation thrown or caught here; its id where it has none; nothing where any is caught."""
    for child in node:
        if name(child) in _CODED:
            reference, kind, code = _CODED[name(child)]
            wanted, root = child.get(reference), node.getroottree().getroot()
            known = {found.get("id"): found.get(code) or found.get("id") for found in root.findall(f"{BPMN}{kind}")}
            return str(known.get(wanted, wanted or ""))
    return ""


def _loop(node: Any) -> Iterator[str]:
    """Everything written on the loop of an activity, its attributes in the order of their names."""
    for child in (found for found in node if name(found) in _LOOPS):
        yield "lặp" if name(child) == _LOOPS[0] else "nhiều lần"
        yield from (f"{key} = {child.get(key)}" for key in sorted(child.attrib) if key != "id" and not key.startswith("{"))
        yield from (f"{name(part)} = {_text(part) or part.get('name', '')}" for part in child if name(part))
