"""Incidents of before the operator desk: migration 0003 fills in what is owed and loses nothing."""

import uuid
from datetime import UTC, date, datetime

import sqlalchemy as sa

from engine import db as database
from engine import migrate


def table(connection: sa.Connection, name: str) -> sa.Table:
    """The table as the database has it now."""
    return sa.Table(name, sa.MetaData(), autoload_with=connection)


def test_an_incident_of_before_keeps_its_story(empty_database_url: str) -> None:
    engine = database.create_engine(empty_database_url)
    migrate.upgrade(engine, "0002")
    agency, incident = uuid.uuid4(), uuid.UUID("01a21083-ca1e-7001-ae2b-27794695fa1f")
    at = datetime(2026, 11, 18, 1, tzinfo=UTC)
    with engine.begin() as connection:
        own = {"id": _id(connection, agency), "code": "H26", "name": "Tỉnh", "kind": "province", "path": "H26", "letterhead": {}}
        connection.execute(sa.insert(table(connection, "agency")).values(**own, valid_from=date(2026, 1, 1)))
        known = {"id": _id(connection, incident), "agency_id": _id(connection, agency), "at": at}
        connection.execute(sa.insert(table(connection, "incident")).values(**known, message="Hỏng.", trace="", state="open"))
    migrate.upgrade(engine, "0003")
    with engine.connect() as connection:
        columns = "reference, cause, attempts, resolution, reason, message, last_at = at, next_retry_at"
        found = connection.execute(sa.text(f"SELECT {columns} FROM incident")).one()
    assert tuple(found) == ("4695FA1F", "model", 1, "", "", "Hỏng.", True, None)
    engine.dispose()


def _id(connection: sa.Connection, value: uuid.UUID) -> object:
    """SQLite's own tables know a UUID as 32 letters."""
    return value.hex if connection.dialect.name == "sqlite" else value
