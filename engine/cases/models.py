"""Tables of running work."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.cases import step_indexes
from engine.db import Base, Identified

_OPEN = sa.text("state = 'open'")
_DELEGATED = sa.text("state = 'open' AND delegation_id IS NOT NULL")
_WAITING = sa.text("state = 'waiting'")
_PAUSED = sa.text("state = 'paused'")
_FIRED = sa.text("state = 'fired'")
_SUSPENDED = sa.text("state = 'suspended'")


class Case(Identified, Base):
    """One run of a procedure revision (hồ sơ công việc)."""

    __tablename__ = "case"
    __table_args__ = (
        sa.Index("ix_case_agency", "agency_id", "opened_at", "id"),
        sa.Index("ix_case_suspended", "agency_id", "id", sqlite_where=_SUSPENDED, postgresql_where=_SUSPENDED),
    )

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    #: What people call it: the dossier code, or the procedure's own number.
    code: Mapped[str | None] = mapped_column(unique=True)
    procedure_code: Mapped[str]
    #: The revision it was opened under; a case keeps it unless a recorded migration moves it.
    revision_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("procedure_revision.id"), index=True)
    title: Mapped[str]
    #: What people search by: title, code and names folded without diacritics (``engine.text.fold``).
    search_text: Mapped[str] = mapped_column(default="")
    #: ``running``, ``completed``, ``stopped``, ``suspended``, ``incident``.
    state: Mapped[str]
    #: Where the tokens stand: the flow's compact bytes.
    marking: Mapped[bytes] = mapped_column(sa.LargeBinary)
    #: Grows with every move: what a decision saw (R03).
    version: Mapped[int] = mapped_column(default=0)
    #: The division whose officer and head handle it, where a step is a division's.
    division_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("division.id"))
    #: Step (BPMN id) → working minutes, where this case has terms of its own (a public service's hours).
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Small values the flow's conditions read; business data lives in the tables of its domain.
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Step (BPMN id) → how often the case was there, and who would do it again (person id, or empty). Empty: nowhere yet.
    visits: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON, default=dict)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    #: The moment the whole case is due, where it has one.
    due_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    #: Id of the end event it ended at.
    ended_at_element: Mapped[str | None]
    #: Code of the public service it handles; empty for other work.
    service_code: Mapped[str | None]

    steps: Mapped[list["Step"]] = relationship(back_populates="case", order_by="Step.opened_at, Step.id")


class Step(Identified, Base):
    """One piece of work of one role in a case (bước)."""

    __tablename__ = "step"
    __table_args__ = (
        *step_indexes.of_lists(),
        sa.Index("ix_step_case", "case_id", "opened_at"),
        sa.Index("ix_step_delegation", "delegation_id", sqlite_where=_DELEGATED, postgresql_where=_DELEGATED),
    )

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case.id"))
    #: BPMN id of the task, and the flow's number of the token waiting there.
    element: Mapped[str]
    token: Mapped[int]
    name: Mapped[str]
    #: The group it waits for: role, and division where the work is a division's.
    role: Mapped[str]
    division_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("division.id"))
    #: ``open``, ``completed``, ``returned``, ``cancelled``.
    state: Mapped[str]
    #: Who holds it; empty while it waits in the group.
    assignee_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    #: How often this element was reached in this case, from 1.
    visit: Mapped[int] = mapped_column(default=1)
    #: Loop item of a multi-instance task.
    item: Mapped[Any | None] = mapped_column(sa.JSON)
    #: Grows with claim, release, reassign, complete: what a decision saw (R03).
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime]
    #: Working minutes allowed, and the due moment they give (never past the case's own).
    term_minutes: Mapped[int | None]
    due_at: Mapped[datetime | None]
    #: When another group or person handed it over; empty where the work stayed in one group. The receiver's claim answers it.
    handed_over_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    answers: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    #: Under which delegation its holder holds, or did, it for somebody else; empty where in their own right.
    delegation_id: Mapped[uuid.UUID | None]

    case: Mapped[Case] = relationship(back_populates="steps")


class Timer(Identified, Base):
    """A due moment that makes something happen exactly once."""

    __tablename__ = "timer"
    __table_args__ = (
        sa.Index("ix_timer_due", "due_at", "position", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        sa.Index("ix_timer_case", "case_id", "state"),
        sa.Index("ix_timer_paused", "due_at", "id", sqlite_where=_PAUSED, postgresql_where=_PAUSED),
        sa.Index("ix_timer_fired", "fired_at", "id", sqlite_where=_FIRED, postgresql_where=_FIRED),
    )

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case.id"))
    step_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("step.id"))
    #: ``flow`` (a BPMN timer event), ``reminder``, ``overdue``, ``escalation_head``, ``escalation_leader``.
    kind: Mapped[str]
    #: For ``flow``: the BPMN id and the waiting token.
    element: Mapped[str | None]
    token: Mapped[int | None]
    due_at: Mapped[datetime]
    #: Order among timers of the same due moment.
    position: Mapped[int] = mapped_column(default=0)
    #: ``waiting``, ``fired``, ``cancelled``, ``paused``, ``dismissed``.
    state: Mapped[str] = mapped_column(default="waiting")
    #: When a worker saw it was due, and when its effect was committed.
    detected_at: Mapped[datetime | None]
    fired_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    #: After a failed attempt: not before this.
    retry_at: Mapped[datetime | None]


class Comment(Identified, Base):
    """A remark on a case, for colleagues."""

    __tablename__ = "comment"

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    text: Mapped[str]
    at: Mapped[datetime]


class Attachment(Identified, Base):
    """A scanned paper or other file of a case."""

    __tablename__ = "attachment"

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case.id"), index=True)
    sha256: Mapped[str]
    #: As the person named it; never used as a path.
    file_name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(sa.BigInteger)
    #: Which component of the dossier it is a scan of, from 0; empty for others.
    component: Mapped[int | None]
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Draft(Identified, Base):
    """What somebody typed and has not sent: survives a lost session."""

    __tablename__ = "draft"
    __table_args__ = (sa.UniqueConstraint("person_id", "subject"),)

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"))
    #: ``new-dossier`` or ``step:<uuid>``.
    subject: Mapped[str]
    answers: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


class Incident(Identified, Base):
    """A case the engine could not move (sự cố); never silently stuck. The same trouble at the same place is one incident."""

    __tablename__ = "incident"
    __table_args__ = (
        sa.Index("ix_incident_agency", "agency_id", "state", "at"),
        sa.Index("ix_incident_open", "agency_id", "reference", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    #: Eight letters and digits that say what went wrong where: what people are told and operators look up.
    reference: Mapped[str]
    case_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("case.id"), index=True)
    #: What failed and is tried again by itself: a timer, a timer that opens cases, or a message between cases.
    timer_id: Mapped[uuid.UUID | None]
    procedure_code: Mapped[str | None]
    element: Mapped[str | None]
    #: ``model``, ``runaway``, ``capability``, ``program``.
    cause: Mapped[str] = mapped_column(default="model")
    message: Mapped[str]
    #: For the operator only.
    trace: Mapped[str] = mapped_column(default="")
    #: What was being done: the act, and what was typed, without secrets. For the operator only.
    input: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Whose act failed; empty where the engine itself acted.
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    #: How often it happened, and the last time.
    attempts: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime]
    last_at: Mapped[datetime]
    #: When the engine tries again by itself; empty where it waits for a person.
    next_retry_at: Mapped[datetime | None]
    #: ``open`` or ``resolved``.
    state: Mapped[str] = mapped_column(default="open")
    #: ``retried``, ``dismissed`` by a person, ``healed`` by itself; empty while open.
    resolution: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))


class CaseMessage(Identified, Base):
    """Something a case or a person sends to others: a message to one case or procedure, a signal to all that wait for it.

    What is sent is one row. A signal is spread over rows for each receiver, so that one that fails keeps nobody else.
    """

    __tablename__ = "case_message"
    __table_args__ = (
        sa.Index("ix_case_message_waiting", "at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        sa.Index("ix_case_message_source", "source_case_id"),
        sa.Index("ix_case_message_target", "target_case_id"),
    )

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    #: ``message`` or ``signal``, and its name in the model.
    kind: Mapped[str]
    name: Mapped[str]
    #: Routing values that go with it.
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Which case it is for, as the models on both sides compute it; empty: for a case related to the sender.
    correlation: Mapped[str | None]
    #: The case that threw it and the BPMN id it was thrown at, or else the person who gave the signal.
    source_case_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("case.id"))
    element: Mapped[str | None]
    sent_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    #: Who receives it: a case that waits, or the case opened for it on this revision at this start event.
    target_case_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("case.id"))
    start_revision_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("procedure_revision.id"))
    start_element: Mapped[str | None]
    #: ``waiting``, ``spread`` (over rows for its receivers), ``delivered``, ``unclaimed`` (nobody waits for it), ``paused``
    #: (failed too often: the operator decides), ``failed`` (the operator laid it aside).
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    #: After an attempt that failed or found nobody: not before this.
    retry_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class StartTimer(Identified, Base):
    """A timer that opens cases of a published procedure: one for each timer start event of a revision."""

    __tablename__ = "start_timer"
    __table_args__ = (
        sa.UniqueConstraint("revision_id", "element"),
        sa.Index("ix_start_timer_waiting", "due_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    #: The agency that published it, and where its cases are opened.
    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    revision_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("procedure_revision.id"))
    element: Mapped[str]
    #: The moment of the next case; the last one's where it is over.
    due_at: Mapped[datetime]
    #: How many moments have passed, whether a case was opened for each or one for several.
    passed: Mapped[int] = mapped_column(default=0)
    #: ``waiting``, ``over`` (last moment passed, or revision out of force), ``paused`` (failed too often: the operator decides).
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    last_case_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("case.id"))
