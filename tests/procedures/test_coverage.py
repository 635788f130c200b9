"""What scenarios reach of a model is counted exactly, and too little of it is an error."""

from collections.abc import Callable

import pytest

from engine.procedures import coverage, definition, folder
from engine.procedures.folder import Folder

Changed = Callable[[str, str, str], Folder]


def only(dossier: Folder, *names: str) -> Folder:
    """The dossier folder with these scenarios alone."""
    kept = {f"scenarios/{name}.yaml" for name in names}
    return folder.of((path, content) for path, content in dossier.files.items() if path in kept or "scenarios/" not in path)


def test_the_dossier_scenarios_reach_everything(dossier: Folder) -> None:
    found = coverage.measure(definition.read(dossier), dossier)
    assert (found.missed_tasks, found.missed_flows, found.task_percent, found.flow_percent) == ((), (), 100, 100)
    assert coverage.gate(dossier, definition.read(dossier)) == []


def test_one_story_takes_exactly_its_flows(dossier: Folder) -> None:
    kept = only(dossier, "refusal")
    described = definition.read(kept)
    found = coverage.measure(described, kept)
    taken = [(flow.source, flow.target) for flow in described.facts.flows if flow.id not in found.missed_flows]
    ends = [pair for pair in taken if pair[1] == "end_refused"]
    assert (ends, found.task_percent, "hand_over" in found.missed_tasks) == ([("close_refused", "end_refused")], 0, True)
    assert {found.marks[flow] for flow in found.missed_flows} == {"missed"}
    assert (found.marks["end_refused"], found.marks["hand_over"]) == ("visited", "missed")


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        ("", ["coverage.tasks", "coverage.flows"]),
        ("coverage: {tasks: 0}\n", ["coverage.flows"]),
        ("coverage: {tasks: 0, flows: 0}\n", []),
    ],
    ids=["usual", "flows", "none"],
)
def test_too_little_is_an_error_unless_the_sheet_asks_less(dossier: Folder, rule: str, codes: list[str]) -> None:
    kept = only(dossier, "refusal")
    asked = folder.of({**kept.files, "procedure.yaml": kept.files["procedure.yaml"] + b"\n" + rule.encode()}.items())
    assert [finding.code for finding in coverage.gate(asked, definition.read(asked))] == codes


def test_a_share_above_a_hundred_is_refused(dossier: Folder) -> None:
    asked = folder.of(
        {**dossier.files, "procedure.yaml": dossier.files["procedure.yaml"] + b"\ncoverage: {flows: 101}\n"}.items()
    )
    assert [finding.code for finding in definition.examine(asked)[1]] == ["sheet.coverage"]
