"""Procedures: what is in force, every revision with its hash, the diagram, and the check of a folder before it is published."""

import io
from collections.abc import Sequence

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.cases import capabilities
from engine.documents import approvals
from engine.errors import AnswersRejected, Finding, ProcedureRejected
from engine.people import access, agencies, directory
from engine.people.models import Agency
from engine.procedures import catalogue, definition, external_decisions, folder, gates, publishing
from engine.procedures.folder import Folder
from engine.procedures.models import ProcedureRevision
from engine.transaction import transaction
from web import guard, places, uploads

#: What is typed of a decision outside of the system.
_DECISION = ("decision_number", "decision_on", "decision_signer")

bp = Blueprint("admin_procedures", __name__, url_prefix="/admin/procedures")


@bp.get("")
@guard.requires("procedure.read")
def index() -> ResponseReturnValue:
    """The procedures an agency runs: its own, else those of the agencies above."""
    agency = places.chosen("procedure.read")
    found = catalogue.listing(agencies.chain(agency.id))
    return render_template("admin_procedures/index.html", agency=agency, procedures=found)


@bp.get("/<code>")
@guard.requires("procedure.read")
def show(code: str) -> ResponseReturnValue:
    """The revision in force."""
    agency = places.chosen("procedure.read")
    return _revision_page(agency, catalogue.current(code, agencies.chain(agency.id)))


@bp.get("/<code>/revisions/<int:number>")
@guard.requires("procedure.read")
def revision(code: str, number: int) -> ResponseReturnValue:
    """Any revision, in force or obsolete."""
    agency = places.chosen("procedure.read")
    return _revision_page(agency, catalogue.get_number(code, number, agencies.chain(agency.id)))


@bp.get("/<code>/revisions/<int:number>/diagram")
@guard.requires("procedure.read")
def diagram(code: str, number: int) -> ResponseReturnValue:
    """The BPMN file as it was drawn, for the viewer."""
    agency = places.chosen("procedure.read")
    found = catalogue.get_number(code, number, agencies.chain(agency.id))
    return Response(catalogue.drawing(found), mimetype="application/xml")


@bp.get("/<code>/revisions/<int:number>/files/<path:name>")
@guard.requires("procedure.read")
def file(code: str, number: int, name: str) -> ResponseReturnValue:
    """One file of the revision's folder, to download."""
    agency = places.chosen("procedure.read")
    content = catalogue.folder_of(catalogue.get_number(code, number, agencies.chain(agency.id))).files.get(name)
    if content is None:
        abort(404)
    return send_file(io.BytesIO(content), "application/octet-stream", as_attachment=True, download_name=name.rsplit("/", 1)[-1])


@bp.post("/<code>/revisions/<int:number>/check")
@guard.requires("procedure.check")
def check_again(code: str, number: int) -> ResponseReturnValue:
    """Check a published revision with today's rules, its own scenarios included."""
    agency = places.chosen("procedure.check")
    found = catalogue.get_number(code, number, agencies.chain(agency.id))
    verdict = gates.structure(catalogue.folder_of(found), capabilities=capabilities.facts())
    return _revision_page(agency, found, list(verdict.errors))


@bp.route("/check", methods=["GET", "POST"])
@guard.requires("procedure.check")
def check() -> ResponseReturnValue:
    """Check a zipped folder; publish it from the same form where that is asked for and nothing is wrong."""
    agency = places.chosen("procedure.check")
    if request.method == "GET":
        return _check_page(agency)
    try:
        sent = folder.read(uploads.sent(_("Chọn tệp .zip của thư mục quy trình, tối đa 5 MB.")))
        if "publish" in request.form:
            return _publish(agency, sent)
        verdict = gates.structure(sent, capabilities=capabilities.facts())
        findings, remarks = list(verdict.errors), verdict.warnings
    except AnswersRejected as refusal:
        return _check_page(agency, errors=refusal.fields), 422
    except ProcedureRejected as refusal:
        return _check_page(agency, refusal.findings), 422
    return _check_page(agency, findings, remarks=remarks, sha256=sent.sha256), 422 if findings else 200


def _publish(agency: Agency, sent: Folder) -> ResponseReturnValue:
    actor = guard.current_actor()
    access.require(actor, "procedure.publish", agency.id)
    basis = external_decisions.read(*(request.form.get(name, "") for name in _DECISION))
    if basis is None:
        text = _("Ghi quyết định đã phê duyệt quy trình: số, ngày, người ký. Chưa có thì trình duyệt từ bản dự thảo.")
        raise AnswersRejected({"decision_number": [text]})
    gates.require(sent, capabilities=capabilities.facts())
    with transaction():
        made = publishing.publish(agency.id, sent, capabilities=capabilities.facts(), basis=basis, by=actor)
        code, number = made.procedure.code, made.number
    flash(_("Lần ban hành %(number)d đang có hiệu lực. Hồ sơ đang chạy giữ lần cũ.", number=number), "good")
    return redirect(url_for("admin_procedures.show", code=code, agency=agency.code), code=303)


def _revision_page(agency: Agency, found: ProcedureRevision, findings: list[Finding] | None = None) -> str:
    publisher = directory.people({found.published_by_id}) if found.published_by_id else {}
    return render_template(
        "admin_procedures/show.html",
        agency=agency,
        revision=found,
        owner=agencies.get(found.procedure.agency_id),
        described=definition.of(found),
        files=sorted(found.files),
        revisions=catalogue.revisions(found.procedure),
        publisher=next(iter(publisher.values()), None),
        findings=findings,
        remarks=publishing.kept_remarks(found),
        signatures=approvals.signatures_of(found),
    )


def _check_page(
    agency: Agency,
    findings: list[Finding] | None = None,
    *,
    remarks: Sequence[Finding] = (),
    errors: dict[str, list[str]] | None = None,
    sha256: str | None = None,
) -> str:
    shown = {"findings": findings, "remarks": remarks, "errors": errors or {}, "sha256": sha256}
    return render_template("admin_procedures/check.html", agency=agency, **shown)
