"""Whole tables for the auditor: one snapshot, in a fixed order, row by row however many there are."""

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import fence
from engine.cases.models import Attachment, Case, Step, Timer
from engine.db import Base
from engine.dossiers.models import Slip
from engine.errors import NotFound
from engine.files.models import StoredFile
from engine.journal import entries
from engine.journal.models import JournalEntry
from engine.outbox.models import Notice, OutboxMessage
from engine.people.actors import Actor
from engine.registers.models import NumberSeries, RegisterEntry
from engine.transaction import session

#: Rows fetched at once.
BATCH = 1_000


@dataclass(frozen=True)
class Source:
    """One table of an export: what its rows are called, in which order they come, which columns stay inside."""

    name: str
    model: type[Base]
    order: tuple[str, ...] = ("id",)
    omitted: frozenset[str] = frozenset()


#: Export → its tables. Secrets, search texts and machine states stay inside.
EXPORTS: dict[str, tuple[Source, ...]] = {
    "cases": (Source("case", Case, ("agency_id", "opened_at", "id"), frozenset({"marking", "search_text"})),),
    "steps": (Source("step", Step, ("agency_id", "case_id", "opened_at", "id"), frozenset({"token"})),),
    "timers": (Source("timer", Timer, ("agency_id", "due_at", "position", "id"), frozenset({"token"})),),
    "numbers": (
        Source("series", NumberSeries, ("agency_id", "series", "period")),
        Source("register_entry", RegisterEntry, ("agency_id", "register", "year", "number")),
        Source("slip", Slip, ("agency_id", "series", "year", "number"), frozenset({"data"})),
    ),
    "files": (
        Source("stored_file", StoredFile, ("agency_id", "sha256")),
        Source("attachment", Attachment, ("agency_id", "case_id", "at", "id")),
    ),
    "outbox": (
        Source("outbox_message", OutboxMessage, ("agency_id", "created_at", "id")),
        Source("notice", Notice, ("agency_id", "at", "id")),
    ),
    "journal": (Source("journal_entry", JournalEntry, ("agency_id", "number")),),
}


def record(name: str, *, by: Actor) -> None:
    """Journal that ``by`` takes an export away (R36). Refuses an unknown one with ``NotFound``."""
    if name not in EXPORTS:
        raise NotFound(f"Không có bản xuất “{name}”; có: {', '.join(EXPORTS)}.")
    entries.append("data.exported", agency_id=by.agency_id, by=by, what=name)


def rows(name: str, agency_ids: Collection[uuid.UUID]) -> Iterator[dict[str, Any]]:
    """Every row of an export that belongs to ``agency_ids``, each with its ``kind``; all of one snapshot.

    Uses a connection of its own until the last row is taken: rows written meanwhile do not appear.
    """
    bind = session().get_bind()
    engine = bind if isinstance(bind, Engine) else bind.engine
    with _snapshot(engine) as connection:
        for source in EXPORTS[name]:
            for row in connection.execute(_query(source, agency_ids)).mappings():
                yield {"table": source.name, **row}


def _query(source: Source, agency_ids: Collection[uuid.UUID]) -> sa.Select[*tuple[Any, ...]]:
    columns = source.model.__table__.columns
    wanted = [column for column in columns if column.name not in source.omitted]
    query = sa.select(*wanted)
    return query.where(columns["agency_id"].in_(sorted(agency_ids))).order_by(*(columns[name] for name in source.order))


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """A reading connection that sees one instant (SQLite's ``BEGIN``, PostgreSQL's repeatable read) and streams."""
    options: dict[str, Any] = {"yield_per": BATCH}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with engine.connect().execution_options(**options) as connection:
        fence.keep_on(connection)
        yield connection
