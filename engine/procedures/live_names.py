"""Which routing values can still make a difference: those some condition further on reads."""

from collections.abc import Iterable

from engine.flow.facts import ElementFacts, ModelFacts
from engine.flow.model import Model
from engine.language.expressions import compile_expression
from engine.procedures.definition import Definition
from engine.procedures.possible_answers import Known, Outcomes


class Live:
    """Answers for one model which of the names its conditions read may be read again, by where the tokens stand."""

    def __init__(self, definition: Definition, read: Known) -> None:
        model, facts = definition.model, definition.facts
        self._next = _following(facts)
        self._read: dict[str, frozenset[str]] = {}
        for flow in facts.flows:
            if flow.condition is not None:
                asked = compile_expression(flow.condition).names
                self._read[flow.source] = self._read.get(flow.source, frozenset()) | asked
        at_gateways = frozenset(name for asked in self._read.values() for name in asked)
        #: Read by something else than a gateway: taken to matter everywhere.
        self._always = (read.names - at_gateways) | _elsewhere(model)
        self._sets = _overwriting(definition, read.outcomes)
        self._names = read.names
        self._known: dict[tuple[str, str], bool] = {}

    def at(self, standing: Iterable[str]) -> frozenset[str]:
        """The names that may be read from a situation with tokens at these elements."""
        places = frozenset(standing)
        read = (name for name in self._names - self._always if any(self._is_read(name, place) for place in places))
        return self._always | frozenset(read)

    def _is_read(self, name: str, place: str) -> bool:
        """Whether a token at ``place`` can come to a reader of ``name`` without somebody setting it anew on the way."""
        key = (name, place)
        if key not in self._known:
            self._known[key] = self._reaches(name, place)
        return self._known[key]

    def _reaches(self, name: str, place: str) -> bool:
        seen, todo = set[str](), [place]
        while todo:
            element = todo.pop()
            if element in seen:
                continue
            seen.add(element)
            if name in self._read.get(element, ()):
                return True
            if name not in self._sets.get(element, ()):
                todo.extend(self._next.get(element, ()))
        return False


def _overwriting(definition: Definition, outcomes: Outcomes) -> dict[str, frozenset[str]]:
    """What finishing an element sets in any case: a step every routed question of its form, a capability what it always gives."""
    forms = {element: definition.form_of(element) for element in definition.steps}
    found = {element: frozenset(field.name for field in form.fields if field.routes) for element, form in forms.items()}
    for element, use in definition.calls.items():
        ways = [frozenset(way) for way in outcomes.get(use.capability, ())]
        found[element] = frozenset.intersection(*ways) if ways else frozenset()
    return found | {element: use.assigned for element, use in definition.asks.items()}


def _elsewhere(model: Model) -> frozenset[str]:
    """Names in scripts, loops, timers and conditions that are waited for: those are looked at whenever something changes."""
    flows = {(flow.condition or "").strip() for flow in model.facts.flows}
    specs = [spec for process in model.processes.values() for spec in process.task_specs.values()]
    waited = {getattr(spec.event_definition, "expression", None) for spec in specs if getattr(spec, "kind", "") == "conditional"}
    looped = {getattr(spec, "condition", None) for spec in specs}
    found = set[str]()
    for text, expression in model.vocabulary.expressions.items():
        if text.strip() not in flows or text in waited | looped:
            found |= expression.names
    return frozenset(found.union(*(script.names for script in model.vocabulary.scripts.values())))


def _following(facts: ModelFacts) -> dict[str, list[str]]:
    """Where a token can go from each element; also in and out of what contains it, and to what hangs on it."""
    found: dict[str, list[str]] = {}
    starts: dict[str, list[str]] = {}
    for element in facts.elements.values():
        if element.kind == "startEvent":
            starts.setdefault(element.scope, []).append(element.id)
    callers: dict[str, list[ElementFacts]] = {}
    for element in facts.elements.values():
        if element.called:
            callers.setdefault(element.called, []).append(element)
    for flow in facts.flows:
        found.setdefault(flow.source, []).append(flow.target)
    for element in facts.elements.values():
        out = found.setdefault(element.id, [])
        out.extend(starts.get(element.id, ()))
        out.extend(starts.get(element.called or "", ()))
        if element.scope in facts.elements:
            out.append(element.scope)
        out.extend(caller.id for caller in callers.get(element.scope, ()))
        if element.attached_to:
            found.setdefault(element.attached_to, []).append(element.id)
        if element.is_handler:
            found.setdefault(element.scope, []).append(element.id)
            out.extend(starts.get(element.id, ()))
    return found
