"""Fresh databases for tests: each is a copy of one that was migrated once for the whole run."""

import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import close_all_sessions

from engine import db, migrate
from tests import contents, postgresql

#: Set by the run's controller for itself and its workers.
RUN_FOLDER = "TEST_RUN_FOLDER"
RUN_OWNER = "TEST_RUN_OWNER"
_TEMPLATE = "quytrinh_template"
_numbers = itertools.count(1)


def open_run() -> None:
    """Make the folder that all workers of this run share; settings of the tester's shell do not reach the tests."""
    for name in [name for name in os.environ if name.startswith("QUYTRINH_")]:
        del os.environ[name]
    fast = postgresql.fast_folder()
    for left in Path(fast).glob("quytrinh-tests-*-*"):  # by a run that was killed
        if not postgresql.is_alive(int(left.name.split("-")[2])):
            shutil.rmtree(left, ignore_errors=True)
    folder = tempfile.mkdtemp(prefix=f"quytrinh-tests-{os.getpid()}-", dir=fast)
    os.environ |= {RUN_FOLDER: folder, RUN_OWNER: str(os.getpid())}


def close_run() -> None:
    """Stop what the run started and remove what it left."""
    folder = run_folder()
    _drop_foreign_templates(folder)
    postgresql.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


def run_folder() -> Path:
    """The folder shared by all workers of this run."""
    return Path(os.environ[RUN_FOLDER])


@contextmanager
def fresh_sqlite(content: str | None = "tables") -> Iterator[str]:
    """The URL of a new SQLite database, removed afterwards. ``content``: see ``contents.FILLERS``; None leaves it without tables."""
    folder = Path(tempfile.mkdtemp(prefix="sqlite-", dir=run_folder()))
    try:
        if content:
            shutil.copyfile(_sqlite_template(content), folder / "quytrinh.db")
        yield f"sqlite:///{folder / 'quytrinh.db'}"
    finally:
        close_all_sessions()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_postgresql(content: str | None = "tables") -> Iterator[str]:
    """The URL of a new PostgreSQL database, dropped afterwards; ``content`` as above. ``NoServer`` when none can be had."""
    address = server()
    template = _postgresql_template(address, content) if content else "template0"
    name = f"quytrinh_{os.getpid()}_{next(_numbers)}"
    _administer(address, f'CREATE DATABASE "{name}" TEMPLATE "{template}"{_owned()}')
    try:
        yield _with_database(address, name)
    finally:
        close_all_sessions()  # what a test left open must not be found by the garbage collector in the middle of another
        _administer(address, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _alone() -> Iterator[None]:
    with (run_folder() / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _sqlite_template(content: str) -> Path:
    template = run_folder() / f"template-{content}.db"
    with _alone():
        if not template.exists():
            making = template.with_suffix(".new")
            _make(f"sqlite:///{making}", content)
            making.rename(template)
    return template


def _make(url: str, content: str) -> None:
    """Migrate, fill and let go: the last connection of SQLite folds its write-ahead log into the one file that is copied."""
    engine = db.create_engine(url)
    migrate.upgrade(engine)
    contents.FILLERS[content](engine, run_folder())
    engine.dispose()


def server() -> str:
    """The administrator's URL of the run's server, started by whoever comes first. ``NoServer`` when none can be had."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return given
    ready = run_folder() / "postgresql.url"
    with _alone():
        return ready.read_text(encoding="utf-8") if ready.exists() else postgresql.start(run_folder(), int(os.environ[RUN_OWNER]))


def _postgresql_template(server: str, content: str) -> str:
    name = f"{_TEMPLATE}_{content}_{os.environ[RUN_OWNER]}"
    made = run_folder() / f"template-{content}.postgresql"
    with _alone():
        if not made.exists():
            _administer(server, f'CREATE DATABASE "{name}" TEMPLATE template0{_owned()}')
            _make(_with_database(server, name), content)
            made.write_text(name, encoding="utf-8")
    return name


def _drop_foreign_templates(folder: Path) -> None:
    """A server given by TEST_DATABASE_URL outlives the run: take our templates away."""
    given = os.environ.get("TEST_DATABASE_URL")
    for made in folder.glob("template-*.postgresql") if given else ():
        _administer(str(given), f'DROP DATABASE IF EXISTS "{made.read_text(encoding="utf-8")}"')


def _administer(server: str, statement: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def _owned() -> str:
    return "" if os.environ.get("TEST_DATABASE_URL") else f' OWNER "{postgresql.ROLE}"'


def _with_database(server: str, name: str) -> str:
    """The product's own URL: on our own server as an ordinary role, whom row-level security binds; as given otherwise."""
    url = sa.make_url(server).set(database=name)
    return (url if os.environ.get("TEST_DATABASE_URL") else url.set(username=postgresql.ROLE)).render_as_string(
        hide_password=False
    )
