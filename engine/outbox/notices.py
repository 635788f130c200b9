"""Notices: the lines in a person's bell."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine import clock, rows, text
from engine.errors import NotFound
from engine.outbox.models import Notice
from engine.statements import Statement
from engine.transaction import session

#: Asked by every page.
_UNREAD = Statement(
    lambda: (
        sa.select(sa.func.count())
        .select_from(Notice)
        .where(Notice.person_id == sa.bindparam("person_id"), Notice.read_at.is_(None))
    )
)


@dataclass(frozen=True)
class Page:
    """Notices newest first; ``next_cursor`` is None on the last page."""

    items: list[Notice]
    next_cursor: str | None


def tell(
    person_ids: Iterable[uuid.UUID],
    kind: str,
    message: str,
    *,
    agency_id: uuid.UUID,
    case_id: uuid.UUID | None = None,
    step_id: uuid.UUID | None = None,
) -> None:
    """One notice for each person (once each), part of the caller's transaction. ``message`` is a Vietnamese sentence."""
    at, sentence = clock.now(), text.clean(message)
    said = {"agency_id": agency_id, "kind": kind, "text": sentence, "case_id": case_id, "step_id": step_id, "at": at}
    rows.write(Notice, [{**said, "person_id": person_id} for person_id in dict.fromkeys(person_ids)])


def unread(person_id: uuid.UUID, *, limit: int = 50) -> list[Notice]:
    """What the person has not read, newest first."""
    query = sa.select(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    return list(session().scalars(query.order_by(Notice.at.desc(), Notice.id.desc()).limit(limit)))


def unread_count(person_id: uuid.UUID) -> int:
    """The number on the bell."""
    found = _UNREAD.first(person_id=person_id)
    return int(found[0]) if found else 0


def listing(person_id: uuid.UUID, *, cursor: str | None = None, limit: int = 50) -> Page:
    """All notices of a person, read or not, newest first, after ``cursor`` (an unreadable one is ignored)."""
    limit = min(max(limit, 1), 200)
    query = sa.select(Notice).where(Notice.person_id == person_id)
    former = _cursor_notice(person_id, cursor)
    if former is not None:
        query = query.where(sa.tuple_(Notice.at, Notice.id) < sa.tuple_(sa.literal(former.at), sa.literal(former.id)))
    found = list(session().scalars(query.order_by(Notice.at.desc(), Notice.id.desc()).limit(limit + 1)))
    items = found[:limit]
    return Page(items, str(items[-1].id) if len(found) > limit else None)


def get(notice_id: uuid.UUID, person_id: uuid.UUID) -> Notice:
    """One notice of the person; ``NotFound`` for anybody else's."""
    found = session().scalar(sa.select(Notice).where(Notice.id == notice_id, Notice.person_id == person_id))
    if found is None:
        raise NotFound("Không tìm thấy thông báo này.")
    return found


def mark_read(person_id: uuid.UUID, notice_ids: Sequence[uuid.UUID] | None = None) -> int:
    """Mark the person's notices read: those named, or all. Others' notices are left alone. Answers how many changed."""
    change = sa.update(Notice).where(Notice.person_id == person_id, Notice.read_at.is_(None)).values(read_at=clock.now())
    if notice_ids is not None:
        change = change.where(Notice.id.in_(notice_ids))
    changed = session().execute(change.returning(Notice.id).execution_options(synchronize_session="fetch"))
    return len(changed.all())


def _cursor_notice(person_id: uuid.UUID, cursor: str | None) -> Notice | None:
    try:
        wanted = uuid.UUID(cursor or "")
    except ValueError:
        return None
    return session().scalar(sa.select(Notice).where(Notice.id == wanted, Notice.person_id == person_id))
