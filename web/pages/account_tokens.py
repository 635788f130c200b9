"""My access tokens for the JSON API: create one (shown once), end one."""

import uuid
from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine import clock, text
from engine.errors import AnswersRejected
from engine.people import directory, tokens
from engine.people.models import Person
from engine.transaction import transaction
from web import guard, typed_days

bp = Blueprint("account_tokens", __name__, url_prefix="/account/tokens")


@bp.route("", methods=["GET", "POST"])
@guard.requires("token.manage")
@guard.freshly_proved
def index() -> ResponseReturnValue:
    """My tokens; a new one acts with all my rights until it ends."""
    person = _me()
    if request.method == "GET":
        return _page(person, {})
    try:
        label, expires_at = _typed()
        with transaction():
            token = tokens.create(person, label=label, expires_at=expires_at, by=guard.current_actor())
    except AnswersRejected as refusal:
        return _page(person, refusal.fields), 422
    return render_template("account/token_made.html", token=token, label=label)


@bp.post("/<uuid:token_id>/end")
@guard.requires("token.manage")
def end(token_id: uuid.UUID) -> ResponseReturnValue:
    """The token opens nothing from now on."""
    with transaction():
        tokens.revoke(_me(), token_id, by=guard.current_actor())
    flash(_("Đã thu hồi mã truy cập."), "good")
    return redirect(url_for("account_tokens.index"), code=303)


def _typed() -> tuple[str, datetime]:
    label = text.clean(request.form.get("label", ""))
    if not 1 <= len(label) <= 100:
        raise AnswersRejected({"label": [_("Ghi mã dùng cho việc gì, tối đa 100 ký tự.")]})
    last = typed_days.instant("expires_on", request.form.get("expires_on"))
    if last is None or last + timedelta(days=1) <= clock.now():
        raise AnswersRejected({"expires_on": [_("Nhập ngày dùng cuối, từ hôm nay trở đi, ví dụ 31/12/2026.")]})
    return label, last + timedelta(days=1)


def _me() -> Person:
    return directory.get_person(guard.current_actor().person_id)


def _page(person: Person, errors: dict[str, list[str]]) -> str:
    return render_template(
        "account/tokens.html",
        tokens=tokens.listing(person.id),
        errors=errors,
        now=clock.now(),
        label=request.form.get("label", ""),
        expires_on=request.form.get("expires_on") or clock.today() + timedelta(days=90),
    )
