"""Mail: decided in a transaction as a row, written out and handed to the mail server after it."""

import hashlib
import re
import smtplib
import ssl
import uuid
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa

from engine import clock, settings
from engine.errors import AnswersRejected
from engine.outbox.models import OutboxMessage
from engine.outbox.refusals import Refused
from engine.transaction import session

KIND = "mail"
#: Seconds for connecting and for each answer of the mail server (R27).
TIMEOUT = 10
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Server:
    """Where mail is handed in: ``smtp://user:password@host:port`` (STARTTLS where offered) or ``smtps://…``."""

    host: str
    port: int
    user: str
    password: str
    is_tls: bool


def queue(to: str, subject: str, text: str, *, agency_id: uuid.UUID, key: str) -> OutboxMessage:
    """One mail, part of the caller's transaction. ``key`` names the effect: a second mail with the same key is the first.

    ``AnswersRejected`` for an address that is none and for a line break in the subject (header injection).
    """
    wrong: dict[str, list[str]] = {}
    if not _ADDRESS.fullmatch(to):
        wrong["to"] = ["Địa chỉ thư điện tử chưa đúng."]
    if not subject.strip() or any(ord(letter) < 32 for letter in subject):
        wrong["subject"] = ["Tiêu đề thư là một dòng, không có ký tự điều khiển."]
    if wrong:
        raise AnswersRejected(wrong)
    known = session().scalar(sa.select(OutboxMessage).where(OutboxMessage.key == key))
    if known is not None:
        return known
    now = clock.now()
    payload = {"to": to, "subject": subject, "text": text}
    message = OutboxMessage(agency_id=agency_id, key=key, kind=KIND, payload=payload, next_at=now, created_at=now)
    session().add(message)
    session().flush()
    return message


def server() -> Server | None:
    """The mail server of ``QUYTRINH_MAIL_URL``; None where none is set. ``ValueError`` for an address that is none."""
    url = settings.load().mail_url
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("QUYTRINH_MAIL_URL phải có dạng smtp://tài_khoản:mật_khẩu@máy:cổng hoặc smtps://…")
    is_tls = parts.scheme == "smtps"
    port = parts.port or (465 if is_tls else 25)
    return Server(parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), is_tls)


def compose(key: str, payload: dict[str, Any], created_at: Any) -> EmailMessage:
    """The mail as sent: the same row gives the same bytes and Message-ID however often it is sent (R08)."""
    host = urlsplit(settings.load().base_url).hostname or "localhost"
    message = EmailMessage(policy=SMTP)
    message["From"] = f"quytrinh@{host if '.' in host else host + '.localdomain'}"
    message["To"] = payload["to"]
    message["Subject"] = payload["subject"]
    message["Date"] = format_datetime(created_at)
    message["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(payload["text"], charset="utf-8", cte="base64")
    return message


def send(message: EmailMessage, to: Server) -> None:
    """Hand one mail to the server. ``smtplib.SMTPException`` or ``OSError`` where it is not taken; never inside a transaction."""
    context = ssl.create_default_context()
    opened = smtplib.SMTP_SSL(to.host, to.port, timeout=TIMEOUT, context=context) if to.is_tls else _plain(to, context)
    with opened as connection:
        if to.user:
            connection.login(to.user, to.password)
        connection.send_message(message)


def hand_in(message: EmailMessage, to: Server) -> None:
    """The same; what the server says against it is a ``Refused``: for ever where it says so (5xx), else for now."""
    try:
        send(message, to)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        raise Refused(repr(error.recipients), is_final=all(code >= 500 for code in codes)) from error
    except smtplib.SMTPResponseException as error:
        is_final = error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPAuthenticationError)
        raise Refused(f"{error.smtp_code} {error.smtp_error!r}", is_final=is_final) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Refused(f"{type(error).__name__}: {error}", is_final=False, has_answered=False) from error


def _plain(to: Server, context: ssl.SSLContext) -> smtplib.SMTP:
    """Encrypted as soon as the server offers it; a password leaves this machine only then."""
    connection = smtplib.SMTP(to.host, to.port, timeout=TIMEOUT)
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls(context=context)
        connection.ehlo()
    elif to.user and to.host not in _LOOPBACK:
        connection.close()
        raise smtplib.SMTPException("the server offers no STARTTLS, the password was not sent")
    return connection
