"""What the engine has to do and how it does, over all agencies: for whoever watches the machine. Counts only, nobody's data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.cases.models import Case, Incident, Step, Timer
from engine.journal.models import JournalHead
from engine.outbox import status
from engine.schedule import punctuality
from engine.schedule.heartbeats import SILENCE
from engine.schedule.models import WorkerHeartbeat
from engine.schedule.punctuality import Punctuality
from engine.transaction import session

#: Open steps and waiting timers are counted up to here: so many or more.
COUNTED = 100_000
_WAITING = Timer.state == sa.literal_column("'waiting'")


@dataclass(frozen=True)
class Backlog:
    """What waits. ``oldest_due_s``: seconds since the oldest waiting timer was due, 0 where none is. ``journal``: entries."""

    steps_open: int
    cases_suspended: int
    timers_waiting: int
    timers_due: int
    oldest_due_s: float
    journal: int


@dataclass(frozen=True)
class Workers:
    """How many keep time, how many fell silent without leaving, and seconds since the last one was heard (None: never)."""

    alive: int
    silent: int
    heard_s: float | None


@dataclass(frozen=True)
class Readings:
    """All of it, each part in one statement. ``incidents``: open ones by cause."""

    backlog: Backlog
    incidents: Mapping[str, int]
    outbox: status.Summary
    workers: Workers
    punctuality: Punctuality


def take() -> Readings:
    """Read everything now: five statements, each on an index that holds only what is open or lately done."""
    now = clock.now()
    return Readings(_backlog(now), _incidents(), status.summary(), _workers(now), punctuality.lately(now))


def _backlog(now: datetime) -> Backlog:
    row = session().execute(_backlog_statement(now)).one()
    oldest = max((now - row.oldest_due_at).total_seconds(), 0.0) if row.oldest_due_at else 0.0
    return Backlog(row.steps, row.suspended, row.waiting, row.due, oldest, int(row.journal or 0))


def _backlog_statement(now: datetime) -> sa.Select[Any]:
    return sa.select(
        _count(sa.select(Step.agency_id).where(Step.state == sa.literal_column("'open'"))).label("steps"),
        _count(sa.select(Case.agency_id).where(Case.state == sa.literal_column("'suspended'"))).label("suspended"),
        _count(sa.select(Timer.agency_id).where(_WAITING)).label("waiting"),
        _count(sa.select(Timer.agency_id).where(_WAITING, Timer.due_at <= now)).label("due"),
        sa.select(sa.func.min(Timer.due_at)).where(_WAITING).scalar_subquery().label("oldest_due_at"),
        sa.select(sa.func.sum(JournalHead.number)).scalar_subquery().label("journal"),
    )


def _count(found: sa.Select[Any]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(found.limit(COUNTED).subquery()).scalar_subquery()


def _incidents() -> dict[str, int]:
    query = sa.select(Incident.cause, sa.func.count()).where(Incident.state == sa.literal_column("'open'"))
    return {cause: int(count) for cause, count in session().execute(query.group_by(Incident.cause))}


def _workers(now: datetime) -> Workers:
    is_there = WorkerHeartbeat.left_at.is_(None)
    lives = sa.and_(is_there, WorkerHeartbeat.seen_at > now - SILENCE)
    row = session().execute(
        sa.select(
            sa.func.count().filter(lives),
            sa.func.count().filter(sa.and_(is_there, WorkerHeartbeat.seen_at <= now - SILENCE)),
            sa.func.max(WorkerHeartbeat.seen_at),
        )
    )
    alive, silent, heard_at = row.one()
    return Workers(alive, silent, max((now - heard_at).total_seconds(), 0.0) if heard_at else None)
