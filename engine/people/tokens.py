"""Bearer tokens for the JSON API: random, stored as a hash, revocable."""

import hashlib
import secrets
import uuid
from datetime import datetime

import sqlalchemy as sa

from engine import clock, text
from engine.db import UtcDateTime
from engine.errors import AnswersRejected, NotFound
from engine.journal import entries
from engine.people import actors
from engine.people.actors import Actor
from engine.people.models import ApiToken, Person
from engine.statements import Statement
from engine.transaction import session

PREFIX = "qt_"
#: The living token's person with the positions held today and delegations in force: asked at each request.
_HOLDER = Statement(
    lambda: actors.joined(
        sa.select(*actors.columns())
        .select_from(ApiToken)
        .join(Person, Person.id == ApiToken.person_id)
        .where(ApiToken.token_hash == sa.bindparam("token_hash"), ApiToken.revoked_at.is_(None), Person.is_active)
        .where(sa.or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > sa.bindparam("now", type_=UtcDateTime())))
    )
)


def create(person: Person, *, label: str = "", expires_at: datetime | None = None, by: Actor | None = None) -> str:
    """A new token that acts as ``person``: shown once, 256 random bits. Refuses an inactive person or a past expiry."""
    now = clock.now()
    if not person.is_active:
        raise AnswersRejected({"login": ["Tài khoản đã ngừng hoạt động, không cấp mã truy cập được."]})
    if expires_at is not None and expires_at <= now:
        raise AnswersRejected({"expires_at": ["Thời điểm hết hạn phải ở sau hiện tại."]})
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(person_id=person.id, token_hash=_hash(token), label=text.clean(label), created_at=now, expires_at=expires_at)
    session().add(row)
    session().flush()
    after = {"label": row.label, "expires_at": expires_at, "login": person.login}
    entries.append("token.created", agency_id=person.agency_id, by=by, token_id=row.id, after=after)
    return token


def actor_for(token: str, address: str = "") -> Actor | None:
    """Whom this bearer token acts as; None for one that is unknown, expired or revoked, or whose person is inactive."""
    if not token.startswith(PREFIX):
        return None
    found = _HOLDER.rows(token_hash=_hash(token), now=clock.now(), today=clock.today())
    return actors.of_rows(found, address) if found else None


def listing(person_id: uuid.UUID) -> list[ApiToken]:
    """The person's tokens, newest first, ended ones too."""
    query = sa.select(ApiToken).where(ApiToken.person_id == person_id)
    return list(session().scalars(query.order_by(ApiToken.created_at.desc(), ApiToken.id.desc())))


def revoke(person: Person, token_id: uuid.UUID, *, by: Actor) -> None:
    """End one of the person's tokens at once; ``NotFound`` where it is not theirs. Ending it again changes nothing."""
    row = session().scalar(sa.select(ApiToken).where(ApiToken.id == token_id, ApiToken.person_id == person.id))
    if row is None:
        raise NotFound("Không có mã truy cập này.")
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        entries.append("token.revoked", agency_id=person.agency_id, by=by, token_id=row.id, login=person.login)


def revoke_all(person_id: uuid.UUID) -> None:
    """End every token of the person at once."""
    living = sa.update(ApiToken).where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
    session().execute(living.values(revoked_at=clock.now()))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
