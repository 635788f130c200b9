"""What differs between two states of a procedure, as the people who work by it would say: never where a shape is drawn."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from threading import Lock
from types import MappingProxyType

from engine.procedures import difference_model, difference_pairs, difference_sheets, difference_tables
from engine.procedures.definition import Definition
from engine.procedures.difference_parts import ADDED, CHANGED, REMOVED, Change, compare

__all__ = ["ADDED", "CHANGED", "COMPARISONS", "REMOVED", "Change", "Differences", "between"]

#: Comparisons kept by one process.
CACHE_SIZE = 32

#: What the list begins with: the work itself, then what is written about it.
_ORDER = (
    "step",
    "task",
    "subprocess",
    "event",
    "gateway",
    "end",
    "flow",
    "message",
    "form",
    "field",
    "decision",
    "rule",
    "slip",
    "template",
    "scenario",
    "procedure",
)


@dataclass(frozen=True)
class Differences:
    """All changes in the order to read them. ``renamed``: elements that only got another id, former id → later id."""

    changes: tuple[Change, ...]
    renamed: Mapping[str, str]

    @property
    def marks_before(self) -> dict[str, str]:
        """BPMN id → mark for the former diagram: what is removed there, what is changed."""
        return self._marks(REMOVED, later=False)

    @property
    def marks_after(self) -> dict[str, str]:
        """BPMN id → mark for the later diagram: what is added there, what is changed."""
        return self._marks(ADDED, later=True)

    @property
    def touched(self) -> frozenset[str]:
        """BPMN ids of the former model that some change is about."""
        return frozenset(id_ for change in self.changes for id_ in change.old)

    @property
    def touched_later(self) -> frozenset[str]:
        """BPMN ids of the later model that some change is about."""
        return frozenset(id_ for change in self.changes for id_ in change.new)

    @property
    def groups(self) -> list[tuple[str, list[Change]]]:
        """The changes by kind, in the order to read them."""
        return [(kind, list(found)) for kind, found in groupby(self.changes, key=lambda change: change.kind)]

    def _marks(self, whole: str, *, later: bool) -> dict[str, str]:
        """A shape that came or went itself is that; one whose form, table or message changed is changed."""
        marks: dict[str, str] = {}
        for change in self.changes:
            for id_ in change.new if later else change.old:
                is_itself = change.what == whole and change.place == id_
                marks[id_] = whole if is_itself else marks.get(id_, CHANGED)
        return marks


class Comparisons:
    """What was compared, by the hashes of both folders: neither ever changes. The least used one makes room.

    ``made`` counts the comparisons really worked out: three hundred cases between two revisions are one.
    """

    def __init__(self, size: int = CACHE_SIZE) -> None:
        self.made = 0
        self._size = size
        self._kept: OrderedDict[tuple[str, str], Differences] = OrderedDict()
        self._lock = Lock()

    def between(self, old: Definition, new: Definition) -> Differences:
        """What ``between`` says, worked out once."""
        key = old.model.key, new.model.key
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known
        found = _compared(old, new)
        with self._lock:
            self.made += 1
            found = self._kept.setdefault(key, found)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return found


COMPARISONS = Comparisons()


def between(old: Definition, new: Definition) -> Differences:
    """Everything that is otherwise in ``new`` than in ``old``. BPMN ids are identities, see ``difference_pairs``."""
    return COMPARISONS.between(old, new)


def _compared(old: Definition, new: Definition) -> Differences:
    known = difference_pairs.pairs(old.facts, new.facts)
    own = {id_: id_ for id_ in new.facts.elements}
    changes = [
        *compare(difference_model.elements(old, known), difference_model.elements(new, own)),
        *compare(difference_model.flows(old, known), difference_model.flows(new, own)),
        *compare(*difference_tables.aligned(difference_sheets.of(old), difference_sheets.of(new))),
    ]
    ordered = sorted(changes, key=lambda change: _ORDER.index(change.kind))
    return Differences(tuple(ordered), MappingProxyType(difference_pairs.renamed(known)))
