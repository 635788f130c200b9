"""Systems that are told what happens in an agency: enter, change, stop, and the key their messages are signed with."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import AnswersRejected, Conflict, EngineError, PreconditionRequired
from engine.outbox import signing, webhooks
from engine.outbox.models import Webhook
from engine.outbox.webhooks import Wish
from engine.people import agencies
from engine.transaction import transaction
from web import event_words, guard, places, problems

bp = Blueprint("admin_webhooks", __name__, url_prefix="/admin/operator/webhooks")

_REFUSALS = (AnswersRejected, Conflict, PreconditionRequired)


@bp.get("")
@guard.requires("webhook.read")
def index() -> ResponseReturnValue:
    """The systems an agency tells."""
    agency = places.chosen("webhook.read")
    systems = webhooks.listing(agency.id)
    counts = webhooks.waiting_counts([system.id for system in systems])
    return render_template(
        "admin_webhooks/index.html", agency=agency, systems=systems, counts=counts, event_title=event_words.title
    )


@bp.route("/new", methods=["GET", "POST"])
@guard.requires("webhook.change")
@guard.freshly_proved_to_change
def create() -> ResponseReturnValue:
    """One more system."""
    agency = places.chosen("webhook.change")
    shown: dict[str, Any] = {"name": "", "url": "", "events": ["dossier.*"]}
    if request.method == "GET":
        return render_template("admin_webhooks/create.html", agency=agency, shown=shown, errors={}, choices=event_words.choices())
    try:
        with transaction():
            made = webhooks.create(agency.id, _typed(), by=guard.current_actor())
    except (AnswersRejected, Conflict) as refusal:
        shown, errors = vars(_typed()), _errors(refusal)
        html = render_template(
            "admin_webhooks/create.html", agency=agency, shown=shown, errors=errors, choices=event_words.choices(shown["events"])
        )
        return html, problems.status_of(refusal)
    return _back(
        made, _("Đã thêm %(name)s: được báo tin từ việc kế tiếp. Xem khóa ký bên dưới rồi giao cho hệ thống đó.", name=made.name)
    )


@bp.get("/<uuid:webhook_id>")
@guard.requires("webhook.read")
def show(webhook_id: uuid.UUID) -> ResponseReturnValue:
    """One system: its address and events, its key, whether it is told."""
    return _page(_system(webhook_id))


@bp.post("/<uuid:webhook_id>/change")
@guard.requires("webhook.change")
@guard.freshly_proved
def change(webhook_id: uuid.UUID) -> ResponseReturnValue:
    """Another name, address or choice of events."""
    system = _system(webhook_id)
    return _act(system, lambda: webhooks.change(system, _typed(), version=_version(), by=guard.current_actor()), _("Đã ghi."))


@bp.post("/<uuid:webhook_id>/stop")
@guard.requires("webhook.change")
@guard.freshly_proved
def stop(webhook_id: uuid.UUID) -> ResponseReturnValue:
    """Tell it nothing more."""
    system, reason = _system(webhook_id), request.form.get("reason", "")
    done = _("Đã ngừng báo tin cho %(name)s.", name=system.name)
    return _act(system, lambda: webhooks.stop(system, reason, version=_version(), by=guard.current_actor()), done)


@bp.post("/<uuid:webhook_id>/resume")
@guard.requires("webhook.change")
@guard.freshly_proved
def resume(webhook_id: uuid.UUID) -> ResponseReturnValue:
    """Tell it again."""
    system = _system(webhook_id)
    done = _("%(name)s được báo tin trở lại, từ việc kế tiếp.", name=system.name)
    return _act(system, lambda: webhooks.resume(system, version=_version(), by=guard.current_actor()), done)


@bp.post("/<uuid:webhook_id>/key")
@guard.requires("webhook.change")
@guard.freshly_proved
def renew_key(webhook_id: uuid.UUID) -> ResponseReturnValue:
    """Sign with another key from now on."""
    system = _system(webhook_id)
    done = _("Đã đổi khóa ký. Xem khóa mới rồi giao cho hệ thống nhận tin ngay.")
    return _act(system, lambda: webhooks.renew_key(system, version=_version(), by=guard.current_actor()), done)


@bp.post("/<uuid:webhook_id>/key/shown")
@guard.requires("webhook.change")
@guard.freshly_proved
def show_key(webhook_id: uuid.UUID) -> ResponseReturnValue:
    """The key, on the page that answers; the look is journalled."""
    system = _system(webhook_id)
    with transaction():
        webhooks.note_key_shown(system, by=guard.current_actor())
    return _page(system, key=signing.key_of(system.id, system.key_number))


def _act(system: Webhook, act: Callable[[], None], done: str) -> ResponseReturnValue:
    try:
        with transaction():
            act()
    except _REFUSALS as refusal:
        return _page(system, shown=vars(_typed()) if "name" in request.form else None, refusal=refusal)
    return _back(system, done)


def _page(
    system: Webhook, *, shown: dict[str, Any] | None = None, refusal: EngineError | None = None, key: str = ""
) -> ResponseReturnValue:
    typed = shown or {name: getattr(system, name) for name in ("name", "url", "events")}
    html = render_template(
        "admin_webhooks/show.html",
        agency=agencies.get(system.agency_id),
        system=system,
        shown=typed,
        reason=request.form.get("reason", ""),
        errors=_errors(refusal) if refusal else {},
        choices=event_words.choices(typed["events"]),
        counts=webhooks.waiting_counts([system.id]),
        key=key,
        event_title=event_words.title,
    )
    return html, problems.status_of(refusal) if refusal else 200


def _system(webhook_id: uuid.UUID) -> Webhook:
    return webhooks.get(webhook_id, for_=guard.current_actor())


def _typed() -> Wish:
    return Wish(request.form.get("name", ""), request.form.get("url", ""), request.form.getlist("events"))


def _version() -> int | None:
    sent = request.form.get("version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else None


def _errors(refusal: EngineError) -> dict[str, list[str]]:
    return dict(refusal.fields) if isinstance(refusal, AnswersRejected) else {"name": [str(refusal)]}


def _back(system: Webhook, message: str) -> ResponseReturnValue:
    flash(message, "good")
    return redirect(url_for("admin_webhooks.show", webhook_id=system.id), code=303)
