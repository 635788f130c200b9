"""Tables of numbers and books."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Identified


class NumberSeries(Base):
    """The next number of one series: taken in the transaction that uses it, so unique and without holes (R14)."""

    __tablename__ = "number_series"

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"), primary_key=True)
    #: ``dossier_code``, ``dossier_register``, ``slip:TNHS``, ``document:QĐ-UBND`` …
    series: Mapped[str] = mapped_column(primary_key=True)
    #: ``2026`` for yearly series, ``261120`` for daily ones.
    period: Mapped[str] = mapped_column(primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)


class RegisterEntry(Identified, Base):
    """One line of a book (sổ): register, year, gapless number."""

    __tablename__ = "register_entry"
    __table_args__ = (sa.UniqueConstraint("agency_id", "register", "year", "number"),)

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    register: Mapped[str]
    year: Mapped[int]
    number: Mapped[int]
    case_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("case.id"), index=True)
    #: The line as first written; later facts (result, return) are joined from the dossier.
    content: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
