"""Scanned papers and other files of a case: put in, save, take off."""

import uuid
from typing import BinaryIO, cast

from flask import Blueprint, Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.cases import attachments, queries
from engine.errors import AnswersRejected
from engine.files import store
from engine.transaction import transaction
from web import case_page, case_view, downloads, guard, typed

bp = Blueprint("files", __name__, url_prefix="/tep")


@bp.post("/cho/<uuid:case_id>", endpoint="upload")
@guard.requires("file.upload")
def upload(case_id: uuid.UUID) -> ResponseReturnValue:
    """Attach files to a case; all of them or none."""
    actor = guard.current_actor()
    case = queries.get_case(case_id, for_=actor)
    sent = [file for file in request.files.getlist("file") if file.filename]
    target = typed.safe_path(request.form.get("next")) if request.form.get("next") else case_view.address(case, "tep")
    try:
        if not sent:
            raise AnswersRejected({"file": [_("Chọn tệp cần tải lên.")]})
        received = [(store.receive(case.agency_id, cast(BinaryIO, file.stream)), file.filename or "") for file in sent]
        with transaction():
            for content, name in received:
                attachments.add(case, content, name, by=actor)
    except AnswersRejected as refusal:
        return case_page.show(case, "tep", errors=refusal.fields), 422
    flash(_("Đã thêm %(count)d tệp.", count=len(sent)), "good")
    return redirect(target, code=303)


@bp.get("/<uuid:attachment_id>")
@guard.requires("file.read")
def download(attachment_id: uuid.UUID) -> Response:
    """The file, to be saved."""
    found = attachments.get(attachment_id, for_=guard.current_actor())
    return downloads.to_save(store.read(found.agency_id, found.sha256), found.media_type, found.file_name)


@bp.post("/<uuid:attachment_id>/go")
@guard.requires("file.remove")
def remove(attachment_id: uuid.UUID) -> ResponseReturnValue:
    """Take the file off its case, with a reason."""
    actor = guard.current_actor()
    found = attachments.get(attachment_id, for_=actor)
    case = queries.get_case(found.case_id, for_=actor)
    try:
        with transaction():
            attachments.remove(attachments.get(attachment_id, for_=actor), request.form.get("reason", ""), by=actor)
    except AnswersRejected as refusal:
        errors = {f"{name}-{attachment_id}": said for name, said in refusal.fields.items()}
        return case_page.show(case, "tep", errors=errors), 422
    flash(_("Đã gỡ tệp khỏi hồ sơ; nhật ký vẫn ghi lại."), "good")
    return redirect(case_view.address(case, "tep"), code=303)
