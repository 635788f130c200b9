"""The inbox: what waits for me and my groups, the most urgent first."""

import uuid
from collections.abc import Sequence

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from engine import clock
from engine.cases import delegated, worklist
from engine.cases.worklist import Item
from engine.people import policy
from web import case_view, guard

bp = Blueprint("inbox", __name__, url_prefix="/hop-viec")

PAGE_SIZE = 30
#: Scope of the engine → its word in the address, its title.
_TABS = (
    ("mine", _l("Việc của tôi")),
    ("unclaimed", _l("Chưa ai nhận")),
    ("group", _l("Cả nhóm")),
    ("due_today", _l("Đến hạn hôm nay")),
    ("overdue", _l("Quá hạn")),
)


@bp.get("")
@guard.requires("step.read")
def index() -> ResponseReturnValue:
    """One tab of the inbox; without a wish the first of mine and unclaimed that holds anything."""
    actor, query = guard.current_actor(), request.args.get("q", "").strip()
    counts = worklist.counts(actor)
    scope = request.args.get("scope") or ("unclaimed" if not counts["mine"] and counts["unclaimed"] else "mine")
    page = worklist.inbox(actor, scope, query=query, limit=PAGE_SIZE, cursor=request.args.get("cursor"))
    return render_template(
        "inbox/index.html",
        page=page,
        times=_times(page.items),
        addresses=_addresses(page.items),
        scope=scope,
        query=query,
        tabs=_tabs(counts, scope, query),
        me=actor.person_id,
        for_others={item.step_id: delegated.acting_for_item(item, actor) for item in page.items},
        delegated=actor.delegated,
        can_open=policy.allows(actor, "dossier.open"),
        next_address=_address(scope, query, page.next_cursor) if page.next_cursor else None,
        first_address=_address(scope, query) if request.args.get("cursor") else None,
        empty=_nothing(scope, query),
    )


def _tabs(counts: dict[str, int], scope: str, query: str) -> list[dict[str, object]]:
    return [
        {"title": title, "address": _address(name, query), "count": counts[name], "is_here": name == scope}
        for name, title in _TABS
    ]


def _address(scope: str, query: str, cursor: str | None = None) -> str:
    return url_for("inbox.index", scope=scope, q=query or None, cursor=cursor)


def _addresses(items: Sequence[Item]) -> dict[uuid.UUID, str]:
    """Where each step is done: the address is made once for all of them."""
    somewhere = uuid.UUID(int=0)
    one = url_for("steps.show", step_id=somewhere)
    return {item.step_id: one.replace(str(somewhere), str(item.step_id)) for item in items}


def _times(items: Sequence[Item]) -> list[tuple[int | None, int | None]]:
    """For each its working minutes left (negative: overdue) and those it had when it opened; None without a due moment."""
    now = clock.now()
    found: list[tuple[int | None, int | None]] = []
    for item in items:
        if item.due_at is None:
            found.append((None, None))
        else:
            minutes = case_view.calendar_of(item.agency_id).working_minutes_between
            found.append((minutes(now, item.due_at), minutes(item.opened_at, item.due_at)))
    return found


def _nothing(scope: str, query: str) -> tuple[str, str]:
    """What an empty tab says."""
    if query:
        return _("Không có việc nào khớp “%(query)s”", query=query), _(
            "Thử gõ mã hồ sơ, tên chủ hồ sơ hoặc tên thủ tục, có dấu hay không dấu đều được."
        )
    said = {
        "mine": (_("Anh/chị không còn việc nào đang giữ"), _("Việc chưa ai nhận của nhóm nằm ở thẻ “Chưa ai nhận”.")),
        "unclaimed": (_("Không có việc nào đang chờ người nhận"), _("Hồ sơ mới chuyển đến nhóm sẽ hiện ở đây.")),
        "group": (_("Nhóm không có việc nào"), _("Hồ sơ chuyển đến nhóm sẽ hiện ở đây, kể cả việc người khác đang giữ.")),
        "due_today": (_("Hôm nay không có việc nào đến hạn"), _("Các việc còn lại hạn từ ngày mai trở đi.")),
        "overdue": (_("Không có việc nào quá hạn"), _("Mọi việc của anh/chị đều đang trong hạn.")),
    }
    return said.get(scope, said["mine"])
