"""Sign in with password and, where enrolled, the second factor; sign out."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import clock
from engine.errors import AnswersRejected
from engine.people import demo, directory, lockout, second_factor, sign_in
from engine.people.models import Person
from engine.transaction import transaction
from web import guard, sessions, typed

bp = Blueprint("sign_in", __name__, url_prefix="/sign-in")

#: How long the password counts while the code of the telephone is awaited.
PATIENCE = timedelta(minutes=5)
_PENDING = "sign_in"


@bp.route("", methods=["GET", "POST"])
@guard.public
def password() -> ResponseReturnValue:
    """Account name and password. What was typed elsewhere before the session ended travels along."""
    if request.method == "GET":
        if guard.actor_or_none() is not None:
            return redirect(typed.safe_path(request.args.get("next")), code=303)
        return _password_page("", {}, request.args.get("next"), "")
    login = request.form.get("login", "")
    going, fields = typed.safe_path(request.form.get("next")), typed.unpacked(request.form.get("typed", ""))
    missing = _missing(login, request.form.get("password", ""))
    if missing:
        return _password_page(login, missing, going, typed.packed(fields)), 422
    try:
        person = sign_in.check_password(login, request.form["password"], address=guard.address())
    except (sign_in.Refused, lockout.Locked) as refusal:
        status = 429 if isinstance(refusal, lockout.Locked) else 422
        return _password_page(login, {"login": [str(refusal)]}, going, typed.packed(fields)), status
    kept = typed.as_kept(going, fields)
    if second_factor.is_enrolled(person):
        session[_PENDING] = {"person": str(person.id), "at": clock.now().isoformat(), "next": going, "typed": kept}
        return redirect(url_for("sign_in.code"), code=303)
    return _enter(person, going, kept, has_second_factor=False)


@bp.route("/second-factor", methods=["GET", "POST"])
@guard.public
def code() -> ResponseReturnValue:
    """The code of the telephone, or a recovery code."""
    pending = _pending()
    if pending is None:
        flash(_("Bước xác thực đã quá 5 phút. Nhập lại tên đăng nhập và mật khẩu."), "soon")
        return redirect(url_for("sign_in.password"), code=303)
    if request.method == "GET":
        return render_template("sign_in/code.html", errors={})
    person = directory.get_person(uuid.UUID(pending["person"]))
    try:
        second_factor.check(person, request.form.get("code", ""), address=guard.address())
    except AnswersRejected as refusal:
        return render_template("sign_in/code.html", errors=refusal.fields), 422
    except lockout.Locked as refusal:
        return render_template("sign_in/code.html", errors={"code": [str(refusal)]}), 429
    return _enter(person, pending["next"], pending["typed"], has_second_factor=True)


@bp.post("/leave")
@guard.signed_in
def leave() -> ResponseReturnValue:
    """Sign out: the session ends for every copy of its cookie."""
    with transaction():
        sessions.end(guard.current_actor())
    flash(_("Đã đăng xuất."), "good")
    return redirect(url_for("sign_in.password"), code=303)


def _enter(person: Person, going: str, kept: dict[str, Any] | None, *, has_second_factor: bool) -> ResponseReturnValue:
    """In: a new session that holds the typed fields, and back to where the person was going."""
    data = {name: session[name] for name in ("language",) if name in session}
    with transaction():
        sessions.start(
            person, address=guard.address(), has_second_factor=has_second_factor, kept=data | ({"typed": kept} if kept else {})
        )
    if kept is not None:
        flash(_("Nội dung anh/chị đã nhập hiện lại bên dưới. Kiểm tra rồi gửi lại; tệp đính kèm phải chọn lại."), "info")
    return redirect(going, code=303)


def _pending() -> dict[str, Any] | None:
    pending: dict[str, Any] | None = session.get(_PENDING)
    if pending is None or clock.now() - datetime.fromisoformat(pending["at"]) > PATIENCE:
        return None
    return pending


def _missing(login: str, typed_password: str) -> dict[str, list[str]]:
    missing: dict[str, list[str]] = {}
    if not login.strip():
        missing["login"] = [_("Nhập tên đăng nhập.")]
    if not typed_password:
        missing["password"] = [_("Nhập mật khẩu.")]
    return missing


def _password_page(login: str, errors: dict[str, list[str]], going: str | None, fields: str) -> str:
    is_demo = current_app.config["SETTINGS"].environment == "demo"
    return render_template(
        "sign_in/password.html",
        login=login,
        errors=errors,
        next=going,
        typed=fields,
        demo_password=demo.PASSWORD if is_demo else None,
    )
