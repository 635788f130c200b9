"""``/outbox``: mail and webhooks on their way, those that died, and the word that holds everything."""

import uuid
from typing import Any

from engine.outbox import letters, pause
from engine.outbox.letters import Outcome, Wanted
from web import guard
from web.api import doors
from web.api.blueprint import Blueprint
from web.api.schemas.outbox import (
    DecisionIn,
    LetterOut,
    LetterPage,
    LetterQuery,
    OutboxAgencyQuery,
    OutboxOutcomeOut,
    OutboxReasonIn,
    StatusOut,
)

bp = Blueprint("outbox", __name__, path="/outbox", description="Thư và tin báo gửi ra ngoài.")


@bp.get("")
@guard.requires("outbox.read")
@bp.arguments(LetterQuery, location="query")
@bp.response(200, LetterPage)
def listing(asked: dict[str, Any]) -> dict[str, Any]:
    """Thư, tin báo của một cơ quan, mới nhất trước; mặc định là những cái hỏng."""
    actor = guard.current_actor()
    wanted = Wanted(asked["state"], asked["kind"], asked["webhook_id"])
    agency_id = asked["agency"] or actor.agency_id
    page = letters.listing(agency_id, wanted, for_=actor, cursor=asked["cursor"] or None, limit=asked["limit"])
    return {"items": page.items, "next_cursor": page.next_cursor}


@bp.get("/status")
@guard.requires("outbox.read")
@bp.arguments(OutboxAgencyQuery, location="query")
@bp.response(200, StatusOut)
def status(asked: dict[str, Any]) -> dict[str, Any]:
    """Bao nhiêu đang chờ, hỏng; hộp thư đi có đang bị giữ không."""
    return _status(asked["agency"] or guard.current_actor().agency_id)


@bp.get("/<uuid:message_id>")
@guard.requires("outbox.read")
@bp.response(200, LetterOut)
def one(message_id: uuid.UUID) -> Any:
    """Một thư, tin báo."""
    return letters.get(message_id, for_=guard.current_actor())


@bp.post("/revive")
@guard.requires("outbox.change")
@doors.acting
@bp.arguments(DecisionIn)
@bp.response(200, OutboxOutcomeOut)
def revive(sent: dict[str, Any]) -> dict[str, int]:
    """Gửi lại những cái hỏng, từ lần thử đầu."""
    return _told(letters.revive(sent["ids"], sent["reason"], by=guard.current_actor()))


@bp.post("/drop")
@guard.requires("outbox.change")
@doors.acting
@bp.arguments(DecisionIn)
@bp.response(200, OutboxOutcomeOut)
def drop(sent: dict[str, Any]) -> dict[str, int]:
    """Bỏ hẳn, không gửi nữa."""
    return _told(letters.drop(sent["ids"], sent["reason"], by=guard.current_actor()))


@bp.post("/pause")
@guard.requires("outbox.pause")
@doors.acting
@bp.arguments(OutboxReasonIn)
@bp.response(200, StatusOut)
def hold(sent: dict[str, Any]) -> dict[str, Any]:
    """Giữ hộp thư đi của toàn hệ thống; chỉ quản trị viên của cơ quan cao nhất."""
    pause.require_top(guard.current_actor())
    pause.begin(sent["reason"], by=guard.current_actor())
    return _status(guard.current_actor().agency_id)


@bp.post("/release")
@guard.requires("outbox.pause")
@doors.acting
@bp.arguments(OutboxReasonIn)
@bp.response(200, StatusOut)
def release(sent: dict[str, Any]) -> dict[str, Any]:
    """Cho hộp thư đi của toàn hệ thống gửi tiếp; chỉ quản trị viên của cơ quan cao nhất."""
    pause.require_top(guard.current_actor())
    pause.release(sent["reason"], by=guard.current_actor())
    return _status(guard.current_actor().agency_id)


def _status(agency_id: uuid.UUID) -> dict[str, Any]:
    counts, held = letters.counts(agency_id, for_=guard.current_actor()), pause.present()
    return {
        "waiting_count": counts["waiting"],
        "dead_count": counts["dead"],
        "is_paused": held is not None,
        "paused_at": held.began_at if held else None,
        "reason": held.reason if held else None,
    }


def _told(outcome: Outcome) -> dict[str, int]:
    return {"done_count": outcome.done, "refused_count": outcome.refused}
