"""What a case may still meet: every element and flow that lies ahead of where it stands."""

from collections.abc import Collection

from engine.flow.facts import ModelFacts


def ahead(facts: ModelFacts, places: Collection[str]) -> frozenset[str]:
    """BPMN ids of elements and flows that a case with tokens at ``places`` may still come to, those places included.

    Errs on the side of more: every way out of a gateway, everything attached, everything inside a sub-process or called process,
    and event sub-processes of each scope on the way.
    """
    found: set[str] = set()
    left = list(places)
    while left:
        id_ = left.pop()
        if id_ not in found:
            found.add(id_)
            left += _next(facts, id_)
    return frozenset(found)


def _next(facts: ModelFacts, id_: str) -> list[str]:
    element = facts.elements.get(id_)
    if element is None:
        return []
    flows = [flow for flow in facts.flows if flow.source == id_]
    attached = [other.id for other in facts.elements.values() if other.attached_to == id_]
    inside = [other.id for other in facts.elements.values() if other.scope in (id_, element.called)]
    beside = [other.id for other in facts.elements.values() if other.scope == element.scope and other.is_handler]
    linked = [other.id for other in facts.elements.values() if other.event == element.event == "link"]
    around = [element.scope] if element.scope in facts.elements else _callers(facts, element.scope)
    ways = [flow.id for flow in flows] + [flow.target for flow in flows]
    return [*ways, *attached, *inside, *beside, *linked, *around]


def _callers(facts: ModelFacts, process_id: str) -> list[str]:
    """Call activities that run this process: it goes on behind them."""
    return [element.id for element in facts.elements.values() if element.called == process_id]
