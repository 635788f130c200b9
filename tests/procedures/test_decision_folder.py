"""Decision tables as part of a procedure: named by tasks, checked with the rest of the folder, asked when a scenario is played."""

from pathlib import Path

import pytest

from engine.errors import Finding
from engine.procedures import definition, folder, playing, publishing, scenarios
from engine.procedures.folder import Folder

PERMIT = Path(__file__).parents[1] / "cases" / "permit"
MODEL, ASSESS, FEE = "permit.bpmn", "rules/assess.dmn", "rules/fee.dmn"
PLACE = "rules/assess.dmn: assess"


def _changed(path: str, old: str, new: str) -> Folder:
    """The permit folder with one text replaced in one file."""
    files = dict(folder.read(PERMIT).files)
    assert old in files[path].decode(), f"{path} does not contain {old}"
    files[path] = files[path].decode().replace(old, new, 1).encode()
    return folder.of(files.items())


def _told(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.place, finding.code) for finding in findings]


def test_folder_with_tables_can_be_published() -> None:
    assert publishing.check(folder.read(PERMIT), capabilities={}) == []


def test_model_tells_which_table_each_task_asks() -> None:
    asks = definition.read(folder.read(PERMIT)).asks
    assert {element: (use.decision.id, use.result, set(use.assigned)) for element, use in asks.items()} == {
        "assess_task": ("assess", None, {"level", "days"}),
        "fee_task": ("fee", "fee_due", {"fee_due"}),
        "part_task": ("part_fee", "part_fee", {"part_fee"}),
    }


def test_other_tools_names_of_a_decision_are_made_ours() -> None:
    changes = definition.read(folder.read(PERMIT)).model.changes
    assert [(change.place, change.code) for change in changes] == [
        ("fee_task", "decision_named"),
        ("part_task", "decision_named"),
    ]


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        pytest.param(MODEL, 'qt:decision="assess"', 'qt:decision="asess"', [("assess_task", "decision.unknown"), ("f_sign", "condition.name"), (PLACE, "decision.unused"), ("rules/assess.dmn: size", "decision.unused")], id="unknown"),
        pytest.param(MODEL, 'qt:decision="assess"', 'qt:decision="assess" qt:result="muc do"', [("assess_task", "decision.result"), ("f_sign", "condition.name")], id="result-name"),
        pytest.param(MODEL, 'qt:decision="assess"', "", [("assess_task", "no_decision")], id="no-decision"),
        pytest.param(MODEL, 'qt:decision="assess"', 'qt:decision="assess" qt:capability="issue_slip"', [("assess_task", "no_decision")], id="both"),
        pytest.param(MODEL, '<userTask id="check"', '<userTask qt:decision="assess" id="check"', [("check", "decision_place")], id="not-a-rule-task"),
        pytest.param(ASSESS, "<text>kind</text>", "<text>kinds</text>", [("assess_task", "decision.name")], id="name"),
        pytest.param(ASSESS, '<text>"again"</text>', "<text>again</text>", [("assess_task", "decision.name")], id="word-without-quotes"),
        pytest.param(ASSESS, "&gt;= 50000000", "&gt;= 40000000", [("rules/assess.dmn: size", "decision.overlap")], id="overlap"),
        pytest.param(ASSESS, "&gt;= 50000000", "&gt;= __import__('os')", [("assess_task", "decision.unknown"), ("f_sign", "condition.name"), ("rules/assess.dmn: size", "decision.cell")], id="attack"),
        pytest.param(ASSESS, 'id="size" name', 'id="extent" name', [("assess_task", "decision.unknown"), ("f_sign", "condition.name"), (PLACE, "decision.requires"), ("rules/assess.dmn: extent", "decision.unused")], id="required"),
        pytest.param("forms/start.yaml", "required: true, routes: true}", "required: true}", [("assess_task", "decision.name"), ("fee_task", "decision.name")], id="not-routed"),
        pytest.param("scenarios/levels.yaml", "open: [sign]", "open: [check]", [("scenarios/levels.yaml: acts[1]", "scenario.differs")], id="scenario"),
        pytest.param("scenarios/levels.yaml", "60.000.000", "2.000.000.000", [("scenarios/levels.yaml: acts[1]", "scenario.differs")], id="scenario-fails"),
    ],
)  # fmt: skip
def test_wrong_folder_is_refused(path: str, old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert _told(publishing.check(_changed(path, old, new), capabilities={})) == expected


def test_gap_is_a_remark_that_does_not_refuse() -> None:
    changed = _changed(ASSESS, "&gt;= 50000000", "&gt; 50000000")
    assert publishing.check(changed, capabilities={}) == []
    assert [(f.place, f.code, f.message) for f in publishing.remarks(changed)] == [
        (
            "rules/assess.dmn: size",
            "decision.gap",
            "Bảng “Quy mô” không có dòng nào cho trường hợp “Giá trị”: 50000000: kết quả sẽ để trống."
            " Hãy thêm dòng, hoặc ghi giá trị mặc định.",
        )
    ]


def test_same_id_in_two_files_is_refused() -> None:
    files = dict(folder.read(PERMIT).files)
    files["rules/again.dmn"] = files[FEE]
    found = publishing.check(folder.of(files.items()), capabilities={})
    assert _told(found) == [("rules/fee.dmn: fee", "decision.twice"), ("rules/fee.dmn: part_fee", "decision.twice")]


def test_tables_together_are_bounded() -> None:
    files = dict(folder.read(PERMIT).files)
    files["rules/big.dmn"] = b" " * 1_000_000
    assert ("rules", "decision.size") in _told(publishing.check(folder.of(files.items()), capabilities={}))


@pytest.mark.parametrize(
    ("start", "step"),
    [
        ("amount: 49999999, kind: new", "check"),
        ("amount: 50000000, kind: new", "sign"),
        ("amount: 50000000, kind: again", "check"),
    ],
)
def test_scenario_goes_where_the_table_says(start: str, step: str) -> None:
    sheet = f"title: Thử\nacts:\n  - start: {{{start}, parts: [fence]}}\n    expect: {{open: [{step}]}}\n"
    findings: list[Finding] = []
    played = playing.play(definition.read(folder.read(PERMIT)), scenarios.read("scenarios/t.yaml", sheet.encode(), findings))
    assert (findings, played.findings) == ([], ())
    assert played.visited == {"assess_task", "fee_task", "part_task", step}


def test_table_belongs_to_the_folders_hash() -> None:
    assert _changed(FEE, "20000", "20001").sha256 != folder.read(PERMIT).sha256
