"""Acting for another: what I was given, what I gave, what stands in the agency; giving and withdrawing."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from engine import clock
from engine.cases import delegation_ends
from engine.errors import AnswersRejected, Conflict, EngineError, NotFound
from engine.people import access, agencies, delegation_queries, delegation_rules, directory
from engine.people.delegations import Wish
from engine.people.models import Agency, Person, Position
from engine.transaction import transaction
from web import answering, delegation_view, guard, places, problems, role_names, typed_days

bp = Blueprint("delegations", __name__, url_prefix="/uy-quyen")

#: Word in the address → title.
_TABS = {"nhan": _l("Tôi làm thay"), "giao": _l("Tôi đã giao")}


@bp.get("")
@guard.requires("delegation.read")
def index() -> ResponseReturnValue:
    """Delegations I received, or those I gave."""
    actor, cursor = guard.current_actor(), request.args.get("cursor")
    here = request.args.get("xem", "nhan")
    read = delegation_queries.given if here == "giao" else delegation_queries.received
    page = read(actor.person_id, cursor=cursor)
    return _list("delegations/index.html", page, here="giao" if here == "giao" else "nhan", agency=None)


@bp.get("/co-quan")
@guard.requires("delegation.manage")
def of_agency() -> ResponseReturnValue:
    """Every delegation of the agency, for its leader and administrators."""
    agency = places.chosen("delegation.manage")
    page = delegation_queries.of_agency(agency.id, for_=guard.current_actor(), cursor=request.args.get("cursor"))
    return _list("delegations/index.html", page, here="co-quan", agency=agency)


@bp.get("/moi")
@guard.requires("delegation.give")
def choose() -> ResponseReturnValue:
    """Of which position: my own ones, and for who manages them everybody's of the agency."""
    actor = guard.current_actor()
    agency = places.chosen("delegation.manage") if guard.may("delegation.manage") else agencies.get(actor.agency_id)
    manages = access.may(actor, "delegation.manage", agency.id)
    me = directory.get_person(actor.person_id)
    own = [(position, me) for position in _positions(me) if position.agency_id == agency.id]
    others = [(p, person) for person in directory.staff(agency.id) if person.id != actor.person_id for p in _positions(person)]
    if len(own) == 1 and not manages:
        return redirect(url_for("delegations.give", position_id=own[0][0].id), code=303)
    return render_template("delegations/choose.html", agency=agency, own=own, others=others if manages else [])


@bp.route("/moi/<uuid:position_id>", methods=["GET", "POST"])
@guard.requires("delegation.give")
@guard.freshly_proved_to_change
def give(position_id: uuid.UUID) -> ResponseReturnValue:
    """Delegate the work of one position."""
    position = _mine_to_give(position_id)
    if request.method == "GET":
        return _form(position, _first(position), {})
    try:
        wish = _typed(position)
        delegation_view.refuse_unknown(position.agency_id, wish.procedures, wish.services)
        with transaction():
            made = delegation_ends.give(wish, by=guard.current_actor())
    except (AnswersRejected, Conflict) as refusal:
        return _refused(position, refusal)
    flash(_("Đã lập ủy quyền cho %(name)s. Người này đã được báo.", name=made.delegate.full_name), "good")
    return redirect(url_for("delegations.show", delegation_id=made.id), code=303)


@bp.get("/<uuid:delegation_id>")
@guard.requires("delegation.read")
def show(delegation_id: uuid.UUID) -> ResponseReturnValue:
    """One delegation: who, for whom, what, until when, on what basis."""
    return _one(delegation_id, {})


@bp.post("/<uuid:delegation_id>/thu-hoi")
@guard.requires("delegation.read")
@guard.freshly_proved
def withdraw(delegation_id: uuid.UUID) -> ResponseReturnValue:
    """End it now; what is held under it goes back to the groups."""
    actor = guard.current_actor()
    try:
        with transaction():
            found = delegation_queries.get(delegation_id, for_=actor)
            delegation_ends.withdraw(found, request.form.get("reason", ""), by=actor)
    except AnswersRejected as refusal:
        return _one(delegation_id, refusal.fields), 422
    except Conflict as refusal:
        flash(str(refusal), "soon")
        return _one(delegation_id, {}), 409
    flash(_("Đã thu hồi ủy quyền. Việc đang giữ theo ủy quyền đã trở về nhóm."), "good")
    return redirect(url_for("delegations.show", delegation_id=delegation_id), code=303)


def _list(template: str, page: delegation_queries.Page, *, here: str, agency: Agency | None) -> str:
    code = agency.code if agency else None
    tabs = [
        {"title": title, "address": url_for("delegations.index", xem=word), "is_here": word == here}
        for word, title in _TABS.items()
    ]
    if guard.may("delegation.manage"):
        tabs.append({"title": _("Của cơ quan"), "address": url_for("delegations.of_agency"), "is_here": here == "co-quan"})
    place = {"xem": here} if agency is None else {"agency": code}
    endpoint = "delegations.index" if agency is None else "delegations.of_agency"
    return render_template(
        template,
        page=page,
        tabs=tabs,
        here=here,
        agency=agency,
        next_address=url_for(endpoint, cursor=page.next_cursor, **place) if page.next_cursor else None,
        first_address=url_for(endpoint, **place) if request.args.get("cursor") else None,
        **delegation_view.words(),
    )


def _one(delegation_id: uuid.UUID, errors: dict[str, list[str]]) -> str:
    found = delegation_queries.get(delegation_id, for_=guard.current_actor())
    people = directory.people({one for one in (found.created_by_id, found.withdrawn_by_id) if one})
    return render_template(
        "delegations/show.html",
        delegation=found,
        names=delegation_view.names_of(found),
        captions=delegation_view.as_signed(found),
        people=people,
        is_living=delegation_queries.state_of(found) in ("in_force", "coming"),
        errors=errors,
        reason=request.form.get("reason", ""),
        **delegation_view.words(),
    )


def _mine_to_give(position_id: uuid.UUID) -> Position:
    """The position, where it is the reader's own or they manage delegations of its agency."""
    actor, position = guard.current_actor(), directory.get_position(position_id)
    access.require_visible(actor, position.agency_id)
    if position.person_id != actor.person_id and not access.may(actor, delegation_queries.MANAGE, position.agency_id):
        raise NotFound(_("Đây không phải chức vụ của anh/chị. Mở lại trang Ủy quyền và chọn chức vụ của mình."))
    return position


def _positions(person: Person) -> list[Position]:
    """Those valid today or later whose work can be delegated."""
    return [p for p in _living(person) if set(p.roles) - delegation_rules.UNDELEGABLE]


def _living(person: Person) -> list[Position]:
    return [p for p in person.positions if not directory.is_ended(p)] if person.is_active else []


def _first(position: Position) -> dict[str, Any]:
    signing = "KT." if "leader" in position.roles else ""
    roles = [role for role in position.roles if role not in delegation_rules.UNDELEGABLE]
    return {"starts_on": clock.today(), "roles": roles, "scope": "all", "signing": signing}


def _typed(position: Position) -> Wish:
    form, scope = request.form, request.form.get("scope", "all")
    return Wish(
        position_id=position.id,
        delegate_id=answering.identifier(form.get("delegate_id")),
        roles=frozenset(form.getlist("roles")),
        starts_on=typed_days.needed_day("starts_on", form.get("starts_on")),
        ends_on=typed_days.needed_day("ends_on", form.get("ends_on")),
        signing=form.get("signing", ""),
        procedures=_chosen("procedures", scope),
        services=_chosen("services", scope),
        basis_number=form.get("basis_number", ""),
        basis_on=typed_days.day("basis_on", form.get("basis_on")),
        reason=form.get("reason", ""),
    )


def _chosen(name: str, scope: str) -> frozenset[str]:
    """The codes ticked; ``AnswersRejected`` where the scope asks for some and none is."""
    codes = frozenset(request.form.getlist(name)) if scope == name else frozenset()
    if scope == name and not codes:
        raise AnswersRejected({name: [_("Chọn ít nhất một mục, hoặc chọn “Mọi việc của vai trò”.")]})
    return codes


def _refused(position: Position, refusal: EngineError) -> ResponseReturnValue:
    errors = refusal.fields if isinstance(refusal, AnswersRejected) else {"delegate_id": [str(refusal)]}
    several = {name: request.form.getlist(name) for name in ("roles", "procedures", "services")}
    return _form(position, request.form.to_dict() | several, errors), problems.status_of(refusal)


def _form(position: Position, shown: dict[str, Any], errors: dict[str, list[str]]) -> str:
    agency_id, roles = position.agency_id, set(position.roles) - delegation_rules.UNDELEGABLE
    colleagues = [person for person in directory.staff(agency_id) if person.is_active and person.id != position.person_id]
    return render_template(
        "delegations/form.html",
        position=position,
        shown=shown,
        errors=errors,
        colleagues=[(p.id, f"{p.full_name} – {_titles(p, agency_id)}") for p in colleagues if _titles(p, agency_id)],
        roles=[(role, name, hint) for role, name, hint in role_names.ROLES if role in roles],
        procedures=delegation_view.procedures(agency_id),
        services=[(code, f"{name} ({code})") for code, name in delegation_view.public_services(agency_id)],
        scopes=delegation_view.SCOPES,
        signings=delegation_view.SIGNINGS,
    )


def _titles(person: Person, agency_id: uuid.UUID) -> str:
    working = [p for p in _living(person) if set(p.roles) - delegation_rules.OVERSIGHT]
    held = [p.title for p in working if p.agency_id == agency_id]
    return ", ".join(dict.fromkeys(held))
