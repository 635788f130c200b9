"""``separate`` in ``procedure.yaml``: read strictly, judged against the lanes, compared between revisions."""

from collections.abc import Callable, Mapping

import pytest

from engine.cases.capabilities import Capability
from engine.errors import ProcedureRejected
from engine.procedures import definition, differences, gates, separation
from engine.procedures.folder import Folder

Change = Callable[[str, str, str], Folder]
SHEET = "procedure.yaml"
PAIRS = "separate: [[process, check], [process, sign]]"


def test_the_carried_procedure_keeps_work_and_check_apart(dossier: Folder) -> None:
    rule = definition.read(dossier)
    assert rule.separate == (("process", "check"), ("process", "sign"))
    assert separation.others(rule, "process") == {"check", "sign"}
    assert separation.others(rule, "sign") == {"process"}
    assert separation.others(rule, "assign") == frozenset()
    assert list(separation.check(rule)) == []


@pytest.mark.parametrize(
    "written",
    ["separate: process", "separate: [process, check]", "separate: [[process]]", "separate: [[process, process]]", "separate: [[process, 1]]", "separate: [[process, check, sign]]"],
)  # fmt: skip
def test_what_is_no_list_of_pairs_is_refused(changed: Change, written: str) -> None:
    with pytest.raises(ProcedureRejected) as refusal:
        definition.read(changed(SHEET, PAIRS, written))
    assert [(finding.place, finding.code) for finding in refusal.value.findings] == [
        ("procedure.yaml: separate", "sheet.separate")
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("separate: [[process, nowhere]]", [("procedure.yaml: separate", "separate.unknown")], id="unknown"),
        pytest.param("separate: [[assign, check]]", [("check", "separate.role")], id="one role"),
        pytest.param("separate: []", [], id="none"),
    ],
)
def test_pairs_are_judged_against_the_lanes(
    changed: Change, known: Mapping[str, Capability], written: str, expected: list[tuple[str, str]]
) -> None:
    found = gates.structure(changed(SHEET, PAIRS, written), capabilities=known)
    assert [(finding.place, finding.code) for finding in found.errors] == expected


def test_a_pair_that_went_is_a_difference(dossier: Folder, changed: Change) -> None:
    found = differences.between(definition.read(dossier), definition.read(changed(SHEET, PAIRS, "separate: [[process, sign]]")))
    assert [(change.place, change.aspect, change.before, change.after) for change in found.changes] == [
        (SHEET, "separate", "process ≠ check; process ≠ sign", "process ≠ sign")
    ]
