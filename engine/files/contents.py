"""What a file is, decided by its bytes and never by its name (R50)."""

from pathlib import Path
from typing import BinaryIO

import filetype

from engine.files import ooxml, pictures
from engine.files.refusal import ALLOWED, FileRejected

PDF = "application/pdf"
#: Media type → the usual ending of a file name.
ENDINGS = {
    PDF: "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/tiff": "tif",
    ooxml.DOCX: "docx",
    ooxml.XLSX: "xlsx",
}
_OTHER_ENDINGS = {"jpg": ("jpeg", "jpe", "jfif"), "tif": ("tiff",)}
_KNOWN_ENDINGS = frozenset({*ENDINGS.values(), *(other for others in _OTHER_ENDINGS.values() for other in others)})
_HEAD = 8192
_PDF_SIGN, _PDF_END = b"%PDF-", b"%%EOF"
_ZIP_END = b"PK\x05\x06"
#: Where a reader still looks for a PDF's beginning, and a zip's end.
_PDF_REACH, _ZIP_REACH = 1024, 66_000


def media_type_of(path: Path) -> str:
    """The media type of an allowed file. ``FileRejected`` for an empty, foreign, broken, two-faced or dangerous one."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if not head:
            raise FileRejected("Tệp rỗng (0 byte). Kiểm tra lại bản quét rồi tải lên lại.")
        if head.startswith(b"PK\x03\x04"):
            return ooxml.media_type_of(file)
        tail = _tail(file)
        if head.startswith(_PDF_SIGN):
            return _pdf(tail)
        return _picture(file, head, tail)


def named(file_name: str, media_type: str) -> str:
    """``file_name`` with the ending of what the file really is; an ending that says so already stays."""
    ending = ENDINGS[media_type]
    stem, dot, given = file_name.rpartition(".")
    if dot and given.lower() in (ending, *_OTHER_ENDINGS.get(ending, ())):
        return file_name
    return f"{stem if dot and stem and given.lower() in _KNOWN_ENDINGS else file_name}.{ending}"


def _pdf(tail: bytes) -> str:
    if _ZIP_END in tail:
        raise FileRejected("Tệp PDF có kèm một tệp nén ở cuối. Quét hoặc xuất lại thành PDF thường.")
    if _PDF_END not in tail:
        raise FileRejected("Tệp PDF bị cụt hoặc hỏng. Quét hoặc xuất lại rồi tải lên.")
    return PDF


def _picture(file: BinaryIO, head: bytes, tail: bytes) -> str:
    kind = filetype.guess_mime(head)
    if kind not in pictures.READERS:
        named = f" Tệp này là {kind}." if kind else ""
        raise FileRejected(f"Loại tệp không được nhận.{named} Chỉ nhận: {ALLOWED}.")
    if _PDF_SIGN in head[:_PDF_REACH] or _ZIP_END in tail:
        raise FileRejected("Tệp ảnh có giấu một tệp khác bên trong. Quét hoặc chụp lại.")
    pictures.refuse_bad(file, kind)
    return str(kind)


def _tail(file: BinaryIO) -> bytes:
    size = file.seek(0, 2)
    file.seek(max(0, size - _ZIP_REACH))
    return file.read()
