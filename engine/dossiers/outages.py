"""Times in which no worker kept time, as the workers wrote them down: read here, where lateness is booked to them."""

from datetime import datetime

import sqlalchemy as sa

from engine.db import UtcDateTime
from engine.transaction import session

#: The workers stand above dossiers (``engine.schedule.models.WorkerOutage``); the ledger reads two of their columns.
_OUTAGE = sa.table("worker_outage", sa.column("began_at", UtcDateTime()), sa.column("ended_at", UtcDateTime()))


def between(since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """The outages that touch the time from ``since`` to ``until``, each from its beginning to its end; they may overlap."""
    began, ended = _OUTAGE.c.began_at, _OUTAGE.c.ended_at
    query = sa.select(began, ended).where(ended > since, began < until).order_by(ended)
    return [(row.began_at, row.ended_at) for row in session().execute(query)]
