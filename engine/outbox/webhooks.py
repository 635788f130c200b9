"""Systems that are told what happens in an agency: who they are, and which kinds of events they are told of."""

import re
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine import clock, text
from engine.errors import AnswersRejected, Conflict, NotFound, PreconditionRequired
from engine.journal import entries
from engine.journal.models import JournalHead
from engine.outbox import addresses
from engine.outbox.addresses import AddressRefused
from engine.outbox.models import OutboxMessage, Webhook
from engine.outbox.pause import reason_of
from engine.people import access
from engine.people.actors import Actor
from engine.transaction import session

#: What may be told outside: the work and its papers, nobody's sign-in or account.
NOUNS = ("case", "clock", "dossier", "handover", "incident", "message", "register", "slip", "step", "timer")
#: An agency tells at most so many systems.
MOST = 20
LONGEST_NAME = 100
_PATTERN = re.compile(rf"(?:{'|'.join(NOUNS)})\.(?:\*|[a-z][a-z_]{{0,60}})")


@dataclass(frozen=True)
class Wish:
    """What an administrator types: the system's name, its address, the kinds of events (``step.opened``, ``dossier.*``)."""

    name: str
    url: str
    events: Sequence[str]


def listing(agency_id: uuid.UUID) -> list[Webhook]:
    """The systems an agency tells, the oldest first, those in rest too."""
    return list(session().scalars(sa.select(Webhook).where(Webhook.agency_id == agency_id).order_by(Webhook.id)))


def get(webhook_id: uuid.UUID, *, for_: Actor) -> Webhook:
    """One system; ``NotFound`` where the actor reaches none such, ``NotAllowed`` without the permission."""
    found = session().get(Webhook, webhook_id)
    if found is None:
        raise NotFound("Không có hệ thống nhận tin này. Mở lại danh sách.")
    access.require(for_, "webhook.read", found.agency_id)
    return found


def create(agency_id: uuid.UUID, wish: Wish, *, by: Actor) -> Webhook:
    """Tell one more system from the next event on. Refuses (``AnswersRejected``) what is typed wrong; journalled."""
    access.require(by, "webhook.change", agency_id)
    typed = _checked(wish)
    if len(listing(agency_id)) >= MOST:
        raise Conflict(f"Mỗi cơ quan báo tin cho nhiều nhất {MOST} hệ thống. Sửa một hệ thống không còn dùng.")
    made = Webhook(agency_id=agency_id, **typed, told_number=_head(agency_id), created_at=clock.now(), created_by_id=by.person_id)
    session().add(made)
    session().flush()
    entries.append("webhook.created", agency_id=agency_id, by=by, webhook_id=made.id, after=_facts(made))
    return made


def change(webhook: Webhook, wish: Wish, *, version: int | None, by: Actor) -> None:
    """Another name, address or choice of events; what waits goes to the new address. Journalled with before and after."""
    _lock(webhook, version, by)
    typed = _checked(wish)
    before = _facts(webhook)
    for name, value in typed.items():
        setattr(webhook, name, value)
    _changed("webhook.changed", webhook, before, by)


def stop(webhook: Webhook, reason: str, *, version: int | None, by: Actor) -> None:
    """Tell the system nothing more; what waits becomes a dead letter when its turn comes. Journalled with the reason."""
    _lock(webhook, version, by)
    if not webhook.is_active:
        raise Conflict("Hệ thống này đã ngừng nhận tin.")
    before = _facts(webhook)
    webhook.is_active = False
    _changed("webhook.stopped", webhook, before, by, reason=reason_of(reason))


def resume(webhook: Webhook, *, version: int | None, by: Actor) -> None:
    """Tell the system again, from the next event on: what happened meanwhile it is not told."""
    _lock(webhook, version, by)
    if webhook.is_active:
        raise Conflict("Hệ thống này đang nhận tin.")
    before = _facts(webhook)
    webhook.is_active, webhook.told_number = True, _head(webhook.agency_id)
    _changed("webhook.resumed", webhook, before, by)


def renew_key(webhook: Webhook, *, version: int | None, by: Actor) -> None:
    """Sign with a new key from the next message on; the receiver must be given it."""
    _lock(webhook, version, by)
    before = _facts(webhook)
    webhook.key_number += 1
    _changed("webhook.key_renewed", webhook, before, by)


def note_key_shown(webhook: Webhook, *, by: Actor) -> None:
    """Record that somebody looked at the signing key (R36)."""
    access.require(by, "webhook.change", webhook.agency_id)
    entries.append("webhook.key_shown", agency_id=webhook.agency_id, by=by, webhook_id=webhook.id, name=webhook.name)


def covers(patterns: Collection[str], kind: str) -> bool:
    """Whether an event of this kind is among those chosen."""
    return kind in patterns or f"{kind.partition('.')[0]}.*" in patterns


def waiting_counts(webhook_ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, str], int]:
    """How many messages wait for each system, and how many are dead: (id, state) → count."""
    query = sa.select(OutboxMessage.webhook_id, OutboxMessage.state, sa.func.count())
    query = query.where(OutboxMessage.webhook_id.in_(webhook_ids), OutboxMessage.state.in_(("waiting", "dead")))
    grouped = session().execute(query.group_by(OutboxMessage.webhook_id, OutboxMessage.state))
    return {(webhook_id, state): count for webhook_id, state, count in grouped if webhook_id is not None}


def _checked(wish: Wish) -> dict[str, Any]:
    wrong: dict[str, list[str]] = {}
    name, events = text.clean(wish.name), sorted(set(wish.events))
    if not name or len(name) > LONGEST_NAME:
        wrong["name"] = [f"Ghi tên hệ thống nhận tin, dài nhất {LONGEST_NAME} ký tự."]
    if not events or len(events) > 50:
        wrong["events"] = ["Chọn ít nhất một loại tin báo, nhiều nhất 50."]
    unknown = [pattern for pattern in events if not _PATTERN.fullmatch(pattern)]
    if unknown:
        wrong["events"] = [f"Loại tin {unknown[0][:60]} không có. Viết như step.opened, hoặc dossier.* cho mọi việc của hồ sơ."]
    try:
        receiver = addresses.parse(wish.url.strip()).receiver
    except AddressRefused as refusal:
        wrong["url"] = [str(refusal)]
    if wrong:
        raise AnswersRejected(wrong)
    return {"name": name, "url": wish.url.strip(), "receiver": receiver, "events": events}


def _lock(webhook: Webhook, version: int | None, by: Actor) -> None:
    access.require(by, "webhook.change", webhook.agency_id)
    if version is None:
        raise PreconditionRequired("Thiếu phiên bản đã xem (version). Mở lại trang rồi sửa tiếp.")
    session().refresh(webhook, with_for_update=True)
    if webhook.version != version:
        raise Conflict("Hệ thống nhận tin này vừa được người khác sửa. Mở lại trang rồi sửa tiếp.", version=webhook.version)


def _changed(kind: str, webhook: Webhook, before: dict[str, Any], by: Actor, reason: str | None = None) -> None:
    webhook.version += 1
    session().flush()
    facts: dict[str, Any] = {"before": before, "after": _facts(webhook), "reason": reason}
    entries.append(kind, agency_id=webhook.agency_id, by=by, webhook_id=webhook.id, **facts)


def _facts(webhook: Webhook) -> dict[str, Any]:
    names = ("name", "url", "events", "is_active", "key_number")
    return {name: getattr(webhook, name) for name in names}


def _head(agency_id: uuid.UUID) -> int:
    """The number of the agency's last entry: what this transaction itself will write is told already."""
    return session().scalar(sa.select(JournalHead.number).where(JournalHead.agency_id == agency_id)) or 0
