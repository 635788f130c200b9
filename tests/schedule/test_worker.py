"""The worker: looks, fires, beats, cleans up, and ends in order."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import clock
from engine.cases import idempotency
from engine.cases.idempotency import Answer, Request
from engine.cases.idempotency_models import IdempotencyKey
from engine.cases.models import Timer
from engine.people import sessions
from engine.people.models import WebSession
from engine.schedule import heartbeats, sweeps, worker
from engine.schedule.models import WorkerHeartbeat
from engine.transaction import session, transaction
from tests.cases.conftest import Office


def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until ``holds``, at most ``seconds``."""
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, "it never happened"
        time.sleep(0.05)


def fired() -> int:
    """How many timers have fired."""
    session().rollback()
    return session().scalar(sa.select(sa.func.count()).select_from(Timer).where(Timer.state == "fired")) or 0


def alive() -> int:
    """How many workers are heard of."""
    session().rollback()
    return len(heartbeats.alive(clock.now()))


def test_a_worker_fires_what_falls_due_while_it_runs_and_leaves(office: Office) -> None:
    office.to_draft("officer")
    stop = threading.Event()
    session().close()
    thread = threading.Thread(target=worker.run, args=[stop])
    thread.start()
    try:
        until(lambda: alive() == 1)
        office.clock.freeze("2026-11-18T15:54")
        until(lambda: fired() == 1)
        office.clock.freeze("2026-11-19T14:00")
        until(lambda: fired() == 4)
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
    assert (fired(), alive()) == (4, 0)


def test_a_worker_looks_at_the_very_moment_the_next_timer_is_due(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.to_draft("officer")
    monkeypatch.setattr(worker, "TEST_SWEEP_SECONDS", 3600.0)
    session().rollback()
    due = session().scalars(sa.select(Timer.due_at).where(Timer.kind == "reminder", Timer.state == "waiting")).one()
    office.clock.run(f"{(due - datetime.now(UTC)).total_seconds() - 2:+.3f}s")
    stop = threading.Event()
    session().close()
    thread = threading.Thread(target=worker.run, args=[stop])
    thread.start()
    try:
        until(lambda: fired() == 1)
        late = session().scalars(sa.select(Timer).where(Timer.state == "fired")).one()
        assert late.fired_at is not None
        assert 0 <= (late.fired_at - late.due_at).total_seconds() < 2
    finally:
        stop.set()
        thread.join(20)


_PROGRAM = """
import sys, threading
from engine import db, transaction
from engine.schedule import worker
stop = threading.Event()
worker.stop_on_signals(stop)
transaction.use_engine(db.create_engine(sys.argv[1]))
worker.run(stop)
"""


def test_a_worker_process_ends_in_order_on_sigterm(office: Office, db: Engine) -> None:
    url = db.url.render_as_string(hide_password=False)
    process = subprocess.Popen([sys.executable, "-c", _PROGRAM, url])
    try:
        until(lambda: alive() == 1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
    assert alive() == 0


def test_a_silent_worker_counts_as_dead_and_is_forgotten_after_a_day(office: Office) -> None:
    with transaction():
        worker_id = heartbeats.enter("host:1")
    now = office.clock.advance(seconds=61)
    session().rollback()
    assert heartbeats.alive(now) == []
    with transaction():
        heartbeats.beat(worker_id)
    assert [row.id for row in heartbeats.alive(now)] == [worker_id]
    now = office.clock.advance(days=2)
    with transaction():
        heartbeats.forget(now)
    assert session().get(WorkerHeartbeat, worker_id) is None


def test_cleaning_up_forgets_what_has_expired(office: Office) -> None:
    clerk = office.actor("clerk")
    with transaction():
        sessions.start(clerk.person_id)
        idempotency.store(Request(clerk.person_id, "k", "POST /", "a" * 64), Answer(201, "text/plain", b""))
    office.clock.advance(days=5)
    sweeps.clean_up()
    session().rollback()
    assert session().scalars(sa.select(IdempotencyKey)).all() == []
    assert session().scalars(sa.select(WebSession)).all() == []


def test_a_sweep_stops_between_two_timers(office: Office) -> None:
    office.to_draft("officer")
    office.clock.freeze("2026-11-20T09:00")
    answers = iter([False, False, True])
    assert sweeps.fire_due_timers(lambda: next(answers, True)) == 1


def test_an_act_that_fails_does_not_end_the_worker(office: Office) -> None:
    held = worker.Worker(threading.Event())
    held._look(lambda: 1 / 0)
    held._look(held._enter)
    assert alive() == 1
