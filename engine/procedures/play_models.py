"""Table of plays: what a quality officer tried out on a draft, act by act."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Identified


class ProcedurePlay(Identified, Base):
    """One person's sandbox run of a draft. It is no case: it has no number, sends nothing and stands in no journal."""

    __tablename__ = "procedure_play"
    __table_args__ = (sa.UniqueConstraint("draft_id", "person_id"),)

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    draft_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("procedure_draft.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    #: The draft's SHA-256 when the last act was done; another one now: the acts are done again on other files.
    sha256: Mapped[str]
    #: What was done, in order: ``kind``, ``subject``, ``to``, ``answers``, ``returns``, ``fails`` and ``at``, the sandbox moment.
    acts: Mapped[list[Any]]
    #: What the sandbox's own clock shows.
    now_at: Mapped[datetime]
