"""Numbered papers: print, issue anew."""

import uuid

from flask import Blueprint, Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.cases import queries
from engine.dossiers import slips, word_slips
from engine.errors import AnswersRejected
from engine.files import ooxml
from engine.people import access
from engine.transaction import transaction
from web import case_page, case_view, downloads, guard

bp = Blueprint("slips", __name__, url_prefix="/phieu")


@bp.get("/<uuid:slip_id>.pdf")
@guard.requires("slip.read")
def show(slip_id: uuid.UUID) -> Response:
    """The paper as printed; the first print is kept. ``?paper=a4`` or ``a5``: the same on that size."""
    slip = slips.get(slip_id, for_=guard.current_actor())
    paper = request.args.get("paper")
    printed = slips.pdf(slip, paper)
    if paper is None and slip.voided_at is None and slip.pdf_sha256 is None:
        with transaction():
            printed = slips.keep_pdf(slips.get(slip_id, for_=guard.current_actor()))
    number = slips.number_of(slip).replace("/", "-")
    return downloads.to_print(printed, f"{number}.pdf")


@bp.get("/<uuid:slip_id>.docx")
@guard.requires("slip.read")
def word(slip_id: uuid.UUID) -> Response:
    """The Word copy, where the procedure has a template for it; the PDF stays the paper of record."""
    slip = slips.get(slip_id, for_=guard.current_actor())
    number = slips.number_of(slip).replace("/", "-")
    return downloads.to_save(word_slips.docx(slip), ooxml.DOCX, f"{number}.docx")


@bp.post("/<uuid:slip_id>/cap-lai")
@guard.requires("slip.reissue")
def reissue(slip_id: uuid.UUID) -> ResponseReturnValue:
    """Void the paper and issue another one in its place."""
    actor = guard.current_actor()
    slip = slips.get(slip_id, for_=actor)
    access.require(actor, "slip.reissue", slip.agency_id)
    case = queries.get_case(slip.case_id, for_=actor)
    try:
        with transaction():
            fresh = slips.reissue(slips.get(slip_id, for_=actor), request.form.get("reason", ""), by=actor)
            number = slips.number_of(fresh)
    except AnswersRejected as refusal:
        errors = {f"{name}-{slip_id}": said for name, said in refusal.fields.items()}
        return case_page.show(case, "phieu", errors=errors), 422
    flash(_("Đã cấp lại, số mới %(number)s. Phiếu cũ in ra có dấu đã hủy.", number=number), "good")
    return redirect(case_view.address(case, "phieu"), code=303)
