"""Tables of procedures and their revisions."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.db import Base, Identified


class Procedure(Identified, Base):
    """What a quality officer writes; the agency that owns it and the agencies below may run it."""

    __tablename__ = "procedure"
    __table_args__ = (sa.UniqueConstraint("agency_id", "code"),)

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    #: The folder's name, e.g. ``dossier``.
    code: Mapped[str]
    title: Mapped[str]
    #: ``open``, ``suspended`` (no new cases for now) or ``withdrawn`` (none any more).
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    #: The revision new cases start on; empty before the first takes effect.
    current_revision_id: Mapped[uuid.UUID | None] = mapped_column(
        sa.ForeignKey("procedure_revision.id", use_alter=True, name="fk_procedure_current_revision_id")
    )

    current_revision: Mapped["ProcedureRevision | None"] = relationship(foreign_keys=[current_revision_id], post_update=True)


class ProcedureRevision(Identified, Base):
    """One published, immutable, hashed state of a procedure (lần ban hành / sửa đổi)."""

    __tablename__ = "procedure_revision"
    __table_args__ = (sa.UniqueConstraint("procedure_id", "number"),)

    procedure_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("procedure.id"))
    number: Mapped[int]
    #: SHA-256, hex, over the whole folder.
    sha256: Mapped[str] = mapped_column(index=True)
    #: Every file of the folder: relative path → base64 text (folders are small and must never change).
    files: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    #: The executable form of the model (original BPMN stands in ``files``) and what was changed to reach it.
    bpmn: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    changes: Mapped[list[Any]] = mapped_column(deferred=True)
    #: ``approved`` (waits for its date), ``effective``, ``obsolete``, ``dropped`` (never took effect); drafts live elsewhere.
    state: Mapped[str]
    #: Why it may run: the decision or act that approved it.
    approval_basis: Mapped[str]
    published_at: Mapped[datetime]
    published_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    #: When it takes or took effect; empty in revisions from before dates were kept.
    effective_at: Mapped[datetime | None]
    #: The case that approved it; empty where a decision outside the system did.
    approval_case_id: Mapped[uuid.UUID | None] = mapped_column(index=True)

    procedure: Mapped[Procedure] = relationship(foreign_keys=[procedure_id])


class ProcedureDraft(Identified, Base):
    """What a quality officer is drawing: a folder that may be wrong, and never runs."""

    __tablename__ = "procedure_draft"
    __table_args__ = (sa.Index("ix_procedure_draft_agency_id", "agency_id", "state", "changed_at"),)

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    code: Mapped[str]
    title: Mapped[str]
    #: The revision it changes; empty for a new procedure.
    base_revision_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("procedure_revision.id"))
    #: As in ``ProcedureRevision``: relative path → base64 text, and SHA-256 (hex) over the whole folder.
    files: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    sha256: Mapped[str]
    #: Grows with each change: whoever saves says which one was read.
    version: Mapped[int]
    #: ``open``, ``submitted``, ``approved`` or ``discarded``.
    state: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    #: Who edits it now, and until when that is believed.
    editor_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    editor_until: Mapped[datetime | None]
    #: The case that decides on it, once submitted.
    approval_case_id: Mapped[uuid.UUID | None] = mapped_column()

    base_revision: Mapped[ProcedureRevision | None] = relationship()
