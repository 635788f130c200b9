"""Browser sessions kept in the database: they end when revoked, idle or old, whatever the cookie says (R44)."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.people import actors
from engine.people.actors import Actor
from engine.people.models import Person, WebSession
from engine.statements import Statement
from engine.transaction import session

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
#: How long a proof of password and second factor counts as fresh (R45).
FRESH = timedelta(minutes=10)
#: ``seen_at`` is written at most this often.
TOUCH = timedelta(minutes=1)
#: Sessions of one person at a time; the one unseen longest goes first.
MOST = 10

_LIVING = (
    WebSession.token_hash == sa.bindparam("token_hash"),
    sa.or_(WebSession.person_id.is_(None), Person.is_active),
    WebSession.seen_at > sa.bindparam("seen_after"),
    WebSession.opened_at > sa.bindparam("opened_after"),
)
#: A living session, its person, the positions held today and delegations in force: asked at each request.
_OPENED = Statement(
    lambda: actors.joined(
        sa.select(
            WebSession.data,
            WebSession.seen_at,
            WebSession.proved_at,
            Person.must_change_password,
            Person.totp_secret.is_not(None),
            *actors.columns(),
        )
        .select_from(WebSession)
        .outerjoin(Person, Person.id == WebSession.person_id)
        .where(*_LIVING)
    )
)


@dataclass(frozen=True)
class Opened:
    """A living session as a request finds it; ``actor`` is None before sign-in, and what follows it says nothing then."""

    data: dict[str, Any]
    seen_at: datetime
    proved_at: datetime | None
    actor: Actor | None
    must_change_password: bool = False
    has_second_factor: bool = False

    @property
    def needs_touch(self) -> bool:
        """Whether the door should ``touch`` it: its last sight is more than a minute old."""
        return clock.now() - self.seen_at >= TOUCH


def start(person_id: uuid.UUID | None = None, *, data: dict[str, Any] | None = None, is_proved: bool = False) -> str:
    """A new session (without person: before sign-in); answers the 256-bit token for the cookie, whose hash alone is stored."""
    token, now = secrets.token_urlsafe(32), clock.now()
    session().add(
        WebSession(
            token_hash=_hash(token),
            person_id=person_id,
            data=dict(data or {}),
            opened_at=now,
            seen_at=now,
            proved_at=now if is_proved else None,
        )
    )
    session().flush()
    if person_id is not None:
        _drop_surplus(person_id)
    return token


def find(token: str) -> WebSession | None:
    """The living session of this token: not idle, not too old, its person (if any) active. Changes nothing."""
    now = clock.now()
    query = sa.select(WebSession).outerjoin(Person, Person.id == WebSession.person_id)
    query = query.where(WebSession.token_hash == _hash(token), sa.or_(WebSession.person_id.is_(None), Person.is_active))
    query = query.where(WebSession.seen_at > now - IDLE, WebSession.opened_at > now - ABSOLUTE)
    return session().scalar(query.execution_options(populate_existing=True))


def opened(token: str, address: str) -> Opened | None:
    """The living session of this token with the person behind it, by one statement; ``address``: where the request came from."""
    now = clock.now()
    living = {"token_hash": _hash(token), "seen_after": now - IDLE, "opened_after": now - ABSOLUTE}
    found = _OPENED.rows(**living, now=now, today=clock.today())
    if not found:
        return None
    data, seen_at, proved_at, must_change, has_second, person_id = found[0][:6]
    if person_id is None:
        return Opened(data, seen_at, proved_at, None)
    actor = actors.of_rows([row[5:] for row in found], address)
    return Opened(data, seen_at, proved_at, actor, bool(must_change), bool(has_second))


def needs_touch(found: WebSession) -> bool:
    """Whether the door should ``touch`` it: its last sight is more than a minute old."""
    return clock.now() - found.seen_at >= TOUCH


def touch(token: str) -> None:
    """The person is still here."""
    session().execute(sa.update(WebSession).where(WebSession.token_hash == _hash(token)).values(seen_at=clock.now()))


def save(token: str, data: dict[str, Any]) -> None:
    """Keep small values with the session (CSRF secret, what follows sign-in)."""
    session().execute(sa.update(WebSession).where(WebSession.token_hash == _hash(token)).values(data=data, seen_at=clock.now()))


def renew(token: str, person_id: uuid.UUID | None, *, data: dict[str, Any] | None = None, is_proved: bool) -> str:
    """A new token in place of this one, for sign-in and step-up: whoever knew the former one has nothing.

    The session keeps its age and, unless given anew, its data. ``is_proved``: the password or second factor was proved just now.
    """
    former = session().get(WebSession, _hash(token))
    kept = dict(former.data) if former and data is None else data
    is_same = former is not None and former.person_id == person_id and person_id is not None
    opened_at = former.opened_at if former and is_same else None
    proved_at = former.proved_at if former and is_same else None
    revoke(token)
    fresh = start(person_id, data=kept, is_proved=is_proved)
    _carry(fresh, opened_at, None if is_proved else proved_at)
    return fresh


def is_fresh(found: WebSession) -> bool:
    """Whether password or second factor were proved recently enough to sign, publish, export or change roles."""
    return found.proved_at is not None and clock.now() - found.proved_at < FRESH


def listing(person_id: uuid.UUID) -> list[WebSession]:
    """The person's sessions, last seen first."""
    query = sa.select(WebSession).where(WebSession.person_id == person_id)
    return list(session().scalars(query.order_by(WebSession.seen_at.desc(), WebSession.token_hash)))


def revoke(token: str) -> None:
    """End this session at once."""
    session().execute(sa.delete(WebSession).where(WebSession.token_hash == _hash(token)))


def revoke_all(person_id: uuid.UUID, *, but: str | None = None) -> int:
    """End every session of the person, except the one with token ``but``; answers how many."""
    ended = sa.delete(WebSession).where(WebSession.person_id == person_id)
    if but is not None:
        ended = ended.where(WebSession.token_hash != _hash(but))
    return len(session().execute(ended.returning(WebSession.token_hash)).all())


def sweep() -> int:
    """Remove what has ended by itself; answers how many."""
    now = clock.now()
    ended = sa.delete(WebSession).where(sa.or_(WebSession.seen_at <= now - IDLE, WebSession.opened_at <= now - ABSOLUTE))
    return len(session().execute(ended.returning(WebSession.token_hash).execution_options(synchronize_session=False)).all())


def _carry(token: str, opened_at: datetime | None, proved_at: datetime | None) -> None:
    values = {"opened_at": opened_at, "proved_at": proved_at}
    known = {name: value for name, value in values.items() if value is not None}
    if known:
        session().execute(sa.update(WebSession).where(WebSession.token_hash == _hash(token)).values(**known))


def _drop_surplus(person_id: uuid.UUID) -> None:
    query = sa.select(WebSession.token_hash).where(WebSession.person_id == person_id)
    surplus = list(session().scalars(query.order_by(WebSession.seen_at.desc(), WebSession.opened_at.desc()).offset(MOST)))
    if surplus:
        session().execute(sa.delete(WebSession).where(WebSession.token_hash.in_(surplus)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
