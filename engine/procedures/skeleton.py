"""What a new procedure begins with: the carried template, one empty step, or sheets for a model drawn elsewhere."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import AnswersRejected, Finding
from engine.flow.facts import ElementFacts, ModelFacts
from engine.procedures import folder as folders
from engine.procedures import form_writing, sheet_writing
from engine.procedures.folder import Folder
from engine.settings import ROOT
from engine.text import clean

TEMPLATE, EMPTY = ROOT / "processes" / "_template", ROOT / "processes" / "_empty"
_CODE = re.compile(r"[a-z][a-z0-9_]{0,62}")
_TASKS = ("userTask", "manualTask", "task")
_CATCHING = ("intermediateCatchEvent", "boundaryEvent", "receiveTask", "startEvent")
#: Words in a lane's name that tell who works there; the first that fits counts.
_ROLE_WORDS = (
    ("clerk", ("mot cua", "tiep nhan", "reception", "clerk", "front office", "help desk")),
    ("head", ("lanh dao phong", "truong phong", "manager", "approver", "team lead", "supervisor")),
    ("leader", ("lanh dao", "chu tich", "giam doc", "director", "board", "ceo")),
    ("registrar", ("van thu", "secretariat", "registrar")),
    ("accountant", ("ke toan", "tai chinh", "account", "financ", "billing")),
    ("archivist", ("luu tru", "archiv")),
    ("inspector", ("thanh tra", "kiem toan", "audit", "inspector")),
)


@dataclass(frozen=True)
class Drawn:
    """A model that can run, and what its forms must ask besides: task (BPMN id) → rows of ``fields``."""

    code: str
    title: str
    bpmn: bytes
    facts: ModelFacts
    questions: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    #: Values conditions speak of that no form gives.
    values: Sequence[str] = ()


def from_template(code: str, title: str, template: Path = TEMPLATE) -> Folder:
    """The carried three-step procedure under another code and title. ``AnswersRejected`` where those cannot be."""
    code, title = required(code, title)
    given = folders.read(template)
    sheet = sheet_writing.read(given)
    former = str(sheet["code"])
    files = {path: content for path, content in given.files.items() if path != f"{former}.bpmn"}
    model = given.files[f"{former}.bpmn"].decode().replace(f'"{former}"', f'"{code}"')
    files[f"{code}.bpmn"] = model.replace(str(sheet["title"]), _escaped(title)).encode()
    files["procedure.yaml"] = sheet_writing.write({**sheet, "code": code, "title": title})
    files["README.md"] = given.files["README.md"].decode().replace(str(sheet["title"]), title, 1).encode()
    return folders.of(files.items())


def empty(code: str, title: str) -> Folder:
    """One step to draw on from: begin, do, end. ``AnswersRejected`` as ``from_template``."""
    return from_template(code, title, EMPTY)


def around(drawn: Drawn) -> tuple[Folder, list[Finding]]:
    """A folder for a model drawn elsewhere: sheet, a form for each task; and what its officer must still confirm."""
    tasks = [element for element in drawn.facts.elements.values() if element.kind in _TASKS]
    names = _form_names(tasks)
    sheet = _sheet(drawn, tasks, names)
    files = {f"{drawn.code}.bpmn": drawn.bpmn, "procedure.yaml": sheet_writing.write(sheet)}
    files["README.md"] = f"# {drawn.title}\n\nGhi ở đây mục đích, phạm vi, căn cứ, trách nhiệm, hồ sơ lưu.\n".encode()
    for task in tasks:
        files[f"forms/{names[task.id]}.yaml"] = _form(task, drawn.questions.get(task.id, ()))
    return folders.of(files.items()), list(_to_confirm(drawn, tasks, sheet["lanes"]))


def slug(text: str) -> str:
    """``text`` as a name of files and fields: small letters without marks, digits, underscores; at most 60, maybe empty."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    kept = re.sub(r"[^a-z0-9]+", "_", "".join(letter for letter in plain.lower() if not unicodedata.combining(letter)))
    return kept.strip("_").lstrip("0123456789_")[:60].rstrip("_")


def role_of(lane: str) -> str:
    """The role a lane's name sounds like; an officer where it says nothing."""
    words = slug(lane).replace("_", " ")
    return next((role for role, signs in _ROLE_WORDS if any(sign in words for sign in signs)), "officer")


def required(code: str, title: str) -> tuple[str, str]:
    """Both without spaces around them. ``AnswersRejected`` where a procedure cannot be called so."""
    code, title = clean(code), clean(title)
    wrong = {}
    if not title:
        wrong["title"] = ["Ghi tên quy trình."]
    if not _CODE.fullmatch(code):
        wrong["code"] = ["Mã bắt đầu bằng chữ, chỉ gồm chữ thường không dấu, chữ số, gạch dưới; ví dụ tiep_cong_dan."]
    if wrong:
        raise AnswersRejected(wrong)
    return code, title


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _form_names(tasks: Sequence[ElementFacts]) -> dict[str, str]:
    names: dict[str, str] = {}
    for task in tasks:
        stem = slug(task.name) or slug(task.id) or "step"
        name, number = stem, 2
        while name in names.values():
            name, number = f"{stem}_{number}", number + 1
        names[task.id] = name
    return names


def _sheet(drawn: Drawn, tasks: Sequence[ElementFacts], names: Mapping[str, str]) -> dict[str, Any]:
    facts = drawn.facts
    asked = {str(row["name"]) for rows in drawn.questions.values() for row in rows}
    caught = {element.message for element in facts.elements.values() if element.kind in _CATCHING and element.message}
    return {
        "code": drawn.code,
        "title": drawn.title,
        "iso_clauses": ["ISO 9001:2015 8.5.1 Kiểm soát cung cấp dịch vụ"],
        "legal_basis": [],
        "owner_role": "secretary",
        "record_class": "Hồ sơ công việc",
        "retention_years": 10,
        "register_columns": ["Mã hồ sơ", "Nội dung"],
        "public_services": [],
        "capabilities": sorted({use.name for use in facts.capabilities.values()}),
        "statuses": {"processing": "Đang xử lý", "done": "Đã xong"},
        "start": {"roles": ["officer"], "values": dict.fromkeys(sorted(asked.union(drawn.values)))},
        "lanes": {lane: {"role": role_of(lane)} for lane in facts.lanes},
        "steps": {task.id: {"term": "8h", "status": "processing", "form": names[task.id]} for task in tasks},
        "messages": {name: {"title": name, "roles": ["officer"]} for name in sorted(caught)},
        "ends": {end.id: "done" for end in facts.case_ends},
    }


def _form(task: ElementFacts, questions: Sequence[Mapping[str, Any]]) -> bytes:
    note = {"name": "note", "type": "textarea", "label": "Kết quả, ý kiến", "max_length": 2000}
    return form_writing.write({"title": task.name or task.id, "help": task.documentation, "fields": [*questions, note]})


def _to_confirm(drawn: Drawn, tasks: Sequence[ElementFacts], lanes: Mapping[str, Any]) -> list[Finding]:
    found = []
    for lane, rule in lanes.items():
        message = f"Làn “{lane}” tạm giao cho vai trò “{rule['role']}” theo tên làn: hãy xác nhận hoặc chọn vai trò khác."
        found.append(Finding(lane, "lane.role", message))
    for task in tasks:
        if task.lane is None:
            found.append(
                Finding(task.id, "lane.missing", f"Bước “{task.name}” không nằm trong làn nào: kéo vào làn của vai trò.")
            )
    for name in drawn.values:
        message = (
            f"Điều kiện dùng giá trị “{name}” mà chưa biểu mẫu nào hỏi: thêm mục này vào biểu mẫu và chọn “dùng để rẽ nhánh”."
        )
        found.append(Finding(name, "condition.name", message))
    return found
