"""Tables of what moves or stops the legal clock of a dossier, and who decided it."""

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Identified


class Extension(Identified, Base):
    """A new promise given with an apology (TT 03/2025 Mẫu 04). The date it replaces is the one statistics judge by."""

    __tablename__ = "dossier_extension"
    __table_args__ = (sa.UniqueConstraint("case_id", "number"),)

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case.id"))
    #: 1, 2 …: how often since receipt; the procedure says how often it may be.
    number: Mapped[int]
    from_due_at: Mapped[datetime]
    to_due_at: Mapped[datetime]
    reason: Mapped[str]
    #: The apology that was sent.
    slip_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("slip.id"))
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))


class Consultation(Identified, Base):
    """Another body asked for its opinion, within a term of its own inside the limit."""

    __tablename__ = "dossier_consultation"
    __table_args__ = (sa.Index("ix_dossier_consultation_case", "case_id", "asked_at"),)

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case.id"))
    #: Whom it was asked of, and what.
    body: Mapped[str]
    question: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    #: By when it should answer.
    due_at: Mapped[datetime]
    #: Where no answer comes by then: whether that is taken as agreement.
    is_silence_agreement: Mapped[bool]
    answered_at: Mapped[datetime | None]
    #: ``agreed``, ``disagreed``, ``silent_agreed``, ``silent``; empty while it is waited for.
    answer: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")


class PaymentDuty(Identified, Base):
    """What a citizen was told to pay before the dossier goes on (nghĩa vụ tài chính)."""

    __tablename__ = "dossier_payment"
    __table_args__ = (sa.Index("ix_dossier_payment_case", "case_id", "notified_at"),)

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case.id"))
    #: What it is for, and on what paper it rests (the tax office's notice).
    purpose: Mapped[str]
    #: Đồng.
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    due_on: Mapped[date]
    slip_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("slip.id"))
    notified_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    #: Number of the receipt the finance rules give (biên lai, giấy nộp tiền).
    receipt_number: Mapped[str] = mapped_column(default="")


class CalendarDecision(Identified, Base):
    """What a person decided for one dossier when a new calendar version would have moved its promise."""

    __tablename__ = "dossier_calendar_decision"
    __table_args__ = (sa.UniqueConstraint("case_id", "version_id"),)

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case.id"))
    version_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("calendar_version.id"))
    #: ``moved`` or ``kept``.
    decision: Mapped[str]
    before_due_at: Mapped[datetime]
    #: The promise by the new version, whether it was taken or not.
    after_due_at: Mapped[datetime]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
