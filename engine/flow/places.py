"""Where every token of a case stands, for an operator: also those that nothing outside acts on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Conflict
from engine.flow import marking as markings
from engine.flow import regions, unfold
from engine.flow.model import Model
from engine.flow.reading import Values

_CHILD = " [child]"
#: What a person may be asked to do; everything else passes by itself.
_TASKS = ("user", "manual", "service", "send", "receive", "decision")


@dataclass(frozen=True, slots=True)
class Place:
    """One token. ``token`` is its number (0: nothing outside acts on it), ``element`` the BPMN id, ``name`` the model's word.

    ``kind`` is the element's BPMN name, ``scope`` the sub-processes around it, outermost first, ``items`` its loop items.
    ``attached_to`` is the element it belongs to (the host of a boundary event), ``origin`` at a join where it came from.
    """

    token: int
    element: str
    name: str
    kind: str
    scope: tuple[str, ...] = ()
    items: Mapping[str, Any] = field(default_factory=dict)
    attached_to: str | None = None
    origin: str = ""

    def as_record(self) -> dict[str, Any]:
        """What the journal keeps of it."""
        known = {"token": self.token, "element": self.element, "name": self.name}
        more = {"scope": list(self.scope), "items": dict(self.items), "origin": self.origin}
        return {**known, **{name: value for name, value in more.items() if value}}


def of(model: Model, marking: bytes) -> tuple[Place, ...]:
    """Every token of the case with this marking, hosts before what is inside them; nothing for a case that has ended."""
    return tuple(_places(model, markings.read(marking).rows, (), None)) if marking else ()


def targets(model: Model, marking: bytes, token: int) -> list[tuple[str, str]]:
    """(element, name) of every activity that ``token`` may be moved before; empty where the token does not wait."""
    case = unfold.case(model, marking, Values(model.vocabulary, {}))
    try:
        found = unfold.find(case, token)
    except Conflict:
        return []
    own = found.task_spec.bpmn_id
    names = [name for name in found.workflow.spec.task_specs if name != own and regions.why_not(found, name) is None]
    return [(name, _name(model, name)) for name in names]


def skippable(model: Model, marking: bytes) -> frozenset[int]:
    """The tokens whose activity may be passed over: those that wait for a person, a capability or a message task."""
    case = unfold.case(model, marking, Values(model.vocabulary, {}))
    tokens = (token for scope in case.scopes() for token in scope.tasks.values())
    return frozenset(token.number for token in tokens if token.is_waiting and token.task_spec.kind in _TASKS)


def ended(model: Model, marking: bytes) -> bytes:
    """The marking of a case that stood here and was ended from outside: the same process, no token."""
    process = markings.read(marking).process if marking else None
    return markings.write(markings.Situation(process or model.facts.process_id, []), model.facts.process_id)


def _places(model: Model, rows: list[dict[str, Any]], scope: tuple[str, ...], host: str | None) -> Iterator[Place]:
    for row in rows:
        element = row["e"].removesuffix(_CHILD)
        facts = model.facts.elements.get(element)
        kind = facts.kind if facts else ""
        yield Place(row.get("n", 0), element, _name(model, element), kind, scope, row.get("i", {}), host, row.get("o", ""))
        yield from _places(model, row.get("a", []), scope, element)
        yield from _places(model, row.get("s", []), (*scope, element), None)


def _name(model: Model, element: str) -> str:
    facts = model.facts.elements.get(element)
    return (facts.name if facts else "") or element
