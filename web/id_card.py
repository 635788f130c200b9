"""The text of a chip identity card's QR code, as a barcode scanner types it (Bộ Công an, thẻ căn cước có chip)."""

import re
from dataclasses import dataclass

from engine.text import clean

_ID, _OLD_ID, _DAY = re.compile(r"\d{12}"), re.compile(r"\d{9}"), re.compile(r"(\d{2})(\d{2})(\d{4})")
_FEWEST_PARTS = 6


@dataclass(frozen=True)
class IdCard:
    """What the code says; ``birth_date`` as typed in forms (``01/01/1990``)."""

    id_number: str
    full_name: str
    birth_date: str
    sex: str
    address: str


def read(text: str) -> IdCard | None:
    """``012345678901|123456789|Nguyễn Văn A|01011990|Nam|Số 1, đường B|01012022`` taken apart; None for any other text.

    The old number may be empty; cards without a day of issue are read too.
    """
    parts = [clean(part) for part in text.split("|")]
    if len(parts) < _FEWEST_PARTS or not _ID.fullmatch(parts[0]) or not parts[2]:
        return None
    if parts[1] and not _OLD_ID.fullmatch(parts[1]):
        return None
    born = _DAY.fullmatch(parts[3])
    return IdCard(parts[0], parts[2], "/".join(born.groups()) if born else "", parts[4], parts[5])
