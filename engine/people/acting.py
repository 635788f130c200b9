"""Acting for another: a delegation in force as its delegate carries it, and the work it is about."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from engine import clock

#: How a delegate signs (NĐ 30/2020 Phụ lục I, II): as deputy, by order, by authorisation. ``TM.`` belongs to the position.
SIGNINGS = ("KT.", "TL.", "TUQ.")


class Work(NamedTuple):
    """A piece of work as delegations see it: the group it waits for, its procedure's code, its public service's (None: none)."""

    agency_id: uuid.UUID
    role: str
    division_id: uuid.UUID | None = None
    procedure: str = ""
    service: str | None = None


@dataclass(frozen=True)
class ActingFor:
    """Whom somebody acts for, in which of that person's roles, for which work, until when, signing how.

    ``title`` and ``collective`` are those of the giver's position. ``procedures`` and ``services`` empty: all work of the roles.
    """

    delegation_id: uuid.UUID
    person_id: uuid.UUID
    login: str
    full_name: str
    title: str
    agency_id: uuid.UUID
    division_id: uuid.UUID | None
    roles: frozenset[str]
    procedures: frozenset[str]
    services: frozenset[str]
    signing: str
    collective: str | None
    starts_at: datetime
    ends_at: datetime

    @property
    def words(self) -> str:
        """For whom, as a signature says it: ``KT. Chủ tịch Hoàng Đức Thắng``; ``thay Trần Văn Dũng`` where nothing is signed."""
        return said({"signing": self.signing, "title": self.title, "name": self.full_name})

    @property
    def capacity(self) -> str:
        """In which capacity one signs: ``KT. Chủ tịch``; empty where nothing is signed."""
        return f"{self.signing} {self.title}" if self.signing else ""

    def covers(self, work: Work, at: datetime) -> bool:
        """Whether ``work`` is within the delegation's roles, division, scope and dates at that instant."""
        is_in_time = work.agency_id == self.agency_id and self.starts_at <= at < self.ends_at
        return is_in_time and reaches(work, self.division_id, self.roles, self.procedures, self.services)

    @property
    def last_day(self) -> date:
        """Its last day, which is included, on the office's wall clock."""
        return (clock.local(self.ends_at) - timedelta(seconds=1)).date()

    def as_record(self) -> dict[str, Any]:
        """What the journal keeps of it beside who acted."""
        known = {"login": self.login, "name": self.full_name, "title": self.title}
        return {**known, "signing": self.signing, "delegation_id": self.delegation_id}


def reaches(
    work: Work,
    division_id: uuid.UUID | None,
    roles: Collection[str],
    procedures: Collection[str],
    services: Collection[str],
) -> bool:
    """Whether a delegation of these roles, a division (None: all) and this scope (both empty: all work) reaches ``work``."""
    if work.role not in roles or (work.division_id is not None and division_id not in (None, work.division_id)):
        return False
    return (not procedures and not services) or work.procedure in procedures or work.service in services


def said(record: Mapping[str, Any]) -> str:
    """``ActingFor.words`` of what the journal kept (``as_record``); empty where nobody was acted for."""
    if not record:
        return ""
    return f"{record['signing']} {record['title']} {record['name']}" if record["signing"] else f"thay {record['name']}"
