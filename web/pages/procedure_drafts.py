"""Drafts of procedures: the list, a new one, one from the revision in force, take it away as files, put it away for good."""

import uuid

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.routing import MapAdapter

from engine.errors import AnswersRejected
from engine.people import agencies, directory
from engine.people.models import Person
from engine.procedures import catalogue, drafts, folder, skeleton
from engine.procedures.models import ProcedureDraft
from engine.transaction import transaction
from web import downloads, draft_files, guard, places

bp = Blueprint("procedure_drafts", __name__, url_prefix="/admin/procedures/drafts")

#: Key of a tab → what follows the draft's address, and its words; a tab whose page does not exist is left out.
TABS = {
    "model": ("", _l("Mô hình")),
    "forms": ("/forms", _l("Biểu mẫu")),
    "rules": ("/rules", _l("Bảng quyết định")),
    "slips": ("/slips", _l("Mẫu phiếu")),
    "scenarios": ("/scenarios", _l("Chạy thử")),
    "proof": ("/proof", _l("Kiểm tra")),
    "diff": ("/diff", _l("So sánh")),
    "submit": ("/submit", _l("Trình duyệt")),
}


@bp.get("")
@guard.requires("procedure.check")
def index() -> ResponseReturnValue:
    """What is being drawn or decided on in an agency."""
    agency = places.chosen("procedure.check")
    found = drafts.listing(agency.id)
    people = directory.people({draft.changed_by_id for draft in found if draft.changed_by_id})
    return render_template("procedure_drafts/index.html", agency=agency, drafts=found, people=people)


@bp.route("/new", methods=["GET", "POST"])
@guard.requires("procedure.draft")
def new() -> ResponseReturnValue:
    """A procedure that was not there before, from the carried template or with one step."""
    agency = places.chosen("procedure.draft")
    if request.method == "GET":
        return render_template("procedure_drafts/new.html", agency=agency, errors={})
    try:
        make = skeleton.empty if request.form.get("origin") == "empty" else skeleton.from_template
        files = make(request.form.get("code", ""), request.form.get("title", ""))
        with transaction():
            draft = drafts.create(agency.id, files, base=None, by=guard.current_actor())
            address = draft_address(draft)
    except AnswersRejected as refusal:
        return render_template("procedure_drafts/new.html", agency=agency, errors=refusal.fields), 422
    return redirect(address, code=303)


@bp.post("/from/<code>")
@guard.requires("procedure.draft")
def begin(code: str) -> ResponseReturnValue:
    """A draft with the files of the revision in force."""
    agency = places.chosen("procedure.draft")
    with transaction():
        base = catalogue.current(code, agencies.chain(agency.id))
        draft = drafts.create(agency.id, catalogue.folder_of(base), base=base, by=guard.current_actor())
        address = draft_address(draft)
    return redirect(address, code=303)


@bp.get("/<uuid:draft_id>/download.zip")
@guard.requires("procedure.check")
def packed(draft_id: uuid.UUID) -> Response:
    """The whole folder."""
    draft = draft_files.found(draft_id, "procedure.check")
    return downloads.to_save(folder.zipped(drafts.folder_of(draft).files), "application/zip", f"{draft.code}.zip")


@bp.get("/<uuid:draft_id>/download.bpmn")
@guard.requires("procedure.check")
def bpmn(draft_id: uuid.UUID) -> Response:
    """The model alone, as standard BPMN 2.0 with its diagram."""
    draft = draft_files.found(draft_id, "procedure.check")
    return downloads.to_save(drafts.model_of(draft), "application/xml", f"{draft.code}.bpmn")


@bp.route("/<uuid:draft_id>/discard", methods=["GET", "POST"])
@guard.requires("procedure.draft")
def discard(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Put it away for good, with a reason."""
    if request.method == "GET":
        return draft_files.page("discard.html", draft_files.found(draft_id, "procedure.draft"), "", errors={})
    try:
        with transaction():
            draft = draft_files.found(draft_id, "procedure.draft", is_changing=True)
            drafts.discard(draft, request.form.get("reason", ""), by=guard.current_actor())
            code = agencies.get(draft.agency_id).code
    except AnswersRejected as refusal:
        draft = draft_files.found(draft_id, "procedure.draft")
        return draft_files.page("discard.html", draft, "", errors=refusal.fields), 422
    flash(_("Đã bỏ bản dự thảo. Quy trình đang hiệu lực không đổi."), "good")
    return redirect(url_for("procedure_drafts.index", agency=code), code=303)


@bp.app_template_global()
def draft_address(draft: ProcedureDraft) -> str:
    """Where the draft's first tab is."""
    return f"{url_for('procedure_drafts.index')}/{draft.id}"


@bp.app_template_global()
def draft_tabs(draft: ProcedureDraft, here: str) -> list[dict[str, object]]:
    """The tabs of the workbench that exist, as ``macros/page.html`` shows them; ``here``: the key of the one being read."""
    map_: MapAdapter = current_app.url_map.bind("localhost")
    shown = []
    for key, (suffix, title) in TABS.items():
        if map_.test(f"{bp.url_prefix}/{draft.id}{suffix}", "GET"):
            shown.append({"title": title, "address": draft_address(draft) + suffix, "is_here": key == here})
    return shown


@bp.app_template_global()
def draft_editor(draft: ProcedureDraft) -> Person | None:
    """Who edits it at this moment; None where nobody does."""
    editor_id = drafts.edited_by(draft)
    return directory.people({editor_id}).get(editor_id) if editor_id else None
