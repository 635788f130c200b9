"""Incidents: found by state, cause, place and words; tried again or dismissed, one by one or many at once."""

import uuid
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from engine.cases import incidents, settling
from engine.cases.incidents import Wanted
from engine.cases.models import Case, Incident
from engine.cases.settling import Outcome
from engine.errors import AnswersRejected
from engine.people import agencies, directory
from engine.people.actors import Actor
from engine.procedures import catalogue
from engine.transaction import session, transaction
from web import answering, guard, operator_words

bp = Blueprint("operator_incidents", __name__, url_prefix="/admin/operator/incidents")

_FILTERS = ("state", "cause", "procedure", "element", "text")
#: State shown → state asked for.
_STATES = {"": "open", "open": "open", "resolved": "resolved", "all": ""}


@bp.get("")
@guard.requires("incident.read")
def index() -> ResponseReturnValue:
    """Incidents, oldest first; open ones unless others are asked for."""
    return _list(dict(request.args.items()))


@bp.get("/<uuid:incident_id>")
@guard.requires("incident.read")
def show(incident_id: uuid.UUID) -> ResponseReturnValue:
    """One incident: what was being done, where it failed, what was done about it."""
    incident = incidents.get(incident_id, for_=guard.current_actor())
    people = directory.people({found for found in (incident.person_id, incident.resolved_by_id) if found})
    return render_template(
        "operator/incident.html",
        incident=incident,
        agency=agencies.get(incident.agency_id),
        case=session().get(Case, incident.case_id) if incident.case_id else None,
        person=people.get(incident.person_id) if incident.person_id else None,
        settler=people.get(incident.resolved_by_id) if incident.resolved_by_id else None,
        errors={},
    )


@bp.post("/retry")
@guard.requires("incident.resolve")
def retry() -> ResponseReturnValue:
    """Try the chosen ones again."""
    return _settle(
        settling.retry_many, lambda count: ngettext("Đã cho thử lại %(num)d sự cố.", "Đã cho thử lại %(num)d sự cố.", count)
    )


@bp.post("/dismissal")
@guard.requires("incident.resolve")
def dismiss() -> ResponseReturnValue:
    """Leave the chosen ones as they are."""
    return _settle(settling.dismiss_many, lambda count: ngettext("Đã bỏ qua %(num)d sự cố.", "Đã bỏ qua %(num)d sự cố.", count))


def cases_of(shown: Sequence[Incident]) -> dict[uuid.UUID, Case]:
    """The cases of incidents by id, in one statement."""
    ids = {incident.case_id for incident in shown if incident.case_id}
    return {case.id: case for case in session().scalars(sa.select(Case).where(Case.id.in_(ids)))} if ids else {}


def _settle(act: Callable[..., Outcome], done: Callable[[int], str]) -> ResponseReturnValue:
    chosen = [found for found in map(answering.identifier, request.form.getlist("ids")) if found]
    try:
        if not chosen:
            raise AnswersRejected({"ids": [_("Chọn ít nhất một sự cố.")]})
        with transaction():
            outcome = act(chosen, request.form.get("reason", ""), by=guard.current_actor())
    except AnswersRejected as refusal:
        return _list(dict(request.form.items()), chosen, refusal.fields)
    if outcome.done:
        flash(done(len(outcome.done)), "good")
    for sentence in dict.fromkeys(outcome.refused.values()):
        flash(sentence, "soon")
    kept = {name: request.form.get(name) or None for name in _FILTERS}
    return redirect(url_for("operator_incidents.index", **kept), code=303)  # type: ignore[arg-type]  # all of them texts


def _list(
    shown: dict[str, str], chosen: Sequence[uuid.UUID] = (), errors: dict[str, list[str]] | None = None
) -> ResponseReturnValue:
    actor = guard.current_actor()
    wanted = {name: shown.get(name, "").strip() for name in _FILTERS}
    page = incidents.listing(actor, _wanted(wanted), cursor=shown.get("cursor"))
    kept = {name: value or None for name, value in wanted.items()}
    html = render_template(
        "operator/incidents.html",
        page=page,
        wanted=wanted,
        kept=kept,
        chosen={str(found) for found in chosen},
        reason=shown.get("reason", ""),
        errors=errors or {},
        causes=[("", _("Mọi nguyên nhân")), *operator_words.CAUSES.items()],
        states=[("open", _("Đang mở")), ("resolved", _("Đã xử lý")), ("all", _("Tất cả"))],
        procedures=_procedures(actor),
        cases=cases_of(page.items),
        cursor=shown.get("cursor", ""),
        is_filtered=any(value for name, value in wanted.items() if name != "state"),
    )
    return html, 422 if errors else 200


def _wanted(typed: dict[str, str]) -> Wanted:
    return Wanted(
        state=_STATES.get(typed["state"], "open"),
        text=typed["text"],
        element=typed["element"],
        procedure=typed["procedure"],
        cause=typed["cause"],
    )


def _procedures(actor: Actor) -> list[tuple[str, str]]:
    listed = catalogue.listing(agencies.chain(actor.agency_id))
    return [("", _("Mọi quy trình")), *((procedure.code, procedure.title) for procedure in listed)]
