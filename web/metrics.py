"""Numbers for whoever watches the machine: what this process measured, and what the database holds. Nobody's data.

What happens in one process (requests, steps, connections) is measured in it; several processes of one ``serve`` add theirs up
in a shared folder. What must hold for all processes and machines (timers, incidents, outbox, workers) is read from the database.
"""

import hmac
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess, values
from sqlalchemy import event

from engine.errors import Conflict, EngineError, NotAllowed
from engine.settings import Settings
from web import readings
from web.database import database

#: Folder in which the processes of one ``serve`` keep their numbers; the library reads it.
SHARED = "PROMETHEUS_MULTIPROC_DIR"
_EXTENSION = "meters"
_FOLDER = "quytrinh-metrics"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
#: Seconds: a step takes milliseconds, a page tens of them, a paper or an upload seconds.
_BOUNDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Meters:
    """The instruments of one application, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        kept: dict[str, Any] = {"registry": self.registry}
        self.requests = Histogram(
            "quytrinh_http_request_seconds",
            "Time to answer, by method, rule of the address and class of status",
            ("method", "route", "status"),
            buckets=_BOUNDS,
            **kept,
        )
        self.steps = Histogram(
            "quytrinh_step_seconds",
            "Time to complete a step, from opening its transaction until it is on disk",
            ("outcome",),
            buckets=_BOUNDS,
            **kept,
        )
        self.failures = Counter("quytrinh_unexpected_errors", "Answers 500: mistakes of the program", **kept)
        self.connections = Gauge(
            "quytrinh_db_connections",
            "Connections to the database: open, and of those in use",
            ("state",),
            multiprocess_mode="livesum",
            **kept,
        )
        for outcome in ("done", "refused", "conflict", "failed"):
            self.steps.labels(outcome)


@contextmanager
def shared() -> Iterator[None]:
    """Have every process started inside add its numbers up in one folder. Call before the first application is made."""
    for left in Path(tempfile.gettempdir()).glob(f"{_FOLDER}-*-*"):  # by a server that was killed
        process_id = left.name.split("-")[2]
        if process_id.isdecimal() and not _is_running(int(process_id)):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{_FOLDER}-{os.getpid()}-", ignore_cleanup_errors=True) as folder:
        os.environ[SHARED] = folder
        values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]  # the library leaves it untyped
        yield


def forget(process_id: int) -> None:
    """A process of ``serve`` ended: its connections are no more; what it counted stays counted."""
    multiprocess.mark_process_dead(process_id)  # type: ignore[no-untyped-call]  # the library leaves it untyped


def install(app: Flask) -> None:
    """Measure every request of ``app`` and its connections. Call after the database is bound."""
    meters = app.extensions[_EXTENSION] = Meters()
    app.before_request(_start_watch)
    app.after_request(_measure)
    with app.app_context():
        _watch_connections(database.engine, meters)


@contextmanager
def step_watch() -> Iterator[None]:
    """Measure the completion of a step: around the door's transaction, as ``with`` or as a decorator."""
    began, outcome = time.perf_counter(), "failed"
    try:
        yield
        outcome = "done"
    except Conflict:
        outcome = "conflict"
        raise
    except EngineError:
        outcome = "refused"
        raise
    finally:
        meters: Meters = current_app.extensions[_EXTENSION]
        meters.steps.labels(outcome).observe(time.perf_counter() - began)


def require_watcher() -> None:
    """Refuse (``NotAllowed``) all but this machine itself and whoever brings ``QUYTRINH_METRICS_TOKEN``."""
    settings: Settings = current_app.config["SETTINGS"]
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    is_known = bool(settings.metrics_token) and scheme.lower() == "bearer"
    if is_known and hmac.compare_digest(token.strip().encode(), settings.metrics_token.encode()):
        return
    # Behind a proxy everybody comes from its address.
    is_here = request.remote_addr in _LOOPBACK and "X-Forwarded-For" not in request.headers
    if settings.metrics_token or not is_here:
        raise NotAllowed("Số liệu vận hành chỉ mở cho máy giám sát: gửi kèm mã đặt trong QUYTRINH_METRICS_TOKEN.")


def text() -> bytes:
    """Everything in Prometheus' text format; where the database does not answer, what the processes measured stands alone."""
    return _measured() + readings.text()


def _measured() -> bytes:
    if os.environ.get(SHARED):
        shared = CollectorRegistry()
        multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]  # the library leaves it untyped
        return generate_latest(shared)
    meters: Meters = current_app.extensions[_EXTENSION]
    return generate_latest(meters.registry)


def _is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's
    return True


def _start_watch() -> None:
    g.watch = time.perf_counter()


def _measure(response: Response) -> Response:
    meters: Meters = current_app.extensions[_EXTENSION]
    # The rule, not the path: a path may hold a code that opens somebody's dossier.
    rule = request.url_rule.rule if request.url_rule else "(none)"
    method = request.method if request.method in _METHODS else "(other)"
    took = time.perf_counter() - g.get("watch", time.perf_counter())
    meters.requests.labels(method, rule, f"{response.status_code // 100}xx").observe(took)
    if response.status_code == 500:
        meters.failures.inc()
    return response


def _watch_connections(engine: sa.Engine, meters: Meters) -> None:
    opened, in_use = (meters.connections.labels(state) for state in ("open", "in_use"))
    event.listen(engine, "connect", lambda *_: opened.inc())
    event.listen(engine, "close", lambda *_: opened.dec())
    event.listen(engine, "checkout", lambda *_: in_use.inc())
    event.listen(engine, "checkin", lambda *_: in_use.dec())
