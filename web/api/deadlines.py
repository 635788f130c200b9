"""``/deadlines``: what a limit would come to."""

from typing import Any

from engine.calendar.limits import Limit, parse_pauses
from engine.dossiers import legal_clock
from web import guard
from web.api.blueprint import Blueprint
from web.api.schemas.deadlines import PreviewOut, PreviewQuery

bp = Blueprint("deadlines", __name__, path="/deadlines", description="Tính thời hạn.")


@bp.get("/preview")
@guard.requires("deadline.preview")
@bp.arguments(PreviewQuery, location="query")
@bp.response(200, PreviewOut)
def preview(asked: dict[str, Any]) -> dict[str, Any]:
    """Hạn trả kết quả theo lịch làm việc của cơ quan người gọi, kèm cách tính."""
    limit = Limit(asked["limit_value"], asked["limit_unit"])
    found = legal_clock.preview(guard.current_actor().agency_id, asked["received_at"], limit, parse_pauses(asked["pauses"]))
    return {"due_at": found.due_at, "derivation": found.derivation}
