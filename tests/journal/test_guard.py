"""The database refuses to change the journal, whoever asks."""

from collections.abc import Callable
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from engine.journal import entries, guard
from engine.journal.verify import verify
from engine.transaction import transaction

CHANGES = [
    "UPDATE journal_entry SET content = '{}'",
    "UPDATE journal_entry SET number = number + 10",
    "DELETE FROM journal_entry",
    "DELETE FROM journal_head",
    "UPDATE journal_head SET number = 0",
    "UPDATE journal_head SET hash = 'other'",
]
SQLITE_CHANGES = ["REPLACE INTO journal_entry SELECT * FROM journal_entry", "UPDATE OR REPLACE journal_entry SET number = 1"]
POSTGRESQL_CHANGES = ["TRUNCATE journal_entry", "TRUNCATE journal_head CASCADE"]


def fill(agency_id: UUID) -> None:
    with transaction():
        entries.append("case.opened", agency_id=agency_id, by=None)


def assert_refused(db: Engine, statement: str) -> None:
    with pytest.raises(DBAPIError, match="journal is append-only"), db.begin() as connection:
        connection.exec_driver_sql(statement)
    assert verify() == []


@pytest.mark.parametrize("statement", CHANGES)
def test_change_is_refused_by_both_databases(db: Engine, make_agency: Callable[[str], UUID], statement: str) -> None:
    fill(make_agency("H31.1"))
    assert_refused(db, statement)


@pytest.mark.parametrize("statement", [*SQLITE_CHANGES, *POSTGRESQL_CHANGES])
def test_change_in_the_dialect_is_refused(db: Engine, make_agency: Callable[[str], UUID], statement: str) -> None:
    if (statement in SQLITE_CHANGES) != (db.dialect.name == "sqlite"):
        return
    fill(make_agency("H31.1"))
    assert_refused(db, statement)


def test_guards_can_be_created_again(db: Engine) -> None:
    with db.begin() as connection:
        guard.create_guards(connection)
        names = set(sa.inspect(connection).get_table_names())
    assert {"journal_entry", "journal_head"} <= names
