"""``/people``: colleagues a step may be given to."""

from typing import Any

from engine.people import directory
from web import guard
from web.api.blueprint import Blueprint
from web.api.schemas.people import PeopleList, PeopleQuery, person_out

bp = Blueprint("people", __name__, path="/people", description="Người của cơ quan.")


@bp.get("")
@guard.requires("person.read")
@bp.arguments(PeopleQuery, location="query")
@bp.response(200, PeopleList)
def listing(wanted: dict[str, Any]) -> dict[str, Any]:
    """Người đang làm việc tại cơ quan người gọi, có thể lọc theo vai trò."""
    agency_id = guard.current_actor().agency_id
    role = wanted["role"]
    found = directory.holders(agency_id, role) if role else [p for p in directory.staff(agency_id) if p.is_active]
    return {"items": [person_out(person) for person in found]}
