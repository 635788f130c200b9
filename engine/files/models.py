"""Tables of stored files."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base


class StoredFile(Base):
    """Bytes kept once under their SHA-256, by agency."""

    __tablename__ = "stored_file"

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"), primary_key=True)
    #: SHA-256 of the bytes, hex: also the name on disk.
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    #: Decided by content, never by name.
    media_type: Mapped[str]
    stored_at: Mapped[datetime]
