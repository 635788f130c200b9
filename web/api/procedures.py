"""``/procedures``: what may run here, in which revisions, and whether a draft could."""

import base64
import io
import zipfile
from typing import Any

from flask import Response, request

from engine.cases import capabilities
from engine.errors import Finding, ProcedureRejected
from engine.flow import model
from engine.people import agencies
from engine.procedures import catalogue, definition, folder, publishing
from engine.procedures.models import ProcedureRevision
from web import guard
from web.api import doors, downloads
from web.api.blueprint import Blueprint, takes_any_body
from web.api.schemas.procedures import (
    CheckOut,
    ProcedureList,
    RevisionDetail,
    RevisionList,
    procedure_out,
    revision_out,
)

bp = Blueprint("procedures", __name__, path="/procedures", description="Quy trình và các lần ban hành.")

XML, ZIP = "application/xml", "application/zip"
#: Every file of a packed folder carries this date: the same revision is the same bytes.
_PACKED_ON = (2025, 1, 1, 0, 0, 0)
_BODY = {"required": True, "content": {kind: {"schema": downloads.BYTES} for kind in (XML, ZIP)}}


@bp.get("")
@guard.requires("procedure.read")
@bp.response(200, ProcedureList)
def listing() -> dict[str, Any]:
    """Quy trình đang hiệu lực tại cơ quan người gọi."""
    return {"items": [procedure_out(procedure) for procedure in catalogue.listing(_agencies())]}


@bp.get("/<code>/revisions")
@guard.requires("procedure.read")
@bp.response(200, RevisionList)
def revisions(code: str) -> dict[str, Any]:
    """Các lần ban hành, mới nhất trước."""
    return {"items": catalogue.revisions(catalogue.current(code, _agencies()).procedure)}


@bp.get("/<code>/revisions/<int:number>")
@guard.requires("procedure.read")
@bp.response(200, RevisionDetail)
def revision(code: str, number: int) -> dict[str, Any]:
    """Một lần ban hành: bước, biểu mẫu, thông báo, căn cứ."""
    found = _revision(code, number)
    return revision_out(found, definition.of(found))


@bp.get("/<code>/revisions/<int:number>.bpmn")
@guard.requires("procedure.read")
@bp.response(200, downloads.BYTES, content_type=XML)
def bpmn(code: str, number: int) -> Response:
    """Mô hình BPMN như đã ban hành."""
    content = base64.b64decode(_revision(code, number).files[f"{code}.bpmn"])
    return downloads.attachment(content, XML, f"{code}-{number}.bpmn")


@bp.get("/<code>/revisions/<int:number>.zip")
@guard.requires("procedure.read")
@bp.response(200, downloads.BYTES, content_type=ZIP)
def packed(code: str, number: int) -> Response:
    """Cả thư mục quy trình như đã ban hành."""
    return downloads.attachment(_zip(_revision(code, number)), ZIP, f"{code}-{number}.zip")


@bp.post("/check")
@guard.requires("procedure.check")
@takes_any_body
@doors.examining
@bp.doc(requestBody=_BODY)
@bp.response(200, CheckOut)
def check() -> dict[str, Any]:
    """Kiểm tra một tệp .bpmn hoặc một thư mục quy trình nén .zip: mọi điểm phải sửa, và những điểm nên xem lại."""
    findings, remarks = _checked(request.get_data(cache=True))
    return {"is_publishable": not findings, "findings": findings, "remarks": remarks}


def _checked(content: bytes) -> tuple[list[Finding], list[Finding]]:
    try:
        if content.startswith(b"PK"):
            sent = folder.read(content)
            return publishing.check(sent, capabilities=capabilities.facts()), publishing.remarks(sent)
        model.load(content, "check")
    except ProcedureRejected as refusal:
        return refusal.findings, []
    return [], []


def _agencies() -> tuple[Any, ...]:
    return agencies.chain(guard.current_actor().agency_id)


def _revision(code: str, number: int) -> ProcedureRevision:
    return catalogue.get_number(code, min(number, 2**31 - 1), _agencies())


def _zip(revision: ProcedureRevision) -> bytes:
    packed_bytes = io.BytesIO()
    with zipfile.ZipFile(packed_bytes, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(revision.files):
            entry = zipfile.ZipInfo(path, _PACKED_ON)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, base64.b64decode(revision.files[path]))
    return packed_bytes.getvalue()
