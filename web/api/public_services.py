"""``/public-services``: what citizens may ask for."""

from typing import Any

from engine.dossiers import services
from web import guard
from web.api.blueprint import Blueprint
from web.api.schemas.public_services import ServiceDetail, ServiceList, ServiceQuery, service_out

bp = Blueprint("public_services", __name__, path="/public-services", description="Thủ tục hành chính.")


@bp.get("")
@guard.requires("service.read")
@bp.arguments(ServiceQuery, location="query")
@bp.response(200, ServiceList)
def listing(wanted: dict[str, Any]) -> dict[str, Any]:
    """Thủ tục mà cơ quan người gọi đang tiếp nhận."""
    found = services.available(guard.current_actor().agency_id, wanted["q"])
    return {"items": [service_out(service) for service in found]}


@bp.get("/<code>")
@guard.requires("service.read")
@bp.response(200, ServiceDetail)
def one(code: str) -> dict[str, Any]:
    """Một thủ tục: thành phần hồ sơ, thời hạn, các bước."""
    return service_out(services.get(guard.current_actor().agency_id, code))
