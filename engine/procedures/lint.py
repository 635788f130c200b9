"""Does a folder hold together? Sheets, forms, slips and model checked against each other; each fault with how to mend it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from engine.errors import Finding
from engine.flow.facts import ElementFacts
from engine.procedures import decision_checks, form_sheets, procedure_sheet, signing_checks, slip_templates
from engine.procedures.assembling import README
from engine.procedures.definition import Definition
from engine.procedures.folder import Folder
from engine.procedures.parts import StepDefinition

_LAYOUT = re.compile(
    r"README\.md|procedure\.yaml|[a-z0-9_]+\.bpmn|forms/[a-z0-9_]+\.yaml|scenarios/[a-z0-9_]+\.yaml"
    r"|rules/[a-z0-9_]+\.dmn|slips/[\w.-]+\.(?:typ|docx|md|svg|png)"
)
_CATCHING = ("intermediateCatchEvent", "boundaryEvent", "receiveTask")


class CapabilityFacts(Protocol):
    """What the check needs to know of a capability (``engine.cases.capabilities.Capability`` fits)."""

    @property
    def parameters(self) -> Sequence[str]: ...

    @property
    def outcomes(self) -> Sequence[Mapping[str, Any]]: ...


def check(folder: Folder, definition: Definition, capabilities: Mapping[str, CapabilityFacts]) -> list[Finding]:
    """Every fault between the parts of a folder."""
    return [
        *_files(folder, definition),
        *_processes(definition),
        *_lanes(definition),
        *_steps(definition),
        *signing_checks.check(definition),
        *_statuses(definition),
        *_messages(definition),
        *_ends(definition),
        *_forms(definition),
        *_slips(definition),
        *_capabilities(definition, folder, capabilities),
        *_decisions(definition),
    ]


def layout(folder: Folder) -> Iterator[Finding]:
    """Files that must be there and are not, and files nobody would read."""
    for path in (procedure_sheet.FILE, README):
        if not folder.files.get(path, b"").strip():
            yield Finding(path, "file.missing", f"Thiếu tệp {path}, hoặc tệp để trống.")
    for path in folder.files:
        if not _LAYOUT.fullmatch(path):
            message = "Tệp không thuộc quy trình: hãy xoá, hoặc đặt đúng thư mục forms, rules, slips, scenarios."
            yield Finding(path, "file.unknown", message)


def _files(folder: Folder, definition: Definition) -> Iterator[Finding]:
    for path in folder.files:
        if path.endswith(".bpmn") and path != f"{definition.code}.bpmn":
            yield Finding(path, "file.model", f"Mỗi quy trình chỉ có một mô hình, tên {definition.code}.bpmn.")


def _processes(definition: Definition) -> Iterator[Finding]:
    facts = definition.facts
    called = {element.called for element in facts.elements.values()} | {facts.process_id}
    for process in facts.processes.values():
        if process.is_executable and process.id not in called:
            message = f"Không gì gọi quy trình “{process.name}”: hãy để mỗi quy trình một thư mục, nói với nhau bằng thông điệp."
            yield Finding(process.id, "process.not_called", message)


def _lanes(definition: Definition) -> Iterator[Finding]:
    for lane in definition.facts.lanes:
        if lane not in definition.lanes:
            yield Finding(lane, "lane.unknown", f"Làn “{lane}” chưa có vai trò: hãy khai trong procedure.yaml, mục lanes.")
    for lane in definition.lanes.keys() - set(definition.facts.lanes):
        yield Finding(f"procedure.yaml: lanes.{lane}", "lane.unused", f"Mô hình không có làn “{lane}”: hãy sửa tên hoặc xoá.")


def _steps(definition: Definition) -> Iterator[Finding]:
    for element, step in definition.steps.items():
        if step.form not in definition.forms:
            message = f"Bước “{step.name}” chưa có biểu mẫu: hãy thêm tệp forms/{step.form}.yaml."
            yield Finding(element, "form.missing", message)
        if not step.help:
            yield Finding(element, "step.help", f"Bước “{step.name}” chưa giải thích vì sao có bước này: hãy ghi mục help.")
        yield from _handed_out(definition, step)
        if step.borrows_from is not None and (step.borrows_from not in definition.steps or step.borrows_from == element):
            yield Finding(element, "step.borrows", f"Không có bước “{step.borrows_from}” để lấy bớt thời hạn (borrows_from).")


def _handed_out(definition: Definition, step: StepDefinition) -> Iterator[Finding]:
    form, out = definition.forms.get(step.form), step.hands_out
    if form is None or out is None:
        return
    for name in {out.receiver} | (out.when.names if out.when else frozenset()):
        if name is not None and form.field(name) is None:
            yield Finding(step.element, "step.hands_out", f"Biểu mẫu của bước “{step.name}” không có mục “{name}” (hands_out).")


def _statuses(definition: Definition) -> Iterator[Finding]:
    said = [(element, step.status) for element, step in definition.steps.items()] + list(definition.waits.items())
    for place, status in said:
        if status is not None and status not in definition.statuses:
            known = ", ".join(definition.statuses)
            yield Finding(place, "status.unknown", f"Không có trạng thái “{status}”: chọn trong {known}.")
    elements = definition.facts.elements.values()
    catching = {element.id for element in elements if element.kind in _CATCHING or _starts_handler(element)}
    for name in definition.waits.keys() - catching - set(definition.facts.messages):
        yield Finding(f"procedure.yaml: waits.{name}", "wait.unknown", f"Mô hình không có sự kiện chờ hoặc thông điệp “{name}”.")


def _messages(definition: Definition) -> Iterator[Finding]:
    caught = {element.message: element for element in definition.facts.elements.values() if _catches_message(element)}
    starts = {start.message for start in definition.facts.case_starts}
    for name, element in caught.items():
        if name not in definition.messages:
            message = (
                f"Thông điệp “{name}” chưa khai trong procedure.yaml, mục messages (tên gọi, biểu mẫu, vai trò được ghi nhận)."
            )
            yield Finding(element.id, "message.undefined", message)
    for name, defined in definition.messages.items():
        place = f"procedure.yaml: messages.{name}"
        if name not in caught.keys() | starts:
            yield Finding(place, "message.unused", f"Mô hình không chờ thông điệp “{name}”: hãy sửa tên hoặc xoá.")
        if defined.form is not None and defined.form not in definition.forms:
            yield Finding(place, "form.missing", f"Thiếu biểu mẫu forms/{defined.form}.yaml.")
        for step in sorted(defined.closed_while - definition.steps.keys()):
            yield Finding(place, "message.closed_while", f"Mô hình không có bước “{step}” (closed_while).")


def _catches_message(element: ElementFacts) -> bool:
    return element.message is not None and (element.kind in _CATCHING or _starts_handler(element))


def _starts_handler(element: ElementFacts) -> bool:
    """Whether an event sub-process starts with it, not a case."""
    return element.kind == "startEvent" and element.event is not None and element.scope != element.process_id


def _ends(definition: Definition) -> Iterator[Finding]:
    facts = definition.facts
    tops = {element.id: element for element in facts.case_ends}
    for element in tops.keys() - definition.ends.keys():
        yield Finding(
            element, "end.outcome", f"Kết thúc “{tops[element].name}” chưa có kết quả: khai trong procedure.yaml, mục ends."
        )
    for element in definition.ends.keys() - tops.keys():
        yield Finding(f"procedure.yaml: ends.{element}", "end.unknown", f"Mô hình không có sự kiện kết thúc “{element}”.")


def _forms(definition: Definition) -> Iterator[Finding]:
    used = {step.form for step in definition.steps.values()} | {message.form for message in definition.messages.values()}
    start = definition.start.form
    if start is not None and start not in definition.forms:
        yield Finding("procedure.yaml: start.form", "form.missing", f"Thiếu biểu mẫu forms/{start}.yaml.")
    for name, form in definition.forms.items():
        place = f"{form_sheets.DIRECTORY}/{name}.yaml"
        if name not in used | {start}:
            yield Finding(place, "form.unused", "Không bước hay thông điệp nào dùng biểu mẫu này: đặt tên theo id của bước.")
        for field in form.fields:
            if field.assigns is not None and field.assigns not in definition.steps:
                yield Finding(f"{place}: {field.name}", "form.assigns", f"Không có bước “{field.assigns}” để giao người.")


def _slips(definition: Definition) -> Iterator[Finding]:
    listed = {path for paths in definition.slips.values() for path in paths}
    for path in sorted(listed - definition.templates.keys()):
        yield Finding(f"procedure.yaml: slips.{path}", "slip.missing", f"Thiếu tệp mẫu phiếu {path}.")
    for path in sorted(definition.templates.keys() - listed):
        yield Finding(path, "slip.unused", "Mẫu phiếu chưa khai trong procedure.yaml, mục slips.")
    for path in (path for path in sorted(definition.templates) if path.endswith(".docx")):
        trouble = slip_templates.word_trouble(definition.templates[path])
        if trouble is not None:
            yield Finding(path, "slip.word", trouble)


def _capabilities(definition: Definition, folder: Folder, capabilities: Mapping[str, CapabilityFacts]) -> Iterator[Finding]:
    declared = set(procedure_sheet.read(folder.files.get(procedure_sheet.FILE, b"{}"), []).capabilities)
    for element, use in definition.calls.items():
        known = capabilities.get(use.capability)
        if known is None:
            message = f"Hệ thống không có khả năng “{use.capability}”: chọn một trong {', '.join(sorted(capabilities))}."
            yield Finding(element, "capability.unknown", message)
            continue
        for name in use.parameters.keys() - set(known.parameters):
            message = (
                f"Khả năng “{use.capability}” không nhận tham số “{name}”: dùng {', '.join(known.parameters) or '(không có)'}."
            )
            yield Finding(element, "capability.parameter", message)
        kind = use.parameters.get("kind")
        if use.capability == "issue_slip" and isinstance(kind, str) and kind not in definition.slips:
            yield Finding(element, "slip.unknown", f"Không có loại phiếu “{kind}” trong procedure.yaml, mục slips.")
    for name in declared ^ definition.capabilities:
        place = f"procedure.yaml: capabilities.{name}"
        wrong = "được khai nhưng mô hình không gọi" if name in declared else "mô hình có gọi nhưng chưa khai"
        yield Finding(place, "capability.declared", f"Khả năng “{name}” {wrong}: hãy sửa danh sách capabilities.")


def _decisions(definition: Definition) -> Iterator[Finding]:
    asked = {use.decision.id for use in definition.asks.values()}
    needed = {other.id for use in definition.asks.values() for other in use.decision.order}
    for decision in definition.decisions.values():
        if decision.id not in asked | needed:
            message = "Không bước nào hỏi bảng quyết định này: hãy ghi qt:decision ở bước áp dụng quy tắc, hoặc xoá bảng."
            yield Finding(f"{decision.path}: {decision.id}", "decision.unused", message)
    yield from decision_checks.refusals(definition.decisions)
