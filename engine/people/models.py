"""Tables of agencies, people and their access."""

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.db import Base, Identified


class Agency(Identified, Base):
    """A province, department or commune (cơ quan); a tree with validity dates."""

    __tablename__ = "agency"

    #: Identification code (QĐ 20/2020/QĐ-TTg), e.g. ``H31.12.5``; part of every dossier code.
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    #: ``province``, ``department`` or ``commune``.
    kind: Mapped[str]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("agency.id"), index=True)
    #: Path of ids from the root, ``/uuid/uuid/``: the subtree as one indexed prefix.
    path: Mapped[str] = mapped_column(index=True)
    #: Letterhead of the one-stop unit: parent_name, name, unit_name, place, address, hotline.
    letterhead: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: The calendar version in force here: its own newest, else that of the nearest agency above (``people.working_time``).
    calendar_version_id: Mapped[uuid.UUID | None] = mapped_column()
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    parent: Mapped["Agency | None"] = relationship(remote_side="Agency.id")


class Division(Identified, Base):
    """A specialised division inside an agency (phòng chuyên môn)."""

    __tablename__ = "division"
    __table_args__ = (sa.UniqueConstraint("agency_id", "code"),)

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    code: Mapped[str]
    name: Mapped[str]


class Person(Identified, Base):
    """Somebody who signs in. Who may do what stands in the positions."""

    __tablename__ = "person"

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"), index=True)
    #: Lower-case account name.
    login: Mapped[str] = mapped_column(unique=True)
    full_name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    #: ``scrypt:…``; empty when the person cannot sign in with a password.
    password_hash: Mapped[str | None]
    #: Second factor (TOTP), base32; set once confirmed.
    totp_secret: Mapped[str | None]
    #: The last accepted TOTP time step: a code is good once.
    totp_last_step: Mapped[int | None] = mapped_column(sa.BigInteger)
    is_active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    #: ``vi`` or ``en``.
    language: Mapped[str] = mapped_column(default="vi")

    agency: Mapped[Agency] = relationship()
    positions: Mapped[list["Position"]] = relationship(back_populates="person", order_by="Position.valid_from")


class Position(Identified, Base):
    """In which capacity a person acts, where and how long (chức vụ)."""

    __tablename__ = "position"
    __table_args__ = (sa.Index("ix_position_agency_id_person_id", "agency_id", "person_id"),)

    agency_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("agency.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    #: Empty: the whole agency.
    division_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("division.id"))
    #: As printed under a signature, e.g. ``Chủ tịch``.
    title: Mapped[str]
    #: clerk, officer, head, leader, deputy, registrar, secretary, archivist, accountant, inspector, admin.
    roles: Mapped[list[str]]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    #: The collective its holder heads and signs for (``TM.``, NĐ 30/2020 Phụ lục I), e.g. ``Ủy ban nhân dân``; empty: none.
    collective: Mapped[str | None]

    person: Mapped[Person] = relationship(back_populates="positions")
    division: Mapped[Division | None] = relationship()


class RecoveryCode(Identified, Base):
    """One-time substitute for the second factor."""

    __tablename__ = "recovery_code"

    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    #: SHA-256 of the code (80 random bits), hex.
    code_hash: Mapped[str]
    used_at: Mapped[datetime | None]


class WebSession(Base):
    """A browser's session: lives in the database, ends at once when revoked (R44)."""

    __tablename__ = "web_session"

    #: SHA-256, hex, of the random id in the cookie.
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    #: Empty before sign-in.
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    #: When the second factor or the password was last proved (R45).
    proved_at: Mapped[datetime | None]


class ApiToken(Identified, Base):
    """A bearer token of one person for the JSON API."""

    __tablename__ = "api_token"

    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInAttempt(Identified, Base):
    """A refused sign-in; counted per account and per address before any password is hashed (R46)."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        sa.Index("ix_sign_in_attempt_login", "login", "at"),
        sa.Index("ix_sign_in_attempt_address", "address", "at"),
    )

    login: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]
