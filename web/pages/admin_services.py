"""Public services (thủ tục hành chính) an agency offers: the list, one service with its editions, import of a file."""

import tempfile
from collections import Counter
from pathlib import Path

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.dossiers import legal_clock, services
from engine.dossiers.models import PublicService
from engine.errors import AnswersRejected, NotFound
from engine.people import agencies
from engine.people.models import Agency
from engine.procedures import catalogue, definition
from engine.procedures.definition import Definition
from engine.transaction import transaction
from web import guard, places, uploads, words

bp = Blueprint("admin_services", __name__, url_prefix="/admin/services")


@bp.get("")
@guard.requires("service.read")
def index() -> ResponseReturnValue:
    """What an agency offers today, by field; those not checked against the law are marked."""
    agency = places.chosen("service.read")
    query, show = request.args.get("q", ""), request.args.get("show", "all")
    offered = sorted(services.available(agency.id, query), key=words.alphabetical)
    found = [service for service in offered if show != "unverified" or service.is_unverified]
    return render_template(
        "admin_services/index.html",
        agency=agency,
        services=found,
        count=len(offered),
        unverified_count=sum(service.is_unverified for service in offered),
        fields=Counter(service.field for service in found),
        q=query,
        show=show,
        limit_of=legal_clock.limit_of,
    )


@bp.get("/<code>")
@guard.requires("service.read")
def show(code: str) -> ResponseReturnValue:
    """One service as citizens get it: limit, papers, fee, steps with their time, and its former editions."""
    agency = places.chosen("service.read")
    service = services.get(agency.id, code)
    return render_template(
        "admin_services/show.html",
        agency=agency,
        service=service,
        owner=agencies.get(service.agency_id),
        limit=legal_clock.limit_of(service),
        steps=step_terms(agency, service),
        editions=services.editions(agency.id, code),
    )


@bp.route("/import", methods=["GET", "POST"], endpoint="import")
@guard.requires("service.change")
def import_file() -> ResponseReturnValue:
    """Enter a JSON file of services: all of it or, when one entry is wrong, nothing."""
    agency = places.chosen("service.change")
    if request.method == "GET":
        return render_template("admin_services/import.html", agency=agency, errors={})
    try:
        changed, unchanged = _import(agency)
    except AnswersRejected as refusal:
        return render_template("admin_services/import.html", agency=agency, errors=refusal.fields), 422
    flash(
        _("Đã nhập %(changed)d thủ tục mới hoặc thay đổi; %(same)d thủ tục giữ nguyên.", changed=changed, same=unchanged), "good"
    )
    return redirect(url_for("admin_services.index", agency=agency.code), code=303)


def step_terms(agency: Agency, service: PublicService) -> list[tuple[str, str, str, int | None]]:
    """(step, name, role, working minutes or None) of the procedure the service runs on, in its order."""
    described = procedure_of(agency, service)
    steps = described.steps.values() if described else ()
    known = [(step.element, step.name, step.role, service.terms.get(step.element)) for step in steps]
    names = {element for element, _name, _role, _minutes in known}
    return known + [(element, element, "", minutes) for element, minutes in service.terms.items() if element not in names]


def procedure_of(agency: Agency, service: PublicService) -> Definition | None:
    """The procedure in force a service runs on; None before one was published."""
    try:
        return definition.of(catalogue.current(service.procedure_code, agencies.chain(agency.id)))
    except NotFound:
        return None


def _import(agency: Agency) -> tuple[int, int]:
    content = uploads.sent(_("Chọn tệp JSON, tối đa 5 MB."))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "services.json"
        path.write_bytes(content)
        with transaction():
            return services.import_file(path, agency_id=agency.id, by=guard.current_actor())
