"""Timers: 100 000 wait, 1 000 of them are due at one moment, two workers fire them; PostgreSQL, workers as in production."""

import statistics
import time
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import clock
from engine.cases.models import Step, Timer
from engine.journal.models import JournalEntry
from tests.bench import filling, places, serving
from tests.bench.filling import Plan

WAITING, DUE, WORKERS = 100_000, 1_000, 2
#: The workers have started and idle when the moment comes, and at last all that ever fires has fired.
START, PATIENCE = timedelta(seconds=15), timedelta(seconds=180)
_RUNG = ("step.reminded", "step.overdue", "step.escalated")


def measure(place: Path, _rounds: int) -> dict[str, float]:
    """p99 of fired − due in seconds, timers that rang more than once, timers that did not ring."""
    with places.database("postgresql", place, "timers", "office") as url:
        filling.fill(url, Plan(WAITING, offices=20, open_every=1, mine=0))
        settings = serving.environment(url, place / "timers")
        for name in ("QUYTRINH_TESTING", "QUYTRINH_TEST_CHEAP_PASSWORDS"):
            settings.pop(name)
        administrator = sa.create_engine(places.as_administrator(url), isolation_level="AUTOCOMMIT")
        with administrator.connect() as connection:
            due_at = clock.now() + START
            _make_due(connection, due_at)
            with serving.running(settings, "work"), serving.running(settings, "work"):
                _await(connection, due_at)
            found = _judge(connection, due_at)
        administrator.dispose()
        return found


def _make_due(connection: Connection, due_at: datetime) -> None:
    """One timer of each of ``DUE`` cases spread over the offices; its step's own moment lies far ahead."""
    chosen = [filling.identifier(number * (WAITING // DUE - 1), 0) for number in range(DUE)]
    due = sa.select(Timer.id).where(Timer.case_id.in_(chosen), Timer.state == "waiting").distinct(Timer.case_id)
    later = due_at + timedelta(days=30)
    connection.execute(sa.update(Step).where(Step.case_id.in_(chosen)).values(due_at=later))
    connection.execute(sa.update(Timer).where(Timer.id.in_(due)).values(due_at=due_at, kind="reminder"))


def _await(connection: Connection, due_at: datetime) -> None:
    """Until nothing of that moment waits any more, or patience is at its end."""
    waiting = sa.select(sa.func.count()).select_from(Timer).where(Timer.due_at == due_at, Timer.state == "waiting")
    while clock.now() < due_at + PATIENCE and connection.execute(waiting).scalar_one():
        time.sleep(1)


def _judge(connection: Connection, due_at: datetime) -> dict[str, float]:
    fired = connection.execute(sa.select(Timer.fired_at).where(Timer.due_at == due_at, Timer.state == "fired")).scalars().all()
    late = [(at - due_at).total_seconds() for at in fired if at is not None]
    timer_id = sa.cast(JournalEntry.content, sa.JSON)["timer_id"].as_string()
    rang = sa.select(sa.func.count(), sa.func.count(sa.distinct(timer_id))).where(JournalEntry.kind.in_(_RUNG))
    bells, different = connection.execute(rang).one()
    return {
        "timers.p99_s": statistics.quantiles(late, n=100)[-1] if len(late) > 1 else float("inf"),
        "timers.median_s": statistics.median(late) if late else float("inf"),
        "timers.double": bells - different,
        "timers.lost": DUE - different,
    }
