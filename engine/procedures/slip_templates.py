"""Slip templates of a draft: the kinds and their files, what a template may print, and a sample of it for the preview."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from engine.errors import AnswersRejected
from engine.files.refusal import FileRejected
from engine.printing import docx_filling, docx_safety
from engine.printing.press import PrintingFailed
from engine.procedures import yaml_text
from engine.procedures.folder import Folder

DIRECTORY = "slips"
#: Bytes of one template; a long one of the carried set has 8 kB.
LARGEST = 200_000
#: Bytes of a Word template.
LARGEST_WORD = docx_safety.LARGEST
_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,60}")
_PLACE = re.compile(r"at (\w+)\.typ:(\d+):(\d+)")
_KIND = re.compile(r"[a-z][a-z0-9_]{0,40}")

#: Dotted name → meaning in office words and a sample. A list's parts are named as ``items.0``.
FIELDS: Mapping[str, tuple[str, Any]] = {
    "paper": ("Khổ giấy: a4 hoặc a5", "a4"),
    "agency.parent_name": ("Cơ quan chủ quản", "UBND thành phố Hải Phòng"),
    "agency.name": ("Tên cơ quan", "UBND phường Đằng Lâm"),
    "agency.unit_name": ("Đơn vị ban hành phiếu", "Trung tâm Phục vụ hành chính công"),
    "agency.place": ("Tên đầy đủ của bộ phận tiếp nhận và trả kết quả", "Trung tâm Phục vụ hành chính công phường Đằng Lâm"),
    "agency.locality": ("Địa danh trong dòng ngày tháng", "Đằng Lâm"),
    "agency.address": ("Địa chỉ của bộ phận", "Số 52 đường Lý Hồng Nhật, phường Đằng Lâm"),
    "agency.hotline": ("Số điện thoại hỏi đáp", "0225 3822 199"),
    "number": ("Số và ký hiệu của phiếu", "05/TNHS"),
    "code": ("Mã hồ sơ; kèm mã vạch code_mark", "H31.12.8-261124-0037"),
    "status_url": ("Địa chỉ tra cứu; kèm mã QR status_mark", "https://mot-cua.example.vn/tra-cuu/Zp3LxV9aWk5Td0Hs7gQe"),
    "issued_at_text": ("Giờ lập phiếu", "08 giờ 37 phút, ngày 24 tháng 11 năm 2026"),
    "place_date": ("Địa danh, ngày tháng năm", "Đằng Lâm, ngày 24 tháng 11 năm 2026"),
    "form.title": ("Tên mẫu", "Phiếu mẫu"),
    "form.number_text": ("Số mẫu", "Mẫu số 01"),
    "form.basis": ("Căn cứ ban hành mẫu", "TT 03/2025/TT-VPCP"),
    "owner.full_name": ("Chủ hồ sơ: họ tên hoặc tên tổ chức", "Nguyễn Thị Ánh Tuyết"),
    "owner.id_number": ("Chủ hồ sơ: số căn cước hoặc mã số thuế", "031185004217"),
    "owner.address": ("Chủ hồ sơ: địa chỉ", "Số 17 đường Văn Cao, phường Đằng Lâm, thành phố Hải Phòng"),
    "owner.phone": ("Chủ hồ sơ: điện thoại", "0912 345 678"),
    "owner.email": ("Chủ hồ sơ: thư điện tử", "anhtuyet@example.vn"),
    "submitter.full_name": ("Người nộp thay: họ tên (trống nếu chủ hồ sơ tự nộp)", "Trần Văn Bình"),
    "submitter.id_number": ("Người nộp thay: số căn cước", "031090001234"),
    "submitter.phone": ("Người nộp thay: điện thoại", "0987 654 321"),
    "submitter.relation": ("Người nộp thay: quan hệ với chủ hồ sơ", "người được uỷ quyền"),
    "service.code": ("Mã thủ tục", "1.004873"),
    "service.name": ("Tên thủ tục", "Cấp Giấy xác nhận tình trạng hôn nhân"),
    "service.limit_text": ("Thời hạn giải quyết theo quy định", "03 ngày làm việc"),
    "components": (
        "Giấy tờ đã nộp: mỗi dòng có name, originals, copies",
        [{"name": "Tờ khai theo mẫu", "originals": 1, "copies": 0}, {"name": "Căn cước công dân", "originals": 0, "copies": 1}],
    ),
    "sets": ("Số bộ hồ sơ", 1),
    "registered_at_text": ("Lúc nộp", "08 giờ 30 phút, ngày 24 tháng 11 năm 2026"),
    "received_at_text": ("Lúc tiếp nhận", "08 giờ 37 phút, ngày 24 tháng 11 năm 2026"),
    "due_at_text": ("Hạn trả kết quả", "08 giờ 37 phút, ngày 27 tháng 11 năm 2026"),
    "received_on_text": ("Ngày tiếp nhận, trong văn bản xin lỗi bộ 2018", "ngày 24 tháng 11 năm 2026"),
    "former_due_at_text": ("Hạn trả trước, trong văn bản xin lỗi", "08 giờ 37 phút, ngày 27 tháng 11 năm 2026"),
    "new_due_at_text": ("Hạn trả mới, trong văn bản xin lỗi", "08 giờ 37 phút, ngày 04 tháng 12 năm 2026"),
    "due_note": ("Câu giải thích hạn trả", "Hồ sơ nhận sau giờ chốt, tính từ ngày làm việc kế tiếp."),
    "return_place": ("Nơi trả kết quả", "Trung tâm Phục vụ hành chính công phường Đằng Lâm"),
    "fee_text": ("Phí, lệ phí", "15.000 đồng"),
    "register.volume": ("Quyển sổ", "01/2026"),
    "register.serial": ("Số thứ tự trong sổ", "37"),
    "officer.name": ("Người lập phiếu: họ tên", "Phạm Thu Hà"),
    "officer.title": ("Người lập phiếu: chức danh", "Chuyên viên"),
    "officer.phone": ("Người lập phiếu: điện thoại", "0225 3822 155"),
    "contact.name": ("Nơi hoặc người để hỏi", "Trung tâm Phục vụ hành chính công phường Đằng Lâm"),
    "contact.phone": ("Điện thoại để hỏi", "0225 3822 199"),
    "items": ("Nội dung phải bổ sung, mỗi mục một dòng", ["Bản vẽ sơ đồ ghi đủ kích thước", "Văn bản uỷ quyền đã chứng thực"]),
    "reason": ("Lý do ghi trên phiếu", "Thiếu văn bản uỷ quyền theo quy định"),
    "guidance": ("Hướng dẫn thêm cho người nộp", "Chứng thực tại UBND phường nơi gần nhất."),
    "attempt": ("Lần yêu cầu thứ mấy", 1),
    "answer_by_text": ("Hạn nộp bổ sung", "ngày 24 tháng 12 năm 2026"),
    "purpose": ("Nghĩa vụ tài chính: khoản phải nộp và căn cứ", "Lệ phí trước bạ theo Thông báo số 118/TB-CCT"),
    "amount_text": ("Nghĩa vụ tài chính: số tiền", "1.250.000 đồng"),
    "pay_by_text": ("Nghĩa vụ tài chính: hạn nộp", "31/12/2026"),
    "stopped_at_text": ("Lúc dừng giải quyết", "09 giờ 00 phút, ngày 25 tháng 11 năm 2026"),
    "stage": ("Bước đang làm khi dừng", "Thẩm định hồ sơ"),
    "request_text": ("Câu về đề nghị của chủ hồ sơ", "Chủ hồ sơ đề nghị rút hồ sơ."),
    "return_text": ("Câu về việc trả lại giấy tờ", "Trả lại toàn bộ giấy tờ đã nộp."),
    "legal_basis": ("Căn cứ pháp luật, mỗi căn cứ một dòng", ["Căn cứ Nghị định số 118/2025/NĐ-CP"]),
    "recipients": ("Nơi nhận, mỗi nơi một dòng", ["Như trên", "Lưu: VT"]),
    "signature.captions": ("Dòng chức vụ trên chữ ký", ["KT. Chủ tịch", "Phó Chủ tịch"]),
    "signature.name": ("Người ký", "Lê Văn Minh"),
    "handling_unit": ("Phiếu kiểm soát: bộ phận giải quyết", "Phòng Kinh tế, Hạ tầng và Đô thị"),
    "cooperating_unit": ("Phiếu kiểm soát: cơ quan phối hợp", "Công an phường"),
    "blank_rows": ("Phiếu kiểm soát: số dòng trống để ghi tay", 2),
    "rows": (
        "Phiếu kiểm soát: mỗi lần giao nhận một dòng",
        [
            {
                "from_unit": "Bộ phận Một cửa", "to_unit": "Phòng chuyên môn", "sent_by": "Phạm Thu Hà",
                "sent_at_text": "08 giờ 40 phút, ngày 24 tháng 11 năm 2026", "received_by": "Trần Văn Dũng",
                "received_at_text": "09 giờ 00 phút, ngày 24 tháng 11 năm 2026", "result": "Đúng hạn", "note": "",
            }
        ],
    ),
    "accounts": (
        "Phiếu kiểm soát: thời gian từng bên giữ hồ sơ, mỗi dòng có name, time",
        [{"name": "Toàn bộ", "time": "26 giờ 30 phút 00 giây"}],
    ),
    "copy_text": ("Liên của giấy tiếp nhận bộ 2018", "(Liên: Giao khách hàng)"),
    "digital_signature_text": ("Dòng chữ ký số của tổ chức", ""),
    "extra_lines": ("Dòng riêng của lĩnh vực: label, text", [{"label": "Thửa đất số", "text": "12, tờ bản đồ số 3"}]),
    "void": ("Phiếu đã huỷ: có by là số phiếu thay", None),
}  # fmt: skip


def sample() -> dict[str, Any]:
    """Data of an invented dossier with everything a template may print."""
    made: dict[str, Any] = {}
    for dotted, (_meaning, value) in FIELDS.items():
        *above, last = dotted.split(".")
        inner = made
        for name in above:
            inner = inner.setdefault(name, {})
        inner[last] = value
    return made


def shape() -> dict[str, Any]:
    """The same data with something in every place: what a Word template may name is decided by it."""
    return sample() | {"void": {"by": ""}}


def kinds(folder: Folder) -> dict[str, list[str]]:
    """Kind of slip → paths of its templates, as the sheet says; what is not written so is left out."""
    written = yaml_text.load(folder.files.get("procedure.yaml", b""), "procedure.yaml") or {}
    slips = written.get("slips") if isinstance(written, dict) else None
    listed = slips.items() if isinstance(slips, dict) else ()
    return {kind: [path for path in paths if isinstance(path, str)] for kind, paths in listed if isinstance(paths, list)}


def assigned(folder: Folder, kind: str, path: str) -> dict[str, list[str]]:
    """The kinds with ``path`` as a template of ``kind`` too. ``AnswersRejected`` for a word that is no kind."""
    if not _KIND.fullmatch(kind):
        message = "Tên loại phiếu chỉ gồm chữ thường không dấu, chữ số, gạch dưới, bắt đầu bằng chữ."
        raise AnswersRejected({"kind": [message]})
    known = kinds(folder)
    return known | {kind: list(dict.fromkeys([*known.get(kind, []), path]))}


def path_of(file_name: str) -> str:
    """Where an uploaded template goes. ``AnswersRejected`` for a name or kind of file that is no template."""
    name = PurePosixPath(file_name.replace("\\", "/")).name
    stem, _, ending = name.lower().rpartition(".")
    if ending not in ("typ", "docx"):
        raise AnswersRejected({"file": ["Chọn tệp mẫu Typst (.typ) hoặc Word (.docx). Tệp .doc cũ thì lưu lại thành .docx."]})
    if not _NAME.fullmatch(stem):
        raise AnswersRejected({"file": ["Tên tệp chỉ gồm chữ thường không dấu, chữ số, gạch dưới, ví dụ 2025_mau_01.typ."]})
    return f"{DIRECTORY}/{stem}.{ending}"


def checked_file(path: str, content: bytes) -> bytes:
    """An uploaded template as it is kept, by its ending. ``AnswersRejected`` (field ``file``) with the reason."""
    return checked_word(content) if path.endswith(".docx") else checked(content)


def checked_word(content: bytes) -> bytes:
    """A Word template, filled once to see that it can be. ``AnswersRejected``: no plain Word file, or tags that say too much."""
    trouble = word_trouble(content)
    if trouble is not None:
        raise AnswersRejected({"file": [trouble]})
    return content


def word_trouble(content: bytes) -> str | None:
    """Why a file cannot be a Word template, in one sentence; None where it can."""
    try:
        docx_filling.fill(content, sample(), shape())
    except FileRejected as refusal:
        return str(refusal)
    except PrintingFailed as failure:
        return failure.detail or str(failure)
    return None


def checked(content: bytes, field: str = "file") -> bytes:
    """A template as it is kept. ``AnswersRejected``: empty, too long, no UTF-8 text."""
    if not content.strip() or len(content) > LARGEST:
        raise AnswersRejected({field: [f"Mẫu phiếu không được trống và tối đa {LARGEST // 1000} kB."]})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AnswersRejected({field: ["Mẫu phiếu phải lưu theo bảng mã UTF-8."]}) from error
    if "\x00" in text:
        raise AnswersRejected({field: ["Mẫu phiếu có ký tự lạ: hãy lưu lại tệp dưới dạng chữ."]})
    return text.replace("\r\n", "\n").encode()


def line_of(detail: str) -> int | None:
    """The line of the template a refusal of the press speaks of; None where it speaks of the shared furniture or nothing."""
    found = _PLACE.search(detail)
    return int(found[2]) if found and found[1] == "slip" else None
