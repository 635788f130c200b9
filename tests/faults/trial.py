"""One trial: an installation at work, something done to it meanwhile, everything caught up, everything checked."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from engine import db, transaction
from engine.cases.models import Case, Timer
from engine.outbox.models import OutboxMessage
from tests.faults import checker, installation, mail_sink
from tests.faults.caller import Caller
from tests.faults.checker import Books
from tests.faults.clockwork import MORNING
from tests.faults.installation import Installation, Plan
from tests.faults.ledger import Ledger
from tests.faults.load import Load, passing_time
from tests.faults.mail_sink import Sink
from tests.faults.processes import until

#: Two web processes and three workers on PostgreSQL, one and two on SQLite, which has one writer anyway.
SMALL = Plan(web=1, workers=2, writers=1)
PLANS = {"postgresql": Plan(web=2, workers=3, writers=1), "sqlite": SMALL}

#: How often the next kill does not wait for answers: several at once, or while the machine is still starting.
_HASTE = 0.2


@dataclass
class Result:
    """What a trial did and found; ``caught_up_at`` is the installation's time when nothing was owed any more."""

    seed: int
    caught_up_at: datetime = MORNING
    counts: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Trial:
    """A running installation with its clients; ``hurt`` is done to it while they work."""

    there: Installation
    caller: Caller
    load: Load
    sink: Sink
    dice: random.Random
    result: Result


@contextmanager
def prepared(url: str, folder: Path, seed: int, plan: Plan | None = None, clients: int = 4) -> Iterator[Trial]:
    """An installation with mail and clients, ready to work. ``plan``: by default that of the kind of database."""
    chosen = plan or PLANS["sqlite" if url.startswith("sqlite") else "postgresql"]
    with mail_sink.listening() as sink, installation.running(url, folder, replace(chosen, mail_url=sink.url)) as there:
        caller = Caller([there.port], there.tokens, Ledger(folder / "ledger.jsonl"))
        yield Trial(there, caller, Load(caller, seed, clients), sink, random.Random(f"{seed}/trial"), Result(seed))


def perform(trial: Trial, hurt: Callable[[Trial], None]) -> Result:
    """Let clients work and time pass while ``hurt`` runs, then catch up and check everything."""
    print(f"seed {trial.result.seed}", flush=True)
    with trial.load.running(), passing_time(trial.there.clock, trial.dice):
        hurt(trial)
    trial.there.revive()
    catch_up(trial)
    check(trial)
    return trial.result


def kill(trial: Trial, times: int) -> None:
    """``kill -9`` at random moments until there were ``times``: mostly while clients are answered again, now and then sooner."""
    while trial.result.counts["kills"] < times:
        if trial.dice.random() > _HASTE:
            await_answers(trial)
        time.sleep(trial.dice.uniform(0.05, 1.0))
        victim = trial.there.kill_one(trial.dice)
        if victim != "nobody":
            trial.result.counts.update({"kills": 1, f"kills of {victim}": 1})


def await_answers(trial: Trial, count: int = 3, seconds: float = 30) -> None:
    """Until clients were answered ``count`` more times: a killer faster than the machine would only watch it start."""
    wanted, give_up = trial.caller.ledger.count + count, time.monotonic() + seconds
    while trial.caller.ledger.count < wanted and time.monotonic() < give_up:
        time.sleep(0.02)


def catch_up(trial: Trial) -> None:
    """Stop the writers; let the workers do what is due and send what waits. Pauses after failed attempts pass quickly.

    The clock runs on: what falls due later, while everything is checked, is nobody's debt.
    """
    for writer in trial.there.writers:
        writer.kill()
    engine = db.create_engine(trial.there.url)
    try:
        for minutes in (2, 5, 65, 0):
            trial.there.clock.advance(timedelta(minutes=minutes))
            trial.result.caught_up_at = trial.there.clock.now()
            until(lambda: owed(engine, trial.result.caught_up_at) == 0, "workers catch up", 90)
    finally:
        engine.dispose()


def check(trial: Trial) -> None:
    """Every check of the checker, and every answer asked for again."""
    trial.there.web.kill()
    trial.there.web.start()
    trial.there.await_web()
    told = trial.caller.ledger.read()
    found = trial.result.found
    found += trial.load.faults()
    for one in [told for told in told if told.is_done]:
        if trial.caller.again(one) != (one.status, one.bytes()):
            found.append(f"another answer to {one.act} {one.path}")
    if not trial.caller.get("leader", "/journal/verify")["is_intact"]:
        found.append("GET /journal/verify is not intact")
    trial.there.stop()
    found += checker.journal_verifies(trial.there.environment)
    with installation.services(trial.there.url), transaction.session() as session:
        books = Books(session.connection(), told, trial.result.caught_up_at)
        for each in checker.CHECKS:
            each(books)
        written = [line for file in trial.there.folder.glob("mail-*.jsonl") for line in file.read_text("ascii").split()]
        checker.mail_arrived(books, written, trial.sink.taken)
        found += books.found
        _count(trial, books)


def owed(engine: sa.Engine, now: datetime) -> int:
    """Timers due at ``now`` in running cases, and messages that wait."""
    due = sa.select(sa.func.count()).select_from(Timer).join(Case, Case.id == Timer.case_id)
    due = due.where(Timer.state == "waiting", Timer.due_at <= now, Case.state == "running")
    unsent = sa.select(sa.func.count()).where(OutboxMessage.state == "waiting")
    with engine.connect() as connection:
        return (connection.scalar(due) or 0) + (connection.scalar(unsent) or 0)


def _count(trial: Trial, books: Books) -> None:
    counts = trial.result.counts
    counts.update(f"acknowledged {told.act}" for told in books.told if told.is_done)
    counts["requests sent again for want of an answer"] = sum(told.attempts for told in books.told)
    counts["refused"] = sum(not told.is_done for told in books.told)
    counts["timers fired"] = sum(timer.state == "fired" for timer in books.timers)
    counts["journal entries"] = len(books.entries)
    counts["cases"] = len(books.cases)
    counts["mail sent"] = len(trial.sink.taken)
    counts["mail arrived twice"] = sum(count - 1 for count in trial.sink.taken.values())
