"""Vietnamese text: one normal form to store, one folded form to search (domain: one-stop-shop 8.1)."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


#: What a door answers where a text holds any.
NO_CONTROL_CHARACTERS = "Có ký tự điều khiển không nhìn thấy: hãy xóa đi rồi gõ lại."


def has_control_characters(text: str) -> bool:
    """Whether ``text`` holds NUL or another control character that no keyboard types; tabs and line breaks are fine."""
    return _FORBIDDEN.search(text) is not None


def clean(text: str) -> str:
    """``text`` as it is stored: NFC, control characters dropped, outer blanks removed (line breaks stay)."""
    return _FORBIDDEN.sub("", unicodedata.normalize("NFC", text)).strip()


def fold(text: str) -> str:
    """``text`` as it is searched: no diacritics, ``đ`` as ``d``, lower case, single blanks."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    return _SPACES.sub(" ", bare.replace("đ", "d").replace("Đ", "D").replace("Ð", "D").casefold()).strip()
