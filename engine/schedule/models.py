"""Tables of the workers that keep time."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Identified


class WorkerHeartbeat(Identified, Base):
    """One worker and when it was last heard of."""

    __tablename__ = "worker"

    #: Host and process, for the operator.
    name: Mapped[str]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    #: When it ended in order; empty while it works, and where it was killed.
    left_at: Mapped[datetime | None]


class WorkerOutage(Identified, Base):
    """A time in which no worker kept time, written by the first one that came (back). Lateness made by it is booked to it."""

    __tablename__ = "worker_outage"

    began_at: Mapped[datetime]
    ended_at: Mapped[datetime] = mapped_column(index=True)
