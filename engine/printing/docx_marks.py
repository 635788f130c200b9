"""The codes of a slip as PNG pictures, for Word files: QR (ISO/IEC 18004) and Code 128 (ISO/IEC 15417), one bit a dot."""

import io
import struct
import zlib

import segno

from engine.printing import codes

#: Dots of one module, height of a bar code in dots.
_DOTS, _HIGH = 4, 96


def qr(text: str) -> bytes:
    """The QR code ``codes.qr`` draws, as PNG."""
    picture = io.BytesIO()
    segno.make_qr(text, error="m").save(picture, kind="png", scale=6, border=4)
    return picture.getvalue()


def code128(text: str) -> bytes:
    """The bar code ``codes.code128`` draws, as PNG."""
    bars = codes.code128_bars(text)
    dots = "".join(bar * _DOTS for bar in bars)
    padded = dots.ljust(-(-len(dots) // 8) * 8, "0")
    row = b"\x00" + bytes(255 - int(padded[at : at + 8], 2) for at in range(0, len(padded), 8))
    head = struct.pack(">IIBBBBB", len(dots), _HIGH, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(row * _HIGH, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
