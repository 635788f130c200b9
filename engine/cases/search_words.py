"""Words people search by, as a database finds them: without diacritics, and spelled out to put exact spellings first.

A text becomes lexemes, each beginning with the key of the agency whose case it names: a search is made of the lexemes of the
agencies somebody sees, and cannot ask for others (one_stop_shop 8.1, R43).
"""

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from engine.text import fold

#: Longer ones are cut, further ones ignored: nobody types them, and a query stays small.
LONGEST_WORD, MOST_ASKED = 40, 10
#: A shorter word is looked for whole: half the register begins with the same letter.
SHORTEST_BEGINNING = 2
#: Ends a part that other words may begin with.
BEGINNING = "*"
_PIECE = re.compile("(?:[^\\W_][\u0300-\u036f]*)+")
#: ``05/TNHS``, ``15a/QĐ-UBND``, or its beginning: number and symbol are one word, without leading zeros.
_PAPER = re.compile(r"0*([0-9]{1,6}[a-z]?)/([^\s/]*)")
_TONES = {"\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0301": "1", "\u0323": "5"}
_QUALITIES = {"\u0302": "6", "\u031b": "7", "\u0306": "8"}
_KEY_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_KEY_LENGTH = 4


@dataclass(frozen=True, order=True)
class Word:
    """``bare`` has no diacritics. ``spelled`` has them as digits, the tone at its end wherever it was put (hòa is hoà); it is
    empty for a number.
    """

    bare: str
    spelled: str

    @property
    def exact(self) -> str:
        """What follows the key in the lexeme of this very spelling."""
        return f"x{self.spelled}" if self.spelled else f"w{self.bare}"


def of(text: str) -> list[Word]:
    """The words of a text in their order, repeated ones once."""
    pieces = (one for paper, pieces in _chunks(text) for one in ([paper] if paper else pieces))
    return list(dict.fromkeys(_word(piece) for piece in pieces))


def parts_of(text: str) -> list[Word]:
    """Everything a text may be found by: its words, and what the number of a paper is made of (``skhcn`` of ``12/SKHCN``)."""
    pieces = (one for paper, pieces in _chunks(text) for one in ([paper, *pieces] if paper else pieces))
    return list(dict.fromkeys(_word(piece) for piece in pieces))


def _chunks(text: str) -> Iterator[tuple[str, list[str]]]:
    """What stands between blanks: a paper's number as one word (empty: it is none), and its pieces."""
    for chunk in unicodedata.normalize("NFD", text.replace("Ð", "Đ")).casefold().split():
        paper = _PAPER.fullmatch(fold(chunk))
        yield paper[1] + symbol(paper[2]) if paper else "", _PIECE.findall(chunk)


def asked(query: str) -> tuple[Word, ...]:
    """The words of what somebody typed into a search box; none where it holds neither letters nor digits."""
    return tuple(of(query)[:MOST_ASKED])


def paper_number(query: str) -> tuple[int, str] | None:
    """Number and symbol (see ``symbol``) of a query that is nothing but those of a paper; None otherwise."""
    found = _PAPER.fullmatch(fold(query).replace(" ", ""))
    return (int(found[1]), symbol(found[2])) if found and found[1].isdigit() and found[2] else None


def symbol(text: str) -> str:
    """A paper's symbol as it is compared: letters and digits alone, without diacritics."""
    return "".join(_PIECE.findall(fold(text)))


def lexemes(text: str, agency_id: uuid.UUID, stretch: int) -> str:
    """What is kept of a case's text: lexemes between blanks, one of them naming two days (see ``searching.stretch_of``)."""
    words, key = parts_of(text), key_of(agency_id)
    parts = {f"w{word.bare}" for word in words} | {word.exact for word in words}
    return " ".join(sorted(key + part for part in (*parts, f"t{stretch}")))


def key_of(agency_id: uuid.UUID) -> str:
    """Four letters and digits. Two agencies may share them: the rows found are asked for their agency all the same."""
    number = int.from_bytes(hashlib.blake2b(agency_id.bytes, digest_size=4).digest(), "big")
    return "".join(_KEY_LETTERS[number >> 5 * place & 31] for place in range(_KEY_LENGTH))


@dataclass(frozen=True)
class Question:
    """Words asked for among the cases of some agencies, in the languages of both databases."""

    words: tuple[Word, ...]
    keys: tuple[str, ...]

    @classmethod
    def among(cls, words: Iterable[Word], agency_ids: Iterable[uuid.UUID]) -> "Question":
        """The words in cases of these agencies."""
        return cls(tuple(words), tuple(sorted({key_of(one) for one in agency_ids})))

    def spelled(self) -> list[str]:
        """Every word as it was typed, diacritics and all."""
        return [word.exact for word in self.words]

    def whole(self) -> list[str]:
        """Every word, whatever its diacritics."""
        return [f"w{word.bare}" for word in self.words]

    def begun(self) -> list[str]:
        """The last word, and every number, or one that begins with it; the others whole."""
        last = len(self.words) - 1
        return [_begun(word) if place == last or not word.spelled else f"w{word.bare}" for place, word in enumerate(self.words)]

    def beginnings(self) -> list[str]:
        """Every word or one that begins with it."""
        return [_begun(word) for word in self.words]

    def for_postgresql(self, parts: Sequence[str]) -> list[str]:
        """All ``parts`` stand in the words of one case: a query for each key."""
        return [" & ".join(_quoted("'", key, part, ":*") for part in parts) for key in self.keys]

    def for_sqlite(self, parts: Sequence[str]) -> str:
        """The same for FTS5."""
        groups = (" AND ".join(_quoted('"', key, part, "*") for part in parts) for key in self.keys)
        return " OR ".join(f"({group})" for group in groups)

    def in_stretches(self, stretches: Sequence[int]) -> list[str]:
        """For PostgreSQL: the case was opened in one of these stretches of two days; a query for each key."""
        return [" | ".join(f"'{key}t{stretch}'" for stretch in stretches) for key in self.keys]


def _begun(word: Word) -> str:
    return f"w{word.bare}{BEGINNING if len(word.bare) >= SHORTEST_BEGINNING else ''}"


def _quoted(mark: str, key: str, part: str, beginning: str) -> str:
    whole = part.removesuffix(BEGINNING)
    return f"{mark}{key}{whole}{mark}{beginning if whole != part else ''}"


def _word(piece: str) -> Word:
    bare = fold(piece)[:LONGEST_WORD]
    return Word(bare, "" if any(c.isdigit() for c in bare) else _spelled(piece)[:LONGEST_WORD])


def _spelled(piece: str) -> str:
    letters, tones = [], []
    for c in piece:
        if c in _TONES:
            tones.append(_TONES[c])
        elif unicodedata.category(c) == "Mn":
            letters.append(_QUALITIES.get(c, "0"))
        else:
            letters.append("d9" if c == "đ" else c)
    return "".join(letters + tones)
