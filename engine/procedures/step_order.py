"""In which order the work of a model is told, and where it may go on from each piece of work."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.flow.facts import ElementFacts, FlowFacts, ModelFacts

WORK = (
    "userTask",
    "manualTask",
    "task",
    "serviceTask",
    "sendTask",
    "receiveTask",
    "scriptTask",
    "businessRuleTask",
    "callActivity",
)
_SCOPES = ("subProcess", "transaction", "adHocSubProcess")


@dataclass(frozen=True)
class Way:
    """One way on after a piece of work: the words on the arrow (empty: none), and the work, event or end it leads to."""

    words: str
    target: str


def in_order(facts: ModelFacts) -> list[ElementFacts]:
    """Every piece of work, each before what follows it; returns count for nothing. Work no arrow leads to comes last."""
    following = _following(facts)
    starts = [e.id for e in facts.elements.values() if e.kind == "startEvent" and e.scope in facts.processes]
    seen: set[str] = set()
    found = _finished_last(starts, following, seen)
    rest = _finished_last([id_ for id_ in facts.elements if id_ not in seen], following, seen)
    return [facts.elements[id_] for id_ in (*found, *rest) if facts.elements[id_].kind in WORK]


def ways_on(facts: ModelFacts, element: str) -> list[Way]:
    """The ways on from a piece of work through gateways; empty where there is only one and nothing is written on it."""
    outgoing: dict[str, list[FlowFacts]] = {}
    for flow in facts.flows:
        outgoing.setdefault(flow.source, []).append(flow)
    found = list(dict.fromkeys(_ways(facts, outgoing, element, "", frozenset())))
    return found if len(found) > 1 or any(way.words for way in found) else []


def _ways(
    facts: ModelFacts, outgoing: Mapping[str, list[FlowFacts]], element: str, words: str, passed: frozenset[str]
) -> Iterator[Way]:
    for flow in outgoing.get(element, []):
        said = ", ".join(part for part in (words, flow.name) if part)
        target = facts.elements.get(flow.target)
        if target is None or flow.target in passed:
            continue
        if target.kind.endswith("Gateway") and len(passed) < 8:
            yield from _ways(facts, outgoing, flow.target, said, passed | {flow.target})
        else:
            yield Way(said, flow.target)


def _following(facts: ModelFacts) -> dict[str, list[str]]:
    """Element → what comes after it: by arrows, from a task to the events on its border, into and out of sub-processes."""
    found: dict[str, list[str]] = {id_: [] for id_ in facts.elements}
    for flow in facts.flows:
        if flow.source in found and flow.target in found:
            found[flow.source].append(flow.target)
    for element in facts.elements.values():
        if element.attached_to in found:
            found[str(element.attached_to)].append(element.id)
        if element.kind == "startEvent" and element.scope in found:
            found[element.scope].append(element.id)
        if element.is_handler and element.scope in found:
            found[element.scope].append(element.id)
    return found


def _finished_last(starts: list[str], following: Mapping[str, list[str]], seen: set[str]) -> list[str]:
    """What can be reached from the starts, each before what it leads to."""
    found: list[str] = []
    for start in reversed(starts):
        _visit(start, following, seen, found)
    return found[::-1]


def _visit(start: str, following: Mapping[str, list[str]], seen: set[str], found: list[str]) -> None:
    """Depth first without recursion; ``found`` grows in the order in which elements are finished."""
    stack: list[tuple[str, Iterator[str]]] = []
    if start not in seen:
        seen.add(start)
        stack.append((start, iter(reversed(following[start]))))
    while stack:
        element, rest = stack[-1]
        after = next((id_ for id_ in rest if id_ not in seen), None)
        if after is None:
            found.append(element)
            stack.pop()
        else:
            seen.add(after)
            stack.append((after, iter(reversed(following[after]))))
