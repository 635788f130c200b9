"""A repeated request gets the answer it already got, and nothing happens twice (R04)."""

import hashlib
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine import clock, rows
from engine.cases.idempotency_models import IdempotencyKey
from engine.errors import AnswersRejected
from engine.statements import Statement
from engine.transaction import session

#: How long an answer is kept: longer than the promised 72 hours, so that a weekend fits.
KEPT = timedelta(hours=96)
LONGEST_KEY = 200

_KNOWN = Statement(
    lambda: sa.select(
        IdempotencyKey.route,
        IdempotencyKey.body_hash,
        IdempotencyKey.status,
        IdempotencyKey.media_type,
        IdempotencyKey.body,
        IdempotencyKey.location,
    ).where(IdempotencyKey.person_id == sa.bindparam("person_id"), IdempotencyKey.key == sa.bindparam("key"))
)
#: What the lock answers is nothing; it is sent together with the question that follows it.
_ALONE = Statement(lambda: sa.select(sa.func.pg_advisory_xact_lock(sa.bindparam("seed", type_=sa.BigInteger()), type_=sa.Text())))


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
    row = _KNOWN.first(person_id=request.person_id, key=request.key)
    if row is None:
        return None
    if row[:2] != (request.route, request.body_hash):
        raise AnswersRejected({"Idempotency-Key": ["Khóa này đã dùng cho một yêu cầu khác. Hãy gửi lại với khóa mới."]})
    return Answer(*row[2:])


def store(request: Request, answer: Answer) -> None:
    """Keep ``answer`` with what the request did, in its transaction."""
    rows.write(IdempotencyKey, [{**asdict(request), **asdict(answer), "at": clock.now()}])


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
    _ALONE.run(seed=int.from_bytes(seed, "big", signed=True))
