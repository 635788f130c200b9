"""``/dossiers``: intake, lists, and everything an office knows of one dossier."""

from typing import Any

from flask import Response, url_for

from engine.cases import messages
from engine.dossiers import control_sheet, intake, queries, slips
from engine.dossiers.intake import Intake
from engine.dossiers.queries import Filter
from web import guard
from web.api import doors, downloads
from web.api.blueprint import Blueprint
from web.api.schemas.dossiers import (
    DeadlineOut,
    DossierDetail,
    DossierIn,
    DossierPage,
    DossierQuery,
    MessageIn,
    SlipList,
    detail_out,
    dossier_out,
    slip_out,
)
from web.api.schemas.ledger import LedgerOut, ledger_out

bp = Blueprint("dossiers", __name__, path="/dossiers", description="Hồ sơ một cửa.")


@bp.post("")
@guard.requires("dossier.open")
@doors.acting
@bp.arguments(DossierIn)
@bp.response(201, DossierDetail)
def open_one(sent: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Tiếp nhận một hồ sơ."""
    dossier = intake.open_dossier(Intake(**sent), by=guard.current_actor())
    return detail_out(dossier), 201, {"Location": url_for("api_dossiers.one", code=dossier.code)}


@bp.get("")
@guard.requires("dossier.read")
@bp.arguments(DossierQuery, location="query")
@bp.response(200, DossierPage)
def listing(wanted: dict[str, Any]) -> dict[str, Any]:
    """Hồ sơ của các cơ quan mà người gọi được xem, mới nhất trước."""
    filter_ = Filter(wanted["q"], wanted["status"], wanted["due"])
    page = queries.listing(filter_, for_=guard.current_actor(), limit=wanted["limit"], cursor=wanted["cursor"] or None)
    return {"items": [dossier_out(dossier) for dossier in page.items], "next_cursor": page.next_cursor}


@bp.get("/<code>")
@guard.requires("dossier.read")
@bp.response(200, DossierDetail)
def one(code: str) -> dict[str, Any]:
    """Một hồ sơ."""
    return detail_out(queries.get(code, for_=guard.current_actor()))


@bp.get("/<code>/deadline")
@guard.requires("dossier.read")
@bp.response(200, DeadlineOut)
def deadline(code: str) -> dict[str, Any]:
    """Thời hạn và cách tính từng ngày."""
    dossier = queries.get(code, for_=guard.current_actor())
    return {"due_at": dossier.due_at, "original_due_at": dossier.original_due_at, "derivation": dossier.deadline}


@bp.get("/<code>/ledger")
@guard.requires("dossier.read")
@bp.response(200, LedgerOut)
def accounts(code: str) -> dict[str, Any]:
    """Đồng hồ: ai giữ từng giây từ lúc tiếp nhận, cộng lại đúng bằng toàn bộ thời gian, và các lần dừng."""
    return ledger_out(queries.get(code, for_=guard.current_actor()))


@bp.get("/<code>/slips")
@guard.requires("slip.read")
@bp.response(200, SlipList)
def papers(code: str) -> dict[str, Any]:
    """Mọi phiếu đã cấp, kể cả phiếu đã huỷ."""
    dossier = queries.get(code, for_=guard.current_actor())
    return {"items": [slip_out(slip) for slip in slips.of_case(dossier.case_id)]}


@bp.get("/<code>/control-sheet")
@bp.get("/<code>/control-sheet.json")
@guard.requires("slip.read")
@bp.response(200, {"type": "object", "additionalProperties": True})
def sheet(code: str) -> Response:
    """Phiếu kiểm soát quá trình giải quyết: dữ liệu, dựng lại từ nhật ký."""
    return downloads.as_json(control_sheet.sheet(queries.get(code, for_=guard.current_actor())))


@bp.get("/<code>/control-sheet.pdf")
@guard.requires("slip.read")
@bp.response(200, downloads.BYTES, content_type="application/pdf")
def sheet_pdf(code: str) -> Response:
    """Phiếu kiểm soát quá trình giải quyết: bản in."""
    dossier = queries.get(code, for_=guard.current_actor())
    return downloads.inline(control_sheet.pdf(dossier), "application/pdf", f"{code}-phieu-kiem-soat.pdf")


@bp.post("/<code>/messages")
@guard.requires("message.send")
@doors.acting
@bp.arguments(MessageIn)
@bp.response(200, DossierDetail)
def tell(sent: dict[str, Any], code: str) -> dict[str, Any]:
    """Báo một việc đã xảy ra: đã nộp bổ sung, xin rút hồ sơ …"""
    actor = guard.current_actor()
    dossier = queries.get(code, for_=actor)
    messages.send(dossier.case, sent["name"], sent["answers"], by=actor)
    return detail_out(dossier)
