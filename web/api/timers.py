"""``/timers``: due, detected, fired, late by whose fault; moving one."""

import uuid
from typing import Any

from engine.cases import timer_desk
from engine.cases.timer_desk import Line, Wanted
from engine.schedule import lateness
from web import guard
from web.api import doors
from web.api.blueprint import Blueprint
from web.api.schemas.timers import MoveIn, TimerOut, TimerPage, TimerQuery, timer_out

bp = Blueprint("timers", __name__, path="/timers", description="Hẹn giờ của các bước và của quy trình.")


@bp.get("")
@guard.requires("timer.read")
@bp.arguments(TimerQuery, location="query")
@bp.response(200, TimerPage)
def listing(asked: dict[str, Any]) -> dict[str, Any]:
    """Hẹn giờ của các cơ quan mà người gọi được xem."""
    limit, cursor = asked.pop("limit"), asked.pop("cursor")
    page = timer_desk.listing(guard.current_actor(), Wanted(**asked), limit=limit, cursor=cursor)
    late = lateness.of([line.timer for line in page.items])
    return {"items": [timer_out(line, late[line.timer.id]) for line in page.items], "next_cursor": page.next_cursor}


@bp.get("/<uuid:timer_id>")
@guard.requires("timer.read")
@bp.response(200, TimerOut)
def one(timer_id: uuid.UUID) -> dict[str, Any]:
    """Một hẹn giờ."""
    return _shown(timer_desk.get(timer_id, for_=guard.current_actor()))


@bp.post("/<uuid:timer_id>/move")
@guard.requires("timer.move")
@doors.acting
@bp.arguments(MoveIn)
@bp.response(200, TimerOut)
def move(sent: dict[str, Any], timer_id: uuid.UUID) -> dict[str, Any]:
    """Dời hẹn giờ, có lý do; thời điểm đã qua thì chạy ngay."""
    actor = guard.current_actor()
    line = timer_desk.get(timer_id, for_=actor)
    timer_desk.move(line.timer, sent["to"], sent["reason"], seen=sent["seen"], by=actor)
    return _shown(line)


def _shown(line: Line) -> dict[str, Any]:
    return timer_out(line, lateness.of([line.timer])[line.timer.id])
