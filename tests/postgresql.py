"""One PostgreSQL server for one test run, shared by all its workers and gone with it.

The first test that needs it starts it under a supervisor process, which stops it and removes its files when the run's
controller asks for it or dies. As root the server itself runs as ``postgres`` or ``nobody``.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from web.gate import postgresql as programs_of
from web.refusing import ROOT

#: fsync and synchronous_commit stay on, as the product demands; the data lies in memory, where they cost nothing.
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "full_page_writes": "off",
    "autovacuum": "off",
    "min_wal_size": "8MB",
    "max_wal_size": "64MB",
    "log_min_messages": "fatal",
}


#: As whom the product connects: owns its database and is nobody's superuser, as in production.
ROLE = "quytrinh_office"


class NoServer(Exception):
    """No PostgreSQL can be had on this machine; the message says what to do."""


def fast_folder() -> str:
    """Where short-lived data is best kept: ``TEST_DATA_FOLDER`` if set, in memory if there is room, else in the usual place."""
    given = os.environ.get("TEST_DATA_FOLDER")
    if given:
        return given
    shared_memory = Path("/dev/shm")
    is_roomy = shared_memory.is_dir() and os.access(shared_memory, os.W_OK) and shutil.disk_usage(shared_memory).free > 2**30
    return str(shared_memory) if is_roomy else tempfile.gettempdir()


def start(run_folder: Path, owner: int) -> str:
    """Start a server that lives as long as process ``owner``; returns the URL of its ``postgres`` database."""
    log, ready, failed = (run_folder / f"postgresql.{kind}" for kind in ("log", "url", "failed"))
    if not failed.exists():
        with log.open("wb") as output:
            command = [sys.executable, "-m", "tests.postgresql", str(run_folder), str(owner)]
            subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
    deadline = time.monotonic() + 90
    while not ready.exists():
        if time.monotonic() > deadline or failed.exists():
            raise NoServer(f"PostgreSQL không khởi động được / did not start: {log.read_text(encoding='utf-8')[-2000:]}")
        time.sleep(0.02)
    return ready.read_text(encoding="utf-8")


def stop(run_folder: Path) -> None:
    """Have the supervisor stop the server; returns when its files are gone."""
    running = run_folder / "postgresql.pid"
    if not running.exists():
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(running.read_text(encoding="ascii")), signal.SIGTERM)
    deadline = time.monotonic() + 20
    while running.exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def _supervise(run_folder: Path, owner: int) -> None:
    """Own the server: start it, wait for the end of the run, stop it, remove its files."""
    pid_file = run_folder / "postgresql.pid"
    pid_file.write_text(str(os.getpid()), encoding="ascii")
    signal.signal(signal.SIGTERM, _leave)
    home = Path(tempfile.mkdtemp(prefix="quytrinh-pg-"))
    data = Path(tempfile.mkdtemp(prefix="quytrinh-pg-", dir=fast_folder()))
    try:
        server, url = _launch(home, data)
        try:
            _announce(server, url, run_folder)
            while server.poll() is None and is_alive(owner):
                time.sleep(0.2)
        finally:
            _end(server)
    except Exception:
        (run_folder / "postgresql.failed").touch()
        raise
    finally:
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)
        pid_file.unlink(missing_ok=True)
        if not is_alive(owner):
            shutil.rmtree(run_folder, ignore_errors=True)


def _end(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)
    try:
        server.wait(15)
    except subprocess.TimeoutExpired:
        server.kill()


def _leave(_signal: int, _frame: object) -> None:
    raise SystemExit(0)


def is_alive(process: int) -> bool:
    """Whether a process of this number runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's
    return True


def _launch(home: Path, data: Path) -> tuple[subprocess.Popen[bytes], str]:
    programs = programs_of.programs(home)
    if programs is None:
        raise NoServer(programs_of.ensure())
    identity = _identity()
    for folder in (home, data):
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        folder.chmod(0o700 if folder == data else 0o755)
    where: dict[str, Any] = {"cwd": data, "env": _environment(), **identity}
    cluster = data / "cluster"
    options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync", "--wal-segsize=4"]
    subprocess.run([programs / "initdb", "-D", cluster, *options], check=True, stdout=subprocess.DEVNULL, **where)
    settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    server = subprocess.Popen([programs / "postgres", "-D", cluster, "-k", data, *settings], **where)
    return server, f"postgresql://postgres@/postgres?host={data}"


def _announce(server: subprocess.Popen[bytes], url: str, run_folder: Path) -> None:
    """Once the server answers, write its URL where the run's workers look for it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(psycopg.OperationalError):
            with psycopg.connect(url) as connection:
                connection.execute(f'CREATE ROLE "{ROLE}" LOGIN')
            making = run_folder / "postgresql.new"
            making.write_text(url, encoding="utf-8")
            making.rename(run_folder / "postgresql.url")
            return
        time.sleep(0.02)
    raise NoServer("PostgreSQL không trả lời / does not answer")


def _identity() -> Mapping[str, Any]:
    """PostgreSQL refuses to run as root: the arguments that start a process as somebody humbler."""
    if os.geteuid() != 0:
        return {}
    known = {account.pw_name: account for account in pwd.getpwall()}
    account = known.get("postgres") or known["nobody"]
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    """The server's own surroundings: nothing of the tester's libpq settings."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


if __name__ == "__main__":
    _supervise(Path(sys.argv[1]), int(sys.argv[2]))
