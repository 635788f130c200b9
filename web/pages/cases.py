"""Cases of any procedure: list, page, opening, what happens to them from outside, remarks, the diagram."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.cases import comments, messages, queries, starting
from engine.cases.models import Case
from engine.cases.queries import Filter
from engine.errors import AnswersRejected, Conflict, NotFound
from engine.people import agencies
from engine.procedures import catalogue, definition
from engine.procedures.forms import Form
from engine.transaction import transaction
from web import answering, case_page, case_view, fields, guard, once, typed, words

bp = Blueprint("cases", __name__, url_prefix="/cong-viec")

PAGE_SIZE = 30


@bp.get("")
@guard.requires("case.read")
def index() -> ResponseReturnValue:
    """Cases of the agencies the reader sees, newest first."""
    actor = guard.current_actor()
    wanted = Filter(*(request.args.get(name, "").strip() for name in ("q", "state", "procedure")))
    page = queries.listing(actor, wanted, limit=PAGE_SIZE, cursor=request.args.get("cursor"))
    return render_template(
        "cases/index.html",
        page=page,
        wanted=wanted,
        states=[("", _("Mọi tình trạng")), *words.CASE_STATES.items()],
        procedures=catalogue.listing(agencies.chain(actor.agency_id)),
        startable=_startable(),
        address_of=case_view.address,
        next_address=_address(wanted, page.next_cursor) if page.next_cursor else None,
        first_address=_address(wanted) if request.args.get("cursor") else None,
    )


@bp.get("/<uuid:case_id>")
@bp.get("/<uuid:case_id>/<section>")
@guard.requires("case.read")
def show(case_id: uuid.UUID, section: str | None = None) -> ResponseReturnValue:
    """One case at one of its sections; a dossier's page where it is one."""
    case = queries.get_case(case_id, for_=guard.current_actor())
    if case_view.dossier_of(case) is not None:
        return redirect(case_view.address(case, section), code=303)
    return case_page.show(case, section)


@bp.route("/moi/<procedure>", methods=["GET", "POST"])
@guard.requires("case.open")
def new(procedure: str) -> ResponseReturnValue:
    """Open a case of a procedure that people start themselves."""
    actor = guard.current_actor()
    rule = definition.of(catalogue.current(procedure, agencies.chain(actor.agency_id)))
    form = rule.forms[rule.start.form] if rule.start.form else None
    if request.method == "GET":
        return render_template("cases/new.html", rule=rule, form=form, errors={}, title="", **_drawn(form, {}))
    answers = {name: value for name, value in typed.answers().to_dict(flat=True).items() if name != "title"}
    title = request.form.get("title", "")
    try:
        with transaction():
            known = once.former_answer()
            if known is not None:
                return known
            case = starting.open_case(procedure, title, answers, by=actor)
            target = case_view.address(case)
            once.leads_to(target)
    except AnswersRejected as refusal:
        page = render_template(
            "cases/new.html", rule=rule, form=form, errors=refusal.fields, title=title, **_drawn(form, answers)
        )
        return page, 422
    return redirect(target, code=303)


@bp.route("/<uuid:case_id>/ghi-nhan/<name>", methods=["GET", "POST"])
@guard.requires("message.send")
def message(case_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Record that something happened: a supplement came, the citizen withdraws."""
    actor = guard.current_actor()
    case = queries.get_case(case_id, for_=actor)
    if request.method == "GET":
        return _message_page(case, name, {}, {})
    answers = typed.answers()
    try:
        with transaction():
            known = once.former_answer()
            if known is not None:
                return known
            messages.send(case, name, answers, by=actor)
            once.leads_to(case_view.address(case))
    except AnswersRejected as refusal:
        return _message_page(case, name, answers, refusal.fields), 422
    except Conflict as refusal:
        return _message_page(case, name, answers, {"": [str(refusal)]}), 409
    flash(_("Đã ghi nhận."), "good")
    return redirect(case_view.address(case), code=303)


@bp.post("/<uuid:case_id>/y-kien")
@guard.requires("comment.add")
def comment(case_id: uuid.UUID) -> ResponseReturnValue:
    """Write a remark for colleagues."""
    case = queries.get_case(case_id, for_=guard.current_actor())
    try:
        with transaction():
            comments.add(case, request.form.get("text", ""), by=guard.current_actor())
    except AnswersRejected as refusal:
        return case_page.show(case, "trao-doi", errors=refusal.fields), 422
    return redirect(case_view.address(case, "trao-doi"), code=303)


@bp.get("/<uuid:case_id>/so-do.bpmn")
@guard.requires("case.read")
def model(case_id: uuid.UUID) -> Response:
    """The model the case runs on, for the drawing."""
    case = queries.get_case(case_id, for_=guard.current_actor())
    return Response(catalogue.drawing(catalogue.get(case.revision_id)), mimetype="application/xml")


def _address(wanted: Filter, cursor: str | None = None) -> str:
    q, state, procedure = (value or None for value in (wanted.query, wanted.state, wanted.procedure))
    return url_for("cases.index", q=q, state=state, procedure=procedure, cursor=cursor)


def _startable() -> list[Any]:
    """Procedures the reader may start here: those no other page opens."""
    actor = guard.current_actor()
    offered = [
        definition.of(p.current_revision) for p in catalogue.listing(agencies.chain(actor.agency_id)) if p.current_revision
    ]
    mine = [rule for rule in offered if starting.as_starter(rule, actor.agency_id, actor) is not None]
    return [rule for rule in mine if not rule.public_services and not rule.start.has_subject]


def _drawn(form: Form | None, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {"values": fields.shown_values(form, answers), "labels": fields.labels(form)} if form else {"values": {}, "labels": {}}


def _message_page(case: Case, name: str, answers: Mapping[str, Any], errors: Mapping[str, list[str]]) -> str:
    rule = definition.of_id(case.revision_id)
    if name not in rule.messages:
        raise NotFound(_("Quy trình này không nhận thông báo đó. Mở lại từ trang hồ sơ."))
    form = rule.message_form(name)
    return render_template(
        "cases/message.html",
        case=case,
        message=rule.messages[name],
        form=form,
        view=case_view.view(case, guard.current_actor()),
        errors=errors,
        back=case_view.address(case),
        **(answering.shown(form, answers, case) if form else {"values": {}, "labels": {}, "people": {}, "files": []}),
    )
