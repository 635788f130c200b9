"""What is compared between two states of a procedure: named parts, each as words by aspect, and the elements they touch."""

from collections.abc import Mapping
from dataclasses import dataclass

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True)
class Change:
    """One difference.

    ``place``: BPMN id, or file and name inside it; ``kind``: what sort of thing; ``what``: added, removed, changed.
    ``name`` is what people call the thing, ``aspect`` what of it changed. ``before`` and ``after`` are words (empty: nothing
    there). ``old`` and ``new`` are the BPMN ids that it touches in the former and in the later diagram.
    """

    place: str
    kind: str
    what: str
    before: str
    after: str
    name: str = ""
    aspect: str = ""
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One named thing: its aspects as words, and the BPMN ids of the elements that use it."""

    place: str
    kind: str
    name: str
    aspects: Mapping[str, str]
    elements: tuple[str, ...] = ()
    #: Said of a whole part that was added or removed.
    summary: str = ""
    #: What stands in it in an order that counts: identity and word of each.
    order: tuple[tuple[str, str], ...] = ()
    #: Key of the part it stands in: where that came or went as a whole, nothing is said of this one.
    owner: str = ""


#: Parts by a key that stays when the thing is changed.
Parts = dict[str, Part]


def compare(before: Mapping[str, Part], after: Mapping[str, Part]) -> list[Change]:
    """Differences of parts by key: whole ones that came or went, and each aspect that reads otherwise."""
    changes = []
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if any(part is not None and part.owner and part.owner not in whole for part, whole in ((old, after), (new, before))):
            continue
        if old is None and new is not None:
            changes.append(Change(new.place, new.kind, ADDED, "", new.summary, new.name, "", (), new.elements))
        elif new is None and old is not None:
            changes.append(Change(old.place, old.kind, REMOVED, old.summary, "", old.name, "", old.elements, ()))
        elif old is not None and new is not None:
            changes += [*_aspects(old, new), *_order(old, new)]
    return changes


def _aspects(old: Part, new: Part) -> list[Change]:
    """Aspects that differ; one that is missing on a side reads as empty."""
    found = []
    for aspect in dict.fromkeys([*old.aspects, *new.aspects]):
        before, after = old.aspects.get(aspect, ""), new.aspects.get(aspect, "")
        if before != after:
            found.append(_changed(old, new, aspect, before, after))
    return found


def _order(old: Part, new: Part) -> list[Change]:
    """Whether what stands in both stands in another order; what came or went is told by itself."""
    both = dict(old.order).keys() & dict(new.order).keys()
    before, after = ([pair for pair in part.order if pair[0] in both] for part in (old, new))
    if [key for key, _ in before] == [key for key, _ in after]:
        return []
    return [_changed(old, new, "order", ", ".join(word for _, word in before), ", ".join(word for _, word in after))]


def _changed(old: Part, new: Part, aspect: str, before: str, after: str) -> Change:
    return Change(new.place, new.kind, CHANGED, before, after, new.name, aspect, old.elements, new.elements)
