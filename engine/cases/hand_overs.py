"""Hand-overs of a case: written into the journal as two sides, read from the journal and nothing else (TT 03/2025 Mẫu 06)."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from engine.cases.models import Case
from engine.journal import queries
from engine.journal.queries import Recorded

SENT, RECEIVED, REASSIGNED = "handover.sent", "handover.received", "step.reassigned"
#: What an operator did with the case: not a hand-over, but the sheet says what happened to the dossier in between.
INTERVENTIONS = {
    "case.suspended": "Tạm dừng xử lý",
    "case.resumed": "Mở lại xử lý",
    "case.cancelled": "Hủy hồ sơ công việc",
    "case.values_changed": "Sửa giá trị điều hướng",
    "case.token_moved": "Chuyển vị trí xử lý",
    "step.skipped": "Bỏ qua bước",
}


@dataclass(frozen=True)
class HandOver:
    """One row of the control sheet. Names, titles and units are those of the moment.

    An operator's intervention is a row too: ``sent_by`` did it, nobody receives, ``note`` says what, from where to where, why.
    ``step_id`` is the step handed over (None: something given to an outsider, ``to_unit``); ``from_step_id`` the one that was
    finished (None: a start or a message). ``sent_for`` and ``received_for`` say for whom somebody acted; empty: for themselves.
    ``allotted_minutes`` and ``used_minutes`` are working time of the giver's step; ``result`` compares them: ``Trước hạn``,
    ``Đúng hạn``, ``Quá hạn``, empty where the giver had no limit. ``due_at`` was the giver's due moment.
    """

    step_id: uuid.UUID | None
    from_step_id: uuid.UUID | None
    from_step: str
    from_role: str
    from_unit: str
    sent_by: str
    sent_by_title: str
    sent_at: datetime
    to_step: str
    to_role: str
    to_unit: str
    received_by: str | None
    received_by_title: str
    received_at: datetime | None
    due_at: datetime | None
    allotted_minutes: int | None
    used_minutes: int | None
    result: str
    note: str
    sent_for: str = ""
    received_for: str = ""

    @property
    def sender(self) -> str:
        """Who gave it, and for whom: ``Bùi Thị Kim Oanh (KT. Chủ tịch Hoàng Đức Thắng)``."""
        return f"{self.sent_by} ({self.sent_for})" if self.sent_for else self.sent_by

    @property
    def receiver(self) -> str:
        """Who took it, and for whom; empty while nobody did."""
        name = self.received_by or ""
        return f"{name} ({self.received_for})" if self.received_for else name


def result_of(allotted_minutes: int | None, used_minutes: int | None) -> str:
    """How the time used stands against the time allotted, in the words of the form."""
    if allotted_minutes is None or used_minutes is None:
        return ""
    if used_minutes == allotted_minutes:
        return "Đúng hạn"
    return "Trước hạn" if used_minutes < allotted_minutes else "Quá hạn"


def of(case: Case) -> list[HandOver]:
    """Every hand-over of the case in the order it was sent. A step given back and taken again names its last receiver."""
    rows: dict[str, HandOver] = {}
    for entry in queries.of_case(case.id, kinds=(SENT, RECEIVED, REASSIGNED, *INTERVENTIONS), agency_id=case.agency_id):
        if entry.kind in INTERVENTIONS:
            rows[f"{entry.kind} {entry.number}"] = _intervention(entry)
            continue
        key = entry.facts.get("outward_id") or entry.facts["step_id"]
        if entry.kind == SENT:
            rows[key] = _sent(entry)
        elif key in rows:
            rows[key] = _received(rows[key], entry) if entry.kind == RECEIVED else _reassigned(rows[key], entry.facts)
    return list(rows.values())


def _sent(entry: Recorded) -> HandOver:
    facts = entry.facts
    return HandOver(
        step_id=None if "outward_id" in facts else uuid.UUID(facts["step_id"]),
        from_step_id=uuid.UUID(facts["from_step_id"]) if "from_step_id" in facts else None,
        from_step=facts.get("from_step", ""),
        from_role=facts.get("from_role", ""),
        from_unit=facts["from_unit"],
        sent_by=facts["sent_by"],
        sent_by_title=facts["sent_by_title"],
        sent_at=entry.at,
        to_step=facts.get("to_step", ""),
        to_role=facts.get("to_role", ""),
        to_unit=facts["to_unit"],
        received_by=None,
        received_by_title="",
        received_at=None,
        due_at=datetime.fromisoformat(facts["due_at"]) if "due_at" in facts else None,
        allotted_minutes=facts.get("allotted_minutes"),
        used_minutes=facts.get("used_minutes"),
        result=facts.get("result", ""),
        note=facts.get("note", ""),
        sent_for=facts.get("sent_for", ""),
    )


def _intervention(entry: Recorded) -> HandOver:
    facts, actor = entry.facts, entry.actor or {}
    return HandOver(
        step_id=None,
        from_step_id=None,
        from_step="",
        from_role="",
        from_unit=facts["unit"],
        sent_by=actor.get("name", ""),
        sent_by_title=actor.get("title", ""),
        sent_at=entry.at,
        to_step="",
        to_role="",
        to_unit="",
        received_by="",
        received_by_title="",
        received_at=None,
        due_at=None,
        allotted_minutes=None,
        used_minutes=None,
        result="",
        note=f"{INTERVENTIONS[entry.kind]}{_what(entry)}: {facts['reason']}",
    )


def _what(entry: Recorded) -> str:
    """Which step, or from which to which: before and after in a few words."""
    facts = entry.facts
    if entry.kind == "step.skipped":
        return f" “{facts['name']}”"
    if entry.kind == "case.token_moved":
        return f" từ “{facts.get('from_step', '')}” đến “{facts['to_step']}”"
    if entry.kind == "case.values_changed":
        return f" {', '.join(facts['names'])}"
    return ""


def _received(row: HandOver, entry: Recorded) -> HandOver:
    by, title, for_ = (entry.facts.get(name, "") for name in ("received_by", "received_by_title", "received_for"))
    return replace(row, received_by=by, received_by_title=title, received_for=for_, received_at=entry.at)


def _reassigned(row: HandOver, facts: dict[str, Any]) -> HandOver:
    words = f"Giao lại cho {facts['to_name']}: {facts['reason']}"
    return replace(row, note=f"{row.note}; {words}" if row.note else words)
