"""Which workers are alive: a page that waits for timers must know whether anybody keeps time."""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine import clock
from engine.schedule.models import WorkerHeartbeat
from engine.transaction import session

#: A worker not heard of for so long is counted as dead.
SILENCE = timedelta(seconds=60)
#: Rows of dead workers are kept so long for the operator to see.
KEPT = timedelta(days=1)


def enter(name: str) -> uuid.UUID:
    """A worker begins; its id."""
    worker = WorkerHeartbeat(name=name, started_at=clock.now(), seen_at=clock.now())
    session().add(worker)
    session().flush()
    return worker.id


def beat(worker_id: uuid.UUID) -> None:
    """The worker is alive."""
    session().execute(sa.update(WorkerHeartbeat).where(WorkerHeartbeat.id == worker_id).values(seen_at=clock.now()))


def leave(worker_id: uuid.UUID) -> None:
    """The worker ends in order."""
    session().execute(sa.delete(WorkerHeartbeat).where(WorkerHeartbeat.id == worker_id))


def alive(now: datetime) -> list[WorkerHeartbeat]:
    """The workers heard of lately, the oldest first."""
    query = sa.select(WorkerHeartbeat).where(WorkerHeartbeat.seen_at > now - SILENCE)
    return list(session().scalars(query.order_by(WorkerHeartbeat.started_at, WorkerHeartbeat.id)))


def forget(now: datetime) -> None:
    """Drop the rows of workers that have been silent for a day."""
    session().execute(sa.delete(WorkerHeartbeat).where(WorkerHeartbeat.seen_at < now - KEPT))
