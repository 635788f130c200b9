"""What a watching machine reads at ``/metrics``, who may read it, and that it says nothing of anybody (R29, R55)."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from engine import clock
from engine.cases.models import Case, Incident, Timer
from engine.journal.models import JournalHead
from engine.schedule import readings
from engine.schedule.models import WorkerHeartbeat
from engine.settings import Settings, UnsafeSettings, refuse_unsafe
from engine.transaction import session, transaction
from tests.web.conftest import ON_BOTH, Browser
from tests.web.office import OWNER, Office
from web.app import create_app
from web.database import database

TOKEN = "a-watcher-of-the-town"


def read(app: Flask) -> dict[str, float]:
    """Sample with its labels → its value."""
    families = text_string_to_metric_families(app.test_client().get("/metrics").text)
    return {
        f"{sample.name}{{{','.join(f'{name}={value}' for name, value in sorted(sample.labels.items()))}}}": sample.value
        for family in families
        for sample in family.samples
    }


def test_requests_are_counted_by_method_rule_and_class_of_status(app: Flask) -> None:
    client = app.test_client()
    client.get("/healthz")
    client.get("/nowhere/031185004217")
    client.open("/healthz", method="BREW")
    found = read(app)
    counts = {name: value for name, value in found.items() if name.startswith("quytrinh_http_request_seconds_count")}
    assert counts == {
        "quytrinh_http_request_seconds_count{method=GET,route=/healthz,status=2xx}": 1,
        "quytrinh_http_request_seconds_count{method=GET,route=(none),status=4xx}": 1,
        "quytrinh_http_request_seconds_count{method=(other),route=(none),status=4xx}": 1,
    }


def test_a_completed_step_is_measured_by_its_outcome(office: Office, browse: Callable[..., Browser]) -> None:
    code = office.open()
    path, version = office.step(code, "hand_over")
    browser = browse("clerk")
    browser.get(path)
    browser.post(path, {"version": str(version)})
    browser.post(path, {"version": str(version)})
    found = read(office.app)
    counts = {outcome: found[f"quytrinh_step_seconds_count{{outcome={outcome}}}"] for outcome in ("done", "conflict", "failed")}
    assert counts == {"done": 1, "conflict": 1, "failed": 0}
    assert found["quytrinh_steps_open{}"] == 1
    assert found["quytrinh_db_connections{state=open}"] >= 1


def let_wait(office: Office) -> None:
    """Timers of every kind of punctuality, an incident, workers that live, fell silent, left."""
    code = office.open()
    with office.app.app_context(), transaction():
        now, case = clock.now(), session().get_one(Case, uuid.UUID(office.case_id(code)))
        timer = {"agency_id": case.agency_id, "case_id": case.id, "kind": "flow"}
        late = {"due_at": now - timedelta(seconds=90), "detected_at": now - timedelta(seconds=88)}
        trouble = {"agency_id": case.agency_id, "reference": "0A1B2C3D", "message": "Lặp mãi", "at": now, "last_at": now}
        session().add_all(
            [
                Timer(**timer, due_at=now + timedelta(hours=1)),
                Timer(**timer, due_at=now - timedelta(seconds=7)),
                Timer(**timer, **late, fired_at=now - timedelta(seconds=86), state="fired"),
                Timer(**timer, due_at=now, detected_at=now, fired_at=now - timedelta(hours=2), state="fired"),
                Incident(**trouble, cause="runaway"),
                WorkerHeartbeat(name="a", started_at=now, seen_at=now - timedelta(seconds=3)),
                WorkerHeartbeat(name="b", started_at=now, seen_at=now - timedelta(seconds=90)),
                WorkerHeartbeat(name="c", started_at=now, seen_at=now - timedelta(seconds=90), left_at=now),
            ]
        )


@ON_BOTH
def test_what_waits_is_read_from_the_database(office: Office) -> None:
    before = read(office.app)
    let_wait(office)
    after = read(office.app)
    with office.app.app_context():
        rings = session().scalar(sa.select(sa.func.count()).where(Timer.state == "waiting", Timer.kind != "flow"))
        entries = session().scalar(sa.select(sa.func.sum(JournalHead.number)))
    in_process = ("quytrinh_http", "quytrinh_step_", "quytrinh_db")
    changed = {name: value for name, value in after.items() if value != before.get(name) and not name.startswith(in_process)}
    assert {name: value for name, value in changed.items() if "_bucket" not in name} == pytest.approx(
        {
            "quytrinh_steps_open{}": 1,
            "quytrinh_timers_waiting{}": 3 + (rings or 0),  # one of them watches the dossier's promise
            "quytrinh_timers_due{}": 1,
            "quytrinh_timers_oldest_due_seconds{}": 7,
            "quytrinh_journal_entries_total{}": entries,
            "quytrinh_incidents_open{cause=runaway}": 1,
            "quytrinh_workers_alive{}": 1,
            "quytrinh_workers_silent{}": 1,
            "quytrinh_worker_heard_seconds{}": 3,
            "quytrinh_timer_detected_late_seconds_gcount{}": 1,
            "quytrinh_timer_detected_late_seconds_gsum{}": 2,
            "quytrinh_timer_fired_late_seconds_gcount{}": 1,
            "quytrinh_timer_fired_late_seconds_gsum{}": 4,
        },
        rel=1e-3,
    )
    buckets = {bound: after[f"quytrinh_timer_fired_late_seconds_bucket{{le={bound}}}"] for bound in ("2.5", "5.0", "+Inf")}
    assert buckets == {"2.5": 0, "5.0": 1, "+Inf": 1}
    zeros = ("incidents_open{cause=model}", "outbox_dead{}", "outbox_paused{}", "cases_suspended{}")
    assert [after[f"quytrinh_{name}"] for name in zeros] == [0, 0, 0, 0]
    assert before["quytrinh_database_up{}"] == 1


@ON_BOTH
def test_the_readings_take_few_statements(office: Office) -> None:
    let_wait(office)
    heard: list[str] = []
    with office.app.app_context():
        listen = lambda *told: heard.append(told[2])  # noqa: E731 - one call
        sa.event.listen(database.engine, "before_cursor_execute", listen)
        readings.take()
        sa.event.remove(database.engine, "before_cursor_execute", listen)
    assert len([statement for statement in heard if statement.startswith(("SELECT", "WITH"))]) == 5


def test_without_a_database_the_process_still_tells_what_it_measured(demo_settings: Settings) -> None:
    lost = create_app(replace(demo_settings, database_url="sqlite:////nonexistent/folder/x.db"))
    found = read(lost)
    assert found["quytrinh_database_up{}"] == 0
    assert found["quytrinh_step_seconds_count{outcome=done}"] == 0
    assert "quytrinh_timers_due{}" not in found


def test_the_numbers_say_nothing_of_anybody(office: Office, browse: Callable[..., Browser]) -> None:
    code = office.open()
    browser = browse("clerk")
    browser.get(f"/ho-so/{code}")
    browser.get(f"/ho-so?q={OWNER['id_number']}")
    told = browser.client.get("/metrics").text
    assert [word for word in (code, "clerk", "H31", OWNER["id_number"], "Đằng Lâm", office.case_id(code)) if word in told] == []


@pytest.mark.parametrize(
    ("token", "address", "headers", "status"),
    [
        ("", "127.0.0.1", {}, 200),
        ("", "::1", {}, 200),
        ("", "192.0.2.7", {}, 403),
        ("", "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 403),
        ("", "192.0.2.7", {"Authorization": "Bearer "}, 403),
        (TOKEN, "127.0.0.1", {}, 403),
        (TOKEN, "192.0.2.7", {"Authorization": f"Bearer {TOKEN}"}, 200),
        (TOKEN, "192.0.2.7", {"Authorization": f"Bearer {TOKEN}x"}, 403),
        (TOKEN, "192.0.2.7", {"Authorization": f"Basic {TOKEN}"}, 403),
    ],
    ids=["here", "here v6", "elsewhere", "by proxy", "empty token", "here without", "token", "wrong token", "wrong scheme"],
)
def test_only_watchers_read_the_numbers(app: Flask, token: str, address: str, headers: dict[str, str], status: int) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], metrics_token=token)
    answer = app.test_client().get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == status


def test_a_short_token_is_refused(demo_settings: Settings) -> None:
    with pytest.raises(UnsafeSettings, match="QUYTRINH_METRICS_TOKEN"):
        refuse_unsafe(replace(demo_settings, metrics_token="short"))
