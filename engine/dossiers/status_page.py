"""What a citizen sees behind the QR of a slip: where the dossier stands and what to do next, and nothing about persons."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine import clock
from engine.dossiers import legal_clock, rules
from engine.dossiers.models import Dossier
from engine.errors import NotFound
from engine.people import working_time
from engine.transaction import session

_NEXT = {
    "registered": "Cơ quan đang kiểm tra hồ sơ. Ông/Bà chưa cần làm gì.",
    "received": "Hồ sơ đã được tiếp nhận và đang chuyển tới bộ phận giải quyết. Ông/Bà chưa cần làm gì.",
    "refused": "Hồ sơ không được tiếp nhận. Lý do ghi trên phiếu đã giao cho Ông/Bà.",
    "processing": "Hồ sơ đang được giải quyết. Ông/Bà chưa cần làm gì.",
    "awaiting_supplement": "Ông/Bà cần bổ sung giấy tờ theo phiếu yêu cầu đã nhận.",
    "awaiting_payment": "Ông/Bà cần thực hiện nghĩa vụ tài chính theo thông báo đã nhận.",
    "withdrawal_requested": "Cơ quan đang xem xét đề nghị rút hồ sơ.",
    "stopped": "Hồ sơ đã dừng giải quyết theo thông báo gửi Ông/Bà.",
    "done": "Kết quả đã có. Mời Ông/Bà mang giấy tiếp nhận đến nơi trả kết quả.",
    "returned": "Kết quả đã được trả.",
}
_MINUTES_A_DAY = 8 * 60
_ENDED = ("refused", "stopped", "done", "returned")


@dataclass(frozen=True)
class PublicStatus:
    """``working_days_left`` is None once ended or while paused; ``paused_reason`` only while paused."""

    code: str
    status: str
    status_name: str
    next_action: str
    due_at: datetime | None
    working_days_left: float | None
    is_overdue: bool
    is_paused: bool


def look_up(token: str) -> PublicStatus:
    """The public state behind an unguessable token (128 bits, R54). Refuses with ``NotFound``."""
    dossier = session().scalars(sa.select(Dossier).where(Dossier.status_token == token)).one_or_none()
    if dossier is None:
        raise NotFound("Không tìm thấy hồ sơ. Hãy quét lại mã trên giấy tiếp nhận.")
    is_paused = legal_clock.running_pause(dossier) is not None
    is_running = dossier.due_at is not None and dossier.status not in _ENDED and not is_paused
    left = _working_days_left(dossier.agency_id, dossier.due_at) if is_running and dossier.due_at else None
    return PublicStatus(
        code=dossier.code,
        status=dossier.status,
        status_name=rules.STATUSES[dossier.status],
        next_action=_NEXT[dossier.status],
        due_at=dossier.due_at,
        working_days_left=left,
        is_overdue=is_running and dossier.due_at is not None and dossier.due_at < clock.now(),
        is_paused=is_paused,
    )


def _working_days_left(agency_id: uuid.UUID, due_at: datetime) -> float:
    calendar, _ = working_time.calendar_for(agency_id)
    return max(0.0, round(calendar.working_minutes_between(clock.now(), due_at) / _MINUTES_A_DAY, 1))
