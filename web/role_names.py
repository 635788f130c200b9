"""The roles of positions, as people call them."""

from flask import Flask
from flask_babel import lazy_gettext as _l

#: In the order in which they are offered: (role, name, what it is for).
ROLES = (
    ("clerk", _l("Một cửa"), _l("Tiếp nhận hồ sơ, trả kết quả")),
    ("officer", _l("Công chức thụ lý"), _l("Thẩm định, giải quyết hồ sơ của phòng")),
    ("head", _l("Lãnh đạo phòng"), _l("Phân công, kiểm tra hồ sơ của phòng")),
    ("leader", _l("Lãnh đạo cơ quan"), _l("Ký kết quả, quyết định")),
    ("deputy", _l("Cấp phó lãnh đạo"), _l("Thay lãnh đạo trong phần được giao")),
    ("registrar", _l("Văn thư"), _l("Cấp số, đóng dấu")),
    ("secretary", _l("Thư ký ISO"), _l("Soạn quy trình, cập nhật thủ tục")),
    ("archivist", _l("Lưu trữ"), _l("Lưu hồ sơ đã xong")),
    ("accountant", _l("Kế toán"), _l("Phí, lệ phí")),
    ("inspector", _l("Thanh tra"), _l("Xem, không làm thay; cả các cơ quan cấp dưới")),
    ("admin", _l("Quản trị viên"), _l("Người dùng, lịch, thủ tục; cả các cơ quan cấp dưới")),
)
_NAMES = {role: name for role, name, _hint in ROLES}


def install(app: Flask) -> None:
    """Offer the names to templates."""
    app.jinja_env.filters["role_name"] = name_of


def name_of(role: str) -> str:
    """``clerk`` → ``Một cửa``."""
    return str(_NAMES.get(role, role))
