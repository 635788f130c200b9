"""A model as places between which working time passes: what hangs on, lies inside or is called is drawn in flat."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.flow import timers
from engine.flow.facts import ElementFacts, ModelFacts
from engine.procedures.definition import Definition

#: Places of a model with every call of another process drawn in; a larger one is not measured.
MOST_PLACES = 20_000
_SCOPES = ("subProcess", "transaction")
_DAY = 8 * 60
#: A place: the calls around it, BPMN id, whether the token leaves it (else: comes to it).
Place = tuple[tuple[str, ...], str, bool]
#: A place while the clock runs or stands still.
Node = tuple[tuple[str, ...], str, bool, bool]
_Inside = Mapping[str, list[ElementFacts]]


@dataclass(frozen=True)
class Clock:
    """What is measured. ``starts``: elements behind which the clock starts (none: the beginning); ``ends``: those at which it
    ends; behind ``pauses`` it stands still until an element of ``resumes`` is passed.
    """

    starts: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    pauses: frozenset[str] = frozenset()
    resumes: frozenset[str] = frozenset()


@dataclass
class Graph:
    """Places and what follows them. ``weights``: element → working minutes it takes."""

    weights: Mapping[str, int]
    clock: Clock
    edges: dict[Place, list[Place]] = field(default_factory=dict)

    def join(self, source: Place, target: Place) -> None:
        """A token comes from ``source`` straight to ``target``."""
        self.edges.setdefault(source, []).append(target)

    def following(self, node: Node) -> Iterator[Node]:
        """Where a token goes next; nowhere where the clock has ended."""
        calls, id_, leaves, runs = node
        if not leaves and id_ in self.clock.ends:
            return
        for then in self.edges.get((calls, id_, leaves), ()):
            is_done = then == (calls, id_, True)
            runs_then = (runs or id_ in self.clock.resumes) and id_ not in self.clock.pauses if is_done else runs
            yield (*then, runs_then)

    def minutes(self, source: Node, target: Node) -> int:
        """What it costs to get from one place to the next: the time of the element that is done between them."""
        is_done = source[:2] == target[:2] and not source[2] and target[2]
        return self.weights.get(source[1], 0) if is_done and source[3] else 0


def draw(definition: Definition, terms: Mapping[str, int], clock: Clock) -> Graph | None:
    """The graph of every process from the main one on; None where it is too large. ``terms``: step → working minutes."""
    facts = definition.facts
    graph, inside = Graph({**_waited(facts), **terms}, clock), _by_scope(facts)
    todo: list[tuple[tuple[str, ...], str]] = [((), facts.process_id)]
    while todo:
        calls, scope = todo.pop()
        _draw_scope(definition, graph, calls, scope, inside)
        for element in inside.get(scope, ()):
            if element.kind in _SCOPES:
                todo.append((calls, element.id))
            elif element.kind == "callActivity" and element.called:
                inner = (*calls, element.id)
                _draw_inner(graph, (calls, element.id), inner, inside.get(element.called, []), facts)
                todo.append((inner, element.called))
        if len(graph.edges) > MOST_PLACES:
            return None
    return graph


def sources(definition: Definition, graph: Graph) -> list[Node]:
    """Where the clock starts."""
    if graph.clock.starts:
        places = {place for place in graph.edges if place[1] in graph.clock.starts and place[2]}
        return sorted((*place, True) for place in places)
    facts = definition.facts
    starts = (e for e in facts.elements.values() if e.kind == "startEvent" and e.scope == facts.process_id)
    return [((), start.id, False, True) for start in starts]


def _draw_scope(definition: Definition, graph: Graph, calls: tuple[str, ...], scope: str, inside: _Inside) -> None:
    facts = definition.facts
    for element in inside.get(scope, ()):
        here, gone = (calls, element.id, False), (calls, element.id, True)
        if element.kind in _SCOPES:
            _draw_inner(graph, (calls, element.id), calls, inside.get(element.id, []), facts)
        elif element.kind != "callActivity":
            graph.join(here, gone)
        if element.attached_to:
            graph.join((calls, element.attached_to, _interrupts(definition, element)), here)
        if element.is_handler:
            sources = _ends(inside.get(scope, []), facts) if element.interrupts else _starts(inside.get(scope, []))
            for source in sources:
                graph.join((calls, source.id, element.interrupts), here)
    for flow in facts.flows:
        left = facts.elements.get(flow.source)
        if left is not None and left.scope == scope:
            graph.join((calls, flow.source, True), (calls, flow.target, False))


def _draw_inner(
    graph: Graph, host: tuple[tuple[str, ...], str], calls: tuple[str, ...], elements: list[ElementFacts], facts: ModelFacts
) -> None:
    """Into a sub-process or called process, and out of it."""
    for start in _starts(elements):
        graph.join((*host, False), (calls, start.id, False))
    for end in _ends(elements, facts):
        graph.join((calls, end.id, True), (*host, True))


def _starts(elements: list[ElementFacts]) -> list[ElementFacts]:
    return [element for element in elements if element.kind == "startEvent"]


def _ends(elements: list[ElementFacts], facts: ModelFacts) -> list[ElementFacts]:
    """Where a token of a scope is used up: what nothing follows."""
    left = {flow.source for flow in facts.flows}
    return [element for element in elements if element.id not in left and not element.is_handler]


def _interrupts(definition: Definition, boundary: ElementFacts) -> bool:
    spec = definition.model.processes[boundary.scope].task_specs[boundary.id]
    return bool(spec.cancel_activity)


def _by_scope(facts: ModelFacts) -> dict[str, list[ElementFacts]]:
    found: dict[str, list[ElementFacts]] = {}
    for element in facts.elements.values():
        found.setdefault(element.scope, []).append(element)
    return found


def _waited(facts: ModelFacts) -> dict[str, int]:
    """Working minutes a timer on the way takes at most: of a day and of each started one eight hours."""
    timed = (element for element in facts.elements.values() if element.kind == "intermediateCatchEvent" and element.timer)
    return {element.id: minutes for element in timed if (minutes := timers.working_minutes(element.timer or "", _DAY))}
