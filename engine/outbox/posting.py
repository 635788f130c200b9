"""One webhook on its way: what is sent, how it is signed, and what each answer means."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import clock
from engine.journal.entries import canonical
from engine.outbox import addresses, calling, signing
from engine.outbox.addresses import AddressRefused, NameUnknown
from engine.outbox.calling import Answer, NoAnswer
from engine.outbox.refusals import Refused

#: The receiver says that nothing will ever be taken here again (RFC 9110 15.5.11).
_GONE = 410
#: Of a refusal's words the operator sees so many letters.
_EXCERPT = 200


@dataclass(frozen=True)
class Receiver:
    """Whom a message is for, as it stood when a worker took the message."""

    id: uuid.UUID
    url: str
    receiver: str
    key_number: int
    is_active: bool


def send(to: Receiver, key: str, payload: Mapping[str, Any]) -> None:
    """Post one message, signed now. ``Refused`` where the answer is no 2xx, where none comes, and where none may be asked."""
    if not to.is_active:
        raise Refused("Hệ thống nhận tin đã ngừng. Cho nhận lại rồi gửi lại, hoặc bỏ tin này.", is_final=True)
    body = body_of(key, payload)
    seconds = int(clock.now().timestamp())
    headers = {
        "Content-Type": "application/json",
        signing.ID_HEADER: signing.message_id(key),
        signing.HEADER: signing.signature(signing.key_of(to.id, to.key_number), seconds, body),
    }
    try:
        answer = calling.post(addresses.parse(to.url), body, headers)
    except AddressRefused as refusal:
        raise Refused(str(refusal), is_final=True) from refusal
    except (NoAnswer, NameUnknown) as silence:
        raise Refused(str(silence), is_final=False, has_answered=False) from silence
    _judge(answer)


def body_of(key: str, payload: Mapping[str, Any]) -> bytes:
    """The bytes sent: canonical JSON, the same at every attempt."""
    return canonical({"id": signing.message_id(key), **payload}).encode()


def _judge(answer: Answer) -> None:
    if 200 <= answer.status < 300:
        return
    words = answer.body[: _EXCERPT * 4].decode("utf-8", "replace")[:_EXCERPT]
    said = "".join(letter if letter.isprintable() else " " for letter in words).strip()
    led = "không đi theo chuyển hướng" if 300 <= answer.status < 400 else said
    raise Refused(f"HTTP {answer.status}{f': {led}' if led else ''}", is_final=answer.status == _GONE)
