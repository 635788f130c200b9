"""The outbox: what waits to leave the machine, what could not, and the word that holds everything."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from engine.errors import AnswersRejected, Conflict
from engine.outbox import letters, pause, webhooks
from engine.outbox.letters import Outcome, Wanted
from engine.people import directory
from engine.people.models import Agency
from engine.transaction import transaction
from web import answering, event_words, guard, places, problems

bp = Blueprint("admin_outbox", __name__, url_prefix="/admin/operator/outbox")

_FILTERS = ("state", "kind", "webhook")


@bp.get("")
@guard.requires("outbox.read")
def index() -> ResponseReturnValue:
    """Messages of an agency, newest first; the dead ones unless others are asked for."""
    return _list(places.chosen("outbox.read"), dict(request.args.items()))


@bp.post("/revival")
@guard.requires("outbox.change")
def revive() -> ResponseReturnValue:
    """Send the chosen ones again."""
    return _decide(
        letters.revive, lambda n: ngettext("Đã cho gửi lại %(num)d thư, tin báo.", "Đã cho gửi lại %(num)d thư, tin báo.", n)
    )


@bp.post("/dropping")
@guard.requires("outbox.change")
def drop() -> ResponseReturnValue:
    """Give the chosen ones up for good."""
    return _decide(letters.drop, lambda n: ngettext("Đã bỏ %(num)d thư, tin báo.", "Đã bỏ %(num)d thư, tin báo.", n))


@bp.post("/pause")
@guard.requires("outbox.pause")
def hold() -> ResponseReturnValue:
    """Hold the outbox of all agencies."""
    return _whole(pause.begin, _("Đã giữ hộp thư đi: không gì ra ngoài cho đến khi mở lại."))


@bp.post("/release")
@guard.requires("outbox.pause")
def release() -> ResponseReturnValue:
    """Let it go on."""
    return _whole(pause.release, _("Đã mở hộp thư đi: những gì đang chờ được gửi ngay."))


def _decide(act: Callable[..., Outcome], done: Callable[[int], str]) -> ResponseReturnValue:
    agency = places.chosen("outbox.change")
    chosen = [found for found in map(answering.identifier, request.form.getlist("ids")) if found]
    try:
        if not chosen:
            raise AnswersRejected({"ids": [_("Chọn ít nhất một thư hoặc tin báo.")]})
        with transaction():
            outcome = act(chosen, request.form.get("reason", ""), by=guard.current_actor())
    except AnswersRejected as refusal:
        return _list(agency, dict(request.form.items()), chosen, refusal.fields), 422
    if outcome.done:
        flash(done(outcome.done), "good")
    if outcome.refused:
        count = outcome.refused
        told = ngettext(
            "%(num)d cái không còn ở đây: đã gửi hoặc đã bỏ.", "%(num)d cái không còn ở đây: đã gửi hoặc đã bỏ.", count
        )
        flash(told, "soon")
    kept = {name: request.form.get(name) or None for name in _FILTERS}
    return redirect(url_for("admin_outbox.index", agency=agency.code, **kept), code=303)  # type: ignore[arg-type]  # all texts


def _whole(act: Callable[..., Any], done: str) -> ResponseReturnValue:
    agency = places.chosen("outbox.read")
    actor = guard.current_actor()
    pause.require_top(actor)
    try:
        with transaction():
            act(request.form.get("why", ""), by=actor)
    except AnswersRejected as refusal:
        return _list(agency, {}, errors={"why": refusal.fields["reason"]}), 422
    except Conflict as refusal:
        return _list(agency, {}, errors={"why": [str(refusal)]}), problems.status_of(refusal)
    flash(done, "good")
    return redirect(url_for("admin_outbox.index", agency=agency.code), code=303)


def _list(
    agency: Agency, asked: dict[str, str], chosen: Sequence[uuid.UUID] = (), errors: dict[str, list[str]] | None = None
) -> str:
    actor = guard.current_actor()
    shown = {name: asked.get(name, "").strip() for name in _FILTERS}
    shown["state"] = shown["state"] if shown["state"] in letters.STATES else "dead"
    wanted = Wanted(shown["state"], shown["kind"], answering.identifier(shown["webhook"]))
    held = pause.present()
    holder = directory.people({held.began_by_id}).get(held.began_by_id) if held and held.began_by_id else None
    return render_template(
        "admin_outbox/index.html",
        agency=agency,
        page=letters.listing(agency.id, wanted, for_=actor, cursor=asked.get("cursor")),
        counts=letters.counts(agency.id, for_=actor),
        shown=shown,
        kept={name: value or None for name, value in shown.items()},
        systems=[(str(system.id), system.name) for system in webhooks.listing(agency.id)],
        chosen={str(found) for found in chosen},
        reason=asked.get("reason", ""),
        cursor=asked.get("cursor", ""),
        errors=errors or {},
        held=held,
        holder=holder,
        may_hold=pause.may_decide(actor),
        event_title=event_words.title,
    )
