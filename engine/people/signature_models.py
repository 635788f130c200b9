"""Table of signatures: who answers for which exact content, in which meaning."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, Identified

_STANDING = sa.text("voided_at IS NULL")


class Signature(Identified, Base):
    """One person's signature under one content; never changed, only voided when the content changes."""

    __tablename__ = "signature"
    __table_args__ = (
        sa.Index(
            "uq_signature_standing",
            "subject_id",
            "person_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    #: What was signed, e.g. ``procedure_draft``, and its row.
    subject_kind: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    #: SHA-256, hex, of the exact content the person saw.
    sha256: Mapped[str]
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    #: Name and title as they were printed at that time; later changes of the person do not touch them.
    name: Mapped[str]
    title: Mapped[str]
    #: ``author`` (lập), ``review`` (xem xét), ``approve`` (phê duyệt) or ``issue`` (ban hành).
    meaning: Mapped[str]
    signed_at: Mapped[datetime]
    #: How the person was proved: ``password``.
    method: Mapped[str]
    #: Network address the act came from.
    address: Mapped[str]
    #: In which case and with which step it was given.
    case_id: Mapped[uuid.UUID | None]
    step_id: Mapped[uuid.UUID | None]
    #: Whom the person acted for; empty where it was the person's own act.
    on_behalf_of_id: Mapped[uuid.UUID | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None]

    @property
    def principals(self) -> frozenset[uuid.UUID]:
        """Who signed, and for whom: none of them may appear under the same content again."""
        return frozenset(one for one in (self.person_id, self.on_behalf_of_id) if one is not None)
