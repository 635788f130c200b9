"""The drawing board of a draft: its model and sheet, saved while drawing, one editor at a time, checked after each save."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, json, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from engine.cases import capabilities
from engine.errors import AnswersRejected, Finding, NotFound, ProcedureRejected
from engine.flow.metadata import QT
from engine.people import access, agencies, signatures
from engine.procedures import drafts, drawing, gates, sheet_writing
from engine.procedures.folder import Folder
from engine.transaction import transaction
from web import draft_files, guard, iso_clauses, role_names

bp = Blueprint("draft_model", __name__, url_prefix="/admin/procedures/drafts/<uuid:draft_id>")


@bp.get("")
@guard.requires("procedure.check")
def show(draft_id: uuid.UUID) -> ResponseReturnValue:
    """The page: drawing board, properties, findings."""
    draft = draft_files.found(draft_id, "procedure.check")
    return render_template(
        "procedure_drafts/model.html",
        draft=draft,
        agency=agencies.get(draft.agency_id),
        tab="model",
        namespace=QT.strip("{}"),
        roles=[(role, name) for role, name, _hint in role_names.ROLES],
        meanings=signatures.MEANINGS,
        editions=iso_clauses.EDITIONS,
        clauses=iso_clauses.CLAUSES,
        may_draw=draft.state == drafts.OPEN and access.may(guard.current_actor(), "procedure.draft", draft.agency_id),
    )


@bp.get("/diagram")
@guard.requires("procedure.check")
def diagram(draft_id: uuid.UUID) -> ResponseReturnValue:
    """The BPMN file as it was drawn last, for the viewer."""
    folder = drafts.folder_of(draft_files.found(draft_id, "procedure.check"))
    return Response(folder.files[_model_path(folder)], mimetype="application/xml")


@bp.get("/model")
@guard.requires("procedure.check")
def model(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Model, sheet, and the lists of the pickers."""
    draft = draft_files.found(draft_id, "procedure.check")
    folder = drafts.folder_of(draft)
    path = _model_path(folder)
    sheet, fault = _sheet(folder)
    answer = {
        "version": draft.version,
        "bpmn": folder.files[path].decode("utf-8", "replace"),
        "sheet": sheet,
        "fault": fault,
        "capabilities": {
            name: {"title": known.title, "parameters": list(known.parameters)} for name, known in capabilities.facts().items()
        },
        "csrf_token": generate_csrf(),
        **drawing.offered(folder),
    }
    # Unsorted: entries of the sheet stand in the order their author gave them.
    return Response(json.dumps(answer, sort_keys=False), mimetype="application/json")


@bp.post("/model")
@guard.requires("procedure.draft")
def save(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Keep ``bpmn`` (text) and ``sheet`` (plain values) as the next version after ``version``: 200 with the new one."""
    sent = _sent()
    version, bpmn, sheet = sent.get("version"), sent.get("bpmn"), sent.get("sheet")
    if not isinstance(version, int) or not isinstance(bpmn, str) or not isinstance(sheet, dict | None):
        raise AnswersRejected({"bpmn": [_("Nội dung gửi lên không đúng dạng. Tải lại trang rồi vẽ tiếp.")]})
    with transaction():
        draft = draft_files.found(draft_id, "procedure.draft", is_changing=True)
        folder = drafts.folder_of(draft)
        changes: dict[str, bytes | None] = {_model_path(folder): bpmn.encode("utf-8", "replace")}
        changes |= sheet_writing.changed(folder, sheet) if sheet is not None else {}
        drafts.write(draft, changes, version=version, by=guard.current_actor())
        answer = {"version": draft.version, "sha256": draft.sha256}
    return jsonify(answer)


@bp.get("/model/findings")
@guard.requires("procedure.check")
def findings(draft_id: uuid.UUID) -> ResponseReturnValue:
    """What keeps the draft as it is saved from being submitted, and what its author should look at."""
    draft = draft_files.found(draft_id, "procedure.check")
    folder = drafts.folder_of(draft)
    found = gates.judge(draft.agency_id, folder, capabilities=capabilities.facts())
    return jsonify(version=draft.version, errors=_listed(found.errors), warnings=_listed(found.warnings))


@bp.post("/editor")
@guard.requires("procedure.draft")
def edit(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Become or stay the editor; with ``take_over`` also in place of somebody else. Answers who edits instead (or null)."""
    sent = _sent()
    with transaction():
        draft = draft_files.found(draft_id, "procedure.draft", is_changing=True)
        if sent.get("take_over") is True:
            drafts.take_over(draft, by=guard.current_actor())
        editor = drafts.take(draft, by=guard.current_actor())
        answer = {"editor": editor.full_name if editor else None, "version": draft.version}
    return jsonify(answer)


@bp.post("/editor/release")
@guard.requires("procedure.draft")
def release(draft_id: uuid.UUID) -> ResponseReturnValue:
    """The page was left: somebody else may draw at once."""
    with transaction():
        drafts.release(draft_files.found(draft_id, "procedure.draft", is_changing=True), by=guard.current_actor())
    return "", 204


@bp.post("/expression")
@guard.requires("procedure.check")
def expression(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Whether ``source`` can be read and speaks of known names (``names``: more of them): ``trouble`` is a sentence or null."""
    sent = _sent()
    source, more = sent.get("source"), sent.get("names")
    if not isinstance(source, str) or not isinstance(more, list | None):
        raise AnswersRejected({"source": [_("Gõ lại biểu thức.")]})
    folder = drafts.folder_of(draft_files.found(draft_id, "procedure.check"))
    known = {entry["name"] for entry in drawing.offered(folder)["names"]} | {name for name in more or () if isinstance(name, str)}
    return jsonify(trouble=drawing.trouble(source, frozenset(known)))


def _model_path(folder: Folder) -> str:
    path = next(iter(folder.under(".", ".bpmn")), None)
    if path is None:
        raise NotFound(_("Bản dự thảo chưa có mô hình (.bpmn): nhập lại từ tệp, hoặc tạo bản dự thảo mới."))
    return path


def _sheet(folder: Folder) -> tuple[dict[str, Any] | None, str | None]:
    """The sheet, or None and why it cannot be read: then it is left as it is."""
    try:
        return sheet_writing.read(folder), None
    except ProcedureRejected as refusal:
        return None, refusal.findings[0].message


def _sent() -> dict[str, Any]:
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise AnswersRejected({"": [_("Nội dung gửi lên không đúng dạng. Tải lại trang rồi vẽ tiếp.")]})
    return sent


def _listed(found: Sequence[Finding]) -> list[dict[str, str]]:
    return [{"place": finding.place, "code": finding.code, "message": finding.message} for finding in found]
