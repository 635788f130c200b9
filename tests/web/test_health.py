"""What machines that watch are told (R29)."""

from flask import Flask

from engine import clock
from engine.schedule.models import WorkerHeartbeat
from engine.settings import Settings
from engine.transaction import session, transaction
from tests.web.conftest import ON_BOTH
from web.app import create_app


def test_the_process_answers(app: Flask) -> None:
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


@ON_BOTH
def test_ready_means_database_migrations_and_a_living_worker(app: Flask) -> None:
    client = app.test_client()
    waiting = client.get("/readyz")
    assert (waiting.status_code, waiting.json) == (
        503,
        {"status": "unready", "checks": {"database": "ok", "migrations": "ok", "worker": "failed"}},
    )
    with app.app_context(), transaction():
        session().add(WorkerHeartbeat(name="w", started_at=clock.now(), seen_at=clock.now()))
    assert client.get("/readyz").status_code == 200


def test_not_ready_without_a_database(demo_settings: Settings) -> None:
    from dataclasses import replace

    lost = create_app(replace(demo_settings, database_url="sqlite:////nonexistent/folder/x.db"))
    answer = lost.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (
        503,
        {"status": "unready", "checks": {"database": "failed", "migrations": "failed", "worker": "failed"}},
    )
    assert lost.test_client().get("/healthz").status_code == 200
