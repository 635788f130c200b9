"""Migrations on both databases: complete, equal to the models, safe when several processes run them."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import Engine

from engine import db as database
from engine import migrate, tables
from web.refusing import ROOT

_UPGRADE = "import sys; from engine import db, migrate; migrate.upgrade(db.create_engine(sys.argv[1]))"


def test_models_equal_the_migrated_schema(db: Engine) -> None:
    options = {"compare_type": True, "compare_server_default": True, "include_name": migrate.is_declared}
    with db.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, tables.metadata) == []


def test_migrated_database_is_at_head(db: Engine) -> None:
    assert migrate.head() is not None
    assert migrate.current(db) == migrate.head()
    assert migrate.is_at_head(db)


def test_upgrade_by_three_processes_at_once_migrates_once(empty_database_url: str) -> None:
    with ThreadPoolExecutor(3) as threads:
        runs = list(threads.map(_upgrade_elsewhere, [empty_database_url] * 3))

    assert [(run.returncode, run.stderr) for run in runs] == [(0, "")] * 3
    engine = database.create_engine(empty_database_url)
    assert migrate.is_at_head(engine)
    engine.dispose()


def test_upgrade_leaves_nothing_when_it_fails(empty_database_url: str) -> None:
    engine = database.create_engine(empty_database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE person (id int)")  # in the way of a migration that comes late

    try:
        migrate.upgrade(engine)
    except Exception as error:
        refusal = str(error)

    with engine.connect() as connection:
        left = [name for name in engine.dialect.get_table_names(connection) if name != "alembic_version"]
    assert "person" in refusal
    assert left == ["person"]
    assert migrate.current(engine) is None
    engine.dispose()


def _upgrade_elsewhere(url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", _UPGRADE, url], cwd=ROOT, capture_output=True, text=True, check=False)
