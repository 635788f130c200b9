"""What does not hold together is found before publishing, each fault with its place."""

from collections.abc import Callable, Mapping

import pytest

from engine.cases.capabilities import Capability
from engine.errors import Finding
from engine.procedures import folder, publishing
from engine.procedures.folder import Folder

Change = Callable[[str, str, str], Folder]
SHEET, MODEL = "procedure.yaml", "dossier.bpmn"


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.place, finding.code) for finding in findings]


def test_dossier_has_no_findings(dossier: Folder, known: Mapping[str, Capability]) -> None:
    assert publishing.check(dossier, capabilities=known) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "place", "code"),
    [
        pytest.param(SHEET, "  check: {term", "  chek: {term", "check", "step.missing", id="step-renamed"),
        pytest.param(SHEET, "  check: {term", "  chek: {term", "procedure.yaml: steps.chek", "step.unknown", id="step-unknown"),
        pytest.param(SHEET, "term: 16h", "term: 2 days", "procedure.yaml: steps.process.term", "sheet.term", id="term"),
        pytest.param(SHEET, "borrows_from: process", "borrows_from: nowhere", "assign", "step.borrows", id="lender"),
        pytest.param(SHEET, "status: received", "status: recieved", "hand_over", "status.unknown", id="status"),
        pytest.param(SHEET, "role: leader}", "role: chairman}", "procedure.yaml: lanes.Lãnh đạo UBND.role", "sheet.word", id="role"),
        pytest.param(SHEET, "  Văn thư: {", "  Văn phòng: {", "Văn thư", "lane.unknown", id="lane"),
        pytest.param(SHEET, "  Văn thư: {", "  Văn phòng: {", "procedure.yaml: lanes.Văn phòng", "lane.unused", id="lane-unused"),
        pytest.param(SHEET, "to: Công dân, receiver: received_by_name", "to: Công dân, receiver: receiver", "return_result", "step.hands_out", id="receiver"),
        pytest.param(SHEET, "closed_while: [decide_withdrawal]", "closed_while: [decide]", "procedure.yaml: messages.withdrawal_requested", "message.closed_while", id="closed-while"),
        pytest.param(SHEET, "roles: [clerk], closed_while", "roles: [clark], closed_while", "procedure.yaml: messages.withdrawal_requested.roles", "role.unknown", id="message-role"),
        pytest.param(SHEET, "  withdrawal_requested: {title", "  withdrawn: {title", "on_withdrawal", "message.undefined", id="message"),
        pytest.param(SHEET, "  withdrawal_requested: {title", "  withdrawn: {title", "procedure.yaml: messages.withdrawn", "message.unused", id="message-unused"),
        pytest.param(SHEET, "  supplement_received: awaiting", "  supplied: awaiting", "procedure.yaml: waits.supplied", "wait.unknown", id="wait"),
        pytest.param(SHEET, "  end_refused: refused", "  end_refusal: refused", "end_refused", "end.outcome", id="end"),
        pytest.param(SHEET, "  end_refused: refused", "  end_refusal: refused", "procedure.yaml: ends.end_refusal", "end.unknown", id="end-unknown"),
        pytest.param(SHEET, "slips/2025_mau_05.typ", "slips/2025_mau_5.typ", "procedure.yaml: slips.slips/2025_mau_5.typ", "slip.missing", id="slip"),
        pytest.param(SHEET, "slips/2025_mau_05.typ", "slips/2025_mau_5.typ", "slips/2025_mau_05.typ", "slip.unused", id="slip-unused"),
        pytest.param(SHEET, "number_result, close", "close", "procedure.yaml: capabilities.number_result", "capability.declared", id="undeclared"),
        pytest.param(SHEET, "title: Tiếp nhận", "titel: Tiếp nhận", "procedure.yaml: titel", "sheet.unknown", id="mistyped"),
        pytest.param(MODEL, 'qt:capability="pause_clock"', 'qt:capability="stop_time"', "pause_clock", "capability.unknown", id="capability"),
        pytest.param(MODEL, ' qt:capability="pause_clock"', "", "pause_clock", "no_capability", id="capability-none"),
        pytest.param(MODEL, 'name="guidance"', 'name="advice"', "issue_supplement", "capability.parameter", id="parameter"),
        pytest.param(MODEL, 'value="=result_kind"', 'value="=outcome"', "close_returned", "capability.parameter", id="parameter-name"),
        pytest.param(MODEL, 'value="=result_kind"', 'value="=1 +"', "close_returned", "capability.parameter", id="parameter-syntax"),
        pytest.param(MODEL, 'name="kind" value="stop"', 'name="kind" value="halt"', "issue_stop", "slip.unknown", id="slip-kind"),
        pytest.param(MODEL, 'decision == "approve"', 'decision == "aproved"', "flow_gw_check_sign", "condition.word", id="condition-word"),
        pytest.param(MODEL, 'decision == "approve"', 'verdict == "approve"', "flow_gw_check_sign", "condition.name", id="condition-name"),
        pytest.param(MODEL, 'decision == "approve"', 'note == "approve"', "flow_gw_check_sign", "condition.name", id="condition-not-routed"),
        pytest.param(MODEL, 'decision == "approve"', "decision.__class__", "gw_check", "expression", id="condition-attack"),
        pytest.param(MODEL, "<bpmn:flowNodeRef>sign</bpmn:flowNodeRef>", "", "sign", "lane.missing", id="no-lane"),
        pytest.param("forms/assign.yaml", "assigns: process", "assigns: proces", "forms/assign.yaml: officer", "form.assigns", id="assigns"),
        pytest.param("forms/sign.yaml", "type: choice", "type: choise", "forms/sign.yaml: fields[1].type", "sheet.word", id="form-type"),
        pytest.param("scenarios/straight.yaml", "open: [sign]", "open: [seal]", "scenarios/straight.yaml: acts[5]", "scenario.differs", id="scenario"),
        pytest.param("README.md", "# Tiếp nhận", "", "README.md", "", id="readme-stays"),
    ],
)  # fmt: skip
def test_lint_finds(
    changed: Change, known: Mapping[str, Capability], path: str, old: str, new: str, place: str, code: str
) -> None:
    found = told(publishing.check(changed(path, old, new), capabilities=known))
    assert ((place, code) in found) if code else (found == [])


@pytest.mark.parametrize(
    ("path", "content", "place", "code"),
    [
        pytest.param("README.md", b" ", "README.md", "file.missing", id="readme"),
        pytest.param("procedure.yaml", b"", "procedure.yaml", "file.missing", id="sheet"),
        pytest.param("dossier.bpmn", b"", "bpmn", "not_xml", id="model"),
        pytest.param("forms/sign.yaml", None, "sign", "form.missing", id="form"),
        pytest.param("forms/extra.yaml", b"title: a\nfields: []\n", "forms/extra.yaml", "form.unused", id="form-unused"),
        pytest.param("other.bpmn", b"<x/>", "other.bpmn", "file.model", id="second-model"),
        pytest.param("rules/fee.dmn", b"<x/>", "rules/fee.dmn", "decision.not_dmn", id="rules"),
        pytest.param("rules/fee.xlsx", b"x", "rules/fee.xlsx", "file.unknown", id="rules-other"),
        pytest.param("forms/run.py", b"x", "forms/run.py", "file.unknown", id="python"),
        pytest.param(
            "scenarios/empty.yaml", b"title: a\nacts: []\n", "scenarios/empty.yaml: acts", "scenario.start", id="scenario"
        ),
    ],
)
def test_lint_finds_files(
    dossier: Folder, known: Mapping[str, Capability], path: str, content: bytes | None, place: str, code: str
) -> None:
    files = {name: kept for name, kept in {**dossier.files, path: content}.items() if kept is not None}
    assert (place, code) in told(publishing.check(folder.of(files.items()), capabilities=known))
