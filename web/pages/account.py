"""One's own account: password, second factor, language, open sessions, proof before a weighty act."""

from typing import Any

import segno
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import AnswersRejected
from engine.people import account, lockout, passwords, second_factor, sign_in
from engine.people import sessions as stored
from engine.people.models import Person
from engine.transaction import transaction
from web import guard, i18n, sessions, typed

bp = Blueprint("account", __name__, url_prefix="/account")

_ENROLMENT = "enrolment"


@bp.get("")
@guard.requires("account.manage")
def index() -> ResponseReturnValue:
    """Who I am here, and what protects my account."""
    person = _person()
    return render_template(
        "account/index.html",
        actor=guard.current_actor(),
        person=person,
        open_sessions=stored.listing(person.id),
        is_enrolled=second_factor.is_enrolled(person),
        is_obligatory=second_factor.is_obligatory(guard.current_actor()),
        codes_left=second_factor.remaining_recovery_codes(person),
    )


@bp.route("/password", methods=["GET", "POST"])
@guard.requires("account.manage")
def password() -> ResponseReturnValue:
    """A new password; every other session of the person ends."""
    if request.method == "GET":
        return _password_page({})
    former, new, repeated = (request.form.get(name, "") for name in ("former_password", "password", "password_again"))
    if new != repeated:
        return _password_page({"password_again": [_("Hai lần nhập mật khẩu mới chưa giống nhau.")]}), 422
    try:
        account.change_password(guard.current_actor(), former, new, keep=sessions.current().token)
    except AnswersRejected as refusal:
        return _password_page({{"former": "former_password"}.get(n, n): reasons for n, reasons in refusal.fields.items()}), 422
    except lockout.Locked as refusal:
        return _password_page({"former_password": [str(refusal)]}), 429
    with transaction():
        sessions.prove()
    flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."), "good")
    return redirect(url_for("account.index"), code=303)


@bp.route("/second-factor", methods=["GET", "POST"], endpoint="second_factor")
@guard.requires("account.manage")
@guard.freshly_proved
def enrol() -> ResponseReturnValue:
    """Enrol a telephone: scan, type one code, keep the recovery codes."""
    if request.method == "GET":
        return _enrolment_page({})
    secret = session.get(_ENROLMENT, "")
    if not secret:
        return redirect(url_for("account.second_factor"), code=303)
    try:
        with transaction():
            codes = second_factor.confirm(_person(), secret, request.form.get("code", ""), by=guard.current_actor())
            sessions.prove()
    except AnswersRejected as refusal:
        return _enrolment_page(refusal.fields), 422
    session.pop(_ENROLMENT, None)
    return render_template("account/recovery_codes.html", codes=codes)


@bp.route("/prove", methods=["GET", "POST"])
@guard.requires("account.manage")
def prove() -> ResponseReturnValue:
    """Prove once more who is at the keyboard, before a weighty act (R45)."""
    going = typed.safe_path(request.values.get("next"))
    has_factor = second_factor.is_enrolled(_person())
    if request.method == "GET":
        return render_template("account/prove.html", next=going, has_factor=has_factor, errors={})
    try:
        _check_proof(has_factor)
    except AnswersRejected as refusal:
        return render_template("account/prove.html", next=going, has_factor=has_factor, errors=refusal.fields), 422
    with transaction():
        sessions.prove()
    return redirect(going, code=303)


@bp.post("/sessions")
@guard.requires("account.manage")
def end_others() -> ResponseReturnValue:
    """End every session of mine but this one."""
    with transaction():
        count = stored.revoke_all(guard.current_actor().person_id, but=sessions.current().token)
    flash(_("Đã kết thúc %(count)d phiên đăng nhập khác.", count=count), "good")
    return redirect(url_for("account.index"), code=303)


@bp.post("/language")
@guard.public
def language() -> ResponseReturnValue:
    """Switch the language of the screens; remembered for those who are signed in."""
    wanted = request.form.get("language", "")
    if wanted in i18n.LANGUAGES:
        i18n.switch(wanted)
        actor = guard.actor_or_none()
        if actor is not None:
            with transaction():
                account.choose_language(actor, wanted)
    return redirect(typed.safe_path(request.form.get("next")), code=303)


def _person() -> Person:
    person = sessions.person()
    assert person is not None  # noqa: S101 - the guard let somebody in
    return person


def _password_page(errors: dict[str, list[str]]) -> str:
    return render_template(
        "account/password.html", errors=errors, shortest=passwords.SHORTEST, is_due=sessions.duty() == "account.password"
    )


def _enrolment_page(errors: dict[str, list[str]]) -> str:
    """The secret stays the same until it is confirmed: a wrong code does not mean scanning again."""
    enrolment = second_factor.begin(_person())
    secret = session.setdefault(_ENROLMENT, enrolment.secret)
    session.modified = True
    uri = enrolment.uri.replace(enrolment.secret, secret)
    shown: dict[str, Any] = {"secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)), "qr": _picture(uri)}
    return render_template(
        "account/second_factor.html", errors=errors, is_due=sessions.duty() == "account.second_factor", **shown
    )


def _picture(uri: str) -> str:
    """The QR code of ``uri`` as an image the page's policy allows (``img-src data:``)."""
    picture: str = segno.make(uri, error="m").png_data_uri(scale=6, border=3)
    return picture


def _check_proof(has_factor: bool) -> None:
    actor = guard.current_actor()
    if has_factor:
        second_factor.check(_person(), request.form.get("code", ""), address=actor.address)
        return
    try:
        sign_in.check_password(actor.login, request.form.get("password", ""), address=actor.address)
    except sign_in.Refused as refusal:
        raise AnswersRejected({"password": [_("Mật khẩu không đúng. Nhập lại mật khẩu đang dùng để đăng nhập.")]}) from refusal
