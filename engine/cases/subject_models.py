"""Table of what a case decides on: a draft of a procedure, later any controlled document."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base


class CaseSubject(Base):
    """The one thing a case decides on, and the exact content its signers answer for."""

    __tablename__ = "case_subject"
    __table_args__ = (sa.Index("ix_case_subject_kind_subject_id", "kind", "subject_id", "bound_at"),)

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case.id"), primary_key=True)
    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    #: A kind that ``engine.cases.subjects`` knows, e.g. ``procedure_draft``, and the row of that kind.
    kind: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    #: SHA-256, hex, of the content its author signed in this round; of what was found when the case opened until then.
    sha256: Mapped[str]
    #: How often it was put forward, from 1: a return for editing begins the next round.
    round: Mapped[int] = mapped_column(default=1)
    bound_at: Mapped[datetime]
