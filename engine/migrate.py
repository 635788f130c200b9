"""Bring a database to the newest tables. Safe when several processes start at once: one migrates, the others find it done.

``python -m engine.migrate "short name"`` drafts the next migration from what the models have and the migrations lack.
"""

import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

from engine import db

_SCRIPTS = Path(__file__).resolve().parent / "migrations"
#: The advisory lock that one migrating process holds on PostgreSQL; any number, always the same.
_LOCK = 0x71747264


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate to ``revision`` in one transaction: all of it happens or nothing does (R30)."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            _upgrade_sqlite(connection, revision)
        else:
            _upgrade_postgresql(connection, revision)


def head() -> str | None:
    """The newest revision this program knows."""
    return ScriptDirectory.from_config(config()).get_current_head()


def current(engine: Engine) -> str | None:
    """The revision the database stands at; ``None`` for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_at_head(engine: Engine) -> bool:
    """Whether program and database belong together; readiness rests on it."""
    return current(engine) == head()


def is_declared(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether the models speak of a table or index; not of full-text ones, which are each database's own. For Alembic's
    ``include_name``.
    """
    return not (kind == "table" and str(name).startswith("case_search_fts")) and name != "ix_case_search_words"


def draft(name: str) -> Path:
    """Write the next migration, numbered ``0001``, ``0002`` …, to be read and mended by hand before it is committed."""
    number = 1 + len(list((_SCRIPTS / "versions").glob("[0-9]*.py")))
    engine = db.create_engine("sqlite://")
    upgrade(engine)
    with engine.connect() as connection:
        script = command.revision(config(connection), message=name, autogenerate=True, rev_id=f"{number:04d}")
    assert script is not None and not isinstance(script, list)  # noqa: S101 - one branch gives one script
    return Path(script.path)


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings, made here so that no ``alembic.ini`` is needed; migrations run on ``connection``."""
    settings = Config(attributes={"connection": connection})
    settings.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return settings


def _upgrade_sqlite(connection: Connection, revision: str) -> None:
    # Batch migrations rebuild tables, which a foreign key would refuse; the pragma only works outside a transaction.
    _set_foreign_keys(connection, "OFF")
    try:
        with connection.execution_options(is_writing=True).begin():
            command.upgrade(config(connection), revision)
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"migration breaks foreign keys: {broken[:5]}")
    finally:
        _set_foreign_keys(connection, "ON")


def _set_foreign_keys(connection: Connection, value: str) -> None:
    driver_connection = connection.connection.driver_connection
    assert driver_connection is not None  # noqa: S101 - a checked-out connection has one
    driver_connection.execute(f"PRAGMA foreign_keys={value}")


def _upgrade_postgresql(connection: Connection, revision: str) -> None:
    with connection.begin():
        connection.execute(sa.text("SET LOCAL lock_timeout = '10min'"))
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        command.upgrade(config(connection), revision)


if __name__ == "__main__":
    print(draft(" ".join(sys.argv[1:])))
