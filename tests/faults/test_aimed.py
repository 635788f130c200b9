"""Kills aimed at the worst moments: before and after a commit, before and after what leaves the machine, between two migrations."""

import signal
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine import db, migrate, transaction
from engine.dossiers.models import Dossier
from tests.faults import checker, installation, mail_sink, trial
from tests.faults.caller import Caller
from tests.faults.checker import Books
from tests.faults.installation import Installation, Plan
from tests.faults.ledger import Ledger
from tests.faults.load import intake
from tests.faults.processes import Process, until

pytestmark = pytest.mark.faults
KILLED = -signal.SIGKILL


def dossier_count(url: str) -> int:
    """How many dossiers the database holds."""
    engine = db.create_engine(url)
    with engine.connect() as connection:
        count = connection.scalar(sa.select(sa.func.count()).select_from(Dossier.__table__))
    engine.dispose()
    return count or 0


@pytest.mark.parametrize(
    ("aim", "seen", "count"),
    [
        ("before_commit:crash:2", 0, 1),
        ("after_commit:crash:2", 0, 2),
        ("before_commit:error:2", 500, 1),
        ("after_commit:error:2", 500, 2),
    ],
)
def test_intake_cut_at_its_commit_is_all_or_nothing(database_url: str, tmp_path: Path, aim: str, seen: int, count: int) -> None:
    with installation.running(database_url, tmp_path / "there", Plan(web=1, workers=0, more={"QUYTRINH_FAIL": aim})) as there:
        caller = Caller([there.port], there.tokens, Ledger(there.folder / "ledger.jsonl"))
        caller.act("intake", "clerk", "/dossiers", intake())
        status, _ = caller.once("POST", "clerk", "/dossiers", caller.text(intake()), "the-key")
        cut = (status, dossier_count(database_url))
        told = caller.act("intake", "clerk", "/dossiers", intake(), key="the-key")
        again = caller.again(told)

    assert cut == (seen, count)
    assert (told.status, dossier_count(database_url)) == (201, 2)
    assert again == (told.status, told.bytes())


def test_workers_cut_at_each_of_their_commits_fire_and_send_once(database_url: str, tmp_path: Path) -> None:
    aims = [f"{point}:crash:{n}" for point in ("before_commit", "after_commit") for n in (2, 3, 4, 5)]
    with mail_sink.listening() as sink:
        plan = Plan(web=1, workers=0, mail_url=sink.url)
        with installation.running(database_url, tmp_path / "there", plan) as there:
            ledger = Ledger(there.folder / "ledger.jsonl")
            caller = Caller([there.port], there.tokens, ledger)
            for number in range(8):
                caller.act("intake", f"clerk{'2' * (number % 2)}", "/dossiers", intake())
            keys = there.write_mail(6)
            there.clock.advance(timedelta(days=1))
            ends = work_until_killed(there, ["before_effect:crash:1"]) + work_until_killed(there, ["after_effect:crash:1"])
            ends += work_until_killed(there, aims)
            found = judge(there, ledger, keys, sink.taken, work_the_rest(there))

    assert found == []
    assert ends == [KILLED] * 10
    assert (sink.taken.total() > 6, len(sink.taken)) == (True, 6)  # sent and not noted: sent again under the same id


@pytest.mark.parametrize("step", [1, 2])
def test_migration_cut_between_two_steps_is_all_or_nothing(empty_database_url: str, tmp_path: Path, step: int) -> None:
    environment = {"QUYTRINH_FAIL": f"migration_step:crash:{step}", "QUYTRINH_TESTING": "1"}
    environment |= {"QUYTRINH_DATABASE_URL": empty_database_url, "QUYTRINH_DATA_DIR": str(tmp_path)}
    process = Process(["web", "migrate"], installation.inherited() | environment, tmp_path / "migrate.log")
    process.start()
    end = process.wait()
    engine = db.create_engine(empty_database_url)
    left = migrate.current(engine)
    migrate.upgrade(engine)
    is_at_head = migrate.is_at_head(engine)
    engine.dispose()

    assert (end, left, is_at_head) == (KILLED, None, True)


def work_until_killed(there: Installation, aims: list[str]) -> list[int]:
    """Workers, each with a fail point of its own, until they are all killed; their exit codes."""
    there.clock.advance(timedelta(minutes=1))
    workers = [
        Process(["web", "work"], there.environment | {"QUYTRINH_FAIL": aim}, there.folder / f"{aim.replace(':', '-')}.log")
        for aim in aims
    ]
    for worker in workers:
        worker.start()
    try:
        return [worker.wait(60) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()


def work_the_rest(there: Installation) -> datetime:
    """A worker that nobody hurts, until nothing is owed; the moment for which that is so."""
    worker = Process(["web", "work"], there.environment, there.folder / "rest.log")
    worker.start()
    engine = db.create_engine(there.url)
    try:
        for minutes in (2, 5, 65):
            there.clock.advance(timedelta(minutes=minutes))
            moment = there.clock.now()
            until(lambda: trial.owed(engine, moment) == 0, "the rest is done", 90)  # noqa: B023 - asked at once
        return moment
    finally:
        engine.dispose()
        worker.kill()


def judge(there: Installation, ledger: Ledger, keys: list[str], taken: dict[str, int], now: datetime) -> list[str]:
    """What the checker finds; ``now`` is when all was done."""
    with installation.services(there.url), transaction.session() as session:
        books = Books(session.connection(), ledger.read(), now)
        for check in checker.CHECKS:
            check(books)
        checker.mail_arrived(books, keys, taken)
        fired = sum(timer.state == "fired" for timer in books.timers)
        books.require(fired >= 8, f"only {fired} timers fired")
        return books.found
