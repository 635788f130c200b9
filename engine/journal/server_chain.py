"""The chain extended by PostgreSQL itself, in the round trip of the commit.

The chain's head is locked from here to the end of the transaction, and all other writers of the office wait for it. Were the
hashes computed here, they would also wait until this process has been told the head and has answered.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from engine.drivers import Call, Prepared

#: The most entries one statement takes; each number of them has a statement of its own.
MOST = 16
#: Arguments of an entry: moment, kind, person, case, content, and what is hashed after its number.
_EACH = 6
_HASH = (
    "encode(sha256(convert_to({former}.hash || E'\\n' || $1::uuid || E'\\n' || ({former}.number + 1) || {said}, 'UTF8')), 'hex')"
)


_HEAD = "former AS MATERIALIZED (SELECT number, hash FROM journal_head WHERE agency_id = $1::uuid FOR UPDATE)"
_INTO = "INSERT INTO journal_entry (agency_id, number, at, kind, person_id, case_id, content, previous_hash, hash)"


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry as it is written; ``said`` is what is hashed after its number (``entries.said``)."""

    at: datetime
    kind: str
    person_id: uuid.UUID | None
    case_id: uuid.UUID | None
    content: str
    said: str


@dataclass(frozen=True, slots=True)
class Extension:
    """Entries of one agency, to be numbered and chained in their order. See ``transaction.Kept``."""

    agency_id: uuid.UUID
    entries: Sequence[Sealed]

    def calls(self) -> list[Call]:
        """The statements that do it. An agency whose chain was never opened is refused by the database."""
        parts = [self.entries[start : start + MOST] for start in range(0, len(self.entries), MOST)]
        return [(_statement(len(part)), [_text(self.agency_id), *_arguments(part)]) for part in parts]


def _arguments(entries: Sequence[Sealed]) -> list[bytes | None]:
    return [
        value
        for entry in entries
        for value in (
            entry.at.isoformat().encode(),
            entry.kind.encode(),
            _text(entry.person_id),
            _text(entry.case_id),
            entry.content.encode(),
            entry.said.encode(),
        )
    ]


def _text(value: uuid.UUID | None) -> bytes | None:
    return None if value is None else str(value).encode()


@lru_cache(maxsize=MOST)
def _statement(count: int) -> Prepared:
    """Lock the head, chain ``count`` entries to it, write them, move the head. Without a head the first number is missing."""
    chain = ", ".join(_chained(place) for place in range(count))
    rows = " UNION ALL ".join(_row(place) for place in range(count))
    last = f"chained_{count - 1}"
    moved = f"UPDATE journal_head SET number = {last}.number, hash = {last}.hash FROM {last} WHERE agency_id = $1::uuid"  # noqa: S608 - as above
    return Prepared.of(f"WITH {_HEAD}, {chain}, written AS ({_INTO} {rows}) {moved}")


def _chained(place: int) -> str:
    """The entry's number, the hash before it and its own."""
    former = f"chained_{place - 1}" if place else "former"
    source = former if place else "(SELECT) AS always LEFT JOIN former ON true"
    own = _HASH.format(former=former, said=f"{_place(place, _EACH - 1)}::text")
    columns = f"{former}.number + 1 AS number, {former}.hash AS previous, {own} AS hash"
    return f"chained_{place} AS MATERIALIZED (SELECT {columns} FROM {source})"  # noqa: S608 - numbers of places alone


def _row(place: int) -> str:
    types = ("timestamptz", "text", "uuid", "uuid", "text")
    values = ", ".join(f"{_place(place, part)}::{kind}" for part, kind in enumerate(types))
    return f"SELECT $1::uuid, number, {values}, previous, hash FROM chained_{place}"  # noqa: S608 - numbers of places alone


def _place(entry: int, part: int) -> str:
    return f"${2 + entry * _EACH + part}"
