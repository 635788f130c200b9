"""Reads papers back as somebody outside would: the text of a PDF, the codes in a picture."""

import io
import json
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import zxingcpp

SLIPS = Path(__file__).parents[2] / "processes" / "dossier" / "slips"
SAMPLES = Path(__file__).with_name("samples")
ISSUED_AT = datetime(2026, 11, 24, 1, 37, tzinfo=UTC)


def sample(slip: str) -> dict[str, Any]:
    """The data of a slip as the dossiers build it."""
    data: dict[str, Any] = json.loads((SAMPLES / f"{slip}.json").read_text(encoding="utf-8"))
    return data


def template(slip: str) -> bytes:
    return (SLIPS / f"{slip}.typ").read_bytes()


def pages(paper: bytes) -> list[str]:
    """The text layer of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages]


def text(paper: bytes) -> str:
    """The text layer with every run of white space as one space."""
    return " ".join(" ".join(pages(paper)).split())


def codes(picture: bytes, *, share: float = 1.0) -> dict[str, str]:
    """What a scanner reads on the upper share of a PNG: format to text."""
    width, rows = red_channel(picture, share)
    view = memoryview(bytearray().join(rows)).cast("B", shape=[len(rows), width])
    return {str(found.format): found.text for found in zxingcpp.read_barcodes(view)}


def red_channel(picture: bytes, share: float) -> tuple[int, list[bytearray]]:
    """Width and rows of the red values of an eight-bit RGB or RGBA PNG (enough for black on white)."""
    width, height, depth, colour = struct.unpack(">IIBB", picture[16:26])
    assert (depth, colour) in ((8, 2), (8, 6))
    channels = 3 if colour == 2 else 4
    packed, at = b"", 8
    while at < len(picture):
        (size,) = struct.unpack(">I", picture[at : at + 4])
        if picture[at + 4 : at + 8] == b"IDAT":
            packed += picture[at + 8 : at + 8 + size]
        at += size + 12
    raw = zlib.decompress(packed)
    stride = 1 + channels * width
    rows = [bytearray(width)]
    for start in range(0, int(height * share) * stride, stride):
        rows.append(_unfiltered(raw[start], raw[start + 1 : start + stride : channels], rows[-1]))
    return width, rows[1:]


def _unfiltered(kind: int, row: bytes, above: bytearray) -> bytearray:
    if kind == 2 and not any(row):
        return above
    values, left, corner = bytearray(len(row)), 0, 0
    for index, value in enumerate(row):
        up = above[index]
        guess = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]
        left = values[index] = (value + guess) & 255
        corner = up
    return values


def _paeth(left: int, up: int, corner: int) -> int:
    whole = left + up - corner
    return min((left, up, corner), key=lambda value: abs(whole - value))
