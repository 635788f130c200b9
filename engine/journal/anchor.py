"""Anchors: the chains' ends, signed, in a file the database's administrator cannot write (R39).

The file holds one JSON object a line: ``at``, ``heads`` (agency id → [number, hash]), ``previous`` (SHA-256 of the line before)
and ``signature`` (HMAC-SHA256 with the secret key over the rest).
"""

import hashlib
import hmac
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine import clock, settings, transaction
from engine.errors import EngineError
from engine.journal.entries import canonical
from engine.journal.models import JournalEntry, JournalHead
from engine.journal.verify import Fault


class AnchorAltered(EngineError, ValueError):
    """Somebody changed the anchor file: it proves nothing any more."""

    code = "anchor_altered"


def usual_path() -> Path:
    """Where anchors are kept when nobody names a file: one file for each year below the data folder."""
    return _folder() / f"{clock.today().year}.jsonl"


def newest() -> Path | None:
    """The newest file of the usual place; None where nothing was anchored there yet."""
    return max(_folder().glob("*.jsonl"), default=None)


def write(path: Path) -> int:
    """Append the present heads to ``path`` and have them on disk; answers how many chains were anchored."""
    path.parent.mkdir(parents=True, exist_ok=True)
    heads = transaction.session().execute(sa.select(JournalHead.agency_id, JournalHead.number, JournalHead.hash)).all()
    record: dict[str, Any] = {
        "at": clock.now().isoformat(),
        "heads": {str(agency_id): [number, value] for agency_id, number, value in heads},
        "previous": _line_hash(_last_line(path)),
    }
    record["signature"] = _signature(record)
    with path.open("a", encoding="ascii") as file:
        file.write(json.dumps(record, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return len(heads)


def check(path: Path) -> list[Fault]:
    """Compare every anchored head with the journal: the first fault of each agency. ``AnchorAltered`` for a changed file."""
    faults: dict[uuid.UUID, Fault] = {}
    for record in _records(path):
        for agency, (number, value) in record["heads"].items():
            agency_id = uuid.UUID(agency)
            if agency_id not in faults and number and _hash_of(agency_id, number) != value:
                faults[agency_id] = Fault(agency_id, number, f"Bút toán số {number} khác với dấu đã neo lúc {record['at']}.")
    return list(faults.values())


def _records(path: Path) -> Iterator[dict[str, Any]]:
    """Every line of an anchor file, proved by its signature and by the line before."""
    previous = ""
    for place, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        try:
            record = json.loads(line)
            signature = str(record.pop("signature"))
            is_good = record["previous"] == _line_hash(previous) and hmac.compare_digest(signature, _signature(record))
        except (ValueError, KeyError, TypeError, AttributeError):
            is_good = False
        if not is_good:
            raise AnchorAltered(f"Tệp neo {path.name} bị sửa ở dòng {place}: chữ ký hoặc nối dòng không đúng.")
        yield record
        previous = line


def _folder() -> Path:
    return settings.load().data_dir / "anchors"


def _hash_of(agency_id: uuid.UUID, number: int) -> str | None:
    entry = transaction.session().get(JournalEntry, (agency_id, number), populate_existing=True)
    return entry.hash if entry else None


def _signature(record: dict[str, Any]) -> str:
    key = hashlib.sha256(b"journal anchor\n" + settings.load().secret_key.encode()).digest()
    return hmac.new(key, canonical(record).encode(), hashlib.sha256).hexdigest()


def _line_hash(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def _last_line(path: Path) -> str:
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return lines[-1] if lines else ""
