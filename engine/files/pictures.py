"""Pictures: whole, and small enough to open (R50). Only headers are read; nothing is decoded."""

import struct
from collections.abc import Callable, Mapping
from typing import BinaryIO

from engine.files.refusal import FileRejected

#: About a page of A3 at 600 dots an inch.
MOST_PIXELS = 100_000_000
_BROKEN = "Tệp ảnh bị cụt hoặc hỏng. Quét hoặc chụp lại rồi tải lên."
_PNG_SIGN = b"\x89PNG\r\n\x1a\n"
#: JPEG markers that carry the size, and those without content.
_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})
_TIFF_FORMATS = {3: "H", 4: "I"}


def refuse_bad(file: BinaryIO, kind: str) -> None:
    """Refuse (``FileRejected``) a picture that is broken, not whole, or larger than ``MOST_PIXELS``."""
    file.seek(0)
    try:
        width, height = READERS[kind](file)
    except (struct.error, ValueError, LookupError) as error:
        raise FileRejected(_BROKEN) from error
    if width < 1 or height < 1:
        raise FileRejected(_BROKEN)
    if width * height > MOST_PIXELS:
        raise FileRejected("Ảnh quá lớn (trên 100 triệu điểm ảnh). Quét lại ở 300 dpi rồi tải lên.")


def _png(file: BinaryIO) -> tuple[int, int]:
    """Width and height of a PNG that ends where its last chunk ends."""
    if file.read(8) != _PNG_SIGN:
        raise ValueError("no PNG")
    size = (0, 0)
    while True:
        length, name = struct.unpack(">I4s", file.read(8))
        content = file.read(min(length, 8))
        if name == b"IHDR":
            size = struct.unpack(">II", content)
        file.seek(length - len(content), 1)
        if len(file.read(4)) != 4:
            raise ValueError("cut off")
        if name == b"IEND":
            break
    if file.read(1):
        raise ValueError("something after the end")
    return size


def _jpeg(file: BinaryIO) -> tuple[int, int]:
    """Width and height of a JPEG that has an end."""
    if file.read(2) != b"\xff\xd8":
        raise ValueError("no JPEG")
    while True:
        sign, marker = struct.unpack(">BB", file.read(2))
        while marker == 0xFF:
            marker = file.read(1)[0]
        if sign != 0xFF:
            raise ValueError("no marker")
        if marker in _BARE_MARKERS:
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if marker in _SIZE_MARKERS:
            _bits, height, width = struct.unpack(">BHH", file.read(5))
            break
        file.seek(max(length - 2, 0), 1)
    if b"\xff\xd9" not in file.read():
        raise ValueError("cut off")
    return width, height


def _tiff(file: BinaryIO) -> tuple[int, int]:
    """Width and height of the first page of a TIFF."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}[file.read(4)]
    (place,) = struct.unpack(order + "I", file.read(4))
    file.seek(place)
    (count,) = struct.unpack(order + "H", file.read(2))
    size = {256: 0, 257: 0}
    for _ in range(count):
        tag, form, _number, value = struct.unpack(order + "HHI4s", file.read(12))
        if tag in size:
            size[tag] = struct.unpack_from(order + _TIFF_FORMATS[form], value)[0]
    return size[256], size[257]


READERS: Mapping[str, Callable[[BinaryIO], tuple[int, int]]] = {"image/png": _png, "image/jpeg": _jpeg, "image/tiff": _tiff}
