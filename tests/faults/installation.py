"""One installation of real processes: web processes behind one port, workers, a mail writer, one database, one clock."""

import os
import random
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from engine import db, transaction
from engine.people import directory, tokens
from tests.faults.clockwork import Clockwork
from tests.faults.processes import Process, free_port, listens, until

#: Who works in the two communes of the demo province; the second commune's logins end in 2.
ROLES = ("clerk", "head", "officer", "leader", "registrar", "archivist")
LOGINS = (*ROLES, *(f"{role}2" for role in ROLES), "admin")


@dataclass(frozen=True)
class Plan:
    """How many processes: gunicorn processes behind one port, workers, writers of mail; ``mail_url`` where mail is handed in."""

    web: int = 2
    workers: int = 3
    writers: int = 0
    mail_url: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


class Installation:
    """The processes. ``tokens`` holds a bearer token for each of ``LOGINS``."""

    def __init__(self, url: str, folder: Path, plan: Plan) -> None:
        self.url, self.folder, self.plan, self.port = url, folder, plan, free_port()
        self.clock = Clockwork(folder / "clock.txt")
        self.environment = _environment(url, folder, self.clock, plan)
        self.tokens = _make_tokens(url)
        words = ["web", "serve", "--port", str(self.port), "--workers", str(plan.web)]
        self.web = self._process(words, "web.log")
        self.workers = [self._process(["web", "work"], f"worker-{number}.log") for number in range(plan.workers)]
        writing = [
            ["tests.faults.mail_writer", str(folder / f"mail-{number}.jsonl"), str(number)] for number in range(plan.writers)
        ]
        self.writers = [self._process(words, f"writer-{number}.log") for number, words in enumerate(writing)]

    def start(self) -> None:
        """Start everything and wait until pages are answered."""
        for process in self.all():
            process.start()
        self.await_web()

    def await_web(self) -> None:
        """Wait until somebody listens."""
        until(lambda: listens(self.port) or not self.web.is_alive(), "the web processes listen")
        assert self.web.is_alive(), self.web.words_said()[-2000:]

    def all(self) -> list[Process]:
        """Every process that was planned."""
        return [self.web, *self.workers, *self.writers]

    def kill_one(self, chance: random.Random) -> str:
        """``kill -9`` of one process (one gunicorn process, a worker, a writer, now and then the whole web); what it was.

        Workers and writers are started again at once; gunicorn replaces its own. A process that is still starting counts too.
        """
        victim = chance.choice(["web process"] * 5 + ["all web"] + ["worker"] * 4 + (["writer"] if self.writers else []))
        if victim == "web process":
            children = self.web.children()
            if not children:
                return "nobody"
            os.kill(chance.choice(children), signal.SIGKILL)
        else:
            pool = {"all web": [self.web], "worker": self.workers, "writer": self.writers}[victim]
            process = chance.choice(pool)
            process.kill()
            process.start()
        return victim

    def revive(self) -> None:
        """Start whatever does not run."""
        for process in self.all():
            if not process.is_alive():
                process.start()
        self.await_web()

    def stop(self) -> None:
        """End everything at once."""
        for process in self.all():
            if process.is_alive():
                process.kill()

    def log_lines(self, word: str) -> list[str]:
        """Lines of any log that hold ``word``."""
        logs = sorted(self.folder.glob("*.log"))
        return [line for log in logs for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if word in line]

    def write_mail(self, count: int) -> list[str]:
        """Have so much mail decided on; its keys."""
        file = self.folder / "mail-asked.jsonl"
        writer = self._process(["tests.faults.mail_writer", str(file), "asked", str(count)], "writer-asked.log")
        writer.start()
        assert writer.wait() == 0, writer.words_said()[-2000:]
        return file.read_text(encoding="ascii").split()

    def _process(self, words: list[str], log: str) -> Process:
        return Process(words, self.environment, self.folder / log)


@contextmanager
def planned(url: str, folder: Path, plan: Plan) -> Iterator[Installation]:
    """An installation of which nothing runs yet; whatever does in the end is ended."""
    folder.mkdir(parents=True, exist_ok=True)
    installation = Installation(url, folder, plan)
    try:
        yield installation
    finally:
        installation.stop()


@contextmanager
def running(url: str, folder: Path, plan: Plan) -> Iterator[Installation]:
    """An installation that runs, and is gone afterwards."""
    with planned(url, folder, plan) as installation:
        installation.start()
        yield installation


def inherited() -> dict[str, str]:
    """The tester's surroundings without settings of the product or of PostgreSQL."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("QUYTRINH_", "PG"))}


def _environment(url: str, folder: Path, clock: Clockwork, plan: Plan) -> dict[str, str]:
    own = {
        "QUYTRINH_DATABASE_URL": url,
        "QUYTRINH_DATA_DIR": str(folder / "data"),
        "QUYTRINH_TESTING": "1",
        "QUYTRINH_TEST_CLOCK": str(clock.file),
        "QUYTRINH_TEST_CHEAP_PASSWORDS": "1",
        "PYTHONUNBUFFERED": "1",
    }
    return inherited() | own | ({"QUYTRINH_MAIL_URL": plan.mail_url} if plan.mail_url else {}) | dict(plan.more)


def _make_tokens(url: str) -> dict[str, str]:
    with services(url):
        made = {}
        with transaction.transaction():
            for login in LOGINS:
                person = directory.by_login(login)
                assert person is not None, login
                made[login] = tokens.create(person, label="kiểm thử")
        return made


@contextmanager
def services(url: str) -> Iterator[None]:
    """The engine's services on the database, in this process, for reading what it holds."""
    engine = db.create_engine(url)
    sessions = transaction.use_engine(engine)
    try:
        yield
    finally:
        sessions.remove()
        engine.dispose()
