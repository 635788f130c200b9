"""A repeated request gets the answer it already got, and nothing happens twice (R04)."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine import clock
from engine.cases.models import IdempotencyKey
from engine.errors import AnswersRejected
from engine.transaction import session

#: How long an answer is kept: longer than the promised 72 hours, so that a weekend fits.
KEPT = timedelta(hours=96)
LONGEST_KEY = 200


@dataclass(frozen=True)
class Request:
    """What makes a request the same: who, which key, method and path, SHA-256 (hex) of the body."""

    person_id: uuid.UUID
    key: str
    route: str
    body_hash: str


@dataclass(frozen=True)
class Answer:
    """What was answered, byte for byte."""

    status: int
    media_type: str
    body: bytes
    location: str | None = None


def remember(request: Request) -> Answer | None:
    """The answer this request already got, or None: then act, and ``store`` the answer in the same transaction.

    Two equal requests at the same time are put in a row here: the second waits and sees the first one's answer. Raises
    ``AnswersRejected`` when the key was used for something else, or is not 1 to 200 printable characters.
    """
    if not 1 <= len(request.key) <= LONGEST_KEY or not request.key.isprintable():
        raise AnswersRejected({"Idempotency-Key": [f"Khóa chống gửi trùng phải dài từ 1 đến {LONGEST_KEY} ký tự in được."]})
    _wait_for_twin(request)
    row = session().get(IdempotencyKey, (request.person_id, request.key), populate_existing=True)
    if row is None:
        return None
    if (row.route, row.body_hash) != (request.route, request.body_hash):
        raise AnswersRejected({"Idempotency-Key": ["Khóa này đã dùng cho một yêu cầu khác. Hãy gửi lại với khóa mới."]})
    return Answer(row.status, row.media_type, row.body, row.location)


def store(request: Request, answer: Answer) -> None:
    """Keep ``answer`` with what the request did, in its transaction."""
    row = IdempotencyKey(
        person_id=request.person_id,
        key=request.key,
        route=request.route,
        body_hash=request.body_hash,
        status=answer.status,
        media_type=answer.media_type,
        location=answer.location,
        body=answer.body,
        at=clock.now(),
    )
    session().add(row)
    session().flush()


def forget(now: datetime, limit: int = 1000) -> int:
    """Drop up to ``limit`` answers older than ``KEPT``; returns how many."""
    old = sa.select(IdempotencyKey.person_id, IdempotencyKey.key).where(IdempotencyKey.at < now - KEPT).limit(limit)
    rows = session().execute(old).all()
    for person_id, key in rows:
        session().execute(sa.delete(IdempotencyKey).where(IdempotencyKey.person_id == person_id, IdempotencyKey.key == key))
    return len(rows)


def _wait_for_twin(request: Request) -> None:
    """PostgreSQL: one transaction at a time for each person and key (SQLite has one writer anyway)."""
    if session().get_bind().dialect.name != "postgresql":
        return
    seed = hashlib.sha256(f"{request.person_id} {request.key}".encode()).digest()[:8]
    session().execute(sa.select(sa.func.pg_advisory_xact_lock(int.from_bytes(seed, "big", signed=True))))
