"""Tables of cases brought to another revision: the act, and each case it is about."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.db import Base, Identified

_WAITING = sa.text("state = 'waiting'")


class MigrationAct(Identified, Base):
    """A recorded decision to bring open cases of a procedure to another revision (quyết định chuyển bản quy trình)."""

    __tablename__ = "migration_act"
    __table_args__ = (sa.UniqueConstraint("agency_id", "year", "number"),)

    #: The agency whose cases it is about.
    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    #: Counted in each agency and year from 1: what the journal and people name it by.
    year: Mapped[int]
    number: Mapped[int]
    to_revision_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("procedure_revision.id"), index=True)
    reason: Mapped[str]
    #: BPMN id of the former revision → BPMN id of the later one, where a person said so.
    mapping: Mapped[dict[str, Any]]
    #: ``keep``: open steps keep the terms and due moments they have; ``new``: they get those of the later revision.
    terms: Mapped[str]
    made_at: Mapped[datetime]
    made_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))

    cases: Mapped[list["MigratedCase"]] = relationship(back_populates="act", order_by="MigratedCase.id")


class MigratedCase(Identified, Base):
    """One case of a migration act: what became of it, and how it stood before, so that it can be put back."""

    __tablename__ = "migrated_case"
    __table_args__ = (
        sa.UniqueConstraint("act_id", "case_id"),
        sa.Index("ix_migrated_case_case", "case_id"),
        sa.Index("ix_migrated_case_waiting", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    act_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("migration_act.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case.id"))
    from_revision_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("procedure_revision.id"))
    #: ``waiting`` (its turn comes), ``migrated``, ``stayed`` (could not be, or was to stay: ``note`` says why), ``undone``.
    state: Mapped[str]
    #: ``unchanged``, ``automatic``, ``decision`` or ``stays``: what was foreseen when the act was made.
    fate: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    #: Marking, steps and timers before and after it; empty until it is migrated.
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    settled_at: Mapped[datetime | None]

    act: Mapped[MigrationAct] = relationship(back_populates="cases")
