"""A PostgreSQL server of our own, to be restarted, starved and cut off: never the one other tests use."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from engine import db, migrate
from tests import contents, postgresql
from tests.faults.processes import until
from web.gate import postgresql as programs_of

_OPTIONS = {"listen_addresses": "", "max_connections": "60", "shared_buffers": "32MB", "log_min_messages": "fatal"}
_DATABASE = "faults"


class Cluster:
    """The server in ``folder``. Crash recovery is real: ``fsync`` and ``full_page_writes`` stay on."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder = programs, folder
        self._identity = _identity()
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def admin_url(self) -> str:
        """The server's administrator."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    @property
    def url(self) -> str:
        """The product's own role on its own database."""
        return f"postgresql://{postgresql.ROLE}@/{_DATABASE}?host={self.folder}"

    def make(self) -> None:
        """Create the data directory."""
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync", "--wal-segsize=4"]
        command: list[str | Path] = [self.programs / "initdb", "-D", self.folder / "data", *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **self._where())

    def start(self) -> None:
        """Start, and wait until it answers."""
        settings = [f"--{name}={value}" for name, value in _OPTIONS.items()]
        command: list[str | Path] = [self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder, *settings]
        self._server = subprocess.Popen(command, stderr=subprocess.DEVNULL, **self._where())
        until(self._answers, "PostgreSQL answers")

    def crash(self) -> None:
        """``pg_ctl stop -m immediate``: every connection is cut and nothing is put in order."""
        assert self._server is not None
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(30)

    def stop(self) -> None:
        """End it, if it runs."""
        if self._server is not None and self._server.poll() is None:
            self.crash()

    def run(self, statement: str, *, database: str = "postgres") -> list[Any]:
        """One statement of the administrator; its rows."""
        with psycopg.connect(self.admin_url.replace("/postgres?", f"/{database}?"), autocommit=True) as connection:
            done = connection.execute(statement)
            return done.fetchall() if done.description else []

    def fill(self, tablespace: str = "") -> None:
        """The product's role and a database with the whole office, in ``tablespace`` where given."""
        self.run(f'CREATE ROLE "{postgresql.ROLE}" LOGIN')
        place = f' TABLESPACE "{tablespace}"' if tablespace else ""
        self.run(f'CREATE DATABASE "{_DATABASE}" OWNER "{postgresql.ROLE}"{place}')
        engine = db.create_engine(self.url)
        migrate.upgrade(engine)
        contents.FILLERS["office"](engine, Path(tempfile.gettempdir()))
        engine.dispose()

    def cut_connections(self) -> int:
        """``pg_terminate_backend`` for every connection of the product; how many."""
        return len(self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{postgresql.ROLE}'"))

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            self.run("SELECT 1")
            return True
        return False

    def _where(self) -> dict[str, Any]:
        return {"cwd": self.folder, "env": {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}, **self._identity}


def own(path: Path, mode: int = 0o700) -> None:
    """Give a folder to whoever the server runs as."""
    identity = _identity()
    if identity:
        os.chown(path, identity["user"], identity["group"])
    path.chmod(mode)


@contextmanager
def running() -> Iterator[Cluster]:
    """A server that runs, and is gone afterwards; skipped where there are no programs (an error under ``REQUIRE_PG``)."""
    with tempfile.TemporaryDirectory(prefix="quytrinh-faults-", dir=postgresql.fast_folder()) as place:
        folder, binaries = Path(place), Path(tempfile.mkdtemp(prefix="quytrinh-pg-"))
        own(folder)
        own(binaries, 0o755)
        try:
            programs = programs_of.programs(binaries)
            if programs is None:
                assert not os.environ.get("REQUIRE_PG"), programs_of.ensure()
                pytest.skip(programs_of.ensure())
            cluster = Cluster(programs, folder)
            cluster.make()
            cluster.start()
            try:
                yield cluster
            finally:
                cluster.stop()
        finally:
            shutil.rmtree(binaries, ignore_errors=True)


def _identity() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: as whom it runs then."""
    if os.geteuid() != 0:
        return {}
    known = {account.pw_name: account for account in pwd.getpwall()}
    account = known.get("postgres") or known["nobody"]
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
