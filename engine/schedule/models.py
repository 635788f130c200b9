"""Tables of the workers that keep time."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Identified


class WorkerHeartbeat(Identified, Base):
    """One running worker and when it was last heard of."""

    __tablename__ = "worker"

    #: Host and process, for the operator.
    name: Mapped[str]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
