"""The outbox as operators see it: what waits, what died and why; let it try again, or drop it, with a reason."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.errors import AnswersRejected, NotFound
from engine.journal import entries
from engine.outbox import mail
from engine.outbox.models import OutboxMessage, Webhook
from engine.outbox.pause import reason_of
from engine.people import access
from engine.people.actors import Actor
from engine.transaction import session

STATES = ("dead", "waiting", "sent", "dropped")
#: So many are revived or dropped in one act.
MOST = 500


@dataclass(frozen=True)
class Letter:
    """One message. ``about`` is the kind of event, empty for mail; ``to`` names the receiver; ``cause`` is the last failure."""

    id: uuid.UUID
    agency_id: uuid.UUID
    kind: str
    state: str
    to: str
    about: str
    case_id: uuid.UUID | None
    attempts: int
    cause: str | None
    created_at: datetime
    next_at: datetime | None
    sent_at: datetime | None


@dataclass(frozen=True)
class Wanted:
    """Which messages: one of ``STATES``; ``mail`` or ``webhook`` (all where empty); of one system."""

    state: str = "dead"
    kind: str = ""
    webhook_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Page:
    """Messages, the newest first; ``next_cursor`` is None on the last page."""

    items: list[Letter]
    next_cursor: str | None


@dataclass(frozen=True)
class Outcome:
    """How many were revived or dropped, and how many were not there to be (sent meanwhile, another agency's, unknown)."""

    done: int
    refused: int


def listing(agency_id: uuid.UUID, wanted: Wanted, *, for_: Actor, cursor: str | None = None, limit: int = 50) -> Page:
    """The agency's messages that are ``wanted``, after ``cursor`` (an unreadable one is ignored)."""
    access.require(for_, "outbox.read", agency_id)
    query = sa.select(OutboxMessage, Webhook).outerjoin(Webhook, Webhook.id == OutboxMessage.webhook_id)
    query = query.where(OutboxMessage.agency_id == agency_id, OutboxMessage.state == wanted.state)
    if wanted.kind:
        query = query.where(OutboxMessage.kind == wanted.kind)
    if wanted.webhook_id is not None:
        query = query.where(OutboxMessage.webhook_id == wanted.webhook_id)
    after = _id(cursor)
    if after is not None:
        query = query.where(OutboxMessage.id < after)
    limit = min(max(limit, 1), 200)
    found = session().execute(query.order_by(OutboxMessage.id.desc()).limit(limit + 1)).all()
    items = [_letter(message, webhook) for message, webhook in found[:limit]]
    return Page(items, str(items[-1].id) if len(found) > limit else None)


def counts(agency_id: uuid.UUID, *, for_: Actor) -> dict[str, int]:
    """How many messages of the agency wait and how many are dead; at most 1 000 of each are counted."""
    access.require(for_, "outbox.read", agency_id)
    return {state: _count(agency_id, state) for state in ("dead", "waiting")}


def revive(message_ids: Sequence[uuid.UUID], reason: str, *, by: Actor) -> Outcome:
    """Let dead messages try again from the beginning, now. Each is journalled with the reason."""
    changed = {"state": "waiting", "attempts": 0, "next_at": clock.now(), "lease_until": None}
    return _decide(message_ids, reason, by, kind="outbox.revived", states=("dead",), changed=changed)


def drop(message_ids: Sequence[uuid.UUID], reason: str, *, by: Actor) -> Outcome:
    """Give messages up for good, dead or still waiting: they are kept, never sent. Each is journalled with the reason."""
    changed = {"state": "dropped", "lease_until": None}
    return _decide(message_ids, reason, by, kind="outbox.dropped", states=("dead", "waiting"), changed=changed)


def get(message_id: uuid.UUID, *, for_: Actor) -> Letter:
    """One message; ``NotFound`` where it is none of an agency the actor reaches."""
    query = sa.select(OutboxMessage, Webhook).outerjoin(Webhook, Webhook.id == OutboxMessage.webhook_id)
    row = session().execute(query.where(OutboxMessage.id == message_id)).first()
    if row is None:
        raise NotFound("Không có thư hoặc tin báo này. Mở lại danh sách.")
    access.require(for_, "outbox.read", row[0].agency_id)
    return _letter(row[0], row[1])


def _decide(
    message_ids: Sequence[uuid.UUID], reason: str, by: Actor, *, kind: str, states: Sequence[str], changed: dict[str, Any]
) -> Outcome:
    """One statement decides for all: a message that a worker finished meanwhile is left as it is."""
    wanted = set(message_ids)
    words = reason_of(reason)
    if not 1 <= len(wanted) <= MOST:
        raise AnswersRejected({"ids": [f"Chọn từ 1 đến {MOST} thư, tin báo."]})
    query = sa.select(OutboxMessage).where(OutboxMessage.id.in_(wanted), OutboxMessage.state.in_(states))
    query = query.order_by(OutboxMessage.id).with_for_update()
    found = [m for m in session().scalars(query) if access.may(by, "outbox.change", m.agency_id)]
    for message in found:
        entries.append(kind, agency_id=message.agency_id, by=by, message_id=message.id, what=message.kind, reason=words)
        for name, value in changed.items():
            setattr(message, name, value)
        message.fence += 1
    session().flush()
    return Outcome(len(found), len(wanted) - len(found))


def _letter(message: OutboxMessage, webhook: Webhook | None) -> Letter:
    payload = message.payload
    to = f"{webhook.name} ({webhook.receiver})" if webhook else _masked(str(payload.get("to", "")))
    case_id = payload.get("case_id") if message.kind != mail.KIND else None
    return Letter(
        id=message.id,
        agency_id=message.agency_id,
        kind=message.kind,
        state=message.state,
        to=to,
        about=str(payload.get("kind", "")) if webhook else "",
        case_id=uuid.UUID(case_id) if case_id else None,
        attempts=message.attempts,
        cause=message.last_error,
        created_at=message.created_at,
        next_at=message.next_at if message.state == "waiting" else None,
        sent_at=message.sent_at,
    )


def _masked(address: str) -> str:
    """A mail address by which an operator sees the server, not the person."""
    name, _, host = address.rpartition("@")
    return f"{name[:2]}…@{host}" if name else ""


def _count(agency_id: uuid.UUID, state: str) -> int:
    known = sa.select(OutboxMessage.id).where(OutboxMessage.agency_id == agency_id, OutboxMessage.state == state).limit(1000)
    return session().scalar(sa.select(sa.func.count()).select_from(known.subquery())) or 0


def _id(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
