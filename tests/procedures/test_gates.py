"""One verdict over a folder: structure first, then scenarios' coverage, then what the agency's gates say."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from engine.cases.capabilities import Capability
from engine.errors import Finding, ProcedureRejected
from engine.procedures import folder, gates
from engine.procedures.definition import Definition
from engine.procedures.folder import Folder
from engine.procedures.gates import Verdict
from tests.procedures.conftest import DOSSIER

Change = Callable[[str, str, str], Folder]
AGENCY = uuid.UUID(int=1)


@pytest.fixture(autouse=True)
def _own_gates(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(gates, "_gates", [])
    yield


def objecting(agency_id: uuid.UUID, folder: Folder, described: Definition) -> Verdict:
    return Verdict((Finding("sign", "a", f"{agency_id.int} {described.code}"),), (Finding("check", "b", "nhìn lại"),))


def test_a_whole_folder_passes(dossier: Folder, known: Mapping[str, Capability]) -> None:
    assert gates.judge(AGENCY, dossier, capabilities=known) == Verdict()


@pytest.mark.parametrize("path", sorted(DOSSIER.parent.glob("*/procedure.yaml")), ids=lambda path: path.parent.name)
def test_every_carried_procedure_holds_together(path: Path, known: Mapping[str, Capability]) -> None:
    assert gates.structure(folder.read(path.parent), capabilities=known) == Verdict()


def test_publishing_is_refused_where_the_structure_has_errors(changed: Change, known: Mapping[str, Capability]) -> None:
    gates.require(changed("procedure.yaml", "term: 16h", "term: 17h"), capabilities=known)
    with pytest.raises(ProcedureRejected) as refusal:
        gates.require(changed("procedure.yaml", "[process, sign]", "[assign, check]"), capabilities=known)
    assert [(finding.place, finding.code) for finding in refusal.value.findings] == [("check", "separate.role")]


def test_a_registered_gate_is_asked_once_with_the_agency(dossier: Folder, known: Mapping[str, Capability]) -> None:
    gates.register(objecting)
    gates.register(objecting)
    expected = Verdict((Finding("sign", "a", "1 dossier"),), (Finding("check", "b", "nhìn lại"),))
    assert gates.judge(AGENCY, dossier, capabilities=known) == expected


def test_a_folder_that_does_not_hold_together_is_told_so_alone(changed: Change, known: Mapping[str, Capability]) -> None:
    gates.register(objecting)
    broken = changed("procedure.yaml", "form: withdrawal_requested", "form: nowhere")
    found = gates.judge(AGENCY, broken, capabilities=known)
    assert [(finding.place, finding.code) for finding in found.errors] == [
        ("forms/withdrawal_requested.yaml", "form.unused"),
        ("procedure.yaml: messages.withdrawal_requested", "form.missing"),
    ]
    assert found.warnings == ()


def test_scenarios_that_leave_steps_out_keep_a_folder_from_being_submitted(
    dossier: Folder, known: Mapping[str, Capability]
) -> None:
    files = {path: content for path, content in dossier.files.items() if not path.startswith("scenarios/")}
    files["scenarios/refusal.yaml"] = dossier.files["scenarios/refusal.yaml"]
    found = gates.judge(AGENCY, folder.of(files.items()), capabilities=known)
    assert [(finding.place, finding.code) for finding in found.errors] == [
        ("scenarios", "coverage.flows"),
        ("scenarios", "coverage.tasks"),
    ]
