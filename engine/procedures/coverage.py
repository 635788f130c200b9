"""How much of a model its scenarios walk through: steps of people and sequence flows, counted as the engine took them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.errors import Finding
from engine.procedures import playing, scenarios
from engine.procedures.definition import Definition
from engine.procedures.folder import Folder
from engine.procedures.playing import Played

_STEPS = ("userTask", "manualTask", "task")
_CONTAINERS = ("subProcess", "transaction")


@dataclass(frozen=True)
class Coverage:
    """BPMN ids in the order of the model: steps and sequence flows, those reached and those missed."""

    tasks: tuple[str, ...]
    missed_tasks: tuple[str, ...]
    flows: tuple[str, ...]
    missed_flows: tuple[str, ...]
    #: Every other element a token came through.
    visited: frozenset[str]
    #: Sub-processes: not coloured themselves, they would hide what is in them.
    containers: frozenset[str] = frozenset()

    @property
    def task_percent(self) -> int:
        """Share of steps reached, rounded down; 100 where there is none."""
        return _percent(self.tasks, self.missed_tasks)

    @property
    def flow_percent(self) -> int:
        """Share of sequence flows taken, rounded down; 100 where there is none."""
        return _percent(self.flows, self.missed_flows)

    @property
    def marks(self) -> Mapping[str, str]:
        """BPMN id → ``visited`` or ``missed``, for the diagram."""
        missed = {*self.missed_tasks, *self.missed_flows}
        reached = {*self.tasks, *self.flows, *self.visited} - missed - self.containers
        return {**dict.fromkeys(sorted(reached), "visited"), **dict.fromkeys(sorted(missed), "missed")}


def of(definition: Definition, played: Iterable[Played]) -> Coverage:
    """What these played stories reach of the model.

    Two flows between the same two elements are told apart by nothing that is seen from outside: both count as taken.
    """
    stories = list(played)
    passed = frozenset(pair for story in stories for pair in story.passed)
    reached = frozenset(element for pair in passed for element in pair) | frozenset(
        element for story in stories for element in story.visited
    )
    facts = definition.facts
    tasks = tuple(element.id for element in facts.elements.values() if element.kind in _STEPS)
    flows = {flow.id: (flow.source, flow.target) for flow in facts.flows}
    return Coverage(
        tasks=tasks,
        missed_tasks=tuple(task for task in tasks if task not in reached),
        flows=tuple(flows),
        missed_flows=tuple(flow for flow, pair in flows.items() if pair not in passed),
        visited=frozenset(element for pair in passed for element in pair if element in facts.elements),
        containers=containers(definition),
    )


def containers(definition: Definition) -> frozenset[str]:
    """BPMN ids of everything that is drawn around other elements."""
    return frozenset(id_ for id_, element in definition.facts.elements.items() if element.kind in _CONTAINERS)


def measure(definition: Definition, folder: Folder) -> Coverage:
    """What all scenarios of ``folder`` reach; one that goes wrong counts as far as it goes."""
    return of(definition, (playing.play(definition, story) for story in scenarios.read_all(folder, [])))


def gate(folder: Folder, definition: Definition) -> list[Finding]:
    """What keeps the folder from being approved: too few steps or flows walked through by its scenarios."""
    found, wanted = measure(definition, folder), definition.coverage
    findings = []
    if found.task_percent < wanted.tasks:
        findings.append(_missing("coverage.tasks", "bước", found.task_percent, wanted.tasks, found.missed_tasks))
    if found.flow_percent < wanted.flows:
        findings.append(_missing("coverage.flows", "nhánh", found.flow_percent, wanted.flows, found.missed_flows))
    return findings


def _missing(code: str, word: str, percent: int, wanted: int, missed: tuple[str, ...]) -> Finding:
    told = f"Kịch bản mới đi qua {percent} % số {word}, cần {wanted} %. Thêm kịch bản đi qua: {', '.join(missed)}."
    return Finding(scenarios.DIRECTORY, code, told)


def _percent(all_: tuple[str, ...], missed: tuple[str, ...]) -> int:
    return 100 * (len(all_) - len(missed)) // len(all_) if all_ else 100
