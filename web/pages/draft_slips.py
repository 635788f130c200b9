"""Slips of a draft: kinds and templates, a template with the paper it makes beside it, and what it may print."""

import base64
import io
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import clock
from engine.dossiers import forms as slip_forms
from engine.dossiers.models import SlipForm
from engine.errors import AnswersRejected, Conflict, NotFound, ProcedureRejected
from engine.printing import typeset
from engine.printing.press import PrintingFailed
from engine.procedures import drafts, sheet_writing, slip_templates
from engine.procedures.folder import Folder
from engine.procedures.models import ProcedureDraft
from engine.transaction import transaction
from web import draft_files, guard, problems

bp = Blueprint("draft_slips", __name__, url_prefix="/admin/procedures/drafts/<uuid:draft_id>/slips")


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
    folder = drafts.folder_of(draft)
    try:
        path, content = _uploaded()
        sheet = sheet_writing.read(folder)
        sheet["slips"] = slip_templates.assigned(folder, request.form.get("kind", "").strip(), path)
        with transaction():
            draft_files.save(draft_id, {path: content, **sheet_writing.changed(folder, sheet)})
    except AnswersRejected as refusal:
        return _list(draft, refusal.fields), 422
    except (Conflict, ProcedureRejected) as refusal:
        return _list(draft, {"file": [_said(refusal)]}), problems.status_of(refusal)
    flash(_("Đã lưu mẫu phiếu. Xem thử bên dưới rồi mới trình duyệt."), "good")
    return redirect(url_for(".edit", draft_id=draft_id, name=_name(path)), code=303)


@bp.get("/<name>")
@guard.requires("procedure.check")
def edit(draft_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """A template and its paper with sample data."""
    draft = draft_files.found(draft_id, "procedure.check")
    content = _content(drafts.folder_of(draft), name)
    return _template(draft, name, content.decode("utf-8", "replace"))


@bp.post("/<name>")
@guard.requires("procedure.draft")
def change(draft_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Save the text of a template, or only show the paper it makes."""
    draft = draft_files.found(draft_id, "procedure.draft")
    _content(drafts.folder_of(draft), name)
    source = request.form.get("source", "")
    if request.form.get("act") == "redraw":
        return _template(draft, name, source)
    try:
        content = slip_templates.checked(source.encode("utf-8", "replace"), "source")
        with transaction():
            draft_files.save(draft_id, {_path(name): content})
    except AnswersRejected as refusal:
        return _template(draft, name, source, refusal.fields), 422
    except (Conflict, ProcedureRejected) as refusal:
        return _template(draft, name, source, {"source": [_said(refusal)]}), problems.status_of(refusal)
    flash(_("Đã lưu mẫu phiếu %(name)s.", name=name), "good")
    return redirect(url_for(".edit", draft_id=draft_id, name=name), code=303)


@bp.post("/<name>/remove")
@guard.requires("procedure.draft")
def remove(draft_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Take a template out of the draft and of every kind of slip."""
    draft = draft_files.found(draft_id, "procedure.draft")
    folder = drafts.folder_of(draft)
    _content(folder, name)
    try:
        sheet = sheet_writing.read(folder)
        left = {kind: [path for path in paths if path != _path(name)] for kind, paths in slip_templates.kinds(folder).items()}
        sheet["slips"] = {kind: paths for kind, paths in left.items() if paths}
        with transaction():
            draft_files.save(draft_id, {_path(name): None, **sheet_writing.changed(folder, sheet)})
    except (Conflict, ProcedureRejected) as refusal:
        return _list(draft, {"file": [_said(refusal)]}), problems.status_of(refusal)
    flash(_("Đã xoá mẫu phiếu %(name)s.", name=name), "good")
    return redirect(url_for(".index", draft_id=draft_id), code=303)


@bp.get("/<name>/paper")
@guard.requires("procedure.check")
def paper(draft_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """The saved template as PDF with sample data; a template that cannot be printed is shown with the reason instead."""
    draft = draft_files.found(draft_id, "procedure.check")
    content = _content(drafts.folder_of(draft), name)
    try:
        made = typeset.pdf(content, _sample(name), issued_at=clock.now())
    except PrintingFailed:
        return redirect(url_for(".edit", draft_id=draft_id, name=name), code=303)
    return send_file(io.BytesIO(made), "application/pdf", download_name=f"{name}.pdf")


def _template(draft: ProcedureDraft, name: str, source: str, errors: dict[str, list[str]] | None = None) -> str:
    pages: list[str] = []
    refusal: dict[str, Any] | None = None
    try:
        made = typeset.preview(source, _sample(name), issued_at=clock.now())
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
        form=_form_of(name),
    )


def _sample(name: str) -> dict[str, Any]:
    """Sample data, with the size of paper and the form's own words where the template belongs to a prescribed form."""
    form = _form_of(name)
    if form is None:
        return slip_templates.sample()
    said = {"title": form.title, "number_text": form.number_text, "basis": form.legal_basis}
    return slip_templates.sample() | {"paper": form.paper, "form": said}


def _form_of(name: str) -> SlipForm | None:
    known = (form for forms in slip_forms.generations().values() for form in forms)
    return next((form for form in known if form.template == f"{name}.typ"), None)


def _uploaded() -> tuple[str, bytes]:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise AnswersRejected({"file": [_("Chọn tệp mẫu phiếu (.typ).")]})
    path = slip_templates.path_of(sent.filename)
    return path, slip_templates.checked(sent.read(slip_templates.LARGEST + 1))


def _content(folder: Folder, name: str) -> bytes:
    content = folder.files.get(_path(name))
    if content is None:
        raise NotFound(_("Bản dự thảo không có mẫu phiếu này. Chọn trong danh sách mẫu phiếu."))
    return content


def _path(name: str) -> str:
    return f"{slip_templates.DIRECTORY}/{name}.typ"


def _name(path: str) -> str:
    return path.removeprefix(f"{slip_templates.DIRECTORY}/").removesuffix(".typ")


def _said(refusal: Conflict | ProcedureRejected) -> str:
    return refusal.findings[0].message if isinstance(refusal, ProcedureRejected) else str(refusal)


def _list(draft: ProcedureDraft, errors: dict[str, list[str]] | None = None) -> str:
    folder = drafts.folder_of(draft)
    try:
        kinds = slip_templates.kinds(folder)
    except ProcedureRejected:
        kinds = {}
    paths = {path: [kind for kind, listed in kinds.items() if path in listed] for path in folder.under("slips", ".typ")}
    rows = [(_name(path), of, _form_of(_name(path))) for path, of in paths.items()]
    missing = sorted({path for listed in kinds.values() for path in listed if path not in folder.files})
    return draft_files.page("slips.html", draft, "slips", templates=rows, kinds=kinds, missing=missing, errors=errors or {})
