"""Which element of one model is which of another: the same BPMN id, else the only one of its kind and name in the same place."""

from collections import defaultdict
from collections.abc import Mapping

from engine.flow.facts import ElementFacts, ModelFacts

_Key = tuple[str, str, str]


def pairs(old: ModelFacts, new: ModelFacts) -> dict[str, str]:
    """BPMN id in ``old`` → BPMN id in ``new`` of everything that stands in both.

    An id means the same element while its kind is the same; one whose id is gone is found again by kind, name and what it stands
    in (sub-process, host), where that is unique on both sides: an editor gave it a new id, nobody changed it.
    """
    found = {id_: id_ for id_, element in old.elements.items() if _is_same(element, new.elements.get(id_))}
    while more := _renamed(old, new, found):
        found |= more
    return found


def renamed(found: Mapping[str, str]) -> dict[str, str]:
    """Of ``pairs`` those whose id changed: what a migration is told."""
    return {before: after for before, after in found.items() if before != after}


def _is_same(before: ElementFacts, after: ElementFacts | None) -> bool:
    return after is not None and after.kind == before.kind


def _renamed(old: ModelFacts, new: ModelFacts, found: Mapping[str, str]) -> dict[str, str]:
    """One more round: what stands inside something that was found may be found now."""
    taken = set(found.values())
    before = _by_key([element for id_, element in old.elements.items() if id_ not in found], found)
    after = _by_key([element for id_, element in new.elements.items() if id_ not in taken], {id_: id_ for id_ in new.elements})
    both = before.keys() & after.keys()
    return {before[key][0]: after[key][0] for key in both if len(before[key]) == 1 and len(after[key]) == 1}


def _by_key(elements: list[ElementFacts], names: Mapping[str, str]) -> dict[_Key, list[str]]:
    """Named elements by kind, name and surroundings in the words of the new model."""
    known: dict[_Key, list[str]] = defaultdict(list)
    for element in elements:
        if element.name:
            place = element.attached_to or element.scope
            known[element.kind, element.name, names.get(place, place)].append(element.id)
    return known
