"""The control sheet: every hand-over of a dossier, rendered from the journal and nothing else (ISO 9001:2015 8.5.1)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from engine import clock
from engine.cases import hand_overs
from engine.cases.hand_overs import HandOver
from engine.dossiers import forms, ledger, slip_data, slips, whose_clock
from engine.dossiers.models import Dossier
from engine.errors import Conflict
from engine.printing import typeset
from engine.procedures import definition

#: How the sheet calls the accounts of the ledger.
_ACCOUNTS = {
    whose_clock.DESK: "Tại bàn người xử lý",
    whose_clock.QUEUE: "Chờ trong nhóm",
    whose_clock.APPLICANT: "Chờ công dân",
    whose_clock.PARTNER: "Chờ cơ quan phối hợp",
    whose_clock.NON_WORKING: "Ngoài giờ làm việc",
    whose_clock.OUTAGE: "Hệ thống gián đoạn",
}


def sheet(dossier: Dossier) -> dict[str, Any]:
    """The sheet as data: header and one row per hand-over, in order. Refuses with ``Conflict`` before the dossier is received."""
    opened = slips.latest(dossier.case_id, "control_sheet")
    if opened is None:
        raise Conflict("Hồ sơ chưa được tiếp nhận nên chưa có phiếu kiểm soát.")
    form = forms.form_for(dossier.generation, "control_sheet")
    letterhead = slip_data.letterhead_of(dossier)
    handed = hand_overs.of(dossier.case)
    return {
        **slip_data.header(dossier, form, letterhead, opened.issued_at),
        "number": slips.number_of(opened),
        "owner": dossier.owner,
        "submitter": dossier.submitter,
        "service": slip_data.service_of(dossier),
        "handling_unit": dossier.service.unit,
        "received_at_text": slip_data.time_text(dossier.received_at),
        "due_at_text": slip_data.time_text(dossier.due_at),
        "rows": rows(handed),
        "accounts": accounts(dossier, _last_moment(handed)),
    }


def rows(handed: Sequence[HandOver]) -> list[dict[str, str]]:
    """The table of the form: who gave, who took, when, how it stood against its term, and what was noted."""
    return [
        {
            "from_unit": row.from_unit,
            "to_unit": row.to_unit,
            "sent_by": row.sender,
            "sent_at_text": slip_data.time_text(row.sent_at),
            "received_by": row.receiver,
            "received_at_text": slip_data.time_text(row.received_at),
            "result": row.result,
            "note": row.note,
        }
        for row in handed
    ]


def accounts(dossier: Dossier, until: datetime | None) -> list[dict[str, str]]:
    """Who held the time up to the last hand-over, as hours and minutes and seconds; none before any time passed.

    Up to there and not to now: the sheet says the same whenever it is printed.
    """
    kept = ledger.of(dossier, until=until)
    if until is None or not kept.spans:
        return []
    times = {"Toàn bộ": kept.seconds} | {name: kept.totals[account] for account, name in _ACCOUNTS.items()}
    return [{"name": name, "time": _exact(seconds)} for name, seconds in times.items()]


def pdf(dossier: Dossier) -> bytes:
    """The sheet as PDF/A: the same journal gives the same bytes. Dated by its last hand-over."""
    opened = slips.latest(dossier.case_id, "control_sheet")
    data = sheet(dossier)
    dated = _last_moment(hand_overs.of(dossier.case)) or (opened.issued_at if opened else clock.now())
    form = forms.form_for(dossier.generation, "control_sheet")
    template = definition.of_id(dossier.case.revision_id).templates[f"slips/{form.template}"]
    return typeset.pdf(template, data, issued_at=dated)


def _last_moment(handed: Sequence[HandOver]) -> datetime | None:
    moments = [row.sent_at for row in handed] + [row.received_at for row in handed if row.received_at]
    return max(moments, default=None)


def _exact(seconds: int) -> str:
    return f"{seconds // 3600} giờ {seconds // 60 % 60:02d} phút {seconds % 60:02d} giây"
