"""Where a measure runs: a folder on a real disk with a PostgreSQL server of its own, and fresh databases in it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from tests import databases


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder on a real disk (a commit must cost what it costs), and a PostgreSQL server for the run in it."""
    with tempfile.TemporaryDirectory(prefix="quytrinh-bench-", dir="/var/tmp") as name:
        Path(name).chmod(0o755)  # the database server runs as somebody else
        os.environ["TEST_DATA_FOLDER"] = name
        databases.open_run()
        os.environ |= {"QUYTRINH_TESTING": "1", "QUYTRINH_TEST_CHEAP_PASSWORDS": "1", "QUYTRINH_DATA_DIR": name}
        try:
            yield Path(name)
        finally:
            databases.close_run()


@contextmanager
def database(kind: str, place: Path, name: str, content: str | None = None) -> Iterator[str]:
    """The URL of a fresh database of ``kind`` (``sqlite``, ``postgresql``). ``content``: see ``tests.contents``; None: no tables."""
    if kind == "postgresql":
        with databases.fresh_postgresql(content) as url:
            yield url
    elif content is None:
        yield f"sqlite:///{place / f'{name}-{os.urandom(4).hex()}.db'}"
    else:
        with databases.fresh_sqlite(content) as url:
            yield url


def as_administrator(url: str) -> str:
    """The same PostgreSQL database for the server's administrator, whom no fence and no trigger binds."""
    return sa.make_url(databases.server()).set(database=sa.make_url(url).database).render_as_string(hide_password=False)
