"""What the kinds of journal entries are called on screen."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

_TITLES = {
    "access.refused": _l("Từ chối truy cập"),
    "agency.created": _l("Thêm cơ quan"),
    "attachment.added": _l("Đính kèm tệp"),
    "attachment.removed": _l("Gỡ tệp"),
    "calendar.published": _l("Ban hành lịch làm việc"),
    "case.cancelled": _l("Hủy hồ sơ công việc"),
    "case.completed": _l("Kết thúc quy trình"),
    "case.migrated": _l("Chuyển sang bản quy trình khác"),
    "case.migration_undone": _l("Trả về bản quy trình cũ"),
    "case.opened": _l("Mở hồ sơ công việc"),
    "case.resumed": _l("Mở lại hồ sơ tạm dừng"),
    "case.suspended": _l("Tạm dừng hồ sơ công việc"),
    "case.token_moved": _l("Chuyển vị trí xử lý"),
    "case.values_changed": _l("Sửa giá trị điều hướng"),
    "clock.extended": _l("Hẹn lại ngày trả kèm xin lỗi"),
    "clock.kept": _l("Giữ ngày hẹn khi lịch thay đổi"),
    "clock.moved": _l("Dời ngày hẹn theo lịch mới"),
    "clock.resumed": _l("Tính tiếp thời hạn"),
    "clock.started": _l("Bắt đầu tính thời hạn"),
    "clock.stopped": _l("Dừng tính thời hạn"),
    "comment.added": _l("Ý kiến trao đổi"),
    "decision.made": _l("Áp dụng bảng quyết định"),
    "delegation.given": _l("Lập ủy quyền"),
    "delegation.withdrawn": _l("Thu hồi ủy quyền"),
    "division.created": _l("Thêm phòng"),
    "document.returned": _l("Trả lại để sửa, hủy chữ ký"),
    "document.submitted": _l("Trình duyệt nội dung"),
    "dossier.expiring": _l("Sắp hết hạn trả, cần xin lỗi"),
    "dossier.late_again": _l("Quá cả ngày hẹn lại"),
    "dossier.registered": _l("Đăng ký hồ sơ"),
    "dossier.status_changed": _l("Đổi trạng thái hồ sơ"),
    "event.thrown": _l("Phát sự kiện"),
    "forms.changed": _l("Sửa bộ mẫu phiếu"),
    "handover.received": _l("Nhận bàn giao"),
    "handover.sent": _l("Bàn giao"),
    "incident.dismissed": _l("Bỏ qua sự cố"),
    "incident.healed": _l("Sự cố tự hết"),
    "incident.opened": _l("Sự cố"),
    "incident.resolved": _l("Xử lý xong sự cố"),
    "incident.retried": _l("Thử lại sau sự cố"),
    "journal.verified": _l("Kiểm tra nhật ký"),
    "message.received": _l("Ghi nhận thông báo"),
    "opinion.asked": _l("Lấy ý kiến cơ quan khác"),
    "opinion.closed": _l("Ghi ý kiến cơ quan khác"),
    "outbox.dropped": _l("Bỏ thư, tin báo"),
    "outbox.paused": _l("Giữ hộp thư đi"),
    "outbox.released": _l("Mở lại hộp thư đi"),
    "outbox.revived": _l("Gửi lại thư, tin báo"),
    "payment.confirmed": _l("Ghi nhận đã nộp tiền"),
    "payment.notified": _l("Thông báo nghĩa vụ tài chính"),
    "password.changed": _l("Đổi mật khẩu"),
    "password.refused": _l("Nhập sai mật khẩu khi đổi"),
    "password.reset": _l("Đặt lại mật khẩu"),
    "person.changed": _l("Sửa thông tin người dùng"),
    "person.created": _l("Thêm người dùng"),
    "person.deactivated": _l("Ngừng tài khoản"),
    "person.reactivated": _l("Mở lại tài khoản"),
    "position.changed": _l("Sửa chức vụ"),
    "position.ended": _l("Kết thúc chức vụ"),
    "position.given": _l("Giao chức vụ"),
    "procedure.migration_made": _l("Quyết định chuyển hồ sơ sang bản mới"),
    "procedure.approved": _l("Phê duyệt lần ban hành, chờ hiệu lực"),
    "procedure.draft_rebased": _l("Đổi lần gốc của bản dự thảo"),
    "procedure.published": _l("Ban hành quy trình"),
    "procedure.revision_dropped": _l("Rút lần ban hành trước ngày hiệu lực"),
    "procedure.draft_created": _l("Tạo bản dự thảo quy trình"),
    "procedure.draft_discarded": _l("Bỏ bản dự thảo quy trình"),
    "procedure.draft_taken_over": _l("Giành quyền sửa bản dự thảo quy trình"),
    "procedure.reopened": _l("Mở lại quy trình"),
    "procedure.suspended": _l("Tạm ngừng quy trình"),
    "procedure.withdrawn": _l("Bãi bỏ quy trình"),
    "register.entered": _l("Vào sổ"),
    "second_factor.accepted": _l("Đúng mã bước hai"),
    "second_factor.enrolled": _l("Bật xác thực bước hai"),
    "second_factor.refused": _l("Sai mã bước hai"),
    "second_factor.removed": _l("Gỡ xác thực bước hai"),
    "service.published": _l("Ban hành thủ tục"),
    "signal.received": _l("Nhận tín hiệu"),
    "signal.sent": _l("Phát tín hiệu"),
    "sign_in.accepted": _l("Đăng nhập"),
    "sign_in.locked": _l("Tạm khóa đăng nhập"),
    "sign_in.refused": _l("Đăng nhập sai"),
    "signature.made": _l("Ký"),
    "signature.voided": _l("Hủy chữ ký"),
    "sign_out.done": _l("Đăng xuất"),
    "slip.issued": _l("Cấp phiếu"),
    "slip.voided": _l("Hủy phiếu"),
    "step.cancelled": _l("Hủy bước"),
    "step.claimed": _l("Nhận việc"),
    "step.completed": _l("Xong bước"),
    "step.escalated": _l("Báo cấp trên vì trễ"),
    "step.opened": _l("Mở bước"),
    "step.overdue": _l("Quá hạn bước"),
    "step.reassigned": _l("Giao lại bước"),
    "step.released": _l("Trả việc về nhóm"),
    "step.reminded": _l("Nhắc sắp đến hạn"),
    "step.returned": _l("Trả lại bước trước"),
    "step.skipped": _l("Bỏ qua bước"),
    "timer.fired": _l("Đến giờ hẹn"),
    "timer.moved": _l("Dời hẹn giờ"),
    "token.created": _l("Cấp mã truy cập"),
    "token.revoked": _l("Thu hồi mã truy cập"),
    "webhook.changed": _l("Sửa hệ thống nhận tin"),
    "webhook.created": _l("Thêm hệ thống nhận tin"),
    "webhook.key_renewed": _l("Đổi khóa ký tin báo"),
    "webhook.key_shown": _l("Xem khóa ký tin báo"),
    "webhook.resumed": _l("Báo tin trở lại"),
    "webhook.stopped": _l("Ngừng báo tin"),
}
_LATE = ("refused", "locked", "overdue", "escalated", "deactivated", "voided")
_GOOD = ("completed", "verified", "published", "accepted")


#: Facts that say best what an entry is about, in the order of a sentence.
_TELLING = ("login", "code", "title", "name", "subject", "file_name", "to_step", "to_unit", "generation", "reason", "what")
_LONGEST = 160


def summary(facts: Mapping[str, Any]) -> str:
    """What an entry is about in one line: whom or what, and why."""
    after = facts.get("after")
    inner: Mapping[str, Any] = after if isinstance(after, Mapping) else {}
    found = [facts.get(name, inner.get(name)) for name in _TELLING]
    told = dict.fromkeys(str(value) for value in found if isinstance(value, str | int) and str(value))
    line = " · ".join(told)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def title(kind: str) -> tuple[str, str]:
    """Name of a kind and the colour of its badge; a kind without a name shows itself."""
    word = kind.rpartition(".")[2]
    colour = "late" if word in _LATE or kind.startswith("incident") else "good" if word in _GOOD else ""
    return str(_TITLES.get(kind, kind)), colour


def choices(kinds: Iterable[str]) -> list[tuple[str, str]]:
    """(kind, name) to choose from, by name."""
    return sorted(((kind, title(kind)[0]) for kind in kinds), key=lambda pair: pair[1].casefold())
