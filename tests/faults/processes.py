"""Real processes of one installation: started, killed, stopped, continued and ended by their own number only."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from web.refusing import ROOT


class Process:
    """One program of the installation, in a session of its own; what it says goes to the end of ``log``."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.words = list(words)
        self.environment = dict(environment)
        self.log = log
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._running is not None, "not started"
        return self._running.pid

    def start(self) -> None:
        """Start it (again)."""
        with self.log.open("ab") as output:
            self._running = subprocess.Popen(
                [sys.executable, "-m", *self.words],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._running is not None and self._running.poll() is None

    def children(self) -> list[int]:
        """The numbers of the processes it made (Linux)."""
        with suppress(OSError):
            return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii").split()]
        return []

    def kill(self) -> None:
        """``kill -9`` of it and of everything it made, all at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.wait()

    def tell(self, number: signal.Signals) -> None:
        """Send a signal to it alone."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def wait(self, seconds: float = 60) -> int:
        """Its exit code, negative for a signal; ``subprocess.TimeoutExpired`` where it does not end."""
        assert self._running is not None, "not started"
        return self._running.wait(seconds)

    def words_said(self) -> str:
        """Everything it said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""


def free_port() -> int:
    """A port of this machine nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def until(holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until the function ``holds`` answers true; ``AssertionError`` saying ``what`` never came."""
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.05)
