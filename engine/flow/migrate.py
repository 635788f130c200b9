"""Bring a case to another revision of its model: a token move, like a return, for every token at once. The caller records it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Conflict
from engine.flow import branches, outcome, regions, unfold
from engine.flow import marking as markings
from engine.flow.model import Model
from engine.flow.moves import Move
from engine.flow.reading import Values

_Row = dict[str, Any]
_CHILD = " [child]"


def migrate(old: Model, marking: bytes, new: Model, values: Mapping[str, Any], renamed: Mapping[str, str] | None = None) -> Move:
    """The case under ``new``: open steps keep their tokens, boundary events that are new are opened, those gone are closed.

    ``renamed`` maps BPMN ids of the old revision to those of the new one. ``Conflict`` names every open element that has no
    counterpart of its kind in the same place, or lies between other parallel branches than before: a person must map it.
    """
    reading = Values(old.vocabulary, values)
    before = outcome.numbers(unfold.case(old, marking, reading))
    situation = markings.read(marking)
    process = situation.process or old.facts.process_id
    translation = _Translation(old, new, renamed or {})
    target = translation.name(process) if situation.process else new.facts.process_id
    if target not in new.processes:
        raise Conflict(f"Bản mới không có quy trình “{target}”.")
    rows = translation.scope(situation.rows, old.processes[process], new.processes[target])
    if translation.lost:
        raise Conflict(f"Chưa chuyển được hồ sơ: bản mới không có chỗ tương ứng cho {', '.join(sorted(translation.lost))}.")
    now = Values(new.vocabulary, values)
    moved = unfold.case(new, markings.write(markings.Situation(target, rows), new.facts.process_id), now)
    return outcome.finish(outcome.of(moved, before, new.facts.process_id), now)


@dataclass
class _Translation:
    old: Model
    new: Model
    renamed: Mapping[str, str]
    #: Open elements without a counterpart.
    lost: set[str] = field(default_factory=set)

    def name(self, old_name: str) -> str:
        """The name in the new revision."""
        base = old_name.removesuffix(_CHILD)
        return self.renamed.get(base, base) + old_name[len(base) :]

    def rows(self, rows: list[_Row], old: Any, new: Any) -> list[_Row]:
        """Rows of one scope, translated."""
        return [row for row in (self._row(row, old, new) for row in rows) if row is not None]

    def scope(self, rows: list[_Row], old: Any, new: Any) -> list[_Row]:
        """Rows of a whole scope: its event sub-processes are the new revision's, kept where they were armed.

        One that has happened already is not armed again, and none is where an interrupting one runs.
        """
        names = [row["e"] for row in rows]
        armed = {self.name(row["e"]): row for row in rows if row["e"] in old.triggers}
        over = {self.name(name) for name in old.triggers} - set(armed)
        kept = self.rows([row for row in rows if row["e"] not in old.triggers], old, new)
        if any(old.task_specs[name].handler in names for name in old.triggers if old.task_specs[name].cancel_activity):
            return kept
        return kept + [{**armed.get(name, {}), "e": name} for name in new.triggers if name not in over]

    def _row(self, row: _Row, old: Any, new: Any) -> _Row | None:
        before, name = old.task_specs[row["e"]], self.name(row["e"])
        after = new.task_specs.get(name)
        if after is None or type(after) is not type(before) or not self._has_same_place(before, after, row):
            self.lost.add(row["e"].removesuffix(_CHILD))
            return None
        moved = {**row, "e": name, "a": self._attached(row, before, after)}
        if "o" in row:
            moved["o"] = self.name(row["o"])
        if "s" in row:
            moved["s"] = self.scope(row["s"], self.old.processes[before.spec], self.new.processes[after.spec])
        return moved

    def _attached(self, row: _Row, before: Any, after: Any) -> list[_Row]:
        """Instances and awaited events are carried over; boundary events are the new host's, kept where they were armed."""
        attached = row.get("a", [])
        armed = {self.name(other["e"]): other for other in attached if other["e"] in before.boundaries}
        fired = {self.name(name) for name in before.boundaries} - set(armed)
        kept = self.rows([other for other in attached if other["e"] not in before.boundaries], before._wf_spec, after._wf_spec)
        return kept + [{**armed.get(name, {}), "e": name} for name in after.boundaries if name not in fired]

    def _has_same_place(self, before: Any, after: Any, row: _Row) -> bool:
        if "o" in row and self.name(row["o"]) not in after._inputs:
            return False
        here, there = regions.regions(before._wf_spec).get(before.name), regions.regions(after._wf_spec).get(after.name)
        if (here is None) != (there is None):
            return False
        if [self.name(_split(way)) for way in here or ()] != [_split(way) for way in there or ()]:
            return False
        return all(branches.are_kept(before._wf_spec, _split(way), after._wf_spec, self.name) for way in here or ())


def _split(way: str) -> str:
    return way.split("/")[0]
