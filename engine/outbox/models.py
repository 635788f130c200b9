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


class Webhook(Identified, Base):
    """Another system that wants to know what happens in an agency: an address and the kinds of events it is told of."""

    __tablename__ = "webhook"

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"), index=True)
    #: What the office calls the system.
    name: Mapped[str]
    url: Mapped[str]
    #: Host and port of ``url``: what a breaker stands for.
    receiver: Mapped[str]
    #: Kinds of journal entries: ``step.opened``, ``dossier.*``.
    events: Mapped[list[str]]
    #: Which signing key is in force: 1, 2, 3 …; the key itself is stored nowhere (``signing.key_of``).
    key_number: Mapped[int] = mapped_column(default=1)
    is_active: Mapped[bool] = mapped_column(default=True)
    #: The journal number up to which this system's messages have been written.
    told_number: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    #: Counts changes; a change names the version its author saw (R03).
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))


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
        sa.Index(
            "ix_outbox_message_dead",
            "id",
            sqlite_where=sa.text("state = 'dead'"),
            postgresql_where=sa.text("state = 'dead'"),
        ),
        sa.Index("ix_outbox_message_list", "agency_id", "state", "id"),
    )

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"), index=True)
    #: Constant for one effect: the receiver's duplicate is harmless (R08).
    key: Mapped[str] = mapped_column(unique=True)
    #: ``mail`` or ``webhook``.
    kind: Mapped[str]
    #: Of a webhook: whom it is for.
    webhook_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("webhook.id"))
    payload: Mapped[dict[str, Any]]
    #: ``waiting``, ``sent``, ``dead`` (an operator decides), ``dropped`` (an operator decided).
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    #: Until when a worker holds it, by the database's clock, and which hold this is (R05).
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class OutboxPause(Identified, Base):
    """A time in which nothing leaves the machine: after a restore, until an operator releases the outbox (R25)."""

    __tablename__ = "outbox_pause"

    reason: Mapped[str]
    began_at: Mapped[datetime]
    began_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
