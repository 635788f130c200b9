"""A draft from a file: a folder as it is, or a foreign model with every change shown before it is accepted."""

import base64
import zlib

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import AnswersRejected, Finding, ProcedureRejected
from engine.flow.parse import MAX_BYTES
from engine.people.models import Agency
from engine.procedures import drafts, folder, importing
from engine.procedures.folder import Folder
from engine.procedures.importing import Imported
from engine.transaction import transaction
from web import guard, places, uploads
from web.pages.procedure_drafts import draft_address

bp = Blueprint("procedure_import", __name__, url_prefix="/admin/procedures/drafts/import")


@bp.route("", methods=["GET", "POST"])
@guard.requires("procedure.draft")
def bring() -> ResponseReturnValue:
    """Read a file; a model's changes are shown, and become a draft once they are accepted."""
    agency = places.chosen("procedure.draft")
    if request.method == "GET":
        return _page(agency)
    content = b""
    try:
        content = _kept() or uploads.sent(_("Chọn tệp .bpmn hoặc .zip, tối đa 5 MB."))
        if content.startswith(b"PK"):
            return _draft(agency, folder.read(content))
        read = _read(content)
        if "accept" not in request.form:
            return _page(agency, read, kept=_packed(content))
        importing.require_names(read)
        return _draft(agency, read.folder)
    except AnswersRejected as refusal:
        known = _read(content) if content else None
        return _page(agency, known, kept=request.form.get("kept", ""), errors=refusal.fields), 422
    except ProcedureRejected as refusal:
        return _page(agency, refused=refusal.findings), 422


def _draft(agency: Agency, files: Folder) -> ResponseReturnValue:
    with transaction():
        address = draft_address(drafts.create(agency.id, files, base=None, by=guard.current_actor()))
    return redirect(address, code=303)


def _read(content: bytes) -> Imported:
    given = {name: request.form.get(name, "").strip() for name in ("process", "code", "title")}
    return importing.read(content, **given)


def _packed(content: bytes) -> str:
    """The model as the page carries it until it is accepted: nothing is stored before that."""
    return base64.b64encode(zlib.compress(content)).decode()


def _kept() -> bytes:
    given = request.form.get("kept", "")
    try:
        return zlib.decompressobj().decompress(base64.b64decode(given), MAX_BYTES + 1) if given else b""
    except (ValueError, zlib.error):
        raise AnswersRejected({"file": [_("Trang đã hỏng: chọn lại tệp.")]}) from None


def _page(
    agency: Agency,
    imported: Imported | None = None,
    *,
    kept: str = "",
    errors: dict[str, list[str]] | None = None,
    refused: list[Finding] | None = None,
) -> str:
    shown = {"imported": imported, "kept": kept, "errors": errors or {}, "refused": refused or []}
    return render_template("procedure_drafts/import.html", agency=agency, **shown)
