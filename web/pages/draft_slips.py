"""Slips of a draft: kinds and templates, a template with the paper it makes beside it, and what it may print."""

import base64
import io
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from engine import clock
from engine.errors import AnswersRejected, ProcedureRejected
from engine.printing import typeset
from engine.printing.press import PrintingFailed
from engine.procedures import drafts, sheet_writing, slip_templates
from engine.procedures.folder import Folder
from engine.procedures.models import ProcedureDraft
from web import draft_files, draft_pieces, guard, slip_samples
from web.draft_pieces import Pieces
from web.word_templates import WORD

bp = Blueprint("draft_slips", __name__, url_prefix="/admin/procedures/drafts/<uuid:draft_id>/slips")

SLIPS = Pieces(slip_templates.DIRECTORY, ".typ", _l("Bản dự thảo không có mẫu phiếu này. Chọn trong danh sách mẫu phiếu."))


@bp.get("")
@guard.requires("procedure.check")
def index(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Kinds of slips, their templates, the generation each belongs to."""
    return _list(draft_files.found(draft_id, "procedure.check"))


@bp.post("")
@guard.requires("procedure.draft")
def upload(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Keep an uploaded template, new or instead of the one of that name, as a template of a kind."""
    draft = draft_files.found(draft_id, "procedure.draft")
    sent = request.files.get("file")
    file_name = (sent.filename if sent else "") or ""
    refusal = draft_pieces.refused(draft_id, "file", lambda: _uploaded(drafts.folder_of(draft)))
    if refusal:
        return _list(draft, refusal[0]), refusal[1]
    flash(_("Đã lưu mẫu phiếu. Xem thử bên dưới rồi mới trình duyệt."), "good")
    return redirect(_address(draft_id, slip_templates.path_of(file_name)), code=303)


@bp.get("/<name>")
@guard.requires("procedure.check")
def edit(draft_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """A template and its paper with sample data."""
    draft = draft_files.found(draft_id, "procedure.check")
    content = SLIPS.content(drafts.folder_of(draft), name)
    return _template(draft, name, content.decode("utf-8", "replace"))


@bp.post("/<name>")
@guard.requires("procedure.draft")
def change(draft_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Save the text of a template, or only show the paper it makes."""
    draft = draft_files.found(draft_id, "procedure.draft")
    SLIPS.content(drafts.folder_of(draft), name)
    source = request.form.get("source", "")
    if request.form.get("act") == "redraw":
        return _template(draft, name, source)
    refusal = draft_pieces.refused(draft_id, "source", lambda: {SLIPS.path(name): _written(source)})
    if refusal:
        return _template(draft, name, source, refusal[0]), refusal[1]
    flash(_("Đã lưu mẫu phiếu %(name)s.", name=name), "good")
    return redirect(url_for(".edit", draft_id=draft_id, name=name), code=303)


@bp.post("/<name>/remove")
@guard.requires("procedure.draft")
def remove(draft_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Take a template out of the draft and of every kind of slip; ``format`` of the form is ``docx`` for a Word template."""
    draft = draft_files.found(draft_id, "procedure.draft")
    pieces = WORD if request.form.get("format") == "docx" else SLIPS
    pieces.content(drafts.folder_of(draft), name)
    refusal = draft_pieces.refused(draft_id, "file", lambda: _without(drafts.folder_of(draft), pieces.path(name)))
    if refusal:
        return _list(draft, refusal[0]), refusal[1]
    flash(_("Đã xoá mẫu phiếu %(name)s.", name=name), "good")
    return redirect(url_for(".index", draft_id=draft_id), code=303)


@bp.get("/<name>/paper")
@guard.requires("procedure.check")
def paper(draft_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """The saved template as PDF with sample data; a template that cannot be printed is shown with the reason instead."""
    draft = draft_files.found(draft_id, "procedure.check")
    content = SLIPS.content(drafts.folder_of(draft), name)
    try:
        made = typeset.pdf(content, slip_samples.of(name), issued_at=clock.now())
    except PrintingFailed:
        return redirect(url_for(".edit", draft_id=draft_id, name=name), code=303)
    return send_file(io.BytesIO(made), "application/pdf", download_name=f"{name}.pdf")


def _template(draft: ProcedureDraft, name: str, source: str, errors: dict[str, list[str]] | None = None) -> str:
    pages: list[str] = []
    refusal: dict[str, Any] | None = None
    try:
        made = typeset.preview(source, slip_samples.of(name), issued_at=clock.now())
        pages = [base64.b64encode(page).decode() for page in made]
    except PrintingFailed as failure:
        refusal = {"message": str(failure), "detail": failure.detail, "line": slip_templates.line_of(failure.detail)}
    return draft_files.page(
        "slip.html",
        draft,
        "slips",
        name=name,
        source=source,
        errors=errors or {},
        pages=pages,
        refusal=refusal,
        fields=slip_templates.FIELDS,
        form=slip_samples.form_of(name),
    )


def _uploaded(folder: Folder) -> dict[str, bytes | None]:
    """The uploaded template, and the sheet that names it as one of a kind."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise AnswersRejected({"file": [_("Chọn tệp mẫu phiếu (.typ hoặc .docx).")]})
    path = slip_templates.path_of(sent.filename)
    content = slip_templates.checked_file(path, sent.read(slip_templates.LARGEST_WORD + 1))
    sheet = sheet_writing.read(folder)
    sheet["slips"] = slip_templates.assigned(folder, request.form.get("kind", "").strip(), path)
    return {path: content, **sheet_writing.changed(folder, sheet)}


def _written(source: str) -> bytes:
    return slip_templates.checked(source.encode("utf-8", "replace"), "source")


def _without(folder: Folder, path: str) -> dict[str, bytes | None]:
    """The template taken out, and the sheet without it."""
    sheet = sheet_writing.read(folder)
    left = {kind: [one for one in paths if one != path] for kind, paths in slip_templates.kinds(folder).items()}
    sheet["slips"] = {kind: paths for kind, paths in left.items() if paths}
    return {path: None, **sheet_writing.changed(folder, sheet)}


def _list(draft: ProcedureDraft, errors: dict[str, list[str]] | None = None) -> str:
    folder = drafts.folder_of(draft)
    try:
        kinds = slip_templates.kinds(folder)
    except ProcedureRejected:
        kinds = {}
    rows = [_row(draft, path, kinds) for path in [*SLIPS.paths(folder), *WORD.paths(folder)]]
    missing = sorted({path for listed in kinds.values() for path in listed if path not in folder.files})
    return draft_files.page("slips.html", draft, "slips", templates=rows, kinds=kinds, missing=missing, errors=errors or {})


def _row(draft: ProcedureDraft, path: str, kinds: dict[str, list[str]]) -> dict[str, Any]:
    """One template of the list: its name, file, address, kinds, prescribed form, and whether it is a Word file."""
    is_word = path.endswith(WORD.ending)
    name = (WORD if is_word else SLIPS).name(path)
    used = [kind for kind, listed in kinds.items() if path in listed]
    shown = {"name": name, "path": path, "address": _address(draft.id, path), "kinds": used, "is_word": is_word}
    return shown | {"form": slip_samples.form_of(name)}


def _address(draft_id: uuid.UUID, path: str) -> str:
    """The page of a template."""
    if path.endswith(WORD.ending):
        return url_for("draft_word_slips.show", draft_id=draft_id, name=WORD.name(path))
    return url_for(".edit", draft_id=draft_id, name=SLIPS.name(path))
