"""``/notices``: what the engine tells the caller."""

from typing import Any

from engine.outbox import notices
from web import guard
from web.api import doors
from web.api.blueprint import Blueprint
from web.api.schemas.notices import NoticePage, ReadIn, ReadOut
from web.api.schemas.shape import PageIn

bp = Blueprint("notices", __name__, path="/notices", description="Thông báo của người gọi.")


@bp.get("")
@guard.requires("notice.read")
@bp.arguments(PageIn, location="query")
@bp.response(200, NoticePage)
def listing(wanted: dict[str, Any]) -> dict[str, Any]:
    """Thông báo, mới nhất trước."""
    person_id = guard.current_actor().person_id
    page = notices.listing(person_id, cursor=wanted["cursor"] or None, limit=wanted["limit"])
    return {"items": page.items, "next_cursor": page.next_cursor, "unread_count": notices.unread_count(person_id)}


@bp.post("/read")
@guard.requires("notice.read")
@doors.acting
@bp.arguments(ReadIn, required=False)
@bp.response(200, ReadOut)
def read(sent: dict[str, Any]) -> dict[str, int]:
    """Đánh dấu đã đọc."""
    person_id = guard.current_actor().person_id
    changed = notices.mark_read(person_id, sent["ids"])
    return {"changed_count": changed, "unread_count": notices.unread_count(person_id)}
