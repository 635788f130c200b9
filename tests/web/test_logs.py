"""What the log says of an unforeseen error: where it happened, under the reader's reference number, and nothing of anybody."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
import structlog
from flask import Flask
from flask.typing import ResponseReturnValue

from engine.people.models import Person
from engine.settings import Settings
from engine.transaction import session, transaction
from web import guard, logs

SECRETS = ("Nguyễn Thị Ánh", "031185004217", "mat-khau-rat-dai")


@pytest.fixture
def failing_app(app: Flask, demo_settings: Settings) -> Iterator[Flask]:
    """The application, logging as in production, with pages that fail over somebody's data."""

    @app.get("/fail/conversion")
    @guard.public
    def conversion() -> ResponseReturnValue:
        try:
            return str(int(SECRETS[0]))
        except ValueError as error:
            raise RuntimeError(f"no number: {SECRETS[1]}") from error

    @app.get("/fail/statement")
    @guard.public
    def statement() -> ResponseReturnValue:
        session().execute(sa.text("SELECT no_such_column FROM person WHERE login = :login"), {"login": SECRETS[1]})
        return ""

    @app.get("/fail/insert")
    @guard.public
    def insert() -> ResponseReturnValue:
        with transaction():
            session().add(Person(agency_id=None, login=SECRETS[1], full_name=SECRETS[0], password_hash=SECRETS[2]))
        return ""

    logs.configure(replace(demo_settings, environment="production"))
    yield app
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("what", "kinds"),
    [
        ("conversion", "RuntimeError < ValueError"),
        ("statement", "OperationalError < OperationalError"),
        ("insert", "IntegrityError < IntegrityError"),
    ],
)
def test_an_unforeseen_error_is_logged_without_what_it_says(
    failing_app: Flask, capsys: pytest.CaptureFixture[str], what: str, kinds: str
) -> None:
    answer = failing_app.test_client().get(
        f"/fail/{what}?ten=031185004217", headers={"Accept": "text/html", "Cookie": "x=mat-khau-rat-dai"}
    )
    log = capsys.readouterr().out
    line = next(json.loads(line) for line in log.splitlines() if "unexpected error" in line)
    assert (line["error"], line["reference"]) == (kinds, answer.headers["X-Request-Id"])
    assert re.search(r"\.py:\d+$", line["place"])
    for words in (*SECRETS, "Traceback", "SELECT", "INSERT", "no_such_column"):
        assert (words in log, words in answer.text) == (False, False)


def test_every_request_has_a_line_with_its_rule_and_not_its_path(failing_app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    failing_app.test_client().get("/tra-cuu/ABCDEFGHIJKLMNOPQRSTUV")
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["method"], line["rule"], line["status"]) == ("GET", "/tra-cuu/<token>", 404)
    assert "ABCDEFGHIJ" not in json.dumps(line)
