"""Procedures on paper: a revision or a draft as PDF and as a Word document, made from the model."""

import uuid

from flask import Blueprint, Response

from engine.documents import printed_procedure, printed_procedure_docx
from engine.files import ooxml
from engine.people import agencies
from engine.procedures import catalogue
from engine.procedures.models import ProcedureRevision
from web import downloads, draft_files, guard, places

bp = Blueprint("procedure_print", __name__, url_prefix="/admin/procedures")


@bp.get("/<code>/revisions/<int:number>/printed.pdf")
@guard.requires("procedure.read")
def revision_pdf(code: str, number: int) -> Response:
    """The procedure as it is signed and kept, one of its revisions."""
    found = _revision(code, number)
    return downloads.to_print(printed_procedure.pdf(printed_procedure.of_revision(found)), f"{_named(found)}.pdf")


@bp.get("/<code>/revisions/<int:number>/printed.docx")
@guard.requires("procedure.read")
def revision_docx(code: str, number: int) -> Response:
    """The same as a Word document."""
    found = _revision(code, number)
    made = printed_procedure_docx.docx(printed_procedure.of_revision(found))
    return downloads.to_save(made, ooxml.DOCX, f"{_named(found)}.docx")


@bp.get("/drafts/<uuid:draft_id>/printed.pdf")
@guard.requires("procedure.check")
def draft_pdf(draft_id: uuid.UUID) -> Response:
    """The draft as it would be signed, marked as a draft on every page."""
    draft = draft_files.found(draft_id, "procedure.check")
    return downloads.to_print(printed_procedure.pdf(printed_procedure.of_draft(draft)), f"QT-{draft.code}-du-thao.pdf")


@bp.get("/drafts/<uuid:draft_id>/printed.docx")
@guard.requires("procedure.check")
def draft_docx(draft_id: uuid.UUID) -> Response:
    """The same as a Word document."""
    draft = draft_files.found(draft_id, "procedure.check")
    made = printed_procedure_docx.docx(printed_procedure.of_draft(draft))
    return downloads.to_save(made, ooxml.DOCX, f"QT-{draft.code}-du-thao.docx")


def _revision(code: str, number: int) -> ProcedureRevision:
    agency = places.chosen("procedure.read")
    return catalogue.get_number(code, number, agencies.chain(agency.id))


def _named(revision: ProcedureRevision) -> str:
    return f"QT-{revision.procedure.code}-{revision.number:02d}"
