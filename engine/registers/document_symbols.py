"""Number and symbol of a document (số và ký hiệu), read and written: nothing but text."""

import re

#: Number, letter of a number put between two others, and symbol of an outgoing document: ``15/QĐ-UBND``, ``15a/QĐ-UBND``.
_NUMBER = re.compile(r"([0-9]{1,6})([a-z]?)/(\S+)")


def read(text: str) -> tuple[int, str] | None:
    """Ordinal and series of a typed number, None where it is none. Equal series and ordinal are the same number, however typed.

    >>> read("15/QĐ-UBND"), read("015a/qđ-ubnd")
    ((15, 'QĐ-UBND'), (15, 'a/QĐ-UBND'))
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    ordinal, letter, symbol = found.groups()
    return int(ordinal), f"{letter}/{symbol.upper()}" if letter else symbol.upper()


def written(ordinal: int, symbol: str) -> str:
    """Number and symbol as printed; below ten with a leading zero (NĐ 30/2020 Phụ lục I)."""
    return f"{ordinal:02d}/{symbol}"
