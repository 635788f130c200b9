"""Word and Excel files: told apart from any other zip, without macros, without bombs (R50)."""

import re
import zipfile
from typing import BinaryIO

from engine.files.refusal import ALLOWED, FileRejected

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAIN_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_TYPES = "[Content_Types].xml"
#: Limits on what is inside: entries, bytes unpacked, how much an entry may grow.
MOST_ENTRIES, MOST_BYTES, MOST_RATIO = 2_000, 200_000_000, 150
_SMALL = 1_000_000
_ACTIVE = re.compile(r"(?i)vbaproject\.bin|/activex/|\.exe$|\.js$|\.vbs$")


def media_type_of(file: BinaryIO) -> str:
    """``DOCX`` or ``XLSX``; ``FileRejected`` for another zip, a macro, a password, a bomb or a broken file."""
    try:
        with zipfile.ZipFile(file) as archive:
            _refuse_dangerous(archive)
            return _kind(archive)
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise FileRejected("Tệp Word hoặc Excel bị hỏng hoặc đặt mật khẩu. Lưu lại thành tệp mới rồi tải lên.") from error


def _refuse_dangerous(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise FileRejected("Tệp nén bung ra quá lớn. Lưu thành PDF rồi tải lên.")
    if any(entry.file_size > _SMALL and entry.file_size > MOST_RATIO * max(entry.compress_size, 1) for entry in entries):
        raise FileRejected("Tệp nén có phần bung ra lớn bất thường. Lưu thành PDF rồi tải lên.")
    if any(entry.filename.startswith("/") or ".." in entry.filename.split("/") for entry in entries):
        raise FileRejected("Tệp nén có tên đường dẫn lạ. Lưu lại thành tệp mới rồi tải lên.")
    if min((entry.header_offset for entry in entries), default=1) != 0:
        raise ValueError("something before the first entry")
    if any(_ACTIVE.search(entry.filename) for entry in entries):
        raise FileRejected("Tệp có macro hoặc chương trình bên trong. Lưu thành .docx, .xlsx thường hoặc PDF rồi tải lên.")


def _kind(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    for part, kind in _MAIN_PARTS.items():
        if {part, _TYPES} <= names and f"{kind}.main+xml".encode() in _content_types(archive):
            return kind
    raise FileRejected(f"Tệp nén (zip) không được nhận. Giải nén và tải từng tệp; chỉ nhận: {ALLOWED}.")


def _content_types(archive: zipfile.ZipFile) -> bytes:
    content = archive.open(_TYPES).read(_SMALL)
    if b"<!DOCTYPE" in content:
        raise ValueError("a DOCTYPE has no place here")
    return content
