"""Fixtures of the whole suite: fresh databases of both kinds, the engine bound to one, a stopped clock."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from engine import db as database
from engine import transaction
from tests import databases
from tests.clocks import StoppedClock
from tests.postgresql import NoServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]

settings.register_profile("gate", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("soak", deadline=None, max_examples=2000)


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """One headless browser for all tests of a process: two would fight for its event loop."""
    from tests.chromium import launch  # only where a test looks at a screen

    with launch() as browser:
        yield browser


def pytest_configure(config: pytest.Config) -> None:
    """The controller of a run makes the shared folder; its workers inherit it."""
    settings.load_profile("soak" if os.environ.get("TEST_SOAK") else "gate")
    if not hasattr(config, "workerinput"):
        databases.open_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Nothing is left behind."""
    if not hasattr(config, "workerinput"):
        databases.close_run()


@pytest.fixture
def database_content() -> str:
    """What a fresh database holds, see ``contents.FILLERS``: a folder of tests may override it."""
    return "tables"


@pytest.fixture
def sqlite_url(database_content: str) -> Iterator[str]:
    """A fresh, migrated SQLite database."""
    with databases.fresh_sqlite(database_content) as url:
        yield url


@pytest.fixture
def postgresql_url(database_content: str) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database; fails under ``REQUIRE_PG`` where there is no server, else skips."""
    with _postgresql_or_skip(database_content) as url:
        yield url


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, database_content: str) -> Iterator[str]:
    """A fresh, migrated database: the test runs once on SQLite and once on PostgreSQL."""
    with _fresh(request.param, database_content) as url:
        yield url


@pytest.fixture(params=BOTH)
def empty_database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database without any table, once on SQLite and once on PostgreSQL."""
    with _fresh(request.param, None) as url:
        yield url


@pytest.fixture
def db(database_url: str) -> Iterator[Engine]:
    """The engine bound to a fresh database, on both kinds: services and ``transaction()`` work in the test."""
    engine = database.create_engine(database_url)
    sessions = transaction.use_engine(engine)
    yield engine
    sessions.remove()
    engine.dispose()
    transaction.use(_no_database)


@pytest.fixture
def engine_session(db: Engine) -> Session:
    """The session the engine's services use in this test."""
    return transaction.session()


@pytest.fixture
def stopped_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    """The product's clock in the test's hand: ``freeze("2026-11-20T08:30")``; it runs normally before that."""
    held = StoppedClock(tmp_path / "clock.txt")
    monkeypatch.setenv("QUYTRINH_TESTING", "1")
    monkeypatch.setenv("QUYTRINH_TEST_CLOCK", str(held.file))
    return held


def _fresh(kind: str, content: str | None) -> AbstractContextManager[str]:
    return databases.fresh_sqlite(content) if kind == "sqlite" else _postgresql_or_skip(content)


@contextmanager
def _postgresql_or_skip(content: str | None) -> Iterator[str]:
    try:
        databases.server()
    except NoServer as error:
        if os.environ.get("REQUIRE_PG"):
            raise
        pytest.skip(str(error))
    with databases.fresh_postgresql(content) as url:
        yield url


def _no_database() -> Session:
    raise RuntimeError("this test has no database: ask for the fixture `db`")
