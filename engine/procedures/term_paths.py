"""The longest ways through a model in working time: parallel branches count as the longest of them, each loop once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.procedures import term_graph
from engine.procedures.definition import Definition
from engine.procedures.term_graph import Clock, Graph, Node

_Best = dict[Node, tuple[int, Node | None]]


@dataclass(frozen=True)
class Path:
    """A way to ``end`` (BPMN id): every element with a term on it and its working minutes, in their order.

    ``route`` is everything on the way, for the diagram.
    """

    end: str
    steps: tuple[tuple[str, int], ...]
    route: tuple[str, ...] = field(default=(), compare=False)

    @property
    def minutes(self) -> int:
        """Working minutes of the whole way."""
        return sum(minutes for _, minutes in self.steps)


def longest(definition: Definition, terms: Mapping[str, int], clock: Clock) -> tuple[Path, ...] | None:
    """The longest way to each end, the longest first. None where the model is too large.

    ``terms``: step (BPMN id) → working minutes. A timer that is waited for counts with the working time it can take at most.
    What interrupts an activity is taken to do so at the last moment; what does not interrupt it begins with it.
    """
    graph = term_graph.draw(definition, terms, clock)
    if graph is None:
        return None
    order, back = _ordered(graph, term_graph.sources(definition, graph))
    best = _best(graph, order, back)
    found: dict[str, Path] = {}
    for node in order:
        if not list(graph.following(node)):
            path = Path(node[1], *_walked(graph, best, node))
            if path.minutes > found.get(path.end, Path(path.end, ())).minutes or path.end not in found:
                found[path.end] = path
    return tuple(sorted(found.values(), key=lambda path: (-path.minutes, path.end)))


def _ordered(graph: Graph, sources: Iterable[Node]) -> tuple[list[Node], set[tuple[Node, Node]]]:
    """Every place that can be come to, each before what follows it; and the ways that lead back (rework), which are cut."""
    done, open_, order = set[Node](), set[Node](), list[Node]()
    back = set[tuple[Node, Node]]()
    for source in sources:
        stack = [(source, iter(list(graph.following(source))))] if source not in done | open_ else []
        open_.update(node for node, _ in stack)
        while stack:
            node, rest = stack[-1]
            then = next(rest, None)
            if then is None:
                stack.pop()
                open_.discard(node)
                done.add(node)
                order.append(node)
            elif then in open_:
                back.add((node, then))
            elif then not in done:
                open_.add(then)
                stack.append((then, iter(list(graph.following(then)))))
    return order[::-1], back


def _best(graph: Graph, order: list[Node], back: set[tuple[Node, Node]]) -> _Best:
    """For each place the most minutes it can take to get there, and from where."""
    best: _Best = {}
    for node in order:
        sofar = best.setdefault(node, (0, None))[0]
        for then in graph.following(node):
            if (node, then) not in back:
                minutes = sofar + graph.minutes(node, then)
                if then not in best or minutes > best[then][0]:
                    best[then] = (minutes, node)
    return best


def _walked(graph: Graph, best: _Best, node: Node) -> tuple[tuple[tuple[str, int], ...], tuple[str, ...]]:
    """What was done on the best way to a place, and every element it leads through."""
    steps, route = list[tuple[str, int]](), [node[1]]
    at, before = node, best[node][1]
    while before is not None:
        minutes = graph.minutes(before, at)
        if minutes:
            steps.append((before[1], minutes))
        if before[1] != route[-1]:
            route.append(before[1])
        at, before = before, best[before][1]
    return tuple(steps[::-1]), tuple(route[::-1])
