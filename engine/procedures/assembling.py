"""Put a folder's sheets, forms and model together into the parts of one definition; every fault is collected."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import Finding
from engine.flow.facts import ElementFacts, ModelFacts
from engine.language.errors import ExpressionError
from engine.language.expressions import compile_expression
from engine.procedures import decision_files, decision_tables, form_sheets, procedure_sheet, scenarios
from engine.procedures.decisions import Decision, DecisionUse
from engine.procedures.folder import Folder
from engine.procedures.forms import Form
from engine.procedures.parts import CapabilityUse, StepDefinition
from engine.procedures.procedure_sheet import ProcedureSheet

README = "README.md"
SLIPS = "slips"


@dataclass(frozen=True)
class Sheets:
    """What a folder says beside its model."""

    sheet: ProcedureSheet
    forms: Mapping[str, Form]
    templates: Mapping[str, bytes]
    documentation: str
    decisions: Mapping[str, Decision]
    #: Path of a scenario → its content.
    scenarios: Mapping[str, bytes]


def read_sheets(folder: Folder, findings: list[Finding]) -> Sheets:
    """Everything but the model."""
    paths = folder.under(form_sheets.DIRECTORY, ".yaml")
    forms = [form_sheets.read(path, folder.files[path], findings) for path in paths]
    return Sheets(
        procedure_sheet.read(folder.files.get(procedure_sheet.FILE, b"{}"), findings),
        {form.name: form for form in forms},
        {path: folder.files[path] for path in folder.under(SLIPS, ".typ", ".docx")},
        folder.files.get(README, b"").decode("utf-8", "replace"),
        decision_files.read_all(folder, findings),
        {path: folder.files[path] for path in folder.under(scenarios.DIRECTORY, ".yaml")},
    )


def steps_of(sheet: ProcedureSheet, facts: ModelFacts, findings: list[Finding]) -> dict[str, StepDefinition]:
    """Each user task with its lane's role and what the sheet says of it, in the order of the model."""
    tasks = [element for element in facts.elements.values() if element.kind in ("userTask", "manualTask", "task")]
    found = {task.id: _step(task, sheet, findings) for task in tasks}
    for name in sheet.steps.keys() - found.keys():
        message = f"Mô hình không có bước “{name}”: hãy sửa tên theo id của công việc trong mô hình."
        findings.append(Finding(sheet.steps[name].place, "step.unknown", message))
    return {id_: step for id_, step in found.items() if step is not None}


def calls_of(facts: ModelFacts, findings: list[Finding]) -> dict[str, CapabilityUse]:
    """Each capability the model calls, its parameters compiled where they are expressions."""
    calls = {}
    for element, asked in facts.capabilities.items():
        parameters: dict[str, Any] = dict(asked.parameters)
        for name, text in asked.parameters.items():
            if not text.startswith("="):
                continue
            try:
                parameters[name] = compile_expression(text)
            except ExpressionError as error:
                findings.append(Finding(element, "capability.parameter", f"Tham số “{name}”: {error}"))
        calls[element] = CapabilityUse(asked.name, parameters)
    return calls


def asks_of(facts: ModelFacts, decisions: Mapping[str, Decision], findings: list[Finding]) -> dict[str, DecisionUse]:
    """Each decision the model asks, by the BPMN id of the business rule task."""
    asks = {}
    for element in (found for found in facts.elements.values() if found.decision):
        decision = decisions.get(element.decision or "")
        if decision is None:
            message = f"Chưa có bảng quyết định “{element.decision}” dùng được trong thư mục rules: hãy thêm hoặc sửa bảng."
            findings.append(Finding(element.id, "decision.unknown", message))
            continue
        if element.result and not decision_tables.is_name(element.result):
            message = f"Tên kết quả “{element.result}” (qt:result) phải gồm chữ, số và gạch dưới, không bắt đầu bằng số."
            findings.append(Finding(element.id, "decision.result", message))
        asks[element.id] = DecisionUse(decision, element.result or None)
    return asks


def _step(task: ElementFacts, sheet: ProcedureSheet, findings: list[Finding]) -> StepDefinition | None:
    entry, lane = sheet.steps.get(task.id), sheet.lanes.get(task.lane or "")
    if entry is None:
        findings.append(Finding(task.id, "step.missing", f"Bước “{task.name}” chưa khai trong procedure.yaml, mục steps."))
    if task.lane is None:
        findings.append(
            Finding(task.id, "lane.missing", f"Bước “{task.name}” không nằm trong làn nào: hãy kéo vào làn của vai trò.")
        )
    if entry is None or lane is None:
        return None
    return StepDefinition(
        element=task.id,
        name=task.name,
        role=lane.role,
        of_division=lane.of_division,
        form=entry.form or task.id,
        term_minutes=entry.term_minutes if entry.has_term else None,
        borrows_from=entry.borrows_from,
        status=entry.status,
        help=entry.help or task.documentation,
        reminder=entry.reminder,
        escalations=entry.escalations,
        is_hand_over=entry.is_hand_over,
        hands_out=entry.hands_out,
        signs=entry.signs,
        is_personal=entry.is_personal,
        given_to=entry.given_to,
    )
