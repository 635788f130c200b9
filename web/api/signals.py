"""``/signals``: something everybody should know; cases that wait for it go on, procedures that start with it begin."""

from typing import Any

from engine.cases import announcing
from web import guard
from web.api import doors
from web.api.blueprint import Blueprint
from web.api.schemas.signals import SignalIn, SignalOut

bp = Blueprint("signals", __name__, path="/signals", description="Tín hiệu: báo cho mọi hồ sơ và quy trình đang chờ.")


@bp.post("")
@guard.requires("signal.send")
@doors.acting
@bp.arguments(SignalIn)
@bp.response(202, SignalOut)
def give(sent: dict[str, Any]) -> dict[str, Any]:
    """Phát một tín hiệu; từng hồ sơ nhận ngay sau đó."""
    actor = guard.current_actor()
    found = announcing.announce(sent["agency"] or actor.agency_id, sent["name"], sent["values"], by=actor)
    return {"name": sent["name"], "receiver_count": found}
