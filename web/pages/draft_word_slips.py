"""Word templates of a draft: what one makes with sample data, to look at and take away; changed in Word and sent again."""

import uuid

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue

from engine.files import ooxml
from engine.files.refusal import FileRejected
from engine.printing.press import PrintingFailed
from engine.procedures import drafts, slip_templates
from web import downloads, draft_files, guard, slip_samples, word_templates
from web.word_templates import WORD

bp = Blueprint("draft_word_slips", __name__, url_prefix="/admin/procedures/drafts/<uuid:draft_id>/word-slips")


@bp.get("/<name>")
@guard.requires("procedure.check")
def show(draft_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """The template filled with sample data, drawn near enough to judge it."""
    draft = draft_files.found(draft_id, "procedure.check")
    pages, refusal = word_templates.preview(WORD.content(drafts.folder_of(draft), name), slip_samples.of(name))
    shown = {
        "name": name,
        "pages": pages,
        "refusal": refusal,
        "fields": slip_templates.FIELDS,
        "form": slip_samples.form_of(name),
    }
    return draft_files.page("word_slip.html", draft, "slips", **shown)


@bp.get("/<name>/template.docx")
@guard.requires("procedure.check")
def template(draft_id: uuid.UUID, name: str) -> Response:
    """The template itself, to be changed in Word."""
    draft = draft_files.found(draft_id, "procedure.check")
    return downloads.to_save(WORD.content(drafts.folder_of(draft), name), ooxml.DOCX, f"{name}.docx")


@bp.get("/<name>/filled.docx")
@guard.requires("procedure.check")
def filled(draft_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """The template filled with sample data; one that cannot be filled is shown with the reason instead."""
    draft = draft_files.found(draft_id, "procedure.check")
    content = WORD.content(drafts.folder_of(draft), name)
    try:
        made = word_templates.filled(content, slip_samples.of(name))
    except (PrintingFailed, FileRejected):
        return redirect(url_for(".show", draft_id=draft_id, name=name), code=303)
    return downloads.to_save(made, ooxml.DOCX, f"{name}-vi-du.docx")
