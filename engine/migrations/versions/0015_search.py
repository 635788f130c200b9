"""Words cases are found by, in a full-text index of either database; existing cases are filled in. An index to count by."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from engine.cases import search_words

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

#: What SQLite keeps of a row of ``case_search`` in the full-text table beside it.
FULL_TEXT = (
    "CREATE VIRTUAL TABLE case_search_fts USING fts5(words, content='case_search', content_rowid='number', detail='none',"
    " columnsize=0, tokenize='ascii')",
    "CREATE TRIGGER case_search_written AFTER INSERT ON case_search BEGIN"
    " INSERT INTO case_search_fts (rowid, words) VALUES (new.number, new.words); END",
    "CREATE TRIGGER case_search_removed AFTER DELETE ON case_search BEGIN"
    " INSERT INTO case_search_fts (case_search_fts, rowid, words) VALUES ('delete', old.number, old.words); END",
    "CREATE TRIGGER case_search_changed AFTER UPDATE ON case_search BEGIN"
    " INSERT INTO case_search_fts (case_search_fts, rowid, words) VALUES ('delete', old.number, old.words);"
    " INSERT INTO case_search_fts (rowid, words) VALUES (new.number, new.words); END",
)
_AT_ONCE = 1_000
_STRETCH_SECONDS, _STRETCH_BITS = 2 * 24 * 3600, 40
_CASES = sa.text(
    'SELECT c.id, c.agency_id, c.code, c.title, c.opened_at, c.search_text, d.owner, d.submitter FROM "case" c'
    " LEFT JOIN dossier d ON d.case_id = c.id ORDER BY c.opened_at, c.id"
)


def upgrade() -> None:
    op.create_table(
        "case_search",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_search_case_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_case_search")),
        sa.UniqueConstraint("case_id", name=op.f("uq_case_search_case_id")),
    )
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        for statement in FULL_TEXT:
            op.execute(statement)
    _fill(connection)
    finished = sa.text("finished_at IS NOT NULL")
    counted = ["agency_id", "finished_at", "received_at", "due_at", "service_id", "channel", "case_id"]
    op.create_index("ix_dossier_finished", "dossier", counted, sqlite_where=finished, postgresql_where=finished)
    if connection.dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX ix_case_search_words ON case_search USING gin (words)"
            " WITH (fastupdate = on, gin_pending_list_limit = 128)"
        )


def _fill(connection: sa.Connection) -> None:
    """In the order of opening, ``_AT_ONCE`` cases at a time."""
    is_sqlite = connection.dialect.name == "sqlite"
    words = ":words" if is_sqlite else "CAST(:words AS tsvector)"
    number = "" if is_sqlite else "CAST(:floor AS bigint) + nextval('case_search_number_seq'), "
    columns = "case_id, words" if is_sqlite else "number, case_id, words"
    insert = sa.text(f"INSERT INTO case_search ({columns}) VALUES ({number}:case_id, {words})")  # noqa: S608 - constants of this file
    found = connection.execute(_CASES, execution_options={"stream_results": True, "yield_per": _AT_ONCE})
    for part in found.partitions(_AT_ONCE):
        lines = list(_lines(part, is_sqlite=is_sqlite))
        connection.execute(insert, lines)


def _lines(rows: Any, *, is_sqlite: bool) -> Iterator[dict[str, Any]]:
    for row in rows:
        stretch = int(_moment(row.opened_at).timestamp()) // _STRETCH_SECONDS
        agency_id = row.agency_id if isinstance(row.agency_id, uuid.UUID) else uuid.UUID(row.agency_id)
        line = {"case_id": row.id, "words": search_words.lexemes(_text(row), agency_id, stretch)}
        yield line if is_sqlite else {**line, "floor": stretch << _STRETCH_BITS}


def _text(row: Any) -> str:
    """Code, title and what people were written as; of the folded text what stands in none of these."""
    parties = [json.loads(party) if isinstance(party, str) else party for party in (row.owner, row.submitter)]
    said = [str(party.get(name) or "") for party in parties if party for name in ("full_name", "id_number", "phone")]
    spelled = " ".join(filter(None, (row.code, row.title, *said)))
    known = {word.bare for word in search_words.of(spelled)}
    more = [word.bare for word in search_words.of(row.search_text) if word.bare not in known]
    return " ".join((spelled, *more))


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
