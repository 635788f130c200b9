"""Reads of dossiers, one for each screen."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.cases import searching
from engine.dossiers import rules
from engine.dossiers.models import Dossier
from engine.errors import AnswersRejected, NotFound
from engine.people import access
from engine.people.actors import Actor
from engine.transaction import session

#: What ``due`` may ask for.
DUE = ("today", "overdue", "this_week")
MOST = 200
_RUNNING = ("registered", "received", "processing", "awaiting_supplement", "awaiting_payment", "withdrawal_requested")


@dataclass(frozen=True)
class Page:
    """Up to ``limit`` dossiers and the cursor of the next page (None: the last)."""

    items: list[Dossier]
    next_cursor: str | None


@dataclass(frozen=True)
class Filter:
    """``query``: words of code, service, names, numbers, diacritics optional; ``status`` one of the ten; ``due``: ``DUE``."""

    query: str = ""
    status: str = ""
    due: str = ""


def get(code: str, *, for_: Actor) -> Dossier:
    """The dossier of a code. Refuses with ``NotFound`` when absent or not for this person."""
    dossier = session().scalars(sa.select(Dossier).where(Dossier.code == code)).one_or_none()
    if dossier is None:
        raise NotFound(f"Không tìm thấy hồ sơ {code}.")
    access.require_visible(for_, dossier.agency_id)
    return dossier


def listing(filter_: Filter, *, for_: Actor, limit: int = 50, cursor: str | None = None) -> Page:
    """Dossiers of the agencies the person sees, newest first; of those searched for first the ones spelled as typed.

    ``cursor``: the former page's (``AnswersRejected`` otherwise).
    """
    size, agency_ids = max(1, min(limit, MOST)), access.visible_agencies(for_)
    query = sa.select(Dossier).join(Dossier.case).options(sa.orm.contains_eager(Dossier.case))
    query = query.where(*_conditions(filter_))
    if filter_.query:
        read = _Reader(query.where(searching.is_of(Dossier.agency_id, agency_ids)))
        searched = searching.page(filter_.query, agency_ids, read, size=size, cursor=cursor)
        return Page(list(searched.items), searched.next_cursor)
    query = (
        query.where(Dossier.agency_id.in_(agency_ids))
        .order_by(Dossier.registered_at.desc(), Dossier.case_id.desc())
        .limit(size + 1)
    )
    if cursor:
        query = query.where(sa.tuple_(Dossier.registered_at, Dossier.case_id) < _position(cursor))
    found = list(session().scalars(query))
    items = found[:size]
    return Page(items, items[-1].code if len(found) > size else None)


@dataclass(frozen=True)
class _Reader:
    """Reads dossiers whose cases were found by words, from those of this query."""

    query: sa.Select[Dossier]

    def __call__(self, case_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Dossier]:
        return {one.case_id: one for one in session().scalars(self.query.where(Dossier.case_id.in_(case_ids)))}


def counts(*, for_: Actor) -> dict[str, int]:
    """How many dossiers the person sees in each status."""
    query = (
        sa.select(Dossier.status, sa.func.count().label("number"))
        .where(Dossier.agency_id.in_(access.visible_agencies(for_)))
        .group_by(Dossier.status)
    )
    found: dict[str, int] = {row.status: row.number for row in session().execute(query)}
    return {status: found.get(status, 0) for status in rules.STATUSES}


def earlier_of_owner(id_number: str, *, for_: Actor, limit: int = 5) -> list[Dossier]:
    """The latest dossiers of one owner in the agencies the person sees."""
    if not id_number:
        return []
    query = sa.select(Dossier).where(Dossier.agency_id.in_(access.visible_agencies(for_)), Dossier.owner_id_number == id_number)
    return list(session().scalars(query.order_by(Dossier.registered_at.desc()).limit(limit)))


def _conditions(filter_: Filter) -> list[Any]:
    conditions: list[Any] = []
    if filter_.status:
        if filter_.status not in rules.STATUSES:
            raise AnswersRejected({"status": [f"Trạng thái phải là một trong: {', '.join(rules.STATUSES)}."]})
        conditions.append(Dossier.status == filter_.status)
    if filter_.due:
        conditions += _due_conditions(filter_.due)
    return conditions


def _due_conditions(due: str) -> list[Any]:
    if due not in DUE:
        raise AnswersRejected({"due": [f"Hạn phải là một trong: {', '.join(DUE)}."]})
    now = clock.now()
    running = Dossier.status.in_(_RUNNING)
    if due == "overdue":
        return [running, Dossier.due_at < now]
    days = 1 if due == "today" else 7 - clock.today().weekday()
    return [running, Dossier.due_at >= now, Dossier.due_at < _midnight_after(now, days)]


def _midnight_after(now: datetime, days: int) -> datetime:
    day = clock.local(now).date() + timedelta(days=days)
    return datetime.combine(day, time(), clock.LOCAL_ZONE)


def _position(cursor: str) -> Any:
    query = sa.select(Dossier.registered_at, Dossier.case_id).where(Dossier.code == cursor)
    found = session().execute(query).one_or_none()
    if found is None:
        raise AnswersRejected({"cursor": ["Con trỏ trang không hợp lệ, hãy mở lại trang đầu."]})
    return sa.tuple_(sa.literal(found.registered_at, Dossier.registered_at.type), sa.literal(found.case_id, Dossier.case_id.type))
