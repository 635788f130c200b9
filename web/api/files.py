"""``/files``: scans and other papers of cases."""

import uuid
from typing import Any

from flask import Response, url_for

from engine.cases import attachments, queries
from engine.cases.models import Case
from engine.files import store
from engine.files.store import Received
from web import guard
from web.api import doors, downloads
from web.api.blueprint import Blueprint, takes_any_body
from web.api.schemas.cases import FileOut, file_out
from web.api.schemas.dossiers import ReasonIn
from web.api.schemas.files import UploadFields, UploadFile, UploadForm

bp = Blueprint("files", __name__, path="/files", description="Tệp của hồ sơ.")


@bp.post("")
@guard.requires("file.upload")
@takes_any_body
@bp.doc(requestBody={"required": True, "content": {"multipart/form-data": {"schema": UploadForm}}})
@bp.arguments(UploadFields, location="form")
@bp.arguments(UploadFile, location="files")
@bp.response(201, FileOut)
def upload(asked: dict[str, Any], sent: dict[str, Any]) -> Response:
    """Gửi một tệp vào hồ sơ."""
    case = queries.get_case(asked["case_id"], for_=guard.current_actor())
    stream = sent["file"].stream
    received = store.receive(case.agency_id, stream)
    stream.seek(0)
    answer: Response = _attach(case, received, sent["file"].filename or "", asked["component"])
    return answer


@doors.acting
def _attach(case: Case, received: Received, file_name: str, component: int | None) -> Any:
    """The bytes are on disk, looked at by the virus scanner, before the transaction begins."""
    file = attachments.add(case, received, file_name, by=guard.current_actor(), component=component)
    return FileOut().dump(file_out(file)), 201, {"Location": url_for("api_files.one", file_id=file.id)}


@bp.get("/<uuid:file_id>")
@guard.requires("file.read")
@bp.response(200, FileOut)
def one(file_id: uuid.UUID) -> dict[str, Any]:
    """Một tệp."""
    return file_out(attachments.get(file_id, for_=guard.current_actor()))


@bp.get("/<uuid:file_id>/content")
@guard.requires("file.read")
@bp.response(200, downloads.BYTES, content_type="application/octet-stream")
def content(file_id: uuid.UUID) -> Response:
    """Nội dung tệp, để lưu về máy."""
    file = attachments.get(file_id, for_=guard.current_actor())
    return downloads.attachment(store.read(file.agency_id, file.sha256), "application/octet-stream", file.file_name)


@bp.post("/<uuid:file_id>/remove")
@guard.requires("file.remove")
@doors.acting
@bp.arguments(ReasonIn)
@bp.response(200, FileOut)
def remove(sent: dict[str, Any], file_id: uuid.UUID) -> dict[str, Any]:
    """Gỡ tệp khỏi hồ sơ, có lý do."""
    actor = guard.current_actor()
    file = attachments.get(file_id, for_=actor)
    attachments.remove(file, sent["reason"], by=actor)
    return file_out(file)
