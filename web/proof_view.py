"""What the page of a draft's proof shows: findings with where to mend them, services with their longest way, marks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath

from flask import url_for

from engine.dossiers import proof
from engine.dossiers.proof import Row
from engine.errors import Finding
from engine.flow.facts import ModelFacts
from engine.procedures.definition import Definition
from engine.procedures.models import ProcedureDraft
from engine.procedures.verdicts import Verdict

#: Services shown, the tightest first.
MOST_ROWS = 50
#: Folder of a file → the page that lists what is in it; anything else is mended on the drawing board.
_PAGES = {"rules": "draft_rules.index", "slips": "draft_slips.index", "scenarios": "draft_scenarios.index"}
#: Frames around others: what is inside them is marked instead.
_FRAMES = ("subProcess", "transaction")
_Marks = Mapping[str, str]


@dataclass(frozen=True)
class Shown:
    """One finding: ``name`` of what it speaks of, ``address`` of where it is mended, ``marks`` that show it on the diagram."""

    message: str
    code: str
    name: str
    address: str
    marks: _Marks


@dataclass(frozen=True)
class Line:
    """One service against its limit; ``steps`` (name, working time) in their order, ``marks`` of its longest way."""

    row: Row
    steps: tuple[tuple[str, str], ...]
    work: str
    time: str
    marks: _Marks


def findings(draft: ProcedureDraft, found: Sequence[Finding], definition: Definition | None, mark: str) -> list[Shown]:
    """Findings as the page lists them; ``mark``: error or warning."""
    return [_shown(draft, finding, definition, mark) for finding in found]


def lines(rows: Iterable[Row], definition: Definition) -> list[Line]:
    """The services that are shown."""
    return [_line(row, definition) for row in list(rows)[:MOST_ROWS]]


def marks(definition: Definition, verdict: Verdict, shown: Iterable[Line]) -> dict[str, str]:
    """Everything at once: what must be mended, what should be looked at, and the ways that take longer than the law allows."""
    known = _ids(definition.facts)
    found = {finding.place: "warning" for finding in verdict.warnings if finding.place in known}
    found |= {finding.place: "error" for finding in verdict.errors if finding.place in known}
    for line in shown:
        found |= line.marks if line.row.measured.is_over else {}
    return found


def _shown(draft: ProcedureDraft, finding: Finding, definition: Definition | None, mark: str) -> Shown:
    is_drawn = definition is not None and finding.place in _ids(definition.facts)
    name = _name(definition, finding.place) if definition is not None else finding.place
    marked = {finding.place: mark} if is_drawn else {}
    return Shown(finding.message, finding.code, name, _address(draft, finding.place), marked)


def _address(draft: ProcedureDraft, place: str) -> str:
    path = place.split(":")[0]
    folder, name = str(PurePosixPath(path).parent), PurePosixPath(path).stem
    if folder == "forms":
        return url_for("draft_forms.edit", draft_id=draft.id, name=name)
    return url_for(_PAGES.get(path, _PAGES.get(folder, "draft_model.show")), draft_id=draft.id)


def _line(row: Row, definition: Definition) -> Line:
    measured = row.measured
    steps = tuple((_name(definition, element), proof.hours(minutes)) for element, minutes in measured.path.steps)
    mark = "error" if measured.is_over else "warning" if measured.is_close else "visited"
    return Line(
        row, steps, proof.hours(measured.path.minutes), proof.hours(measured.window.minutes), _way(definition.facts, row, mark)
    )


def _way(facts: ModelFacts, row: Row, mark: str) -> dict[str, str]:
    route = row.measured.path.route
    steps = set(pairwise(route))
    flows = (flow.id for flow in facts.flows if (flow.source, flow.target) in steps)
    drawn = (id_ for id_ in route if id_ in facts.elements and facts.elements[id_].kind not in _FRAMES)
    return dict.fromkeys((*drawn, *flows), mark)


def _ids(facts: ModelFacts) -> frozenset[str]:
    return frozenset((*facts.elements, *(flow.id for flow in facts.flows)))


def _name(definition: Definition, place: str) -> str:
    facts = definition.facts
    if place in facts.elements:
        return facts.elements[place].name or place
    if place in facts.processes:
        return facts.processes[place].name or place
    return next((flow.name or place for flow in facts.flows if flow.id == place), place)
