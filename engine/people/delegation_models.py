"""Table of delegations: who acts for whom, when, within what scope, signing how."""

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.db import Base, Identified
from engine.people.models import Person, Position


class Delegation(Identified, Base):
    """One person acts for the holder of a position for a time (uỷ quyền); never changed, only withdrawn."""

    __tablename__ = "delegation"
    __table_args__ = (
        sa.Index("ix_delegation_delegate", "delegate_id", "starts_at", "id"),
        sa.Index("ix_delegation_giver", "giver_id", "starts_at", "id"),
        sa.Index("ix_delegation_agency", "agency_id", "starts_at", "id"),
    )

    #: Where the position is held and the delegate works.
    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    #: Whose work it is: the position, and who holds it.
    position_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("position.id"))
    giver_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    #: Who does it meanwhile.
    delegate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    #: Roles of the position it is about.
    roles: Mapped[list[str]]
    #: Codes of the procedures and of the public services it is about; empty lists: all work of the roles.
    procedures: Mapped[list[str]]
    services: Mapped[list[str]]
    #: ``KT.``, ``TL.`` or ``TUQ.``, as printed above the signature; empty where nothing is signed for the giver.
    signing: Mapped[str]
    #: From the first instant on, before the second.
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    #: The decision or regulation it rests on.
    basis_number: Mapped[str]
    basis_on: Mapped[date | None]
    reason: Mapped[str]
    created_at: Mapped[datetime]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    withdraw_reason: Mapped[str | None]

    position: Mapped[Position] = relationship()
    giver: Mapped[Person] = relationship(foreign_keys=giver_id)
    delegate: Mapped[Person] = relationship(foreign_keys=delegate_id)
