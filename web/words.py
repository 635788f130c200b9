"""What channels, slips, states and journal entries are called on screen."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from engine import text
from engine.cases import history
from engine.dossiers import rules
from engine.dossiers.models import PublicService
from web import formats, journal_words

CHANNELS: Mapping[str, Any] = {
    "counter": _l("Trực tiếp tại quầy"),
    "post": _l("Bưu chính công ích"),
    "online": _l("Trực tuyến"),
}
SLIPS: Mapping[str, Any] = {
    "receipt": _l("Giấy tiếp nhận và hẹn trả kết quả"),
    "supplement": _l("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"),
    "refusal": _l("Phiếu từ chối tiếp nhận hồ sơ"),
    "stop": _l("Thông báo dừng giải quyết hồ sơ"),
    "apology": _l("Văn bản xin lỗi, hẹn lại"),
    "payment": _l("Thông báo nghĩa vụ tài chính"),
    "control_sheet": _l("Phiếu kiểm soát quá trình giải quyết hồ sơ"),
}
CASE_STATES: Mapping[str, Any] = {
    "running": _l("Đang chạy"),
    "completed": _l("Đã kết thúc"),
    "stopped": _l("Đã dừng"),
    "suspended": _l("Tạm dừng"),
    "incident": _l("Có sự cố"),
}
#: State of a step → its name and the kind of its badge.
STEP_STATES: Mapping[str, tuple[Any, str]] = {
    "open": (_l("Đang làm"), "info"),
    "completed": (_l("Hoàn thành"), "good"),
    "returned": (_l("Trả lại"), "soon"),
    "cancelled": (_l("Đã hủy"), ""),
}
#: What a signature means, above the name.
SIGNATURES: Mapping[str, Any] = {
    "author": _l("Lập"),
    "review": _l("Xem xét"),
    "approve": _l("Phê duyệt"),
    "issue": _l("Ban hành"),
}
_LATE = frozenset({"step.overdue", "step.escalated", "incident.opened", "step.returned", "slip.voided"})
_DONE = frozenset({"step.completed", "case.completed", "handover.received"})


def install(app: Flask) -> None:
    """Offer the words to templates."""
    app.jinja_env.globals.update(CHANNELS=CHANNELS, SLIPS=SLIPS, CASE_STATES=CASE_STATES, STEP_STATES=STEP_STATES)
    app.jinja_env.globals["SIGNATURES"] = SIGNATURES


def alphabetical(service: PublicService) -> tuple[str, str]:
    """Where a public service stands in a list: by field, then name, Đ beside D."""
    return text.fold(service.field), text.fold(service.name)


def event(entry: history.Event) -> dict[str, Any]:
    """One line of a case's history for the timeline macro."""
    kind = "late" if entry.kind in _LATE else "done" if entry.kind in _DONE else ""
    who = f"{entry.person} ({entry.person_title})" if entry.person_title else entry.person
    who = f"{who} · {entry.on_behalf_of}" if entry.on_behalf_of else who
    return {
        "at": entry.at,
        "title": journal_words.title(entry.kind)[0],
        "who": who or _("Hệ thống"),
        "text": _said(entry.facts),
        "kind": kind,
    }


def _said(facts: Mapping[str, Any]) -> str:
    """The few facts a reader looks for: which step or paper, to whom, why, until when."""
    parts = [str(facts.get("name") or facts.get("to_step") or facts.get("title") or "")]
    if "before" in facts and isinstance(facts.get("after"), str) and facts["after"] in rules.STATUSES:
        parts = [f"{rules.STATUSES.get(facts['before'], facts['before'])} → {rules.STATUSES[facts['after']]}"]
    if "slip_kind" in facts:
        parts = [str(SLIPS.get(facts["slip_kind"], facts["slip_kind"]))]
    parts += [str(facts[name]) for name in ("number", "file_name", "text") if facts.get(name)]
    if facts.get("to_unit"):
        parts.append(_("giao cho %(unit)s", unit=facts["to_unit"]))
    if facts.get("to_name"):
        parts.append(_("giao cho %(unit)s", unit=facts["to_name"]))
    if facts.get("taken_from"):
        parts.append(_("nhận thay %(name)s", name=facts["taken_from"]))
    if facts.get("reason"):
        parts.append(_("lý do: %(reason)s", reason=facts["reason"]))
    # The due moment of a hand-over is that of the step left behind: beside the next step it would mislead.
    due_at = facts.get("due_at") or facts.get("after")
    if isinstance(due_at, str) and formats.moment(due_at) and "to_unit" not in facts:
        parts.append(_("hạn %(moment)s", moment=formats.moment(due_at)))
    return " · ".join(part for part in parts if part)
