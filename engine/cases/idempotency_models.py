"""Table of the answers given to requests that may come again."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base


class IdempotencyKey(Base):
    """The answer already given to a request: a repeat gets the same bytes (R04)."""

    __tablename__ = "idempotency_key"

    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    #: Method and path, and SHA-256 of the body: the same key for something else is refused.
    route: Mapped[str]
    body_hash: Mapped[str]
    status: Mapped[int]
    media_type: Mapped[str]
    location: Mapped[str | None]
    body: Mapped[bytes] = mapped_column(sa.LargeBinary)
    at: Mapped[datetime] = mapped_column(index=True)
