"""Administer people: who works in an agency, their account, their sign-in."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import clock, text
from engine.errors import AnswersRejected
from engine.journal import queries
from engine.people import access, administration, directory, second_factor
from engine.people.actors import actor_of
from engine.people.administration import Details
from engine.people.models import Person
from engine.transaction import transaction
from web import guard, places

bp = Blueprint("admin_people", __name__, url_prefix="/admin/people")

_DETAILS = ("full_name", "email", "phone", "language")
_REFUSALS = ("sign_in.refused", "sign_in.locked", "password.refused", "second_factor.refused", "access.refused")


@bp.get("")
@guard.requires("person.change")
def index() -> ResponseReturnValue:
    """Everybody at home in an agency, found by name, account or title without diacritics."""
    agency = places.chosen("person.change")
    query, show = request.args.get("q", ""), request.args.get("show", "active")
    staff = directory.staff(agency.id)
    wanted = text.fold(query).split()
    people = [person for person in staff if person.is_active == (show != "inactive") and _fits(person, wanted)]
    return render_template(
        "admin_people/index.html",
        agency=agency,
        people=people,
        counts={True: sum(p.is_active for p in staff), False: sum(not p.is_active for p in staff)},
        q=query,
        show=show,
        today=clock.today(),
    )


@bp.route("/new", methods=["GET", "POST"])
@guard.requires("person.change")
@guard.freshly_proved
def create() -> ResponseReturnValue:
    """A new account; its one-time password is shown on the page that answers, and never again."""
    agency = places.chosen("person.change")
    if request.method == "GET":
        return render_template("admin_people/create.html", agency=agency, shown={"language": "vi"}, errors={})
    try:
        with transaction():
            person, password = administration.create_person(
                agency.id, request.form.get("login", ""), _typed_details(), by=guard.current_actor()
            )
    except AnswersRejected as refusal:
        return render_template("admin_people/create.html", agency=agency, shown=request.form, errors=refusal.fields), 422
    return render_template("admin_people/one_time_password.html", person=person, password=password, is_new=True)


@bp.route("/<uuid:person_id>", methods=["GET", "POST"])
@guard.requires("person.change")
@guard.freshly_proved_to_change
def show(person_id: uuid.UUID) -> ResponseReturnValue:
    """One person: details to correct, positions, sign-in."""
    person = person_here(person_id)
    if request.method == "GET":
        return _person_page(person, {name: getattr(person, name) for name in _DETAILS}, {})
    try:
        with transaction():
            administration.change_person(person, _typed_details(), by=guard.current_actor())
    except AnswersRejected as refusal:
        return _person_page(person, request.form, refusal.fields), 422
    return _back(person, _("Đã ghi thông tin của %(name)s.", name=person.full_name))


@bp.post("/<uuid:person_id>/password")
@guard.requires("person.change")
@guard.freshly_proved
def reset_password(person_id: uuid.UUID) -> ResponseReturnValue:
    """A one-time password in place of a forgotten one; the person's sessions end."""
    person = person_here(person_id)
    with transaction():
        password = administration.reset_password(person, by=guard.current_actor())
    return render_template("admin_people/one_time_password.html", person=person, password=password, is_new=False)


@bp.post("/<uuid:person_id>/second-factor")
@guard.requires("person.change")
@guard.freshly_proved
def reset_second_factor(person_id: uuid.UUID) -> ResponseReturnValue:
    """The telephone is lost: the person enrols another one."""
    person = person_here(person_id)
    with transaction():
        administration.reset_second_factor(person, by=guard.current_actor())
    return _back(person, _("Đã gỡ xác thực bước hai. Lần đăng nhập tới %(name)s bật lại.", name=person.full_name))


@bp.post("/<uuid:person_id>/deactivation")
@guard.requires("person.change")
@guard.freshly_proved
def deactivate(person_id: uuid.UUID) -> ResponseReturnValue:
    """The person signs in no more; what they did stays."""
    person = person_here(person_id)
    try:
        with transaction():
            administration.deactivate(person, reason=request.form.get("reason", ""), by=guard.current_actor())
    except AnswersRejected as refusal:
        return _person_page(person, {name: getattr(person, name) for name in _DETAILS}, refusal.fields), 422
    return _back(person, _("Đã ngừng tài khoản của %(name)s. Mọi phiên và mã truy cập đã kết thúc.", name=person.full_name))


@bp.post("/<uuid:person_id>/reactivation")
@guard.requires("person.change")
@guard.freshly_proved
def reactivate(person_id: uuid.UUID) -> ResponseReturnValue:
    """The person may sign in again."""
    person = person_here(person_id)
    with transaction():
        administration.reactivate(person, by=guard.current_actor())
    return _back(person, _("Đã mở lại tài khoản của %(name)s.", name=person.full_name))


@bp.get("/refusals")
@guard.requires("person.change")
def refusals() -> ResponseReturnValue:
    """Refused sign-ins and refused reaches, newest first; strangers stand with the top agency."""
    agency = places.chosen("person.change")
    page = queries.search(agency.id, queries.Wanted(kinds=_REFUSALS), cursor=request.args.get("cursor"))
    return render_template("admin_people/refusals.html", agency=agency, page=page)


def person_here(person_id: uuid.UUID) -> Person:
    """The person, where the reader administers their agency; ``NotFound`` or ``NotAllowed`` otherwise."""
    person = directory.get_person(person_id)
    access.require(guard.current_actor(), "person.change", person.agency_id)
    return person


def _fits(person: Person, words: list[str]) -> bool:
    known = text.fold(" ".join([person.full_name, person.login, *(held.title for held in person.positions)]))
    return all(word in known for word in words)


def _typed_details() -> Details:
    given = {name: request.form.get(name, "") for name in _DETAILS}
    return Details(given["full_name"], given["email"], given["phone"], given["language"] or "vi")


def _back(person: Person, message: str) -> ResponseReturnValue:
    flash(message, "good")
    return redirect(url_for("admin_people.show", person_id=person.id), code=303)


def _person_page(person: Person, shown: Any, errors: dict[str, list[str]]) -> str:
    return render_template(
        "admin_people/show.html",
        person=person,
        agency=person.agency,
        shown=shown,
        errors=errors,
        today=clock.today(),
        is_me=person.id == guard.current_actor().person_id,
        has_factor=second_factor.is_enrolled(person),
        factor_is_due=second_factor.is_obligatory(actor_of(person)),
    )
