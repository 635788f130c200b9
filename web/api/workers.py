"""``/workers``: who keeps time, and when nobody did."""

from typing import Any

from engine import clock
from engine.schedule import heartbeats
from web import guard
from web.api.blueprint import Blueprint
from web.api.schemas.timers import WorkerList

bp = Blueprint("workers", __name__, path="/workers", description="Tiến trình trực hẹn giờ và hộp thư đi.")
#: Outages shown.
LATEST = 20


@bp.get("")
@guard.requires("worker.read")
@bp.response(200, WorkerList)
def listing() -> dict[str, Any]:
    """Các tiến trình trực còn nhớ và những lần không có tiến trình nào trực."""
    now = clock.now()
    known = [
        {**{name: getattr(worker, name) for name in ("id", "name", "started_at", "seen_at", "left_at")}, "state": state}
        for worker in heartbeats.known()
        if (state := heartbeats.state_of(worker, now))
    ]
    return {"items": known, "outages": heartbeats.outages(limit=LATEST), "silent_since": heartbeats.silent_since(now)}
