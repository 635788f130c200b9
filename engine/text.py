"""Vietnamese text: one normal form to store, one folded form to search (domain: one-stop-shop 8.1)."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean(text: str) -> str:
    """``text`` as it is stored: NFC, control characters dropped, outer blanks removed (line breaks stay)."""
    return _FORBIDDEN.sub("", unicodedata.normalize("NFC", text)).strip()


def fold(text: str) -> str:
    """``text`` as it is searched: no diacritics, ``đ`` as ``d``, lower case, single blanks."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    return _SPACES.sub(" ", bare.replace("đ", "d").replace("Đ", "D").replace("Ð", "D").casefold()).strip()
