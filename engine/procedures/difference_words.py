"""A difference as a Vietnamese sentence: for the command line, the API, the journal and the page alike."""

from engine.procedures.difference_parts import ADDED, REMOVED, Change
from engine.text import clean

KINDS = {
    "step": "bước",
    "task": "việc tự động",
    "subprocess": "quy trình con",
    "event": "sự kiện",
    "gateway": "cổng",
    "end": "kết thúc",
    "flow": "nhánh",
    "message": "thông điệp",
    "form": "biểu mẫu",
    "field": "mục biểu mẫu",
    "decision": "bảng quyết định",
    "rule": "dòng của bảng quyết định",
    "slip": "loại phiếu",
    "template": "mẫu phiếu",
    "scenario": "kịch bản",
    "procedure": "quy trình",
}
ASPECTS = {
    "name": "tên",
    "title": "tên",
    "label": "câu hỏi",
    "documentation": "thuyết minh",
    "help": "hướng dẫn",
    "scope": "quy trình con chứa nó",
    "host": "bước mà nó gắn vào",
    "event": "loại sự kiện",
    "timer": "hạn giờ",
    "message": "thông điệp chờ",
    "signal": "tín hiệu",
    "correlation": "cách tìm hồ sơ nhận",
    "called": "quy trình được gọi",
    "decision": "bảng quyết định",
    "result": "nơi giữ kết quả",
    "handler": "là quy trình con sự kiện",
    "interrupts": "có ngắt việc khác",
    "content": "giá trị mang theo",
    "capability": "khả năng",
    "parameters": "tham số",
    "outcome": "kết quả của hồ sơ",
    "status": "trạng thái",
    "role": "vai trò",
    "term": "thời hạn",
    "borrows": "lấy giờ của bước",
    "form": "biểu mẫu",
    "reminder": "mức nhắc hạn",
    "escalations": "báo cấp trên",
    "hand_over": "là bàn giao",
    "hands_out": "giao ra ngoài cơ quan",
    "signs": "chữ ký khi hoàn thành",
    "personal": "giao đích danh từng người",
    "given_to": "giao cho người ghi ở",
    "condition": "điều kiện",
    "default": "là nhánh mặc định",
    "procedure_code": "mã",
    "iso_clauses": "điều khoản ISO",
    "legal_basis": "căn cứ pháp lý",
    "owner_role": "vai trò chủ quản",
    "record_class": "loại hồ sơ lưu",
    "retention_years": "số năm lưu",
    "register_columns": "cột của sổ",
    "public_services": "thủ tục áp dụng",
    "start_form": "biểu mẫu mở hồ sơ",
    "has_subject": "mở từ tài liệu được xét",
    "start_roles": "vai trò được mở",
    "start_values": "giá trị ban đầu",
    "statuses": "các trạng thái",
    "order": "thứ tự câu hỏi",
    "ways": "thứ tự xét các nhánh",
    "rows": "thứ tự các dòng",
    "sections": "lời dẫn của nhóm câu hỏi",
    "coverage": "độ bao phủ của kịch bản",
    "separate": "cặp bước không cùng người làm",
    "lanes": "tên các làn",
    "model_name": "tên trong mô hình",
    "model_documentation": "giải thích trong mô hình",
    "waited": "điều kiện chờ",
    "code": "mã lỗi, mã leo thang",
    "timer_kind": "cách ghi hạn giờ",
    "cancels": "có dừng bước đang mở",
    "script": "các dòng tính",
    "loop": "cách lặp lại",
    "link": "tên liên kết",
    "tests": "điều kiện",
    "type": "loại câu trả lời",
    "section": "nhóm câu hỏi",
    "required": "bắt buộc",
    "visible": "điều kiện hiện",
    "choices": "các lựa chọn",
    "display": "cách hiện",
    "bounds": "giới hạn",
    "pattern": "mẫu nhập",
    "decimals": "số chữ số lẻ",
    "unit": "đơn vị",
    "default_value": "giá trị mặc định",
    "assigns": "bước được giao",
    "routes": "dùng để rẽ nhánh",
    "variable": "tên kết quả",
    "requires": "quyết định cần trước",
    "formula": "công thức",
    "policy": "cách chọn dòng",
    "inputs": "cột điều kiện",
    "outputs": "cột kết quả",
    "results": "kết quả",
    "templates": "các tệp mẫu",
    "roles": "vai trò được báo",
    "closed_while": "bước không nhận",
    "content_file": "nội dung",
}
#: Words of aspects that stand for something else in some kinds.
_SPECIAL = {
    ("field", "default"): "default_value",
    ("template", "content"): "content_file",
    ("scenario", "content"): "content_file",
    ("gateway", "order"): "ways",
    ("decision", "order"): "rows",
    ("procedure", "code"): "procedure_code",
}
#: Kinds that are files: what is in them is not quoted.
_FILES = ("template", "scenario")
#: Longer texts are not quoted: the sentence says that they differ.
_QUOTED = 160


def sentence(change: Change) -> str:
    """One change as a sentence that names the thing, and what stood there before and stands there after."""
    thing = f"{KINDS[change.kind]} “{change.name}”"
    if change.kind in _FILES:
        what = {ADDED: "Thêm", REMOVED: "Bỏ"}.get(change.what, "Đổi nội dung của")
        return f"{what} {thing}."
    if change.what == ADDED:
        return f"Thêm {thing}{_told(change.after)}."
    if change.what == REMOVED:
        return f"Bỏ {thing}{_told(change.before)}."
    return f"Đổi {aspect(change)} của {thing}{_from_to(change)}."


def aspect(change: Change) -> str:
    """What of the thing changed, in words."""
    return ASPECTS[_SPECIAL.get((change.kind, change.aspect), change.aspect)]


def _told(text: str) -> str:
    return f": {quoted}" if (quoted := _short(text)) else ""


def _from_to(change: Change) -> str:
    before, after = _short(change.before), _short(change.after)
    if (change.before and not before) or (change.after and not after):
        return ""
    return f": từ {_value(before)} thành {_value(after)}"


def _value(text: str) -> str:
    return f"“{words}”" if (words := {"yes": "có", "no": "không", "none": "không đặt"}.get(text, text)) else "trống"


def _short(text: str) -> str:
    """Text short enough to quote, else nothing."""
    words = clean(text)
    return words if len(words) <= _QUOTED else ""
