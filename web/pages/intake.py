"""At the counter: choose the public service, take the papers in, promise a day."""

import uuid
from collections.abc import Mapping
from typing import Any, BinaryIO, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from engine.cases import attachments, drafts
from engine.dossiers import intake, legal_clock, queries, services
from engine.dossiers.models import PublicService
from engine.errors import AnswersRejected
from engine.files import store
from engine.files.store import Received
from engine.transaction import transaction
from web import derivations, fields, guard, intake_form, once, typed, words

bp = Blueprint("intake", __name__, url_prefix="/tiep-nhan")


@bp.get("", endpoint="services")
@guard.requires("dossier.open")
def choose() -> ResponseReturnValue:
    """Which public service the citizen came for."""
    query = request.args.get("q", "").strip()
    found = sorted(services.available(guard.current_actor().agency_id, query), key=words.alphabetical)
    if query and len(found) == 1:
        return redirect(url_for("intake.new", service_code=found[0].code), code=303)
    return render_template("intake/services.html", found=found, query=query, limit_of=legal_clock.limit_of)


@bp.get("/<service_code>")
@guard.requires("dossier.open")
def new(service_code: str) -> ResponseReturnValue:
    """The form of a new dossier, with what was typed before the session ended, or drafted."""
    actor = guard.current_actor()
    service = services.get(actor.agency_id, service_code)
    return _page(service, typed.again() or drafts.get(_subject(service), by=actor))


@bp.post("/<service_code>")
@guard.requires("dossier.open")
def take(service_code: str) -> ResponseReturnValue:
    """Take the dossier in; refused entries come back with everything that was typed."""
    actor = guard.current_actor()
    service = services.get(actor.agency_id, service_code)
    answers = intake_form.filled(typed.answers())
    if request.form.get("act") == "look":
        return _page(service, answers)
    try:
        wanted = intake_form.read(service, intake_form.decision_form(service, actor), answers)
        scans = _received(actor.agency_id)
        with transaction():
            known = once.former_answer()
            if known is not None:
                return known
            dossier = intake.open_dossier(wanted, by=actor)
            for content, name in scans:
                attachments.add(dossier.case, content, name, by=actor)
            drafts.drop(_subject(service), by=actor)
            target = url_for("dossiers.show", code=dossier.code, moi=1)
            once.leads_to(target)
    except AnswersRejected as refusal:
        faults = {{"file": "scans"}.get(name, name): said for name, said in intake_form.page_names(refusal.fields).items()}
        return _page(service, answers, faults), 422
    return redirect(target, code=303)


@bp.post("/<service_code>/bo-nhap")
@guard.requires("draft.manage")
def forget(service_code: str) -> ResponseReturnValue:
    """Throw the draft away and begin anew."""
    service = services.get(guard.current_actor().agency_id, service_code)
    with transaction():
        drafts.drop(_subject(service), by=guard.current_actor())
    flash(_("Đã bỏ bản nháp."), "info")
    return redirect(url_for("intake.new", service_code=service_code), code=303)


@bp.get("/<service_code>/han")
@guard.requires("deadline.preview")
def deadline(service_code: str) -> ResponseReturnValue:
    """The due moment and how it comes about for what is typed now: a piece of the page."""
    service = services.get(guard.current_actor().agency_id, service_code)
    return render_template("intake/deadline.html", service=service, **_promise(service, request.args))


@bp.post("/<service_code>/ho-so-truoc")
@guard.requires("dossier.read")
def earlier(service_code: str) -> ResponseReturnValue:
    """Earlier dossiers of the owner whose number is typed: a piece of the page; posted, so that no address holds the number."""
    found = queries.earlier_of_owner(request.form.get("owner_id_number", "").strip(), for_=guard.current_actor())
    return render_template("intake/earlier.html", earlier=found)


def _page(service: PublicService, answers: Mapping[str, Any], errors: Mapping[str, list[str]] | None = None) -> str:
    actor = guard.current_actor()
    form = intake_form.decision_form(service, actor)
    return render_template(
        "intake/new.html",
        service=service,
        answers=answers,
        errors=errors or {},
        labels=fields.labels(form),
        form=form,
        values=fields.shown_values(form, answers) if answers else {"intake_decision": "complete"},
        rows=intake_form.rows(service, answers),
        earlier=queries.earlier_of_owner(str(answers.get("owner_id_number") or ""), for_=actor),
        subject=_subject(service),
        has_draft=request.method == "GET" and bool(answers),
        **_promise(service, answers),
    )


def _promise(service: PublicService, answers: Mapping[str, Any]) -> dict[str, Any]:
    promised = intake_form.promised(service, guard.current_actor(), answers)
    return {"promised": promised, "lines": derivations.lines(promised.derivation) if promised else []}


def _subject(service: PublicService) -> str:
    return f"new-dossier:{service.code}"


def _received(agency_id: uuid.UUID) -> list[tuple[Received, str]]:
    """The scans, on disk before the transaction begins: (bytes, file name)."""
    sent = [scan for scan in request.files.getlist("scans") if isinstance(scan, FileStorage) and scan.filename]
    return [(store.receive(agency_id, cast(BinaryIO, scan.stream)), scan.filename or "") for scan in sent]
