"""Anchors: the chains' ends, signed, in a file the database's administrator cannot write (R39).

The file holds one JSON object a line: ``at``, ``heads`` (agency id → [number, hash]), ``previous`` (SHA-256 of the line before)
and ``signature`` (HMAC-SHA256 with the secret key over the rest). A chain's end proves everything before it.
"""

import hashlib
import hmac
import json
import os
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa

from engine import clock, settings, transaction
from engine.errors import EngineError
from engine.journal.entries import canonical
from engine.journal.models import JournalHead

#: A chain that grew by so many entries is anchored again on the same day (R39).
ROWS = 1_000
#: Of PostgreSQL's advisory locks: one writer of anchor files at a time, on all machines.
_LOCK = 0x616E63686F72
#: How every line begins: keys are sorted.
_BEGINNING = b'{"at": "'

_Heads = Mapping[uuid.UUID, tuple[int, str]]


class AnchorAltered(EngineError, ValueError):
    """Somebody changed the anchor file: it proves nothing any more."""

    code = "anchor_altered"


@dataclass(frozen=True)
class Point:
    """One chain's end as it was once written down: ``hash`` is that of its entry ``number`` at that time."""

    agency_id: uuid.UUID
    number: int
    hash: str
    at: str


@dataclass
class _Tail:
    """What a file says so far, read on from where this process stopped."""

    offset: int = 0
    numbers: dict[str, int] = field(default_factory=dict)
    last_line: str = ""
    #: When all chains were anchored last.
    at: datetime | None = None


_tails: dict[Path, _Tail] = {}


def usual_path() -> Path:
    """Where anchors are kept when nobody names a file: one file for each year below the data folder."""
    return _folder() / f"{clock.today().year}.jsonl"


def usual_files() -> list[Path]:
    """Every file of the usual place, the oldest first."""
    return sorted(_folder().glob("*.jsonl"))


def is_due(path: Path) -> bool:
    """Whether ``path`` says nothing of today yet, or a chain grew by ``ROWS`` entries since it was anchored there."""
    return _is_due(_tail(path), _heads())


def keep(path: Path) -> bool:
    """Append the present heads to ``path`` where it is due; whether it was. Inside the caller's transaction, one at a time."""
    _wait_for_others()
    is_needed = is_due(path)
    if is_needed:
        _append(path, _heads())
    return is_needed


def write(path: Path) -> int:
    """Append the present heads to ``path`` and have them on disk; answers how many chains were anchored. As ``keep``."""
    _wait_for_others()
    heads = _heads()
    _append(path, heads)
    return len(heads)


def points(path: Path) -> Iterator[Point]:
    """Everything an anchor file says. ``AnchorAltered`` for a changed file; a last line that was cut short is passed over."""
    previous = ""
    lines, _, _torn = path.read_text(encoding="utf-8", errors="replace").rpartition("\n")
    for place, line in enumerate(lines.splitlines(), start=1):
        record = _proved(line, previous)
        if record is None:
            raise AnchorAltered(f"Tệp neo {path.name} bị sửa ở dòng {place}: chữ ký hoặc nối dòng không đúng.")
        for agency, (number, value) in record["heads"].items():
            yield Point(uuid.UUID(agency), number, value, record["at"])
        previous = line


def _proved(line: str, previous: str) -> dict[str, Any] | None:
    """The record of a line, if its signature holds and it follows ``previous``."""
    try:
        record: dict[str, Any] = json.loads(line)
        signature = str(record.pop("signature"))
        is_good = record["previous"] == _line_hash(previous) and hmac.compare_digest(signature, _signature(record))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return record if is_good else None


def _append(path: Path, heads: _Heads) -> None:
    """One line, on disk before this returns. What a power cut left of a line before goes first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tail = _tail(path)
    record: dict[str, Any] = {
        "at": clock.now().isoformat(),
        "heads": {str(agency_id): list(end) for agency_id, end in heads.items()},
        "previous": _line_hash(tail.last_line),
    }
    record["signature"] = _signature(record)
    with path.open("a+b") as file:
        _cut_torn_line(file, tail.offset, path)
        file.write(json.dumps(record, sort_keys=True).encode("ascii") + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _cut_torn_line(file: BinaryIO, offset: int, path: Path) -> None:
    """Drop the beginning of a record without its end; a file that ends otherwise is not ours to cut (``AnchorAltered``)."""
    file.seek(offset)
    torn = file.read(len(_BEGINNING))
    if torn and not _BEGINNING.startswith(torn):
        raise AnchorAltered(f"Tệp {path.name} không phải tệp neo hoặc đã bị sửa ở cuối: chọn tệp khác.")
    file.truncate(offset)


def _tail(path: Path) -> _Tail:
    """What the file says by now; whole lines alone."""
    tail = _tails.get(path)
    size = path.stat().st_size if path.exists() else 0
    if tail is None or size < tail.offset:
        tail = _tails[path] = _Tail()
    if size > tail.offset:
        with path.open("rb") as file:
            file.seek(tail.offset)
            fresh, end, _torn = file.read().rpartition(b"\n")
        for line in fresh.decode("utf-8", "replace").splitlines() if end else ():
            _learn(tail, line)
        tail.offset += len(fresh) + len(end)
    return tail


def _learn(tail: _Tail, line: str) -> None:
    tail.last_line = line
    try:
        record = json.loads(line)
        tail.numbers.update({agency: int(number) for agency, (number, _) in record["heads"].items()})
        tail.at = datetime.fromisoformat(record["at"])
    except (ValueError, KeyError, TypeError, AttributeError):
        tail.at = None  # not ours: whoever checks the file is told


def _is_due(tail: _Tail, heads: _Heads) -> bool:
    if tail.at is None or clock.local(tail.at).date() < clock.today():
        return True
    return any(number - tail.numbers.get(str(agency_id), 0) >= ROWS for agency_id, (number, _) in heads.items())


def _heads() -> _Heads:
    rows = transaction.session().execute(sa.select(JournalHead.agency_id, JournalHead.number, JournalHead.hash))
    return {agency_id: (number, value) for agency_id, number, value in rows}


def _wait_for_others() -> None:
    """SQLite has one writer anyway."""
    if transaction.session().get_bind().dialect.name == "postgresql":
        transaction.session().execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _folder() -> Path:
    return settings.load().data_dir / "anchors"


def _signature(record: dict[str, Any]) -> str:
    key = hashlib.sha256(b"journal anchor\n" + settings.load().secret_key.encode()).digest()
    return hmac.new(key, canonical(record).encode(), hashlib.sha256).hexdigest()


def _line_hash(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()
