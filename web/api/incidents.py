"""``/incidents``: what the engine could not do, and settling it."""

import uuid
from typing import Any

from engine.cases import incidents, settling
from engine.cases.incidents import Wanted
from engine.cases.models import Incident
from engine.people import access
from web import guard
from web.api import doors
from web.api.blueprint import Blueprint
from web.api.schemas.incidents import (
    IncidentDetail,
    IncidentPage,
    IncidentQuery,
    ManyIn,
    OutcomeOut,
    SettleIn,
    detail_out,
    incident_out,
    outcome_out,
)

bp = Blueprint("incidents", __name__, path="/incidents", description="Sự cố: hồ sơ mà hệ thống không chuyển tiếp được.")


@bp.get("")
@guard.requires("incident.read")
@bp.arguments(IncidentQuery, location="query")
@bp.response(200, IncidentPage)
def listing(asked: dict[str, Any]) -> dict[str, Any]:
    """Sự cố của các cơ quan mà người gọi được xem, cũ nhất trước."""
    limit, cursor = asked.pop("limit"), asked.pop("cursor")
    wanted = Wanted(text=asked.pop("q"), **asked)
    page = incidents.listing(guard.current_actor(), wanted, limit=limit, cursor=cursor)
    return {"items": [incident_out(incident) for incident in page.items], "next_cursor": page.next_cursor}


@bp.get("/<uuid:incident_id>")
@guard.requires("incident.read")
@bp.response(200, IncidentDetail)
def one(incident_id: uuid.UUID) -> dict[str, Any]:
    """Một sự cố; người được xử lý sự cố thấy cả việc đang làm và vết lỗi."""
    return _shown(incidents.get(incident_id, for_=guard.current_actor()))


@bp.post("/<uuid:incident_id>/retry")
@guard.requires("incident.resolve")
@doors.acting
@bp.arguments(SettleIn)
@bp.response(200, IncidentDetail)
def retry(sent: dict[str, Any], incident_id: uuid.UUID) -> dict[str, Any]:
    """Thử lại: hẹn giờ chạy ngay; người thao tác được báo làm lại."""
    actor = guard.current_actor()
    incident = incidents.get(incident_id, for_=actor)
    settling.retry(incident, sent["reason"], by=actor)
    return _shown(incident)


@bp.post("/<uuid:incident_id>/dismiss")
@guard.requires("incident.resolve")
@doors.acting
@bp.arguments(SettleIn)
@bp.response(200, IncidentDetail)
def dismiss(sent: dict[str, Any], incident_id: uuid.UUID) -> dict[str, Any]:
    """Bỏ qua: không thử lại, hẹn giờ của sự cố bị hủy."""
    actor = guard.current_actor()
    incident = incidents.get(incident_id, for_=actor)
    settling.dismiss(incident, sent["reason"], by=actor)
    return _shown(incident)


@bp.post("/retry")
@guard.requires("incident.resolve")
@doors.acting
@bp.arguments(ManyIn)
@bp.response(200, OutcomeOut)
def retry_many(sent: dict[str, Any]) -> dict[str, Any]:
    """Thử lại nhiều sự cố; sự cố nào không được thì nêu lý do, không giữ các sự cố khác."""
    return outcome_out(settling.retry_many(sent["ids"], sent["reason"], by=guard.current_actor()))


@bp.post("/dismiss")
@guard.requires("incident.resolve")
@doors.acting
@bp.arguments(ManyIn)
@bp.response(200, OutcomeOut)
def dismiss_many(sent: dict[str, Any]) -> dict[str, Any]:
    """Bỏ qua nhiều sự cố."""
    return outcome_out(settling.dismiss_many(sent["ids"], sent["reason"], by=guard.current_actor()))


def _shown(incident: Incident) -> dict[str, Any]:
    may_settle = access.may(guard.current_actor(), "incident.resolve", incident.agency_id)
    return detail_out(incident, is_operator=may_settle)
