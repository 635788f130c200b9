"""Whose clock ran, in words: the accounts of a dossier for its page and its control sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from engine.dossiers import ledger, whose_clock
from engine.dossiers.models import Dossier
from engine.dossiers.whose_clock import Turn
from engine.people import directory
from web import role_names

#: Account → its name and what it means.
NAMES = {
    whose_clock.DESK: (_l("Tại bàn người xử lý"), _l("có người giữ, trong giờ làm việc")),
    whose_clock.QUEUE: (_l("Chờ trong nhóm"), _l("chưa ai nhận, trong giờ làm việc")),
    whose_clock.APPLICANT: (_l("Chờ công dân"), _l("bổ sung hồ sơ, nghĩa vụ tài chính; đồng hồ dừng")),
    whose_clock.PARTNER: (_l("Chờ cơ quan phối hợp"), _l("lấy ý kiến, xác minh ở nơi khác")),
    whose_clock.NON_WORKING: (_l("Ngoài giờ làm việc"), _l("đêm, ngày nghỉ, nghỉ trưa")),
    whose_clock.OUTAGE: (_l("Hệ thống gián đoạn"), _l("máy dừng trong giờ làm việc")),
}
CAUSES = {
    "supplement": _l("Chờ bổ sung"),
    "restart": _l("Chờ bổ sung, tính lại từ đầu"),
    "finance": _l("Chờ nghĩa vụ tài chính"),
    "external": _l("Thời gian không tính vào thời hạn"),
}


@dataclass(frozen=True)
class Account:
    """One account: ``share`` in percent of the whole, where its bar begins, and the exact time as ``hours:minutes:seconds``."""

    name: str
    title: str
    meaning: str
    seconds: int
    exact: str
    begins: float
    share: float


@dataclass(frozen=True)
class Row:
    """Who held it in turn. ``minutes`` are working time; ``ended_at`` None: still."""

    account: str
    title: str
    what: str
    who: str
    started_at: datetime
    ended_at: datetime | None
    minutes: int


@dataclass(frozen=True)
class Shown:
    """The ledger as a page shows it; ``total`` is the whole as ``hours:minutes:seconds``."""

    accounts: Sequence[Account]
    rows: Sequence[Row]
    total: str
    is_running: bool


def shown(dossier: Dossier) -> Shown | None:
    """The ledger of a dossier; None where no time has passed since receipt."""
    kept = ledger.of(dossier)
    if not kept.spans:
        return None
    totals, accounts, begins = kept.totals, [], 0.0
    for name in whose_clock.ACCOUNTS:
        share = 100 * totals[name] / kept.seconds
        title, meaning = NAMES[name]
        accounts.append(
            Account(name, str(title), str(meaning), totals[name], exact(totals[name]), round(begins, 3), round(share, 3))
        )
        begins += share
    people = directory.people({turn.span.person_id for turn in kept.turns if turn.span.person_id})
    names = {person_id: person.full_name for person_id, person in people.items()}
    rows = [_row(turn, names, is_last=kept.is_running and turn.ended_at == kept.spans[-1].ended_at) for turn in kept.turns]
    return Shown(accounts, rows, exact(kept.seconds), kept.is_running)


def exact(seconds: int) -> str:
    """``26:03:09``: hours, minutes, seconds, so that a reader can add up the accounts."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _row(turn: Turn, names: dict[Any, str], *, is_last: bool) -> Row:
    span = turn.span
    who = names.get(span.person_id, "") if span.person_id else role_names.name_of(span.role) if span.role else ""
    what = str(CAUSES.get(span.cause, span.cause)) or span.step
    if not what and span.account == whose_clock.QUEUE:
        what = _("Giữa hai bước")
    title = str(NAMES[span.account][0])
    return Row(span.account, title, what, who, span.started_at, None if is_last else turn.ended_at, turn.seconds // 60)
