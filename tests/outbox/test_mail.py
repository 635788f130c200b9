"""Mail as it is decided and as it looks."""

from email.header import decode_header, make_header
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine import clock
from engine.errors import AnswersRejected
from engine.outbox import mail
from engine.outbox.models import OutboxMessage
from engine.transaction import session, transaction


@pytest.mark.parametrize(
    ("to", "subject", "field"),
    [
        pytest.param("a@b.example\r\nBcc: c@d.example", "Nhắc hạn", "to", id="line break in the address"),
        pytest.param("An <a@b.example>", "Nhắc hạn", "to", id="name and address"),
        pytest.param("a@b.example, c@d.example", "Nhắc hạn", "to", id="two addresses"),
        pytest.param("a@b.example\n", "Nhắc hạn", "to", id="line break at the end"),
        pytest.param("a@b.example", "Nhắc hạn\r\nBcc: c@d.example", "subject", id="line break in the subject"),
        pytest.param("a@b.example", " ", "subject", id="no subject"),
    ],
)
def test_header_injection_is_refused(agency_id: UUID, to: str, subject: str, field: str) -> None:
    with pytest.raises(AnswersRejected) as refusal, transaction():
        mail.queue(to, subject, "x", agency_id=agency_id, key="k")
    assert list(refusal.value.fields) == [field]


def test_same_key_is_one_mail(agency_id: UUID) -> None:
    for text in ("lần một", "lần hai"):
        with transaction():
            mail.queue("a@b.example", "Nhắc hạn", text, agency_id=agency_id, key="step:1:reminder")
    (row,) = session().scalars(sa.select(OutboxMessage))
    assert (row.payload["text"], row.state, row.attempts) == ("lần một", "waiting", 0)


def test_composing_twice_gives_the_same_bytes() -> None:
    payload = {"to": "a@b.example", "subject": "Hồ sơ sắp đến hạn", "text": "Kính gửi anh/chị,\nhồ sơ sắp đến hạn.\n"}
    at = clock.now()
    first, second = mail.compose("k1", payload, at), mail.compose("k1", payload, at)
    assert bytes(first) == bytes(second)
    assert first["Message-ID"] != mail.compose("k2", payload, at)["Message-ID"]
    assert str(make_header(decode_header(first["Subject"]))) == "Hồ sơ sắp đến hạn"
    assert first.get_content().splitlines() == payload["text"].splitlines()


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("", None),
        ("smtp://mail.example", mail.Server("mail.example", 25, "", "", False)),
        ("smtp://an:m%40t@mail.example:587", mail.Server("mail.example", 587, "an", "m@t", False)),
        ("smtps://mail.example", mail.Server("mail.example", 465, "", "", True)),
    ],
)
def test_server_is_read_from_the_setting(monkeypatch: pytest.MonkeyPatch, url: str, server: mail.Server | None) -> None:
    monkeypatch.setenv("QUYTRINH_MAIL_URL", url)
    assert mail.server() == server


@pytest.mark.parametrize("url", ["http://mail.example", "mail.example", "smtp://"])
def test_server_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("QUYTRINH_MAIL_URL", url)
    with pytest.raises(ValueError, match="QUYTRINH_MAIL_URL"):
        mail.server()
