"""Every act of the API is done once for each key: over all its addresses, over restarts, over processes at once (R04)."""

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from engine.settings import ROOT
from tests.api.conftest import Office, make_intake, told
from tests.web.routes import UNSAFE, rules
from web.api import doors

#: Its door stands inside: the bytes are looked at by the virus scanner before the transaction begins.
INSIDE = {"POST api_files.upload"}
#: One process of the API that sends one request: prints the status, the Location and the body.
_PROGRAM = """
import json, os, sys, time
from pathlib import Path
from engine.settings import load
from web.app import create_app
app = create_app(load())
client = app.test_client()
client.get("/healthz")
Path(sys.argv[1] + ".ready").touch()
while not Path(sys.argv[2]).exists():
    time.sleep(0.01)
headers = {"Authorization": "Bearer " + sys.argv[3], "Idempotency-Key": "k-1"}
answer = client.post("/api/v1/dossiers", json=json.loads(sys.argv[4]), headers=headers)
sys.stdout.buffer.write(f"{answer.status_code} {answer.headers.get('Location')} ".encode() + answer.data)
"""


def doors_of(app: Flask) -> dict[str, bool]:
    """Endpoint of the API that changes something → whether a door of ``web.api.doors`` stands before it."""
    found: dict[str, bool] = {}
    for rule, method in rules(app, UNSAFE):
        if rule.rule.startswith("/api/"):
            found[f"{method} {rule.endpoint}"] = _passes_a_door(app.view_functions[rule.endpoint])
    return found


def _passes_a_door(view: Any) -> bool:
    """Whether one of the functions around the view is a door's."""
    while view is not None:
        code = getattr(view, "__code__", None)
        if code is not None and code.co_filename == doors.__file__:
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def test_every_act_passes_a_door_that_knows_keys(office: Office) -> None:
    found = doors_of(office.app)
    assert {place for place, passed in found.items() if not passed} == INSIDE
    assert len(found) > 30


def test_a_view_without_a_door_is_found() -> None:
    app = Flask("bare")
    app.add_url_rule("/api/v1/bare", "bare", lambda: "done", methods=["POST"])
    assert doors_of(app) == {"POST bare": False}


def test_two_processes_at_once_act_once_and_a_third_after_them_answers_the_same(
    office: Office, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUYTRINH_DATABASE_URL", database_url)
    token, body, go = office.token_of("clerk"), str(make_intake()).replace("'", '"'), tmp_path / "go"

    def start(name: str) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-c", _PROGRAM, str(tmp_path / name), str(go), token, body]
        return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE)

    pair = [start("one"), start("two")]
    while not all((tmp_path / f"{name}.ready").exists() for name in ("one", "two")):
        assert all(process.poll() is None for process in pair)
    go.touch()
    answers = [process.communicate(timeout=60)[0] for process in pair]
    answers.append(start("three").communicate(timeout=60)[0])
    assert answers[0].startswith(b"201 /api/v1/dossiers/H31.12.8-")
    assert answers == [answers[0]] * 3
    assert len(told(office("clerk").get("/dossiers"))["items"]) == 1


def test_a_file_sent_twice_is_kept_once(office: Office) -> None:
    case_id, headers = office.open()["case_id"], {"Authorization": f"Bearer {office.token_of('clerk')}", "Idempotency-Key": "k-1"}
    answers = [
        office.app.test_client().post(
            "/api/v1/files",
            data={"case_id": case_id, "file": (io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "a.pdf")},
            headers=headers,
        )
        for _ in range(2)
    ]
    assert (answers[0].status_code, answers[0].data) == (201, answers[1].data)
    assert len(told(office("clerk").get(f"/cases/{case_id}/files"))["items"]) == 1


def test_a_key_serves_for_four_days(office: Office) -> None:
    first = office("clerk").post("/dossiers", make_intake(), key="k-1")
    office.clock.advance(hours=73)
    again = office("clerk").post("/dossiers", make_intake(), key="k-1")
    assert (again.status_code, again.data) == (first.status_code, first.data)
