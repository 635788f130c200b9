"""Sign a content: the password again, then who, as what, meaning what, when, under which bytes (21 CFR 11.50, 11.200)."""

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.errors import AnswersRejected, Conflict, NotAllowed
from engine.journal import entries
from engine.people import sign_in
from engine.people.actors import Actor
from engine.people.models import Agency
from engine.people.signature_models import Signature
from engine.text import clean
from engine.transaction import session

#: Meanings a signature can have, in the order a document gathers them, with the words printed above the name.
MEANINGS = {"author": "Lập", "review": "Xem xét", "approve": "Phê duyệt", "issue": "Ban hành"}
#: How long after the password was typed it still stands for the person: one request.
FRESH = timedelta(minutes=2)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Subject:
    """What is signed: its kind and row, the agency whose document it is, SHA-256 (hex) of its exact content.

    ``case_id``, ``step_id``: the work in which it is signed. ``is_growing``: the content grows from signer to signer, as the
    record of a case does; else everybody signs the same.
    """

    kind: str
    id: uuid.UUID
    agency_id: uuid.UUID
    sha256: str
    case_id: uuid.UUID | None = None
    step_id: uuid.UUID | None = None
    is_growing: bool = False


@dataclass(frozen=True)
class Proof:
    """That a person typed their password at an instant. Holds no password, so that none is written anywhere."""

    person_id: uuid.UUID
    at: datetime
    method: str = "password"


def prove(by: Actor, password: str) -> Proof:
    """Ask the password again. A door of its own, called outside of a transaction; wrong ones count towards the lock-out.

    ``AnswersRejected`` (field ``password``) for a missing or wrong password, ``lockout.Locked`` after too many.
    """
    if not password:
        raise AnswersRejected({"password": ["Hãy nhập mật khẩu của anh/chị để ký."]})
    try:
        person = sign_in.check_password(by.login, password, address=by.address)
    except sign_in.Refused:
        raise AnswersRejected({"password": ["Mật khẩu không đúng, chưa ký. Kiểm tra bộ gõ và Caps Lock rồi nhập lại."]}) from None
    return Proof(person.id, clock.now())


def sign(subject: Subject, meaning: str, *, role: str, proof: Proof, by: Actor) -> Signature:
    """Put the signature of ``by``, acting in ``role`` (be it for another), under ``subject``; journalled.

    Refuses a proof of somebody else or older than two minutes (``NotAllowed``), a person who already signed this content in
    any meaning, for whomever (``NotAllowed``: author, reviewer and approver differ), a content that differs from what the
    standing signatures are under (``Conflict``).
    """
    if meaning not in MEANINGS or not _SHA256.fullmatch(subject.sha256):
        raise ValueError(f"no such meaning or digest: {meaning}, {subject.sha256}")
    if proof.person_id != by.person_id or not timedelta(0) <= clock.now() - proof.at <= FRESH:
        raise NotAllowed("Mật khẩu xác nhận đã cũ hoặc không phải của người ký. Hãy nhập lại mật khẩu rồi ký.")
    _one_at_a_time(subject)
    on_behalf_of_id = by.acting.person_id if by.acting else None
    _refuse_mixed(subject, {by.person_id, on_behalf_of_id} - {None})
    signature = Signature(
        agency_id=subject.agency_id,
        subject_kind=subject.kind,
        subject_id=subject.id,
        sha256=subject.sha256,
        person_id=by.person_id,
        name=by.full_name,
        title=by.title_as(role),
        meaning=meaning,
        signed_at=clock.now(),
        method=proof.method,
        address=by.address,
        case_id=subject.case_id,
        step_id=subject.step_id,
        on_behalf_of_id=on_behalf_of_id,
    )
    session().add(signature)
    session().flush()
    facts: dict[str, Any] = {"subject": subject.kind, "subject_id": subject.id, "sha256": subject.sha256, "meaning": meaning}
    facts |= {"title": signature.title, "on_behalf_of_id": on_behalf_of_id}
    entries.append("signature.made", agency_id=subject.agency_id, by=by, case_id=subject.case_id, **facts)
    return signature


def standing(subject_kind: str, subject_id: uuid.UUID) -> list[Signature]:
    """Signatures that are not void, in the order they were given."""
    query = sa.select(Signature).where(Signature.subject_kind == subject_kind, Signature.subject_id == subject_id)
    return list(session().scalars(query.where(Signature.voided_at.is_(None)).order_by(Signature.signed_at, Signature.id)))


def void(subject_kind: str, subject_id: uuid.UUID, reason: str, *, by: Actor | None) -> int:
    """Void every standing signature, because the content changes or was returned; answers how many. Needs a reason."""
    words = clean(reason)
    if not words:
        raise AnswersRejected({"reason": ["Hãy ghi lý do hủy chữ ký."]})
    signatures = standing(subject_kind, subject_id)
    for signature in signatures:
        void_one(signature, words, by=by)
    return len(signatures)


def void_one(signature: Signature, reason: str, *, by: Actor | None = None) -> None:
    """Void this signature; it stays readable with the reason. Journalled."""
    signature.voided_at, signature.void_reason = clock.now(), reason
    facts: dict[str, Any] = {
        "subject": signature.subject_kind,
        "subject_id": signature.subject_id,
        "sha256": signature.sha256,
        "meaning": signature.meaning,
        "name": signature.name,
        "reason": reason,
    }
    entries.append("signature.voided", agency_id=signature.agency_id, by=by, case_id=signature.case_id, **facts)
    session().flush()


def _one_at_a_time(subject: Subject) -> None:
    """Signers of one agency take turns, so that each sees the signatures before."""
    session().execute(sa.select(Agency.id).where(Agency.id == subject.agency_id).with_for_update())


def _refuse_mixed(subject: Subject, principals: Collection[uuid.UUID | None]) -> None:
    given = standing(subject.kind, subject.id)
    own = next((signature for signature in given if signature.principals & set(principals)), None)
    if own is not None:
        word = MEANINGS[own.meaning].lower()
        raise NotAllowed(
            f"Anh/chị (hoặc người anh/chị thay mặt) đã ký “{word}” nội dung này, không ký thêm vai khác được. "
            "Hãy chuyển cho người khác."
        )
    if not subject.is_growing and any(signature.sha256 != subject.sha256 for signature in given):
        raise Conflict("Nội dung đã thay đổi sau khi có người ký. Tải lại trang, xem nội dung mới rồi trình lại từ đầu.")
