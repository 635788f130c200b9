"""What happened to a case, read from the journal."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.cases.models import Case
from engine.journal import queries
from engine.journal.queries import Recorded
from engine.people import acting

#: What the engine's own entries are called on screen; an unknown kind is shown as it stands in the journal.
TITLES: dict[str, str] = {
    "case.opened": "Mở hồ sơ công việc",
    "case.completed": "Kết thúc hồ sơ công việc",
    "step.opened": "Mở bước",
    "step.claimed": "Nhận việc",
    "step.released": "Trả việc lại cho nhóm",
    "step.reassigned": "Phân công lại",
    "step.completed": "Hoàn thành bước",
    "step.returned": "Trả lại bước trước",
    "step.cancelled": "Hủy bước",
    "step.reminded": "Nhắc sắp đến hạn",
    "step.overdue": "Báo quá hạn",
    "step.escalated": "Báo cáo cấp trên",
    "handover.sent": "Giao hồ sơ",
    "handover.received": "Nhận hồ sơ",
    "message.received": "Ghi nhận thông báo",
    "event.thrown": "Phát sự kiện",
    "signal.received": "Nhận tín hiệu",
    "decision.made": "Áp dụng bảng quyết định",
    "timer.fired": "Đến thời điểm hẹn giờ",
    "comment.added": "Ý kiến",
    "attachment.added": "Thêm tệp",
    "attachment.removed": "Gỡ tệp",
    "register.entered": "Vào sổ",
    "incident.opened": "Phát sinh sự cố",
    "incident.retried": "Xử lý sự cố: thử lại",
    "incident.dismissed": "Xử lý sự cố: bỏ qua",
    "incident.healed": "Sự cố tự hết",
    "case.suspended": "Tạm dừng hồ sơ công việc",
    "case.resumed": "Mở lại hồ sơ công việc",
    "case.cancelled": "Hủy hồ sơ công việc",
    "case.values_changed": "Sửa giá trị điều hướng",
    "case.token_moved": "Chuyển vị trí xử lý",
    "step.skipped": "Bỏ qua bước",
    "timer.moved": "Dời hẹn giờ",
}


@dataclass(frozen=True)
class Event:
    """One journal entry of a case. ``title`` is Vietnamese; ``facts`` everything the entry says but its author."""

    number: int
    at: datetime
    kind: str
    title: str
    person_id: uuid.UUID | None
    person: str
    person_title: str
    #: For whom, as a signature says it (``KT. Chủ tịch Hoàng Đức Thắng``); empty in their own right.
    on_behalf_of: str
    facts: Mapping[str, Any]


def of(case: Case) -> list[Event]:
    """Everything that happened to the case, in the order of the journal."""
    return [_event(entry) for entry in queries.of_case(case.id, agency_id=case.agency_id)]


def _event(entry: Recorded) -> Event:
    actor = entry.actor or {}
    return Event(
        number=entry.number,
        at=entry.at,
        kind=entry.kind,
        title=TITLES.get(entry.kind, entry.kind),
        person_id=entry.person_id,
        person=actor.get("name", ""),
        person_title=actor.get("title", ""),
        on_behalf_of=acting.said(actor.get("on_behalf_of") or {}),
        facts=entry.facts,
    )
