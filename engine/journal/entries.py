"""Append to the journal. Entries are collected during a transaction and sealed as its last act."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import clock, rows, transaction
from engine.journal.models import JournalEntry, JournalHead
from engine.journal.server_chain import Extension, Sealed
from engine.statements import Statement

_WAITING = "journal"
GENESIS = "0" * 64
_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS
_HEADS = cast(sa.Table, JournalHead.__table__)
_LOCKED_HEAD = Statement(
    lambda: sa.select(_HEADS.c.number, _HEADS.c.hash).where(_HEADS.c.agency_id == sa.bindparam("agency")).with_for_update()
)
_ADVANCE = Statement(lambda: sa.update(_HEADS).where(_HEADS.c.agency_id == sa.bindparam("agency")), ("number", "hash"))


class Author(Protocol):
    """Whoever acts: ``engine.people.actors.Actor`` fits."""

    @property
    def person_id(self) -> uuid.UUID | None: ...
    def as_record(self) -> dict[str, Any]: ...


class Entry(Protocol):
    """What is hashed: a ``JournalEntry`` or a plain row with the same columns."""

    @property
    def agency_id(self) -> uuid.UUID: ...
    @property
    def number(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def kind(self) -> str: ...
    @property
    def person_id(self) -> uuid.UUID | None: ...
    @property
    def case_id(self) -> uuid.UUID | None: ...
    @property
    def content(self) -> str: ...


@dataclass
class _Waiting:
    """An entry of this transaction; its number, 0 before, comes when it is sealed."""

    agency_id: uuid.UUID
    kind: str
    at: datetime
    person_id: uuid.UUID | None
    case_id: uuid.UUID | None
    content: str
    number: int = 0


def append(kind: str, *, agency_id: uuid.UUID, by: Author | None, case_id: uuid.UUID | None = None, **facts: Any) -> None:
    """Record that ``kind`` (past tense, dotted) happened in ``agency_id``.

    ``by`` is None for the engine's own acts. ``facts`` are JSON-able values: subject, before, after, reason. The entry gets
    its number and hash when the transaction commits; it is lost with it when it does not.
    """
    content = {key: value for key, value in facts.items() if value is not None}
    if by is not None:
        content["actor"] = by.as_record()
    entry = _Waiting(agency_id, kind, clock.now(), by.person_id if by else None, case_id, canonical(content))
    transaction.scratch().setdefault(_WAITING, []).append(entry)
    transaction.before_commit(_seal)


def canonical(content: Mapping[str, Any]) -> str:
    """Canonical JSON: sorted keys, no blanks, UTF-8; instants and ids as text."""
    return orjson.dumps(content, default=_as_text, option=_CANONICAL).decode()


def digest(previous_hash: str, entry: Entry) -> str:
    """SHA-256, hex, over the former hash and everything this row says (R37). No part but the last can hold a line break."""
    return hashlib.sha256(f"{previous_hash}\n{entry.agency_id}\n{entry.number}{said(entry)}".encode()).hexdigest()


def said(entry: Entry) -> str:
    """What is hashed of a row after its number."""
    return f"\n{entry.at.isoformat()}\n{entry.kind}\n{entry.person_id or ''}\n{entry.case_id or ''}\n{entry.content}"


def open_chain(agency_id: uuid.UUID) -> None:
    """Give a new agency the start of its chain, so that two first entries never race. Called where the agency is created."""
    transaction.session().add(JournalHead(agency_id=agency_id, number=0, hash=GENESIS))


def _as_text(value: Any) -> Any:
    """Of what JSON has no word for; a named tuple is a list."""
    return list(value) if isinstance(value, tuple) else str(value)


def _seal(_: Session) -> None:
    """Number and chain what this transaction recorded, agency by agency in a fixed order (no deadlocks)."""
    waiting: list[_Waiting] = transaction.scratch().pop(_WAITING, [])
    by_agency: dict[uuid.UUID, list[_Waiting]] = {}
    for entry in waiting:
        by_agency.setdefault(entry.agency_id, []).append(entry)
    extend = _extend_by_server if transaction.driver().dialect.name == "postgresql" else _extend_here
    for agency_id in sorted(by_agency):
        extend(agency_id, by_agency[agency_id])


def _extend_by_server(agency_id: uuid.UUID, entries: list[_Waiting]) -> None:
    sealed = [Sealed(one.at, one.kind, one.person_id, one.case_id, one.content, said(one)) for one in entries]
    extension = Extension(agency_id, sealed)
    transaction.keep(id(extension), extension)


def _extend_here(agency_id: uuid.UUID, entries: list[_Waiting]) -> None:
    head = _LOCKED_HEAD.first(agency=agency_id)
    if head is None:
        raise LookupError(f"the journal of agency {agency_id} was never opened")
    number, previous = head
    sealed: list[dict[str, Any]] = []
    for entry in entries:
        entry.number = number = number + 1
        own = digest(previous, entry)
        sealed.append({**vars(entry), "previous_hash": previous, "hash": own})
        previous = own
    rows.write(JournalEntry, sealed)
    _ADVANCE.run(agency=agency_id, number=number, hash=previous)
