"""How a receiver knows that a webhook is ours: HMAC-SHA256 over the moment of sending and the body, with a key of its own."""

import hashlib
import hmac
import uuid

from engine import settings

HEADER = "Quytrinh-Signature"
ID_HEADER = "Quytrinh-Id"


def key_of(webhook_id: uuid.UUID, number: int) -> str:
    """The signing key, 64 hexadecimal digits. Made from the secret of the settings each time: the database does not know it.

    A new ``number`` is a new key; a new ``QUYTRINH_SECRET_KEY`` makes all keys new.
    """
    secret = hashlib.sha256(b"webhook\n" + settings.load().secret_key.encode()).digest()
    return hmac.new(secret, f"{webhook_id} {number}".encode(), hashlib.sha256).hexdigest()


def signature(key: str, seconds: int, body: bytes) -> str:
    """The header's value, ``t=…,v1=…``: ``seconds`` since 1970, and the HMAC over ``seconds``, a dot and the body."""
    return f"t={seconds},v1={hmac.new(key.encode(), f'{seconds}.'.encode() + body, hashlib.sha256).hexdigest()}"


def message_id(key: str) -> str:
    """What a receiver sees of an outbox key: constant for one effect, 40 hexadecimal digits."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]
