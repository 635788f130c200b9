"""Every procedure in ``processes/``: it can be published, its scenarios pass, and they visit everything people or capabilities do."""

from pathlib import Path

import pytest

from engine import assembly
from engine.cases import capabilities
from engine.procedures import definition, folder, playing, publishing, scenarios

PROCESSES = Path(__file__).parents[2] / "processes"
FOLDERS = sorted(path.parent for path in PROCESSES.glob("*/procedure.yaml"))


@pytest.fixture(autouse=True)
def _assembled() -> None:
    assembly.assemble()


def test_every_folder_is_a_procedure() -> None:
    assert sorted(path for path in PROCESSES.iterdir() if path.is_dir()) == FOLDERS


@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.name)
def test_procedure_can_be_published(path: Path) -> None:
    assert publishing.check(folder.read(path), capabilities=capabilities.facts()) == []


@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.name)
def test_procedure_scenarios_visit_every_step(path: Path) -> None:
    read = folder.read(path)
    rule = definition.read(read)
    played = [playing.play(rule, story) for story in scenarios.read_all(read, [])]
    visited = frozenset().union(*(story.visited for story in played))
    waits = {e.id for e in rule.facts.elements.values() if e.kind == "intermediateCatchEvent"}
    owed = {*rule.steps, *rule.calls, *rule.asks, *waits}
    print(f"{path.name}: {len(played)} scenarios visit {len(owed & visited)} of {len(owed)} steps, capabilities and waits")
    assert sorted(owed - visited) == []


@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.name)
def test_procedure_scenarios_reach_every_outcome(path: Path) -> None:
    read = folder.read(path)
    rule = definition.read(read)
    reached = {playing.play(rule, story).ended_at for story in scenarios.read_all(read, [])}
    assert sorted({element for element, outcome in rule.ends.items() if outcome} - reached) == []


@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.name)
def test_procedure_diagram_shows_every_element(path: Path) -> None:
    read = folder.read(path)
    described = definition.read(read)
    facts = described.facts
    drawn = read.files[f"{described.code}.bpmn"].decode()
    shown = [*facts.elements, *(flow.id for flow in facts.flows)]
    assert [element for element in shown if f'bpmnElement="{element}"' not in drawn] == []
