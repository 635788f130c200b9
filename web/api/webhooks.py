"""``/webhooks``: the systems that are told what happens in an agency."""

import uuid
from typing import Any

from flask import url_for

from engine.outbox import webhooks
from engine.outbox.models import Webhook
from engine.outbox.webhooks import Wish
from engine.people import access
from web import guard
from web.api import doors
from web.api.blueprint import Blueprint
from web.api.schemas.outbox import (
    OutboxAgencyQuery,
    WebhookChangeIn,
    WebhookIn,
    WebhookList,
    WebhookOut,
    WebhookStopIn,
    WebhookVersionIn,
    webhook_out,
)

bp = Blueprint("webhooks", __name__, path="/webhooks", description="Hệ thống nhận tin báo (webhook).")


@bp.get("")
@guard.requires("webhook.read")
@bp.arguments(OutboxAgencyQuery, location="query")
@bp.response(200, WebhookList)
def listing(asked: dict[str, Any]) -> dict[str, Any]:
    """Hệ thống nhận tin của một cơ quan."""
    actor = guard.current_actor()
    agency_id = asked["agency"] or actor.agency_id
    access.require(actor, "webhook.read", agency_id)
    return {"items": [webhook_out(webhook) for webhook in webhooks.listing(agency_id)]}


@bp.post("")
@guard.requires("webhook.change")
@doors.acting
@bp.arguments(WebhookIn)
@bp.response(201, WebhookOut)
def create(sent: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Thêm hệ thống nhận tin; báo từ việc kế tiếp. Khóa ký xem ở trang quản trị."""
    actor = guard.current_actor()
    made = webhooks.create(sent["agency"] or actor.agency_id, _wish(sent), by=actor)
    return webhook_out(made), 201, {"Location": url_for("api_webhooks.one", webhook_id=made.id)}


@bp.get("/<uuid:webhook_id>")
@guard.requires("webhook.read")
@bp.response(200, WebhookOut)
def one(webhook_id: uuid.UUID) -> dict[str, Any]:
    """Một hệ thống nhận tin."""
    return webhook_out(_webhook(webhook_id))


@bp.post("/<uuid:webhook_id>/change")
@guard.requires("webhook.change")
@doors.acting
@bp.arguments(WebhookChangeIn)
@bp.response(200, WebhookOut)
def change(sent: dict[str, Any], webhook_id: uuid.UUID) -> dict[str, Any]:
    """Sửa tên, địa chỉ, loại tin."""
    webhook = _webhook(webhook_id)
    webhooks.change(webhook, _wish(sent), version=sent["version"], by=guard.current_actor())
    return webhook_out(webhook)


@bp.post("/<uuid:webhook_id>/stop")
@guard.requires("webhook.change")
@doors.acting
@bp.arguments(WebhookStopIn)
@bp.response(200, WebhookOut)
def stop(sent: dict[str, Any], webhook_id: uuid.UUID) -> dict[str, Any]:
    """Ngừng báo tin."""
    webhook = _webhook(webhook_id)
    webhooks.stop(webhook, sent["reason"], version=sent["version"], by=guard.current_actor())
    return webhook_out(webhook)


@bp.post("/<uuid:webhook_id>/resume")
@guard.requires("webhook.change")
@doors.acting
@bp.arguments(WebhookVersionIn)
@bp.response(200, WebhookOut)
def resume(sent: dict[str, Any], webhook_id: uuid.UUID) -> dict[str, Any]:
    """Báo tin trở lại, từ việc kế tiếp."""
    webhook = _webhook(webhook_id)
    webhooks.resume(webhook, version=sent["version"], by=guard.current_actor())
    return webhook_out(webhook)


@bp.post("/<uuid:webhook_id>/renew-key")
@guard.requires("webhook.change")
@doors.acting
@bp.arguments(WebhookVersionIn)
@bp.response(200, WebhookOut)
def renew_key(sent: dict[str, Any], webhook_id: uuid.UUID) -> dict[str, Any]:
    """Đổi khóa ký; khóa mới xem ở trang quản trị."""
    webhook = _webhook(webhook_id)
    webhooks.renew_key(webhook, version=sent["version"], by=guard.current_actor())
    return webhook_out(webhook)


def _webhook(webhook_id: uuid.UUID) -> Webhook:
    return webhooks.get(webhook_id, for_=guard.current_actor())


def _wish(sent: dict[str, Any]) -> Wish:
    return Wish(sent["name"], sent["url"], sent["events"])
