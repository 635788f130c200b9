"""``/procedures/…/drafts``: drafts made and changed from outside; nothing of them runs."""

import base64
import binascii
import uuid
from typing import Any

from flask import Response, request

from engine.documents import printed_procedure, printed_procedure_docx
from engine.errors import Finding, ProcedureRejected
from engine.files import ooxml
from engine.people import agencies
from engine.procedures import drafts, folder, importing
from engine.procedures.folder import Folder
from web import draft_files, guard
from web.api import doors, downloads
from web.api.blueprint import Blueprint, takes_any_body
from web.api.downloads import MODEL_OR_FOLDER, XML, ZIP
from web.api.schemas.procedure_drafts import DraftDetail, DraftList, DraftQuery, FilesIn, TakenIn, draft_out

bp = Blueprint("procedure_drafts", __name__, path="/procedures", description="Bản dự thảo quy trình.")


@bp.get("/drafts")
@guard.requires("procedure.check")
@bp.response(200, DraftList)
def listing() -> dict[str, Any]:
    """Bản dự thảo đang soạn hoặc chờ duyệt tại cơ quan người gọi."""
    return {"items": drafts.listing(guard.current_actor().agency_id)}


@bp.post("/<code>/drafts")
@guard.requires("procedure.draft")
@takes_any_body
@doors.acting
@bp.doc(requestBody=MODEL_OR_FOLDER)
@bp.arguments(DraftQuery, location="query")
@bp.response(201, TakenIn)
def make(wanted: dict[str, Any], code: str) -> Any:
    """Tạo bản dự thảo từ thư mục .zip hoặc mô hình .bpmn; bản đang soạn cùng mã được thay khi gửi kèm `version` đã đọc."""
    given, told = _taken_in(request.get_data(cache=True), code)
    actor = guard.current_actor()
    former = drafts.open_one(actor.agency_id, code)
    if former is not None:
        removed: dict[str, bytes | None] = dict.fromkeys(drafts.folder_of(former).files)
        draft = drafts.write(former, {**removed, **given.files}, version=wanted.get("version", 0), by=actor)
    else:
        base = drafts.base_of(code, agencies.chain(actor.agency_id))
        draft = drafts.create(actor.agency_id, given, base=base, by=actor)
    return {**draft_out(draft), **told}, 201


@bp.get("/drafts/<uuid:draft_id>")
@guard.requires("procedure.check")
@bp.response(200, DraftDetail)
def one(draft_id: uuid.UUID) -> dict[str, Any]:
    """Một bản dự thảo và tên các tệp của nó."""
    return draft_out(draft_files.found(draft_id, "procedure.check"))


@bp.get("/drafts/<uuid:draft_id>.zip")
@guard.requires("procedure.check")
@bp.response(200, downloads.BYTES, content_type=ZIP)
def packed(draft_id: uuid.UUID) -> Response:
    """Cả thư mục của bản dự thảo."""
    draft = draft_files.found(draft_id, "procedure.check")
    return downloads.attachment(folder.zipped(drafts.folder_of(draft).files), ZIP, f"{draft.code}.zip")


@bp.get("/drafts/<uuid:draft_id>.bpmn")
@guard.requires("procedure.check")
@bp.response(200, downloads.BYTES, content_type=XML)
def bpmn(draft_id: uuid.UUID) -> Response:
    """Mô hình BPMN 2.0 của bản dự thảo, có sơ đồ."""
    draft = draft_files.found(draft_id, "procedure.check")
    return downloads.attachment(drafts.model_of(draft), XML, f"{draft.code}.bpmn")


@bp.get("/drafts/<uuid:draft_id>.pdf")
@guard.requires("procedure.check")
@bp.response(200, downloads.BYTES, content_type="application/pdf")
def pdf(draft_id: uuid.UUID) -> Response:
    """Bản dự thảo như sẽ in ra, có dấu DỰ THẢO trên mọi trang."""
    draft = draft_files.found(draft_id, "procedure.check")
    made = printed_procedure.pdf(printed_procedure.of_draft(draft))
    return downloads.inline(made, "application/pdf", f"QT-{draft.code}-du-thao.pdf")


@bp.get("/drafts/<uuid:draft_id>.docx")
@guard.requires("procedure.check")
@bp.response(200, downloads.BYTES, content_type=ooxml.DOCX)
def docx(draft_id: uuid.UUID) -> Response:
    """Bản dự thảo như sẽ in ra, dạng Word."""
    draft = draft_files.found(draft_id, "procedure.check")
    made = printed_procedure_docx.docx(printed_procedure.of_draft(draft))
    return downloads.attachment(made, ooxml.DOCX, f"QT-{draft.code}-du-thao.docx")


@bp.post("/drafts/<uuid:draft_id>/files")
@guard.requires("procedure.draft")
@doors.acting
@bp.arguments(FilesIn)
@bp.response(200, DraftDetail)
def write(sent: dict[str, Any], draft_id: uuid.UUID) -> dict[str, Any]:
    """Thay, thêm hoặc bỏ (null) một số tệp; 409 khi bản dự thảo đã đổi sau `version`."""
    draft = draft_files.found(draft_id, "procedure.draft", is_changing=True)
    changes = {path: _bytes(path, content) for path, content in sent["files"].items()}
    return draft_out(drafts.write(draft, changes, version=sent["version"], by=guard.current_actor()))


def _taken_in(content: bytes, code: str) -> tuple[Folder, dict[str, Any]]:
    """The folder sent, of this very code; of a model also what was changed and what is left to do."""
    if not content.startswith(b"PK"):
        read = importing.read(content, code=code)
        importing.require_names(read)
        return read.folder, {"changes": read.changes, "findings": read.findings}
    sent = folder.read(content)
    named = drafts.named(sent)[0]
    if named != code:
        message = f"Thư mục ghi mã “{named}”, địa chỉ gửi tới ghi “{code}”: sửa một trong hai."
        raise ProcedureRejected([Finding("procedure.yaml: code", "draft.code", message)])
    return sent, {"changes": [], "findings": []}


def _bytes(path: str, content: str | None) -> bytes | None:
    try:
        return None if content is None else base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise ProcedureRejected([Finding(path, "draft.base64", "Nội dung tệp phải là base64.")]) from None
