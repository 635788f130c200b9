"""``journal.verify_*``: ``journal verify`` over a million entries as offices write them, on both kinds of databases.

The entries are those of steps: a soundly chained history of one agency. Rates count the whole verification, reading included.
"""

import statistics
import time
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import db, transaction
from engine.journal import verify
from engine.journal.entries import canonical, digest
from engine.journal.models import JournalEntry, JournalHead
from engine.people import agencies
from tests.bench import places
from tests.bench.lines import Pattern, load, moment

ROWS = 1_000_000
_AT_ONCE = 20_000
_TABLE = cast(sa.Table, JournalEntry.__table__)
_ACTOR = {"address": "10.1.2.3", "login": "clerk", "name": "Nguyễn Thị Thu Hà", "roles": ["clerk"], "title": "Công chức một cửa"}
_FACTS = {"actor": _ACTOR, "element": "process", "name": "Xử lý hồ sơ", "role": "officer", "visit": 1}
_KINDS = ("step.opened", "step.claimed", "step.completed", "handover.sent", "handover.received")


def measure(place: Path, rounds: int) -> dict[str, float]:
    """Entries a second on each database (the median of the rounds), and the lower of the two under the name without one."""
    found = {f"journal.verify_rows_per_s.{kind}": _on(kind, place, rounds) for kind in ("sqlite", "postgresql")}
    return {**found, "journal.verify_rows_per_s": min(found.values())}


def _on(kind: str, place: Path, rounds: int) -> float:
    with places.database(kind, place, "journal", "tables") as url:
        fill(url, ROWS)
        engine = db.create_engine(url)
        sessions = transaction.use_engine(engine)
        try:
            return statistics.median(_rate() for _ in range(min(rounds, 3)))
        finally:
            sessions.remove()
            engine.dispose()


def fill(url: str, count: int) -> None:
    """Give a new agency ``count`` entries more, soundly chained."""
    engine = db.create_engine(url)
    sessions = transaction.use_engine(engine)
    with transaction.transaction():
        agency_id = agencies.create("H31.1", "UBND xã", "commune").id
    first = transaction.session().execute(sa.select(_TABLE).where(_TABLE.c.agency_id == agency_id)).mappings().one()
    pattern = Pattern(_TABLE, dict(first), ("number", "at", "kind", "person_id", "case_id", "content", "previous_hash", "hash"))
    sessions.remove()
    engine.dispose()
    # COPY is refused to those whom a fence binds
    writer = db.create_engine(url if url.startswith("sqlite") else places.as_administrator(url))
    _write(writer, pattern, _Line(agency_id, first["number"], first["at"], "", None, None, "", first["hash"]), count)
    writer.dispose()


def _rate() -> float:
    started = time.perf_counter()
    faults = verify.verify()
    seconds = time.perf_counter() - started
    count = verify.count()
    transaction.session().rollback()
    if faults:
        raise RuntimeError(f"the chain is not sound: {faults[0].reason}")
    return count / seconds


@dataclass(frozen=True, slots=True)
class _Line:
    """One entry, and its hash."""

    agency_id: uuid.UUID
    number: int
    at: datetime
    kind: str
    person_id: uuid.UUID | None
    case_id: uuid.UUID | None
    content: str
    hash: str = ""


def _write(engine: Engine, pattern: Pattern, last: _Line, count: int) -> None:
    until = last.number + count
    with engine.connect().execution_options(is_writing=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL timezone = 'UTC'")
        while last.number < until:
            lines, last = _batch(pattern, last, min(_AT_ONCE, until - last.number))
            load(connection, pattern, lines)
        heads = sa.update(JournalHead).where(JournalHead.agency_id == last.agency_id)
        connection.execute(heads.values(number=last.number, hash=last.hash))


def _batch(pattern: Pattern, last: _Line, count: int) -> tuple[list[str], _Line]:
    """The lines of the next ``count`` entries, and the last of them."""
    lines: list[str] = []
    person_id, case_id, content = uuid.uuid4(), uuid.uuid4(), ""
    for number in range(last.number + 1, last.number + count + 1):
        if number % 20 == 1 or not content:
            case_id = uuid.uuid4()
            content = canonical({**_FACTS, "step_id": case_id})
        at = last.at + timedelta(microseconds=1)
        said = _Line(last.agency_id, number, at, _KINDS[number % len(_KINDS)], person_id, case_id, content)
        own = digest(last.hash, said)
        given = {"number": str(number), "at": moment(at), "kind": said.kind, "content": content}
        ids = {"person_id": person_id.hex, "case_id": case_id.hex}
        lines.append(pattern.line(**given, **ids, previous_hash=last.hash, hash=own))
        last = replace(said, hash=own)
    return lines, last
