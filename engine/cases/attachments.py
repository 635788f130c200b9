"""Scanned papers and other files of a case."""

import uuid
from typing import IO, BinaryIO, cast

import sqlalchemy as sa

from engine import clock
from engine.cases.models import Attachment, Case
from engine.errors import AnswersRejected, NotFound
from engine.files import contents, store
from engine.files.store import Received
from engine.journal import entries
from engine.people import access
from engine.people.actors import Actor
from engine.text import clean
from engine.transaction import session

LONGEST_NAME = 200


def add(case: Case, content: IO[bytes] | Received, file_name: str, *, by: Actor, component: int | None = None) -> Attachment:
    """Store the bytes and attach them to the case, as a scan of ``component`` (ordinal from 0) where given.

    ``content`` is a stream, or better bytes that ``files.store.receive`` brought to disk before this transaction began. The store
    refuses empty files, wrong types and more than 20 MB with its reason. ``file_name`` is only shown, never a path; it
    gets the ending of what the file really is.
    """
    access.require_visible(by, case.agency_id)
    name = clean(file_name).replace("\\", "/").rsplit("/", 1)[-1][: LONGEST_NAME - 5] or "tệp đính kèm"
    received = content if isinstance(content, Received) else store.receive(case.agency_id, cast(BinaryIO, content))
    stored = store.record(received)
    attachment = Attachment(
        agency_id=case.agency_id,
        case_id=case.id,
        sha256=stored.sha256,
        file_name=contents.named(name, stored.media_type),
        media_type=stored.media_type,
        size=stored.size,
        component=component,
        person_id=by.person_id,
        at=clock.now(),
    )
    session().add(attachment)
    session().flush()
    _journal("attachment.added", attachment, by)
    return attachment


def remove(attachment: Attachment, reason: str, *, by: Actor) -> None:
    """Take a file off the case, with a reason; its bytes and its line in the journal stay."""
    access.require_visible(by, attachment.agency_id)
    words = clean(reason)
    if not words:
        raise AnswersRejected({"reason": ["Hãy ghi lý do gỡ tệp."]})
    if attachment.removed_at is None:
        attachment.removed_at = clock.now()
        _journal("attachment.removed", attachment, by, reason=words)


def get(attachment_id: uuid.UUID, *, for_: Actor) -> Attachment:
    """A file of a case the person sees, not removed; ``NotFound`` otherwise."""
    attachment = session().get(Attachment, attachment_id)
    if attachment is None or attachment.removed_at is not None:
        raise NotFound("Không tìm thấy tệp này.")
    access.require_visible(for_, attachment.agency_id)
    return attachment


def of(case: Case) -> list[Attachment]:
    """The files of a case, oldest first, without the removed ones."""
    kept = sa.select(Attachment).where(Attachment.case_id == case.id, Attachment.removed_at.is_(None))
    return list(session().scalars(kept.order_by(Attachment.at, Attachment.id)))


def _journal(kind: str, attachment: Attachment, by: Actor, *, reason: str | None = None) -> None:
    entries.append(
        kind,
        agency_id=attachment.agency_id,
        by=by,
        case_id=attachment.case_id,
        attachment_id=attachment.id,
        file_name=attachment.file_name,
        sha256=attachment.sha256,
        size=attachment.size,
        component=attachment.component,
        reason=reason,
    )
