"""Read the journal: one case's history, or an agency's entries page by page."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine import transaction
from engine.journal.models import JournalEntry, JournalHead


@dataclass(frozen=True)
class Recorded:
    """One entry as it is read. ``facts`` is its content without the actor; ``actor`` is who did it (None: the engine)."""

    agency_id: uuid.UUID
    number: int
    at: datetime
    kind: str
    person_id: uuid.UUID | None
    case_id: uuid.UUID | None
    actor: dict[str, Any] | None
    facts: dict[str, Any]
    hash: str


@dataclass(frozen=True)
class Page:
    """Entries newest first; ``next_cursor`` is None on the last page."""

    items: list[Recorded]
    next_cursor: str | None


@dataclass(frozen=True)
class Wanted:
    """Which entries to show: everything where nothing is said. ``since`` is included, ``until`` is not."""

    kinds: Sequence[str] = ()
    #: Account name of who did it, or whom it concerns.
    login: str = ""
    person_id: uuid.UUID | None = None
    case_id: uuid.UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The same for the database."""
        found: list[sa.ColumnElement[bool]] = []
        if self.kinds:
            found.append(JournalEntry.kind.in_(self.kinds))
        if self.login:
            found.append(JournalEntry.content.contains(f'"login":{json.dumps(self.login)}', autoescape=True))
        given = {JournalEntry.person_id: self.person_id, JournalEntry.case_id: self.case_id}
        found += [column == value for column, value in given.items() if value is not None]
        if self.since is not None:
            found.append(JournalEntry.at >= self.since)
        if self.until is not None:
            found.append(JournalEntry.at < self.until)
        return found


def of_case(case_id: uuid.UUID, *, kinds: Sequence[str] = (), agency_id: uuid.UUID | None = None) -> list[Recorded]:
    """Everything recorded of a case, oldest first; only ``kinds`` where given. ``agency_id``: look into its chain alone."""
    chains = sa.select(JournalHead.agency_id)
    query = sa.select(JournalEntry).where(JournalEntry.case_id == case_id)
    query = query.where(JournalEntry.agency_id == agency_id if agency_id else JournalEntry.agency_id.in_(chains))
    if kinds:
        query = query.where(JournalEntry.kind.in_(kinds))
    query = query.order_by(JournalEntry.at, JournalEntry.agency_id, JournalEntry.number)
    return [recorded(entry) for entry in transaction.session().scalars(query)]


def page(
    agency_id: uuid.UUID,
    *,
    kind: str | None = None,
    person_id: uuid.UUID | None = None,
    case_id: uuid.UUID | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """Entries of one agency, newest first, after ``cursor`` (a former page's ``next_cursor``; an unreadable one is ignored)."""
    wanted = Wanted(kinds=(kind,) if kind else (), person_id=person_id, case_id=case_id)
    return search(agency_id, wanted, cursor=cursor, limit=limit)


def search(agency_id: uuid.UUID, wanted: Wanted, *, cursor: str | None = None, limit: int = 50) -> Page:
    """The entries of one agency that are ``wanted``, newest first; ``cursor`` as in ``page``."""
    query = sa.select(JournalEntry).where(JournalEntry.agency_id == agency_id, *wanted.conditions())
    if cursor and cursor.isascii() and cursor.isdigit() and len(cursor) < 19:
        query = query.where(JournalEntry.number < int(cursor))
    limit = min(max(limit, 1), 200)
    entries = list(transaction.session().scalars(query.order_by(JournalEntry.number.desc()).limit(limit + 1)))
    more = len(entries) > limit
    items = [recorded(entry) for entry in entries[:limit]]
    return Page(items, str(items[-1].number) if more else None)


def kinds_of(agency_id: uuid.UUID) -> list[str]:
    """Every kind of entry the agency's chain holds, sorted."""
    return sorted(
        transaction.session().scalars(sa.select(JournalEntry.kind).where(JournalEntry.agency_id == agency_id).distinct())
    )


def recorded(entry: JournalEntry) -> Recorded:
    """The entry with its content read."""
    facts = json.loads(entry.content)
    return Recorded(
        agency_id=entry.agency_id,
        number=entry.number,
        at=entry.at,
        kind=entry.kind,
        person_id=entry.person_id,
        case_id=entry.case_id,
        actor=facts.pop("actor", None),
        facts=facts,
        hash=entry.hash,
    )
