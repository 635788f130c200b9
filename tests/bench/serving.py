"""The product's own processes for a measure: web processes as in production, commands, and people who ask them."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.people import demo
from web.refusing import ROOT

#: The secret a form carries.
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """What the server said; ``headers`` by name in small letters, ``ms`` from the first byte sent to the last one read."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    ms: float


class Browser:
    """One person's connection to the server on ``port``: kept open, with the session's cookie."""

    def __init__(self, port: int, cookie: str = "") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookie = cookie

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self.ask("GET", path, None, {})

    def sign_in(self, login: str) -> None:
        """Sign a person of the demo office in. ``RuntimeError`` where the server refuses."""
        found = CSRF.search(self.get("/sign-in").body.decode())
        token = found.group(1) if found else ""
        form = urllib.parse.urlencode({"csrf_token": token, "login": login, "password": demo.PASSWORD})
        answer = self.ask("POST", "/sign-in", form.encode(), {"Content-Type": "application/x-www-form-urlencoded"})
        if answer.status != 303:
            raise RuntimeError(f"{login} could not sign in: {answer.status}")

    def ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """One request on the kept connection."""
        started = time.perf_counter()
        self._connection.request(method, path, body, {**headers, **({"Cookie": self.cookie} if self.cookie else {})})
        answer = self._connection.getresponse()
        content = answer.read()
        took = (time.perf_counter() - started) * 1000
        given = {name.lower(): value for name, value in answer.getheaders()}
        self.cookie = given["set-cookie"].partition(";")[0] if "set-cookie" in given else self.cookie
        return Answer(answer.status, given, content, took)


def environment(url: str, folder: Path) -> dict[str, str]:
    """The settings of processes that work on the database ``url`` and keep their files in ``folder``."""
    return {
        **os.environ,
        "QUYTRINH_DATABASE_URL": url,
        "QUYTRINH_DATA_DIR": str(folder),
        "QUYTRINH_TESTING": "1",
        "QUYTRINH_TEST_CHEAP_PASSWORDS": "1",
    }


def command(settings: Mapping[str, str], *words: str) -> str:
    """Run a command of the product to its end; what it printed. ``RuntimeError`` where it fails."""
    line = [sys.executable, "-m", "web", *words]
    done = subprocess.run(line, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"quytrinh {' '.join(words)}: {done.stderr[-500:]}")
    return done.stdout


@contextmanager
def running(settings: Mapping[str, str], *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command of the product that stays, told to stop at the end."""
    line = [sys.executable, "-m", "web", *words]
    process = subprocess.Popen(line, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=40)


@contextmanager
def server(settings: Mapping[str, str], workers: int = 2) -> Iterator[tuple[int, int]]:
    """Web processes as ``quytrinh serve`` starts them; the port they listen at and the number of the process above them."""
    port = _free_port()
    with running(settings, "serve", "--port", str(port), "--workers", str(workers)) as process:
        _await(port)
        yield port, process.pid


def _await(port: int) -> None:
    for _ in range(600):
        try:
            if Browser(port).get("/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web processes did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
