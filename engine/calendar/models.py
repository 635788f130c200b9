"""The table of working calendars."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine import clock
from engine.db import Base, Identified


class CalendarVersion(Identified, Base):
    """One state of an agency's working calendar. Rows are never changed: every edit makes the next version (DESIGN 3.5)."""

    __tablename__ = "calendar_version"
    __table_args__ = (sa.UniqueConstraint("agency_id", "number"),)

    #: The agency that decided it; agencies below it without a calendar of their own follow it.
    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    #: 1, 2, 3 … within the agency; a deadline names the number it was computed with.
    number: Mapped[int]
    #: Office hours: ``{"0": [["07:30", "11:30"], …], …, "6": [], "seasons": […], "reception": {…}}``, see ``shape``.
    sessions: Mapped[dict[str, Any]]
    #: Days off and working Saturdays: ``[{"date", "kind", "name", "basis", "is_unverified", "sessions"?}, …]``, see ``shape``.
    days: Mapped[list[Any]]
    #: The document or the reason this version rests on.
    basis: Mapped[str]
    #: When it was made.
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    #: Who made it; empty for the calendar the product came with.
    made_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
