"""Deliver what the outbox holds: at least once, with a lease and a fence, and no network inside a transaction (R05, R08)."""

import smtplib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.outbox import mail
from engine.outbox.breaker import Breaker
from engine.outbox.models import OutboxMessage
from engine.transaction import session, transaction

#: How long a worker may hold one message (R06). A slower one is overtaken: the receiver gets a duplicate with the same key.
LEASE = timedelta(seconds=30)
#: Tries before a message is ``dead`` and waits for an operator.
MOST_ATTEMPTS = 8
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)

_mail_breaker = Breaker()


@dataclass(frozen=True)
class Swept:
    """What one sweep did: how many messages were sent, put off, and given up."""

    sent: int = 0
    put_off: int = 0
    dead: int = 0


@dataclass(frozen=True)
class _Held:
    """A message in this worker's hands; ``fence`` names the hold."""

    id: uuid.UUID
    fence: int
    attempts: int
    key: str
    payload: dict[str, Any]
    created_at: datetime


class _Refused(Exception):
    """The receiver answered and will not take it, now or (``is_final``) ever."""

    def __init__(self, reason: str, *, is_final: bool) -> None:
        super().__init__(reason)
        self.is_final = is_final


def sweep(*, limit: int = 100, breaker: Breaker = _mail_breaker) -> Swept:
    """Send what is due, oldest first, up to ``limit`` messages. A door of its own: a short transaction before and after each.

    Without a mail server (``QUYTRINH_MAIL_URL``), or while it does not answer, messages wait. Any number of workers may sweep.
    """
    server = mail.server()
    ends: list[str] = []
    if server is None:
        return Swept()
    while len(ends) < limit and not breaker.is_open():
        held = _claim()
        if held is None:
            break
        ends.append(_deliver(held, lambda message: mail.send(message, server), breaker))
    return Swept(ends.count("sent"), ends.count("waiting"), ends.count("dead"))


def revive(message_id: uuid.UUID) -> None:
    """An operator lets a dead message try again, from the beginning."""
    change = sa.update(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.state == "dead")
    session().execute(change.values(state="waiting", attempts=0, next_at=clock.now(), lease_until=None))


def _claim() -> _Held | None:
    """Take the oldest due message that nobody holds."""
    with transaction():
        now = clock.now()
        query = sa.select(OutboxMessage).where(OutboxMessage.state == "waiting", OutboxMessage.kind == mail.KIND)
        query = query.where(OutboxMessage.next_at <= now)
        query = query.where(sa.or_(OutboxMessage.lease_until.is_(None), OutboxMessage.lease_until <= now))
        query = query.order_by(OutboxMessage.next_at, OutboxMessage.id).limit(1).with_for_update(skip_locked=True)
        row = session().scalar(query)
        if row is None:
            return None
        row.lease_until, row.fence = now + LEASE, row.fence + 1
        return _Held(row.id, row.fence, row.attempts, row.key, row.payload, row.created_at)


def _deliver(held: _Held, send: Callable[[Any], None], breaker: Breaker) -> str:
    """Try once and write down the end; the state the message is left in."""
    try:
        _try(held, send, breaker)
    except _Refused as refusal:
        is_dead = refusal.is_final or held.attempts + 1 >= MOST_ATTEMPTS
        pause = min(FIRST_PAUSE * (1 << held.attempts), LONGEST_PAUSE)
        _settle(held, state="dead" if is_dead else "waiting", last_error=str(refusal)[:500], next_at=clock.now() + pause)
        return "dead" if is_dead else "waiting"
    _settle(held, state="sent", last_error=None, sent_at=clock.now())
    return "sent"


def _try(held: _Held, send: Callable[[Any], None], breaker: Breaker) -> None:
    try:
        send(mail.compose(held.key, held.payload, held.created_at))
    except smtplib.SMTPRecipientsRefused as error:
        breaker.worked()
        codes = [code for code, _text in error.recipients.values()]
        raise _Refused(repr(error.recipients), is_final=all(code >= 500 for code in codes)) from error
    except smtplib.SMTPResponseException as error:
        breaker.worked()
        is_final = error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPAuthenticationError)
        raise _Refused(f"{error.smtp_code} {error.smtp_error!r}", is_final=is_final) from error
    except (smtplib.SMTPException, OSError) as error:
        breaker.failed()
        raise _Refused(f"{type(error).__name__}: {error}", is_final=False) from error
    breaker.worked()


def _settle(held: _Held, **values: Any) -> None:
    """Only while the hold is still ours: whoever took the message over after the lease writes its end."""
    with transaction():
        change = sa.update(OutboxMessage).where(OutboxMessage.id == held.id, OutboxMessage.fence == held.fence)
        session().execute(change.values(attempts=OutboxMessage.attempts + 1, lease_until=None, **values))
