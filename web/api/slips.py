"""``/slips``: numbered papers."""

import uuid
from typing import Any

from flask import Response

from engine.dossiers import slips, word_slips
from engine.files import ooxml
from engine.transaction import transaction
from web import guard
from web.api import doors, downloads
from web.api.blueprint import Blueprint
from web.api.schemas.dossiers import PaperQuery, ReasonIn, SlipOut, slip_out

bp = Blueprint("slips", __name__, path="/slips", description="Phiếu đã cấp.")


@bp.get("/<uuid:slip_id>")
@guard.requires("slip.read")
@bp.response(200, SlipOut)
def one(slip_id: uuid.UUID) -> dict[str, Any]:
    """Một phiếu."""
    return slip_out(slips.get(slip_id, for_=guard.current_actor()))


@bp.get("/<uuid:slip_id>.pdf")
@guard.requires("slip.read")
@bp.arguments(PaperQuery, location="query")
@bp.response(200, downloads.BYTES, content_type="application/pdf")
def pdf(asked: dict[str, Any], slip_id: uuid.UUID) -> Response:
    """Bản in của phiếu; in lại giống hệt từng byte."""
    slip = slips.get(slip_id, for_=guard.current_actor())
    name = f"{slip.data['code']}-{slip.kind}.pdf"
    if asked["paper"] or slip.voided_at is not None or slip.pdf_sha256 is not None:
        return downloads.inline(slips.pdf(slip, asked["paper"]), "application/pdf", name)
    with transaction():
        printed = slips.keep_pdf(slips.get(slip_id, for_=guard.current_actor()))
    return downloads.inline(printed, "application/pdf", name)


@bp.get("/<uuid:slip_id>.docx")
@guard.requires("slip.read")
@bp.response(200, downloads.BYTES, content_type=ooxml.DOCX)
def docx(slip_id: uuid.UUID) -> Response:
    """Bản Word của phiếu, khi quy trình có mẫu Word cho loại phiếu ấy; bản chính thức là PDF."""
    slip = slips.get(slip_id, for_=guard.current_actor())
    return downloads.attachment(word_slips.docx(slip), ooxml.DOCX, f"{slip.data['code']}-{slip.kind}.docx")


@bp.post("/<uuid:slip_id>/reissue")
@guard.requires("slip.reissue")
@doors.acting
@bp.arguments(ReasonIn)
@bp.response(201, SlipOut)
def reissue(sent: dict[str, Any], slip_id: uuid.UUID) -> dict[str, Any]:
    """Cấp lại phiếu với số mới; phiếu cũ bị huỷ."""
    actor = guard.current_actor()
    return slip_out(slips.reissue(slips.get(slip_id, for_=actor), sent["reason"], by=actor))
