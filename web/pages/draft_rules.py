"""Decision tables of a draft: the list, a grid to fill, what is wrong with it, and a case to try it with."""

import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from engine.errors import AnswersRejected, Conflict, Finding, ProcedureRejected
from engine.procedures import decision_checks, decision_files, decision_uses, decision_writing, drafts, drawing
from engine.procedures.decision_grid import Grid
from engine.procedures.decision_logic import Answer
from engine.procedures.decision_policies import DecisionFailed
from engine.procedures.decisions import Decision
from engine.procedures.folder import Folder
from engine.procedures.models import ProcedureDraft
from engine.transaction import transaction
from web import decision_boxes, designer_words, draft_files, draft_pieces, guard, problems
from web.draft_pieces import Pieces

bp = Blueprint("draft_rules", __name__, url_prefix="/admin/procedures/drafts/<uuid:draft_id>/rules")

RULES = Pieces(decision_files.DIRECTORY, ".dmn", _l("Bản dự thảo không có tệp bảng quyết định này. Chọn trong danh sách."))


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
    refusal = draft_pieces.refused(draft_id, "id", lambda: _first(drafts.folder_of(draft), decision_id, name))
    if refusal:
        return _list(draft, refusal[0]), refusal[1]
    return redirect(url_for(".edit", draft_id=draft_id, file=decision_id, decision_id=decision_id), code=303)


@bp.post("/<file>/remove")
@guard.requires("procedure.draft")
def remove(draft_id: uuid.UUID, file: str) -> ResponseReturnValue:
    """Take a file of tables out that no step asks."""
    draft = draft_files.found(draft_id, "procedure.draft")
    content = RULES.content(drafts.folder_of(draft), file)
    refusal = draft_pieces.refused(draft_id, "id", lambda: _without(drafts.folder_of(draft), file, content))
    if refusal:
        return _list(draft, refusal[0]), refusal[1]
    flash(_("Đã xoá tệp bảng quyết định %(name)s.", name=file), "good")
    return redirect(url_for(".index", draft_id=draft_id), code=303)


@bp.post("/<file>/<decision_id>/rename")
@guard.requires("procedure.draft")
def rename(draft_id: uuid.UUID, file: str, decision_id: str) -> ResponseReturnValue:
    """Give a table another id, in its file and in every step that asks it."""
    draft = draft_files.found(draft_id, "procedure.draft")
    folder, wanted = drafts.folder_of(draft), request.form.get("id", "").strip()
    RULES.content(folder, file)
    asking = decision_uses.uses(folder).get(decision_id, [])
    changes = partial(decision_uses.renamed, folder, RULES.path(file), decision_id, wanted)
    refusal = draft_pieces.refused(draft_id, "id", changes)
    if refusal:
        return _list(draft, refusal[0]), refusal[1]
    said = _("Đã sửa mã ở các bước: %(steps)s.", steps=", ".join(asking)) if asking else _("Chưa bước nào hỏi bảng này.")
    flash(_("Bảng %(former)s nay mang mã %(name)s.", former=decision_id, name=wanted) + " " + said, "good")
    return redirect(url_for(".index", draft_id=draft_id), code=303)


@bp.get("/<file>/<decision_id>")
@guard.requires("procedure.check")
def edit(draft_id: uuid.UUID, file: str, decision_id: str) -> ResponseReturnValue:
    """The grid of one table; a decision no grid can hold says why."""
    draft = draft_files.found(draft_id, "procedure.check")
    content = RULES.content(drafts.folder_of(draft), file)
    try:
        grid = decision_writing.read(content, decision_id, RULES.path(file))
    except ProcedureRejected as refusal:
        return draft_files.page("rule.html", draft, "rules", file=file, refused=refusal.findings)
    return _grid(draft, file, grid, content)


@bp.post("/<file>/<decision_id>")
@guard.requires("procedure.draft")
def change(draft_id: uuid.UUID, file: str, decision_id: str) -> ResponseReturnValue:
    """Save the grid, or rearrange it, or try a case with it as it is typed; only saving keeps anything."""
    draft = draft_files.found(draft_id, "procedure.draft")
    content = RULES.content(drafts.folder_of(draft), file)
    act = request.form.get("act", "save")
    grid = decision_boxes.changed(decision_boxes.typed_grid(decision_id, request.form), act)
    try:
        written = decision_writing.write(content, grid, RULES.path(file))
        if act != "save":
            return _grid(draft, file, grid, written)
        with transaction():
            draft_files.save(draft_id, {RULES.path(file): written})
    except (Conflict, ProcedureRejected) as refusal:
        return _grid(draft, file, grid, content, errors={"name": [draft_pieces.said(refusal)]}), problems.status_of(refusal)
    flash(_("Đã lưu bảng quyết định %(name)s.", name=grid.name), "good")
    return redirect(url_for(".edit", draft_id=draft_id, file=file, decision_id=decision_id), code=303)


def _grid(draft: ProcedureDraft, file: str, grid: Grid, content: bytes, *, errors: dict[str, list[str]] | None = None) -> str:
    findings: list[Finding] = []
    known = {decision.id: decision for decision in decision_files.read(RULES.path(file), content, findings)}
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
        known=drawing.offered(drafts.folder_of(draft))["names"],
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


def _first(folder: Folder, decision_id: str, name: str) -> dict[str, bytes]:
    decision_uses.check_id(decision_id)
    if RULES.path(decision_id) in folder.files or decision_id in decision_uses.ids(folder):
        raise AnswersRejected({"id": [_("Đã có bảng hoặc tệp mang mã này: đặt mã khác, hoặc mở bảng ấy để sửa.")]})
    return {RULES.path(decision_id): decision_writing.new(decision_id, name or decision_id)}


def _without(folder: Folder, file: str, content: bytes) -> dict[str, None]:
    """The file taken out; ``Conflict`` with the steps that ask one of its tables."""
    uses = decision_uses.uses(folder)
    asking = [step for decision_id, _name in _decisions(file, content) for step in uses.get(decision_id, [])]
    if asking:
        raise Conflict(
            _("Các bước đang hỏi bảng trong tệp này: %(steps)s. Chọn bảng khác ở đó trước rồi mới xoá.", steps=", ".join(asking))
        )
    return {RULES.path(file): None}


def _decisions(file: str, content: bytes) -> list[tuple[str, str]]:
    try:
        return decision_writing.decisions(content, RULES.path(file))
    except ProcedureRejected:
        return []


def _list(draft: ProcedureDraft, errors: dict[str, list[str]] | None = None) -> str:
    folder = drafts.folder_of(draft)
    rows: list[tuple[str, list[tuple[str, str]], list[Finding]]] = []
    for path in RULES.paths(folder):
        findings: list[Finding] = []
        known = {decision.id: decision for decision in decision_files.read(path, folder.files[path], findings)}
        findings += decision_checks.refusals(known)
        rows.append((RULES.name(path), _decisions(RULES.name(path), folder.files[path]), findings))
    uses = decision_uses.uses(folder)
    return draft_files.page("rules.html", draft, "rules", files=rows, uses=uses, errors=errors or {})
