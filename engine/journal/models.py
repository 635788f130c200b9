"""Tables of the journal."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base


class JournalEntry(Base):
    """One thing that happened. Rows are only ever inserted; triggers refuse the rest."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        sa.Index("ix_journal_entry_case", "agency_id", "case_id", "number"),
        sa.Index("ix_journal_entry_kind", "agency_id", "kind", "number"),
    )

    #: Each agency keeps its own chain.
    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"), primary_key=True)
    #: 1, 2, 3 … without holes inside the agency; the order of events.
    number: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    #: ``step.completed``, ``handover.sent``, ``sign_in.refused`` …: past tense, dotted.
    kind: Mapped[str]
    #: Who did it; empty for the engine itself.
    person_id: Mapped[uuid.UUID | None]
    case_id: Mapped[uuid.UUID | None]
    #: Canonical JSON of everything the entry says (actor, subject, before, after, reason, origin): exactly the hashed bytes.
    content: Mapped[str]
    #: SHA-256, hex, of the former entry of this agency (64 zeros before the first).
    previous_hash: Mapped[str]
    hash: Mapped[str]


class JournalHead(Base):
    """The last entry of an agency's chain; its row lock makes numbering gapless."""

    __tablename__ = "journal_head"

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"), primary_key=True)
    number: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    hash: Mapped[str] = mapped_column(default="0" * 64)
