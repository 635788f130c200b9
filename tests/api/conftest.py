"""The API over a fresh database with the demo province and the real dossier procedure, at a stopped clock."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from engine.people import directory, tokens
from engine.settings import Settings
from engine.transaction import transaction
from tests.clocks import StoppedClock
from tests.contents import MORNING
from web.app import create_app
from web.database import database

#: Giấy xác nhận tình trạng hôn nhân: three working days.
SERVICE = "1.004873"


def make_owner(**given: Any) -> dict[str, Any]:
    """An invented citizen."""
    return {
        "full_name": "Nguyễn Thị Ánh",
        "id_number": "031185004217",
        "address": "Số 12 đường Lê Lợi, phường Đằng Lâm",
        "phone": "0912345678",
        "email": "anh@example.vn",
    } | given


def make_intake(**given: Any) -> dict[str, Any]:
    """What a clerk sends to open a dossier at the counter."""
    return {"public_service": SERVICE, "owner": make_owner(), "channel": "counter"} | given


@dataclass(frozen=True)
class Caller:
    """Somebody's program: sends their token with each request."""

    app: Flask
    token: str

    def get(self, path: str, **query: Any) -> TestResponse:
        """Read below ``/api/v1``."""
        return self.app.test_client().get(f"/api/v1{path}", query_string=query, headers=self._headers())

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> TestResponse:
        """Send JSON below ``/api/v1``."""
        headers = self._headers() | ({"Idempotency-Key": key} if key else {})
        return self.app.test_client().post(f"/api/v1{path}", json={} if body is None else body, headers=headers)

    def upload(self, path: str, **fields: Any) -> TestResponse:
        """Send a multipart form below ``/api/v1``."""
        return self.app.test_client().post(f"/api/v1{path}", data=fields, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


@dataclass(frozen=True)
class Office:
    """The demo ward as programs see it."""

    app: Flask
    clock: StoppedClock
    tokens: dict[str, str]

    def __call__(self, login: str) -> Caller:
        """The program of the person with this login; an empty one is nobody's."""
        return Caller(self.app, self.token_of(login) if login else "")

    def token_of(self, login: str) -> str:
        """A bearer token, made at the first use."""
        if login not in self.tokens:
            with self.app.app_context(), transaction():
                person = directory.by_login(login)
                assert person is not None, login
                self.tokens[login] = tokens.create(person, label="kiểm thử")
        return self.tokens[login]

    def person_id(self, login: str) -> uuid.UUID:
        """Who this login is."""
        with self.app.app_context():
            person = directory.by_login(login)
            assert person is not None, login
            return person.id

    def open(self, **given: Any) -> dict[str, Any]:
        """A dossier taken in by the clerk."""
        opened: dict[str, Any] = told(self("clerk").post("/dossiers", make_intake(**given)), 201)
        return opened

    def dossier(self, code: str, login: str = "clerk") -> dict[str, Any]:
        """A dossier as it is now."""
        found: dict[str, Any] = told(self(login).get(f"/dossiers/{code}"))
        return found

    def step(self, code: str, element: str) -> dict[str, Any]:
        """The open step at this element."""
        found: dict[str, Any] = next(step for step in self.dossier(code)["open_steps"] if step["element"] == element)
        return found

    def do(self, code: str, element: str, login: str, **answers: Any) -> list[str]:
        """Complete a step; the elements that open."""
        step = self.step(code, element)
        body = {"answers": answers, "version": step["version"]}
        return [other["element"] for other in told(self(login).post(f"/steps/{step['id']}/complete", body))["opened"]]

    def to_sign(self, code: str) -> None:
        """Bring a received dossier to the leader."""
        self.do(code, "hand_over", "clerk")
        self.do(code, "assign", "head")
        self.do(code, "process", "officer", decision="submit", result_kind="granted")
        self.do(code, "check", "head", decision="approve")

    def finish(self, code: str) -> None:
        """From the leader's desk to the archive."""
        self.do(code, "sign", "leader", decision="sign")
        self.do(code, "number_seal", "registrar")
        self.do(code, "receive_result", "clerk")
        self.do(code, "return_result", "clerk", return_channel="counter", received_by_name="Nguyễn Thị Ánh")
        self.do(code, "file_record", "archivist")


def told(response: TestResponse, status: int = 200) -> Any:
    """The JSON of an answer that must have this status."""
    assert response.status_code == status, response.text
    return json.loads(response.data)


@pytest.fixture
def database_content() -> str:
    """The whole office."""
    return "office"


@pytest.fixture
def office(database_url: str, stopped_clock: StoppedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """The ward on a fresh database, Wednesday 18 November 2026, 08:00."""
    monkeypatch.setenv("QUYTRINH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("QUYTRINH_TEST_CHEAP_PASSWORDS", "1")
    stopped_clock.freeze(MORNING)
    app = create_app(Settings(database_url=database_url, data_dir=tmp_path / "data", is_testing=True))
    yield Office(app, stopped_clock, {})
    with app.app_context():
        database.session.remove()
        database.engine.dispose()
