"""The demo province as real processes on a port of this machine: pages, API and timers, all at one stopped clock."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.settings import ROOT
from tests import databases
from tests.clocks import StoppedClock

#: The command without the setting-up of ``.venv``, which has tests of its own.
_COMMAND = (sys.executable, "-c", "import sys; from web import cli; sys.exit(cli.main(sys.argv[1:]))")
_PATIENCE_SECONDS = 90


@dataclass(frozen=True)
class Town:
    """Where the processes answer, and the settings they run with."""

    address: str
    settings: Mapping[str, str]
    clock: StoppedClock

    @property
    def database_url(self) -> str:
        return self.settings["QUYTRINH_DATABASE_URL"]


@contextmanager
def started(kind: str, folder: Path, at: str) -> Iterator[Town]:
    """A town on a fresh database whose clock stands at ``at``.

    On ``sqlite`` the one command ``run``; on ``postgresql`` ``serve`` with two processes and ``work`` beside it.
    """
    with ExitStack() as held:
        url = held.enter_context(databases.fresh_sqlite() if kind == "sqlite" else databases.fresh_postgresql())
        port = _free_port()
        clock = StoppedClock(folder / "clock.txt")
        clock.freeze(at)
        town = Town(f"http://127.0.0.1:{port}", _settings(url, port, folder, clock), clock)
        commands = _commands(kind, port, town.settings)
        processes = [held.enter_context(_running(words, town.settings, folder)) for words in commands]
        _wait_until_ready(town.address, processes, folder)
        yield town


def _settings(url: str, port: int, folder: Path, clock: StoppedClock) -> dict[str, str]:
    return {
        "QUYTRINH_DATABASE_URL": url,
        "QUYTRINH_DATA_DIR": str(folder / "data"),
        "QUYTRINH_BASE_URL": f"http://127.0.0.1:{port}",
        "QUYTRINH_TESTING": "1",
        "QUYTRINH_TEST_CHEAP_PASSWORDS": "1",
        "QUYTRINH_TEST_CLOCK": str(clock.file),
    }


def _commands(kind: str, port: int, settings: Mapping[str, str]) -> list[tuple[str, ...]]:
    if kind == "sqlite":
        return [("run", "--port", str(port))]
    seeding = [*_COMMAND, "seed", "demo"]
    subprocess.run(seeding, cwd=ROOT, env=os.environ | settings, check=True, capture_output=True, timeout=_PATIENCE_SECONDS)
    return [("serve", "--port", str(port), "--workers", "2"), ("work",)]


@contextmanager
def _running(words: tuple[str, ...], settings: Mapping[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """One process of the product, told to stop in order when the tests are done."""
    with (folder / f"{words[0]}.log").open("wb") as log:
        process = subprocess.Popen([*_COMMAND, *words], cwd=ROOT, env=os.environ | settings, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_PATIENCE_SECONDS)
            finally:
                process.kill()


def _wait_until_ready(address: str, processes: list[subprocess.Popen[bytes]], folder: Path) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < end and all(process.poll() is None for process in processes):
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    said = "\n".join(log.read_text(encoding="utf-8", errors="replace") for log in sorted(folder.glob("*.log")))
    raise AssertionError(f"{address} is not ready:\n{said}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
