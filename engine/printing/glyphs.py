"""Which characters can be printed: asked when a text is typed, so that nobody learns it from a slip that will not print."""

import functools
import struct
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FONTS = Path(__file__).with_name("fonts")
#: Line ends and tabs are white space to the compositor, whatever the font holds.
_WHITE = frozenset("\t\n\r")
#: A byte order mark inside a text is forbidden in PDF/A; other format characters are simply invisible.
_FORBIDDEN = frozenset({0xFEFF})
#: They change the order in which the rest is read, so that paper and screen could say different things (Unicode UAX #9).
_REORDERING = frozenset({*range(0x202A, 0x202F), *range(0x2066, 0x206A)})
#: Control and private characters, which a font may map but a text may not hold.
_NEVER = frozenset({"Cc", "Co"})


def unprintable(text: str) -> list[str]:
    """The characters of a text that Tinos lacks in one of its four cuts, each once, in the order met; empty when all print.

    Looked at in NFC, as the paper shows it. Invisible format characters pass; those that reorder a text do not, nor do private,
    control and unassigned ones.
    """
    known = printable()
    met = dict.fromkeys(unicodedata.normalize("NFC", text))
    return [character for character in met if ord(character) not in known and not _is_invisible(character)]


def refusal(text: str) -> str | None:
    """The sentence that refuses a text which cannot be printed as typed, naming its characters; None where all print."""
    found = unprintable(text)
    if not found:
        return None
    shown = " ".join(_shown(character) for character in found)
    return f"Phiếu không in được ký tự: {shown}. Hãy bỏ ký tự này."


def spelled_out(value: Any) -> Any:
    """Plain data with each character that cannot be printed as its code, ``[U+2610]``: for papers no odd letter may hold up."""
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value)
        for character in unprintable(text):
            text = text.replace(character, f"[U+{ord(character):04X}]")
        return text
    if isinstance(value, Mapping):
        return {key: spelled_out(part) for key, part in value.items()}
    return [spelled_out(part) for part in value] if isinstance(value, list | tuple) else value


def _shown(character: str) -> str:
    """A character as a sentence can show it: itself, or its code where it would be invisible or reorder the sentence."""
    is_visible = unicodedata.category(character)[0] in "LMNPS"
    return character if is_visible else f"U+{ord(character):04X}"


@functools.cache
def printable() -> frozenset[int]:
    """Code points present in every vendored cut, because a name is printed upright here and bold there."""
    cuts = [code_points(path.read_bytes()) for path in sorted(_FONTS.glob("*.ttf"))]
    return (
        frozenset(code for code in frozenset.intersection(*cuts) if unicodedata.category(chr(code)) not in _NEVER)
        - _FORBIDDEN
        - _REORDERING
    )


def code_points(font: bytes) -> frozenset[int]:
    """The Unicode code points a TrueType font maps to a glyph (OpenType ``cmap``, Windows Unicode BMP, format 4)."""
    table = _table(font, b"cmap")
    (count,) = struct.unpack_from(">H", table, 2)
    records = [struct.unpack_from(">HHI", table, 4 + 8 * index) for index in range(count)]
    start = next(offset for platform, encoding, offset in records if (platform, encoding) == (3, 1))
    segments = struct.unpack_from(">H", table, start + 6)[0] // 2
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{segments}H", table, start + 14 + 2 * segments * part + (2 if part else 0)) for part in range(4)
    )
    found = set()
    for index in range(segments):
        for code in range(starts[index], ends[index] + 1):
            glyph = code
            if offsets[index]:
                place = start + 16 + 6 * segments + 2 * index + offsets[index] + 2 * (code - starts[index])
                (glyph,) = struct.unpack_from(">H", table, place)
            if (glyph + deltas[index]) & 0xFFFF and (glyph or not offsets[index]):
                found.add(code)
    return frozenset(found - {0xFFFF})


def _table(font: bytes, name: bytes) -> bytes:
    (count,) = struct.unpack_from(">H", font, 4)
    for index in range(count):
        tag, _, offset, length = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        if tag == name:
            return font[offset : offset + length]
    raise ValueError(f"The font has no table {name!r}.")


def _is_invisible(character: str) -> bool:
    if character in _WHITE:
        return True
    return unicodedata.category(character) == "Cf" and ord(character) not in _FORBIDDEN | _REORDERING
