"""The demo's people, and a mail server on this machine."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy.engine import Engine

from engine.db import new_id
from engine.people import agencies, positions
from engine.people.actors import Actor, actor_of
from engine.people.models import Person
from engine.people.positions import Appointment
from engine.transaction import session, transaction
from tests.outbox.receiver import System, listening


@dataclass
class Postman:
    """Takes what is handed in; ``answers`` are given first, one for each mail, then everything is accepted."""

    answers: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("2"):
            self.taken.append(envelope.content)
        return answer

    def mails(self) -> list[Message]:
        """What was accepted, parsed."""
        return [message_from_bytes(content) for content in self.taken]


@pytest.fixture
def postman(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postman]:
    """A real SMTP server on loopback; QUYTRINH_MAIL_URL points to it."""
    held = Postman()
    port = _free_port()
    controller = Controller(held, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("QUYTRINH_MAIL_URL", f"smtp://127.0.0.1:{port}")
    yield held
    controller.stop()


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Webhooks may go to this machine."""
    monkeypatch.setenv("QUYTRINH_TESTING", "1")
    monkeypatch.setenv("QUYTRINH_TEST_WEBHOOK_LOOPBACK", "1")


@pytest.fixture
def system(loopback: None) -> Iterator[System]:
    """A real web server on loopback."""
    with listening() as started:
        yield started


@pytest.fixture
def agency_id(db: Engine) -> UUID:
    """A commune."""
    with transaction():
        return agencies.create("H31.1", "UBND xã", "commune").id


@pytest.fixture
def admin(agency_id: UUID) -> Actor:
    """The commune's administrator."""
    with transaction():
        person = Person(agency_id=agency_id, login="quantri", full_name="Đỗ Quản Trị")
        session().add(person)
        session().flush()
        positions.give(person, Appointment(agency_id, "Quản trị", frozenset({"admin"})), by=None)
        return actor_of(person)


@pytest.fixture
def people(agency_id: UUID) -> list[UUID]:
    """Two people of the commune."""
    found = [Person(id=new_id(), agency_id=agency_id, login=login, full_name=login) for login in ("an", "binh")]
    with transaction():
        session().add_all(found)
    return [person.id for person in found]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
