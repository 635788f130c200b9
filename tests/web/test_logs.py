"""What the log says of an unforeseen error: where it happened, under the reader's reference number, and nothing of anybody."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.typing import ResponseReturnValue

from engine.people import directory
from engine.people.models import Person
from engine.settings import Settings, UnsafeSettings, refuse_unsafe
from engine.transaction import session, transaction
from tests.web.conftest import Browser
from tests.web.office import Office
from web import guard, log_lines

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

    log_lines.configure(replace(demo_settings, environment="production"))
    yield app
    log_lines.configure(demo_settings)


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
    assert (line["error"], line["request_id"]) == (kinds, answer.headers["X-Request-Id"])
    assert re.search(r"\.py:\d+$", line["place"])
    for words in (*SECRETS, "Traceback", "SELECT", "INSERT", "no_such_column"):
        assert (words in log, words in answer.text) == (False, False)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was logged since the last look."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [
        ("01JD2Y7-abcd", True),
        ("9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506", True),
        ("short", False),
        ("031185004217", False),
        ("x" * 65, False),
        ('a"b,{"c":1}', False),
        ("Nguyễn Thị", False),
    ],
    ids=["word", "uuid", "too short", "somebody's number", "too long", "punctuation", "a name"],
)
def test_a_proxys_number_of_a_request_is_kept_where_it_is_one(
    failing_app: Flask, capsys: pytest.CaptureFixture[str], given: str, is_kept: bool
) -> None:
    answer = failing_app.test_client().get("/healthz", environ_overrides={"HTTP_X_REQUEST_ID": given.encode().decode("latin-1")})
    (line,) = lines(capsys)
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert (line["request_id"] == given) is is_kept


def test_a_line_names_the_person_and_the_case_by_their_ids(
    office: Office, failing_app: Flask, browse: Callable[..., Browser], capsys: pytest.CaptureFixture[str]
) -> None:
    code = office.open()
    path, version = office.step(code, "hand_over")
    browser = browse("clerk")
    browser.get(path)
    capsys.readouterr()
    assert browser.post(path, {"version": str(version)}).status_code == 303
    (line,) = lines(capsys)
    with office.app.app_context():
        clerk = directory.by_login("clerk")
        assert clerk is not None
        wanted = {"person_id": str(clerk.id), "agency_id": str(clerk.agency_id), "case_id": office.case_id(code)}
    assert {name: line[name] for name in wanted} == wanted
    assert (line["level"], line["logger"], line["message"]) == ("info", "web.requests", "request")
    assert (line["route"], line["status"]) == ("/buoc/<uuid:step_id>", 303)
    assert set(line) == {*wanted, "ts", "level", "logger", "message", "request_id", "method", "route", "status", "ms"}


def test_every_library_writes_the_same_lines(failing_app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        int(SECRETS[0])
    except ValueError:
        logging.getLogger("engine.somewhere").exception("timer %s failed", 7)
    (line,) = lines(capsys)
    assert (line["level"], line["logger"], line["message"]) == ("error", "engine.somewhere", "timer 7 failed")
    assert (line["error"], line["place"].split(":")[0]) == ("ValueError", "test_logs.py")
    assert SECRETS[0] not in json.dumps(line, ensure_ascii=False)


@pytest.mark.parametrize(
    ("log", "environment", "heard"),
    [
        ("", "demo", ["a loud word"]),
        ("", "production", ["a quiet word", "a loud word"]),
        ("json", "demo", ["a quiet word", "a loud word"]),
        ("text", "production", ["a quiet word", "a loud word"]),
    ],
)
def test_the_form_of_the_log_is_chosen(
    demo_settings: Settings, capsys: pytest.CaptureFixture[str], log: str, environment: str, heard: list[str]
) -> None:
    log_lines.configure(replace(demo_settings, log=log, environment=environment))
    logging.getLogger("a").info("a quiet word")
    logging.getLogger("a").warning("a loud word")
    written = capsys.readouterr().out.splitlines()
    log_lines.configure(demo_settings)
    is_json = [line.startswith("{") for line in written]
    assert [word for line in written for word in ("a quiet word", "a loud word") if word in line] == heard
    assert is_json == [log == "json" or (not log and environment == "production")] * len(heard)


def test_an_unknown_form_of_the_log_is_refused(demo_settings: Settings) -> None:
    with pytest.raises(UnsafeSettings, match="QUYTRINH_LOG"):
        refuse_unsafe(replace(demo_settings, log="xml"))


def test_every_request_has_a_line_with_its_rule_and_not_its_path(failing_app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    failing_app.test_client().get("/tra-cuu/ABCDEFGHIJKLMNOPQRSTUV")
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["method"], line["route"], line["status"]) == ("GET", "/tra-cuu/<token>", 404)
    assert "ABCDEFGHIJ" not in json.dumps(line)
