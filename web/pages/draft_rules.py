"""Decision tables of a draft: the list, a grid to fill, what is wrong with it, and a case to try it with."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import AnswersRejected, Conflict, Finding, NotFound, ProcedureRejected
from engine.procedures import decision_checks, decision_files, decision_tables, decision_writing, drafts
from engine.procedures.decision_grid import Grid
from engine.procedures.decision_logic import Answer
from engine.procedures.decision_policies import DecisionFailed
from engine.procedures.decisions import Decision
from engine.procedures.folder import Folder
from engine.procedures.models import ProcedureDraft
from engine.transaction import transaction
from web import decision_boxes, designer_words, draft_files, guard, problems

bp = Blueprint("draft_rules", __name__, url_prefix="/admin/procedures/drafts/<uuid:draft_id>/rules")


@dataclass(frozen=True)
class Trial:
    """A case tried: its values, and what the table says or why it says nothing."""

    values: dict[str, Any]
    answer: Answer | None = None
    refusal: str = ""


@bp.get("")
@guard.requires("procedure.check")
def index(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Every decision of the draft."""
    return _list(draft_files.found(draft_id, "procedure.check"))


@bp.post("")
@guard.requires("procedure.draft")
def create(draft_id: uuid.UUID) -> ResponseReturnValue:
    """A new table in a file of its own."""
    draft = draft_files.found(draft_id, "procedure.draft")
    decision_id, name = request.form.get("id", "").strip(), request.form.get("name", "").strip()
    try:
        path = _new_path(drafts.folder_of(draft), decision_id)
        with transaction():
            draft_files.save(draft_id, {path: decision_writing.new(decision_id, name or decision_id)})
    except AnswersRejected as refusal:
        return _list(draft, refusal.fields), 422
    except Conflict as refusal:
        return _list(draft, {"id": [str(refusal)]}), problems.status_of(refusal)
    return redirect(url_for(".edit", draft_id=draft_id, file=decision_id, decision_id=decision_id), code=303)


@bp.post("/<file>/remove")
@guard.requires("procedure.draft")
def remove(draft_id: uuid.UUID, file: str) -> ResponseReturnValue:
    """Take a file of tables out; a step that asks one is told by the check."""
    draft = draft_files.found(draft_id, "procedure.draft")
    _content(drafts.folder_of(draft), file)
    try:
        with transaction():
            draft_files.save(draft_id, {_path(file): None})
    except Conflict as refusal:
        return _list(draft, {"id": [str(refusal)]}), problems.status_of(refusal)
    flash(_("Đã xoá tệp bảng quyết định %(name)s.", name=file), "good")
    return redirect(url_for(".index", draft_id=draft_id), code=303)


@bp.get("/<file>/<decision_id>")
@guard.requires("procedure.check")
def edit(draft_id: uuid.UUID, file: str, decision_id: str) -> ResponseReturnValue:
    """The grid of one table; a decision no grid can hold says why."""
    draft = draft_files.found(draft_id, "procedure.check")
    content = _content(drafts.folder_of(draft), file)
    try:
        grid = decision_writing.read(content, decision_id, _path(file))
    except ProcedureRejected as refusal:
        return draft_files.page("rule.html", draft, "rules", file=file, refused=refusal.findings)
    return _grid(draft, file, grid, content)


@bp.post("/<file>/<decision_id>")
@guard.requires("procedure.draft")
def change(draft_id: uuid.UUID, file: str, decision_id: str) -> ResponseReturnValue:
    """Save the grid, or rearrange it, or try a case with it as it is typed; only saving keeps anything."""
    draft = draft_files.found(draft_id, "procedure.draft")
    content = _content(drafts.folder_of(draft), file)
    act = request.form.get("act", "save")
    grid = decision_boxes.changed(decision_boxes.typed_grid(decision_id, request.form), act)
    try:
        written = decision_writing.write(content, grid, _path(file))
        if act != "save":
            return _grid(draft, file, grid, written)
        with transaction():
            draft_files.save(draft_id, {_path(file): written})
    except (Conflict, ProcedureRejected) as refusal:
        said = refusal.findings[0].message if isinstance(refusal, ProcedureRejected) else str(refusal)
        return _grid(draft, file, grid, content, errors={"name": [said]}), problems.status_of(refusal)
    flash(_("Đã lưu bảng quyết định %(name)s.", name=grid.name), "good")
    return redirect(url_for(".edit", draft_id=draft_id, file=file, decision_id=decision_id), code=303)


def _grid(draft: ProcedureDraft, file: str, grid: Grid, content: bytes, *, errors: dict[str, list[str]] | None = None) -> str:
    findings: list[Finding] = []
    known = {decision.id: decision for decision in decision_files.read(_path(file), content, findings)}
    decision = known.get(grid.id)
    wrong = findings + list(decision_checks.refusals(known))
    return draft_files.page(
        "rule.html",
        draft,
        "rules",
        file=file,
        grid=grid,
        errors=errors or {},
        findings=wrong,
        remarks=list(decision_checks.remarks(known)),
        names=sorted(decision.names) if decision else [],
        trial=_trial(decision),
        kinds=_kinds(grid),
        policies=designer_words.POLICIES,
        policy=f"{grid.policy} {grid.aggregation}".strip(),
    )


def _trial(decision: Decision | None) -> Trial:
    values = decision_boxes.tried(request.form)
    if request.form.get("act") != "try":
        return Trial(values)
    if decision is None:
        return Trial(values, None, _("Bảng còn điểm phải sửa: sửa xong mới thử được."))
    try:
        return Trial(values, decision.answers(values)[decision.id])
    except DecisionFailed as refusal:
        return Trial(values, None, str(refusal))


def _kinds(grid: Grid) -> list[tuple[str, str]]:
    """The kinds to choose from; a kind the file declares itself stays on offer."""
    own = {column.kind: column.kind for column in (*grid.inputs, *grid.outputs) if column.kind not in designer_words.KINDS}
    return [*((word, str(name)) for word, name in designer_words.KINDS.items()), *own.items()]


def _new_path(folder: Folder, decision_id: str) -> str:
    if not decision_tables.is_name(decision_id) or not decision_id.isascii() or len(decision_id) > 60:
        message = _("Mã bảng chỉ gồm chữ không dấu, chữ số, gạch dưới, không bắt đầu bằng số, ví dụ muc_phi.")
        raise AnswersRejected({"id": [message]})
    if _path(decision_id) in folder.files:
        raise AnswersRejected({"id": [_("Đã có tệp mang mã này: đặt mã khác, hoặc mở bảng ấy để sửa.")]})
    return _path(decision_id)


def _content(folder: Folder, file: str) -> bytes:
    content = folder.files.get(_path(file))
    if content is None:
        raise NotFound(_("Bản dự thảo không có tệp bảng quyết định này. Chọn trong danh sách."))
    return content


def _path(file: str) -> str:
    return f"{decision_files.DIRECTORY}/{file}.dmn"


def _list(draft: ProcedureDraft, errors: dict[str, list[str]] | None = None) -> str:
    folder = drafts.folder_of(draft)
    rows: list[tuple[str, list[tuple[str, str]], list[Finding]]] = []
    for path in folder.under(decision_files.DIRECTORY, ".dmn"):
        findings: list[Finding] = []
        known = {decision.id: decision for decision in decision_files.read(path, folder.files[path], findings)}
        findings += decision_checks.refusals(known)
        try:
            listed = decision_writing.decisions(folder.files[path], path)
        except ProcedureRejected:
            listed = []
        rows.append((path.removeprefix(f"{decision_files.DIRECTORY}/").removesuffix(".dmn"), listed, findings))
    return draft_files.page("rules.html", draft, "rules", files=rows, errors=errors or {})
