"""Deliver what the outbox holds: at least once, with a lease and a fence, and no network inside a transaction (R05, R08).

A lease ends by the database's clock, which all workers share. While the outbox is paused (``pause``) nothing is taken.
"""

import hashlib
import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine import clock, failpoints
from engine.outbox import database_time, mail, pause, posting, projection
from engine.outbox.breaker import Breakers
from engine.outbox.models import OutboxMessage, Webhook
from engine.outbox.refusals import Refused
from engine.transaction import session, transaction

#: How long a worker may hold one message (R06). A slower one is overtaken: the receiver gets a duplicate with the same key.
LEASE = timedelta(seconds=30)
#: Tries before a message is ``dead`` and waits for an operator: mail for an hour, another system for nine hours.
MOST_ATTEMPTS = {mail.KIND: 8, projection.KIND: 16}
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
KINDS = tuple(MOST_ATTEMPTS)

_breakers = Breakers()
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Swept:
    """What one sweep did: how many messages were sent, put off, and given up."""

    sent: int = 0
    put_off: int = 0
    dead: int = 0


@dataclass(frozen=True)
class Held:
    """A message in this worker's hands; ``fence`` names the hold. ``to`` is whom a webhook is for; None for mail."""

    id: uuid.UUID
    fence: int
    attempts: int
    kind: str
    key: str
    payload: dict[str, Any]
    created_at: datetime
    to: posting.Receiver | None = None

    @property
    def receiver(self) -> str:
        """What its breaker is called."""
        return self.to.receiver if self.to else mail.KIND


def sweep(*, kinds: Sequence[str] = KINDS, limit: int = 100, breakers: Breakers = _breakers) -> Swept:
    """Send what is due, oldest first, up to ``limit`` messages. A door of its own: a short transaction before and after each.

    Mail waits without a mail server (``QUYTRINH_MAIL_URL``). A receiver who does not answer is left alone for a while, the
    others are not kept waiting. Any number of workers may sweep.
    """
    server = mail.server() if mail.KIND in kinds else None
    wanted = [kind for kind in kinds if kind != mail.KIND or server is not None]
    ends: list[str] = []
    while wanted and len(ends) < limit:
        held = claim(wanted, breakers.open_ones())
        if held is None:
            break
        ends.append(_deliver(held, server, breakers))
    return Swept(ends.count("sent"), ends.count("waiting"), ends.count("dead"))


def claim(kinds: Sequence[str], resting: Sequence[str] = ()) -> Held | None:
    """Take the oldest due message that nobody holds and whose receiver is not ``resting``; None where there is none."""
    with transaction():
        row = session().execute(_due(kinds, resting)).first()
        if row is None:
            return None
        message, to = row
        fence = message.fence + 1
        hold = sa.update(OutboxMessage).where(OutboxMessage.id == message.id)
        hold = hold.values(lease_until=database_time.now(LEASE), fence=fence)
        session().execute(hold, execution_options={"synchronize_session": False})
        receiver = posting.Receiver(to.id, to.url, to.receiver, to.key_number, to.is_active) if to else None
        facts = (message.id, fence, message.attempts, message.kind, message.key, message.payload, message.created_at)
        session().expire(message)
        return Held(*facts, receiver)


def settle(held: Held, **values: Any) -> None:
    """Write down how it ended, only while the hold is still ours: whoever took the message over writes its end."""
    with transaction():
        change = sa.update(OutboxMessage).where(OutboxMessage.id == held.id, OutboxMessage.fence == held.fence)
        change = change.where(OutboxMessage.state == "waiting")
        session().execute(change.values(attempts=OutboxMessage.attempts + 1, lease_until=None, **values))


def pause_after(key: str, attempts: int) -> timedelta:
    """How long to wait after this many failed tries before: twice as long each time, up to an hour.

    Up to a quarter is taken off, by the message's key: what failed together does not come back together.
    """
    whole = min(FIRST_PAUSE * (1 << min(attempts, 16)), LONGEST_PAUSE)
    share = hashlib.sha256(f"{key} {attempts}".encode()).digest()[0] / 255
    return whole * (1 - share / 4)


def _due(kinds: Sequence[str], resting: Sequence[str]) -> sa.Select[OutboxMessage, Webhook | None]:
    query: Any = sa.select(OutboxMessage, Webhook).outerjoin(Webhook, Webhook.id == OutboxMessage.webhook_id)
    query = query.where(OutboxMessage.state == sa.literal_column("'waiting'"), OutboxMessage.next_at <= clock.now())
    query = query.where(sa.or_(OutboxMessage.lease_until.is_(None), OutboxMessage.lease_until <= database_time.now()))
    query = query.where(OutboxMessage.kind.in_([kind for kind in kinds if kind not in resting]), ~pause.is_in_force())
    if resting:
        query = query.where(sa.or_(Webhook.receiver.is_(None), Webhook.receiver.not_in(resting)))
    query = query.order_by(OutboxMessage.next_at, OutboxMessage.id).limit(1)
    oldest: sa.Select[OutboxMessage, Webhook | None] = query.with_for_update(of=OutboxMessage, skip_locked=True)
    return oldest


def _deliver(held: Held, server: mail.Server | None, breakers: Breakers) -> str:
    """Try once and write down the end; the state the message is left in."""
    breaker = breakers.of(held.receiver)
    refusal = _try(held, server)
    if refusal is None:
        breaker.worked()
        settle(held, state="sent", last_error=None, sent_at=clock.now())
        return "sent"
    if refusal.has_answered:
        breaker.worked()
    else:
        breaker.failed()
    is_dead = refusal.is_final or held.attempts + 1 >= MOST_ATTEMPTS[held.kind]
    next_at = clock.now() + pause_after(held.key, held.attempts)
    settle(held, state="dead" if is_dead else "waiting", last_error=str(refusal)[:500], next_at=next_at)
    return "dead" if is_dead else "waiting"


def _try(held: Held, server: mail.Server | None) -> Refused | None:
    """One attempt; why it failed. A message that breaks our own code fails alone and waits for an operator in the end (R10)."""
    try:
        failpoints.at("before_effect")
        _send(held, server)
        failpoints.at("after_effect")
    except Refused as refusal:
        return refusal
    except Exception as error:
        _log.exception("message %s could not be sent", held.id)
        return Refused(f"Lỗi ngoài dự kiến ({type(error).__name__}), xem nhật ký máy chủ.", is_final=False)
    return None


def _send(held: Held, server: mail.Server | None) -> None:
    if held.to is not None:
        posting.send(held.to, held.key, held.payload)
    elif server is not None:
        mail.hand_in(mail.compose(held.key, held.payload, held.created_at), server)
    else:
        raise Refused("Tin không có nơi nhận.", is_final=True)
