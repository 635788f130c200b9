"""Positions: under which title and roles a person acts, in which agency and division, from when to when."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import clock
from engine.errors import AnswersRejected, Conflict, EngineError, NotFound
from engine.people import agencies, positions
from engine.people.models import Agency, Person, Position
from engine.people.positions import Appointment
from engine.transaction import transaction
from web import guard, places, problems, typed_days
from web.pages.admin_people import person_here
from web.role_names import ROLES

bp = Blueprint("admin_positions", __name__, url_prefix="/admin/people/<uuid:person_id>/positions")

_SHOWN = ("title", "roles", "division_id", "valid_from", "valid_to", "collective")


@bp.route("/new", methods=["GET", "POST"])
@guard.requires("person.change")
@guard.freshly_proved
def give(person_id: uuid.UUID) -> ResponseReturnValue:
    """A new position, in the person's own agency or another one."""
    person = person_here(person_id)
    agency = places.chosen("person.change") if request.values.get(places.FIELD) else person.agency
    if request.method == "GET":
        return _form(person, agency, {"valid_from": clock.today(), "roles": []}, {})
    try:
        with transaction():
            positions.give(person, _typed(agency), by=guard.current_actor())
    except (AnswersRejected, Conflict) as refusal:
        return _refused(person, agency, refusal)
    return _back(person, _("Đã giao chức vụ cho %(name)s.", name=person.full_name))


@bp.route("/<uuid:position_id>", methods=["GET", "POST"])
@guard.requires("person.change")
@guard.freshly_proved
def change(person_id: uuid.UUID, position_id: uuid.UUID) -> ResponseReturnValue:
    """Correct a position."""
    person = person_here(person_id)
    position = _position(person, position_id)
    agency = agencies.get(position.agency_id)
    if request.method == "GET":
        return _form(person, agency, {name: getattr(position, name) for name in _SHOWN}, {}, position)
    try:
        with transaction():
            positions.change(position, _typed(agency), by=guard.current_actor())
    except (AnswersRejected, Conflict) as refusal:
        return _refused(person, agency, refusal, position)
    return _back(person, _("Đã ghi chức vụ của %(name)s.", name=person.full_name))


@bp.post("/<uuid:position_id>/end")
@guard.requires("person.change")
@guard.freshly_proved
def end(person_id: uuid.UUID, position_id: uuid.UUID) -> ResponseReturnValue:
    """The position's last day, with the reason."""
    person = person_here(person_id)
    position = _position(person, position_id)
    try:
        with transaction():
            last = typed_days.needed_day("ends_on", request.form.get("ends_on"))
            positions.end(position, on=last, reason=request.form.get("reason", ""), by=guard.current_actor())
    except (AnswersRejected, Conflict) as refusal:
        return _refused(person, agencies.get(position.agency_id), refusal, position)
    return _back(person, _("Đã kết thúc chức vụ %(title)s của %(name)s.", title=position.title, name=person.full_name))


def _position(person: Person, position_id: uuid.UUID) -> Position:
    found = next((held for held in person.positions if held.id == position_id), None)
    if found is None:
        raise NotFound(_("Người này không có chức vụ đó. Mở lại trang của người này."))
    return found


def _typed(agency: Agency) -> Appointment:
    division = request.form.get("division_id", "")
    return Appointment(
        agency.id,
        request.form.get("title", ""),
        frozenset(request.form.getlist("roles")),
        uuid.UUID(division) if _is_id(division) else None,
        typed_days.needed_day("valid_from", request.form.get("valid_from")),
        typed_days.day("valid_to", request.form.get("valid_to")),
        request.form.get("collective", ""),
    )


def _is_id(text: str) -> bool:
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


def _refused(person: Person, agency: Agency, refusal: EngineError, position: Position | None = None) -> ResponseReturnValue:
    errors = refusal.fields if isinstance(refusal, AnswersRejected) else {"roles": [str(refusal)]}
    errors = {{"valid_to": "ends_on"}.get(n, n) if "ends_on" in request.form else n: found for n, found in errors.items()}
    shown: dict[str, Any] = request.form.to_dict() | {"roles": request.form.getlist("roles")}
    if "ends_on" in request.form and position is not None:
        shown |= {name: getattr(position, name) for name in _SHOWN}
    return _form(person, agency, shown, errors, position), problems.status_of(refusal)


def _form(
    person: Person, agency: Agency, shown: dict[str, Any], errors: dict[str, list[str]], position: Position | None = None
) -> str:
    return render_template(
        "admin_positions/form.html",
        person=person,
        agency=agency,
        position=position,
        shown=shown,
        errors=errors,
        divisions=[(division.id, division.name) for division in agencies.divisions(agency.id)],
        roles=ROLES,
        today=clock.today(),
    )


def _back(person: Person, message: str) -> ResponseReturnValue:
    flash(message, "good")
    return redirect(url_for("admin_people.show", person_id=person.id), code=303)
