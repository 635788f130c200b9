"""``/procedures``: what may run here, in which revisions, and whether a draft could."""

from typing import Any

from flask import Response, request

from engine.cases import capabilities
from engine.documents import printed_procedure, printed_procedure_docx
from engine.errors import Finding, ProcedureRejected
from engine.files import ooxml
from engine.flow import model
from engine.people import agencies
from engine.procedures import catalogue, definition, differences, folder, gates
from engine.procedures.models import ProcedureRevision
from web import guard
from web.api import doors, downloads
from web.api.blueprint import Blueprint, takes_any_body
from web.api.downloads import MODEL_OR_FOLDER, XML, ZIP
from web.api.schemas.procedures import (
    CheckOut,
    DiffOut,
    DiffQuery,
    ProcedureList,
    RevisionDetail,
    RevisionList,
    change_out,
    procedure_out,
    revision_out,
)

bp = Blueprint("procedures", __name__, path="/procedures", description="Quy trình và các lần ban hành.")


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


@bp.get("/<code>/diff")
@guard.requires("procedure.read")
@bp.arguments(DiffQuery, location="query")
@bp.response(200, DiffOut)
def diff(wanted: dict[str, Any], code: str) -> dict[str, Any]:
    """Các điểm khác nhau giữa hai lần ban hành, không kể vị trí vẽ."""
    former, later = _revision(code, wanted["former"]), _revision(code, wanted["later"])
    found = differences.between(definition.of(former), definition.of(later))
    items = [change_out(change) for change in found.changes]
    return {"from_number": former.number, "to_number": later.number, "items": items, "renamed": found.renamed}


@bp.get("/<code>/revisions/<int:number>.bpmn")
@guard.requires("procedure.read")
@bp.response(200, downloads.BYTES, content_type=XML)
def bpmn(code: str, number: int) -> Response:
    """Mô hình BPMN như đã ban hành."""
    content = catalogue.drawing(_revision(code, number))
    return downloads.attachment(content, XML, f"{code}-{number}.bpmn")


@bp.get("/<code>/revisions/<int:number>.zip")
@guard.requires("procedure.read")
@bp.response(200, downloads.BYTES, content_type=ZIP)
def packed(code: str, number: int) -> Response:
    """Cả thư mục quy trình như đã ban hành."""
    files = catalogue.folder_of(_revision(code, number)).files
    return downloads.attachment(folder.zipped(files), ZIP, f"{code}-{number}.zip")


@bp.get("/<code>/revisions/<int:number>.pdf")
@guard.requires("procedure.read")
@bp.response(200, downloads.BYTES, content_type="application/pdf")
def pdf(code: str, number: int) -> Response:
    """Bản in của quy trình (PDF/A), dựng từ mô hình, mang mã SHA-256 của lần ban hành."""
    made = printed_procedure.pdf(printed_procedure.of_revision(_revision(code, number)))
    return downloads.inline(made, "application/pdf", f"QT-{code}-{number:02d}.pdf")


@bp.get("/<code>/revisions/<int:number>.docx")
@guard.requires("procedure.read")
@bp.response(200, downloads.BYTES, content_type=ooxml.DOCX)
def docx(code: str, number: int) -> Response:
    """Bản in của quy trình, dạng Word."""
    made = printed_procedure_docx.docx(printed_procedure.of_revision(_revision(code, number)))
    return downloads.attachment(made, ooxml.DOCX, f"QT-{code}-{number:02d}.docx")


@bp.post("/check")
@guard.requires("procedure.check")
@takes_any_body
@doors.examining
@bp.doc(requestBody=MODEL_OR_FOLDER)
@bp.response(200, CheckOut)
def check() -> dict[str, Any]:
    """Kiểm tra một tệp .bpmn hoặc một thư mục quy trình nén .zip: mọi điểm phải sửa, và những điểm nên xem lại."""
    findings, remarks = _checked(request.get_data(cache=True))
    return {"is_publishable": not findings, "findings": findings, "remarks": remarks}


def _checked(content: bytes) -> tuple[list[Finding], list[Finding]]:
    try:
        if content.startswith(b"PK"):
            sent = folder.read(content)
            found = gates.structure(sent, capabilities=capabilities.facts())
            return list(found.errors), list(found.warnings)
        model.load(content, "check")
    except ProcedureRejected as refusal:
        return refusal.findings, []
    return [], []


def _agencies() -> tuple[Any, ...]:
    return agencies.chain(guard.current_actor().agency_id)


def _revision(code: str, number: int) -> ProcedureRevision:
    return catalogue.get_number(code, min(number, 2**31 - 1), _agencies())
