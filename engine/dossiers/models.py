"""Tables of public services and the dossiers opened under them."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.cases.models import Case
from engine.db import Base, Identified

_UNFINISHED = sa.text("finished_at IS NULL AND due_at IS NOT NULL")
_FINISHED = sa.text("finished_at IS NOT NULL")


class PublicService(Identified, Base):
    """A statutory service (thủ tục hành chính, TTHC) as published for an agency and those below it."""

    __tablename__ = "public_service"
    __table_args__ = (sa.UniqueConstraint("agency_id", "code", "edition"),)

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    #: National code ``d.dddddd``, or a local one.
    code: Mapped[str]
    #: 1, 2 …: a changed service is a new edition; a dossier keeps the one it was received under.
    edition: Mapped[int] = mapped_column(default=1)
    name: Mapped[str]
    search_text: Mapped[str] = mapped_column(default="")
    #: Lĩnh vực.
    field: Mapped[str]
    #: Name of the division that handles it.
    unit: Mapped[str]
    division_code: Mapped[str | None]
    procedure_code: Mapped[str] = mapped_column(default="dossier")
    limit_value: Mapped[Decimal] = mapped_column(sa.Numeric(6, 2))
    #: ``working_day``, ``working_hour`` or ``calendar_day``.
    limit_unit: Mapped[str]
    limit_text: Mapped[str]
    #: [{name, originals, copies}]
    components: Mapped[list[Any]]
    sets: Mapped[int] = mapped_column(default=1)
    fee_text: Mapped[str]
    result: Mapped[str]
    law: Mapped[str]
    #: [{seq, name, role, hours, output}] as published.
    steps: Mapped[list[Any]]
    #: Step (BPMN id) → working minutes, derived from ``steps`` and editable.
    terms: Mapped[dict[str, Any]]
    #: What a supplement during handling does to the clock: ``restart`` or ``pause``.
    after_supplement: Mapped[str] = mapped_column(default="restart")
    #: Not checked against the law: administrators see "cần kiểm chứng".
    is_unverified: Mapped[bool] = mapped_column(default=True)
    verification_note: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class SlipForm(Identified, Base):
    """One prescribed form of one generation (Mẫu số …), dated data with its legal basis."""

    __tablename__ = "slip_form"
    __table_args__ = (sa.UniqueConstraint("generation", "kind"),)

    #: ``2018`` (TT 01/2018/TT-VPCP) or ``2025`` (TT 03/2025/TT-VPCP).
    generation: Mapped[str]
    #: ``receipt``, ``supplement``, ``refusal``, ``apology``, ``stop``, ``control_sheet``, ``register``.
    kind: Mapped[str]
    #: ``Mẫu số 01``.
    number_text: Mapped[str]
    title: Mapped[str]
    #: Symbol after the number, e.g. ``TNHS``.
    symbol: Mapped[str]
    legal_basis: Mapped[str]
    #: File in the procedure's ``slips/``.
    template: Mapped[str]
    #: ``a4`` or ``a5``.
    paper: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    is_unverified: Mapped[bool] = mapped_column(default=True)


class Dossier(Base):
    """A case opened for a citizen (hồ sơ một cửa)."""

    __tablename__ = "dossier"
    __table_args__ = (
        sa.Index("ix_dossier_agency_status", "agency_id", "status", "due_at"),
        sa.Index("ix_dossier_agency_received", "agency_id", "received_at"),
        sa.Index("ix_dossier_agency_registered", "agency_id", "registered_at", "case_id"),
        sa.Index("ix_dossier_owner", "agency_id", "owner_id_number"),
        sa.Index(
            "ix_dossier_unfinished", "agency_id", "due_at", "case_id", sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED
        ),
        # All a report asks of a finished dossier: it is counted from the index alone.
        sa.Index(
            "ix_dossier_finished",
            *("agency_id", "finished_at", "received_at", "due_at", "service_id", "channel", "case_id"),
            sqlite_where=_FINISHED,
            postgresql_where=_FINISHED,
        ),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case.id"), primary_key=True)
    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    #: Mã số hồ sơ: agency code, day, ordinal of the day.
    code: Mapped[str] = mapped_column(unique=True)
    service_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("public_service.id"))
    #: The service handled by this division, found at intake.
    division_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("division.id"))
    #: ``counter``, ``post`` or ``online``.
    channel: Mapped[str]
    #: One of the ten portal statuses, see ``rules.STATUSES``.
    status: Mapped[str]
    #: {full_name, id_number, address, phone, email}
    owner: Mapped[dict[str, Any]]
    owner_id_number: Mapped[str | None]
    #: The same shape, when somebody else hands it in; and on what authority.
    submitter: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    #: [{name, originals, copies}] as really handed in.
    components: Mapped[list[Any]]
    return_place: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    #: Which set of forms (2018, 2025) this dossier keeps.
    generation: Mapped[str]
    registered_at: Mapped[datetime]
    #: Complete and correct: the clock starts (NĐ 118/2025 Đ.17.3). Empty before.
    received_at: Mapped[datetime | None]
    received_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    due_at: Mapped[datetime | None]
    original_due_at: Mapped[datetime | None]
    #: Derivation of ``due_at``, with the calendar version it was computed on.
    deadline: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    #: Line in the yearly register.
    register_year: Mapped[int | None]
    register_number: Mapped[int | None]
    result_number: Mapped[str | None]
    #: Result ready (status done); judged against due.
    finished_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    #: ``granted``, ``not_granted``, ``refused``, ``stopped``.
    outcome: Mapped[str | None]
    #: Random part of the public status link (>= 80 bits).
    status_token: Mapped[str] = mapped_column(unique=True)

    case: Mapped[Case] = relationship(lazy="joined", innerjoin=True)
    service: Mapped[PublicService] = relationship(lazy="joined", innerjoin=True)


class ClockPeriod(Identified, Base):
    """A time that does not run against the office: who caused it, from when to when, on what basis."""

    __tablename__ = "clock_period"

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case.id"), index=True)
    #: ``supplement``, ``restart``, ``finance``: the kinds of the deadline arithmetic.
    kind: Mapped[str]
    started_at: Mapped[datetime]
    #: Empty while it lasts.
    ended_at: Mapped[datetime | None]
    reason: Mapped[str]


class Slip(Identified, Base):
    """A numbered paper issued by a step (phiếu, giấy)."""

    __tablename__ = "slip"
    __table_args__ = (
        sa.UniqueConstraint("agency_id", "series", "year", "number"),
        sa.Index("ix_slip_case", "agency_id", "case_id"),
    )

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case.id"))
    form_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("slip_form.id"))
    kind: Mapped[str]
    #: The number series (the form's symbol), year and ordinal.
    series: Mapped[str]
    year: Mapped[int]
    number: Mapped[int]
    #: Everything printed, frozen when issued.
    data: Mapped[dict[str, Any]]
    #: The procedure revision whose template prints it.
    revision_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("procedure_revision.id"))
    issued_at: Mapped[datetime]
    issued_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None]
    replaced_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("slip.id"))
    #: The PDF as first printed.
    pdf_sha256: Mapped[str | None]

    form: Mapped[SlipForm] = relationship()
