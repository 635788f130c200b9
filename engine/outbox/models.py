"""Tables of what is told to people and sent to other systems."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Identified


class Notice(Identified, Base):
    """A line in a person's bell: a reminder, an overdue step, an escalation, a returned dossier."""

    __tablename__ = "notice"
    __table_args__ = (
        sa.Index(
            "ix_notice_unread",
            "person_id",
            "at",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        ),
        sa.Index("ix_notice_case", "agency_id", "case_id"),
    )

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    #: ``reminder``, ``overdue``, ``escalation_head``, ``escalation_leader``, ``returned`` …
    kind: Mapped[str]
    text: Mapped[str]
    case_id: Mapped[uuid.UUID | None]
    step_id: Mapped[uuid.UUID | None]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class OutboxMessage(Identified, Base):
    """Mail or a webhook, decided in the transaction that caused it, delivered after it at least once."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        sa.Index(
            "ix_outbox_message_due",
            "next_at",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        ),
    )

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"), index=True)
    #: Constant for one effect: the receiver's duplicate is harmless (R08).
    key: Mapped[str] = mapped_column(unique=True)
    #: ``mail`` or ``webhook``.
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    #: ``waiting``, ``sent``, ``dead``.
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    #: Until when a worker holds it, and which hold this is (R05).
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
