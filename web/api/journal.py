"""``/journal``: evidence of what happened, and proof that nobody changed it."""

from typing import Any

from engine.journal import evidence, queries, verify
from engine.people import access
from web import guard
from web.api.blueprint import Blueprint
from web.api.schemas.journal import AgencyQuery, JournalPage, JournalQuery, VerifyOut

bp = Blueprint("journal", __name__, path="/journal", description="Nhật ký.")


@bp.get("")
@guard.requires("journal.read")
@bp.arguments(JournalQuery, location="query")
@bp.response(200, JournalPage)
def listing(asked: dict[str, Any]) -> dict[str, Any]:
    """Nhật ký của một cơ quan, mới nhất trước."""
    actor = guard.current_actor()
    agency_id = asked["agency"] or actor.agency_id
    access.require(actor, "journal.read", agency_id)
    page = queries.page(
        agency_id,
        kind=asked["kind"] or None,
        person_id=asked["person_id"],
        case_id=asked["case_id"],
        cursor=asked["cursor"] or None,
        limit=asked["limit"],
    )
    return {"items": page.items, "next_cursor": page.next_cursor}


@bp.get("/verify")
@guard.requires("journal.verify")
@bp.arguments(AgencyQuery, location="query")
@bp.response(200, VerifyOut)
def verification(asked: dict[str, Any]) -> dict[str, Any]:
    """Tính lại chuỗi dấu của cơ quan được hỏi, hoặc của mọi cơ quan mà người gọi được xem."""
    actor = guard.current_actor()
    if asked["agency"]:
        access.require(actor, "journal.verify", asked["agency"])
    chains = [asked["agency"]] if asked["agency"] else sorted(access.visible_agencies(actor))
    faults = [fault for chain in chains for fault in evidence.examine(chain)]
    entry_count = sum(verify.count(chain) for chain in chains)
    return {"is_intact": not faults, "agency_count": len(chains), "entry_count": entry_count, "faults": faults}
