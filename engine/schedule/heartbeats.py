"""Which workers are alive, and when none was: a page that waits for timers must know whether anybody keeps time."""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine import clock
from engine.schedule.models import WorkerHeartbeat, WorkerOutage
from engine.transaction import session

#: A worker not heard of for so long is counted as dead.
SILENCE = timedelta(seconds=60)
#: Rows of workers that are gone are kept so long for the operator to see.
KEPT = timedelta(days=1)


def enter(name: str) -> uuid.UUID:
    """A worker begins; its id. Where nobody kept time before, the outage that ends here is written down."""
    now = clock.now()
    _note_outage(now)
    worker = WorkerHeartbeat(name=name, started_at=now, seen_at=now)
    session().add(worker)
    session().flush()
    return worker.id


def beat(worker_id: uuid.UUID) -> None:
    """The worker is alive; after a silence of all (it was stopped, the machine slept) the outage is written down."""
    now = clock.now()
    _note_outage(now)
    session().execute(sa.update(WorkerHeartbeat).where(WorkerHeartbeat.id == worker_id).values(seen_at=now, left_at=None))


def leave(worker_id: uuid.UUID) -> None:
    """The worker ends in order."""
    now = clock.now()
    session().execute(sa.update(WorkerHeartbeat).where(WorkerHeartbeat.id == worker_id).values(seen_at=now, left_at=now))


def alive(now: datetime) -> list[WorkerHeartbeat]:
    """The workers heard of lately, the oldest first."""
    query = sa.select(WorkerHeartbeat).where(WorkerHeartbeat.seen_at > now - SILENCE, WorkerHeartbeat.left_at.is_(None))
    return list(session().scalars(query.order_by(WorkerHeartbeat.started_at, WorkerHeartbeat.id)))


def known() -> list[WorkerHeartbeat]:
    """Every worker that is remembered: alive, silent, ended in order; the latest heard of first."""
    return list(session().scalars(sa.select(WorkerHeartbeat).order_by(WorkerHeartbeat.seen_at.desc(), WorkerHeartbeat.id)))


def state_of(worker: WorkerHeartbeat, now: datetime) -> str:
    """``alive``, ``silent`` (killed, cut off or stuck), ``left`` (ended in order)."""
    if worker.left_at is not None:
        return "left"
    return "alive" if worker.seen_at > now - SILENCE else "silent"


def outages(since: datetime | None = None, *, limit: int = 1000) -> list[WorkerOutage]:
    """Times in which nobody kept time, the latest first; ``since``: those that ended after it."""
    query = sa.select(WorkerOutage).where(*([WorkerOutage.ended_at > since] if since else []))
    return list(session().scalars(query.order_by(WorkerOutage.ended_at.desc(), WorkerOutage.id).limit(limit)))


def silent_since(now: datetime) -> datetime | None:
    """Since when nobody keeps time; None where somebody does, or nobody ever did."""
    last = session().execute(sa.select(WorkerHeartbeat.seen_at, WorkerHeartbeat.left_at)).all()
    if not last or any(left_at is None and seen_at > now - SILENCE for seen_at, left_at in last):
        return None
    return max(seen_at for seen_at, _ in last)


def forget(now: datetime) -> None:
    """Drop the rows of workers that have been silent for a day; whoever cleans up is alive, so the last one heard of stays."""
    session().execute(sa.delete(WorkerHeartbeat).where(WorkerHeartbeat.seen_at < now - KEPT))


def _note_outage(now: datetime) -> None:
    """Two workers that come at once may both write it: whoever reads takes the two for one."""
    began = silent_since(now)
    if began is not None and began < now:
        session().add(WorkerOutage(began_at=began, ended_at=now))
        session().flush()
