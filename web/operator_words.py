"""What the operator's pages call causes, timers, faults and workers, and how they read lengths of time."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from engine.flow.places import Place

CAUSES: Mapping[str, Any] = {
    "model": _l("Mô hình quy trình"),
    "runaway": _l("Mô hình chạy vòng mãi"),
    "capability": _l("Chức năng được gọi"),
    "program": _l("Lỗi chương trình"),
}
#: Cause → what to do about it.
ADVICE: Mapping[str, Any] = {
    "model": _l(
        "Xem phần tử được nêu trong quy trình: điều kiện hoặc giá trị của hồ sơ không khớp. Sửa giá trị hoặc chuyển vị trí."
    ),
    "runaway": _l(
        "Quy trình đi vòng hoặc sinh quá nhiều nhánh. Báo cán bộ chất lượng sửa mô hình; hủy hoặc chuyển vị trí hồ sơ."
    ),
    "capability": _l("Chức năng mà quy trình gọi không làm được việc. Xem nội dung lỗi, sửa nguyên nhân rồi thử lại."),
    "program": _l("Gửi mã sự cố và dấu vết cho bên phát triển; sau khi cài bản sửa thì thử lại."),
}
RESOLUTIONS: Mapping[str, tuple[Any, str]] = {
    "retried": (_l("đã thử lại"), "good"),
    "dismissed": (_l("đã bỏ qua"), ""),
    "healed": (_l("tự hết"), "good"),
}
TIMER_KINDS: Mapping[str, Any] = {
    "flow": _l("Hẹn giờ của quy trình"),
    "reminder": _l("Nhắc sắp đến hạn"),
    "overdue": _l("Báo quá hạn"),
    "escalation_head": _l("Báo trưởng phòng"),
    "escalation_leader": _l("Báo lãnh đạo"),
}
TIMER_STATES: Mapping[str, Any] = {
    "waiting": _l("Đang chờ"),
    "paused": _l("Đang nghỉ"),
    "fired": _l("Đã chạy"),
}
#: By whose fault a timer is late → words, kind of the badge.
FAULTS: Mapping[str, tuple[Any, str]] = {
    "outage": (_l("không có tiến trình hẹn giờ"), "late"),
    "suspension": (_l("hồ sơ bị tạm dừng"), "paused"),
    "failure": (_l("chạy lỗi, phải thử lại"), "late"),
    "queue": (_l("xếp hàng chờ"), "soon"),
}
WORKER_STATES: Mapping[str, tuple[Any, str]] = {
    "alive": (_l("đang chạy"), "good"),
    "silent": (_l("mất liên lạc"), "late"),
    "left": (_l("đã dừng"), ""),
}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def install(app: Flask) -> None:
    """Offer the words to templates."""
    app.jinja_env.globals.update(
        INCIDENT_CAUSES=CAUSES,
        INCIDENT_ADVICE=ADVICE,
        RESOLUTIONS=RESOLUTIONS,
        TIMER_KINDS=TIMER_KINDS,
        TIMER_STATES=TIMER_STATES,
        FAULTS=FAULTS,
        WORKER_STATES=WORKER_STATES,
    )
    app.jinja_env.filters.update(elapsed=elapsed, place_name=place_name)


def elapsed(time: timedelta) -> str:
    """Time on the wall clock in its two largest units: ``2 ngày 3 giờ``, ``5 phút 10 giây``, ``0,3 giây``."""
    seconds = max(time.total_seconds(), 0.0)
    if seconds < 10 and seconds != int(seconds):
        return str(_("%(count)s giây", count=f"{seconds:.1f}".replace(".", ",")))
    whole = round(seconds)
    parts = [
        _("%(count)d ngày", count=whole // _DAY) if whole >= _DAY else "",
        _("%(count)d giờ", count=whole % _DAY // _HOUR) if whole % _DAY >= _HOUR else "",
        _("%(count)d phút", count=whole % _HOUR // _MINUTE) if whole % _HOUR >= _MINUTE else "",
        _("%(count)d giây", count=whole % _MINUTE) if whole % _MINUTE else "",
    ]
    return " ".join([part for part in parts if part][:2]) or str(_("%(count)d giây", count=0))


def place_name(place: Place) -> str:
    """``Kiểm tra (check)``: the model's word and the BPMN id, one of them where they are the same."""
    return place.name if place.name == place.element else f"{place.name} ({place.element})"
