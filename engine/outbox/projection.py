"""Journal → outbox: what happened becomes messages to the systems that are told of it, each entry once for each system.

A sweep reads on from where it stopped; the place and the messages are written in one transaction. An act of the office thus pays
nothing for webhooks, nothing is told that was rolled back, and nothing told twice. A message says identities, codes and kinds
alone: whoever needs more asks the API, with a permission of their own.
"""

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine import clock, rows
from engine.journal.models import JournalEntry, JournalHead
from engine.outbox.models import OutboxMessage, Webhook
from engine.people import agencies
from engine.transaction import session, transaction

KIND = "webhook"
#: Messages written in one transaction.
BATCH = 200

#: Facts of an entry that may leave, where they look like a code and not like words.
_FACTS = (
    "step_id", "element", "visit", "role", "slip", "slip_kind", "replaced_by", "number", "due_at", "term_minutes", "procedure",
    "revision", "service", "channel", "outcome", "state", "incident_id", "timer_id", "register", "year", "event",
)  # fmt: skip
#: (Kind, fact) → what it is called outside: where only this kind says nothing personal by it.
_OWN_FACTS = {("dossier.status_changed", "after"): "status", ("message.received", "message"): "message"}
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,99}")
#: The outbox stands below the cases; it knows their table by name only.
_CASE = sa.table("case", sa.column("id", sa.Uuid()), sa.column("agency_id", sa.Uuid()), sa.column("code", sa.Text()))


def sweep() -> int:
    """Write the messages of everything that happened since the last look; answers how many. A door of its own.

    Any number of workers may sweep: each system's place is locked while it moves.
    """
    written = 0
    for webhook_id in _behind():
        while True:
            with transaction():
                count, is_done = _tell(webhook_id)
            written += count
            if is_done:
                break
    return written


def _behind() -> list[uuid.UUID]:
    """The systems that have not been told of their agency's last entry."""
    query = sa.select(Webhook.id).join(JournalHead, JournalHead.agency_id == Webhook.agency_id)
    query = query.where(Webhook.is_active, Webhook.told_number < JournalHead.number).order_by(Webhook.id)
    found = list(session().scalars(query))
    session().rollback()
    return found


def _tell(webhook_id: uuid.UUID) -> tuple[int, bool]:
    """One batch for one system: how many messages, and whether it now knows everything (or somebody else is at it)."""
    webhook = session().scalar(
        sa.select(Webhook).where(Webhook.id == webhook_id, Webhook.is_active).with_for_update(skip_locked=True)
    )
    if webhook is None:
        return 0, True
    # read first: every entry up to this number is committed, the chain has no holes
    head = session().scalar(sa.select(JournalHead.number).where(JournalHead.agency_id == webhook.agency_id)) or 0
    found = _wanted(webhook, head)
    rows.write(OutboxMessage, [_message(webhook, entry, code) for entry, code in found])
    is_done = len(found) < BATCH
    webhook.told_number = head if is_done else found[-1][0].number
    return len(found), is_done


def _wanted(webhook: Webhook, head: int) -> Sequence[tuple[JournalEntry, str | None]]:
    nouns = [pattern.removesuffix("*") for pattern in webhook.events if pattern.endswith(".*")]
    exact = [pattern for pattern in webhook.events if not pattern.endswith(".*")]
    chosen = [JournalEntry.kind.startswith(noun, autoescape=True) for noun in nouns] + [JournalEntry.kind.in_(exact)]
    own_case = sa.and_(_CASE.c.id == JournalEntry.case_id, _CASE.c.agency_id == JournalEntry.agency_id)
    query = sa.select(JournalEntry, _CASE.c.code).outerjoin(_CASE, own_case)
    query = query.where(JournalEntry.agency_id == webhook.agency_id, JournalEntry.number > webhook.told_number)
    query = query.where(JournalEntry.number <= head, sa.or_(*chosen)).order_by(JournalEntry.number).limit(BATCH)
    return [(entry, code) for entry, code in session().execute(query)]


def _message(webhook: Webhook, entry: JournalEntry, code: str | None) -> dict[str, Any]:
    """The entry's hash is part of the key: after a restore, other entries bear the numbers of those that were lost."""
    now = clock.now()
    return {
        "agency_id": webhook.agency_id,
        "key": f"webhook:{webhook.id}:{entry.number}:{entry.hash[:16]}",
        "kind": KIND,
        "webhook_id": webhook.id,
        "payload": _body(entry, code),
        "next_at": now,
        "created_at": now,
    }


def _body(entry: JournalEntry, code: str | None) -> dict[str, Any]:
    about = {"case_id": str(entry.case_id) if entry.case_id else None, "case_code": code}
    return {
        "kind": entry.kind,
        "at": entry.at.isoformat(),
        "agency": agencies.get(entry.agency_id).code,
        "journal_number": entry.number,
        **{name: value for name, value in about.items() if value},
        **_told(entry.kind, json.loads(entry.content)),
    }


def _told(kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: name for name in _FACTS} | {fact: name for (of, fact), name in _OWN_FACTS.items() if of == kind}
    return {name: facts[fact] for fact, name in named.items() if _is_code(facts.get(fact))}


def _is_code(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and _CODE.fullmatch(value) is not None)
