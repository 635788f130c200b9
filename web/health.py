"""For machines that watch: is the process alive, is it ready, what does it do (R29)."""

import os
import time
from collections.abc import Callable, Iterable

import sqlalchemy as sa
from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy.exc import SQLAlchemyError

from engine import clock, migrate
from engine.cases.models import Incident, Step, Timer
from engine.outbox.models import OutboxMessage
from engine.schedule import heartbeats
from engine.transaction import session
from web import guard
from web.database import database

bp = Blueprint("health", __name__)


class Meters:
    """The numbers one application counts; kept in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "endpoint", "status")
        self.requests = Counter("quytrinh_http_requests", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram("quytrinh_http_request_seconds", "Time to answer", ("endpoint",), registry=self.registry)


class _Backlog:
    """What waits in the database, counted when somebody asks."""

    def collect(self) -> Iterable[Metric]:
        now = clock.now()
        counts = {
            "quytrinh_steps_open": sa.select(sa.func.count()).select_from(Step).where(Step.state == "open"),
            "quytrinh_timers_overdue": sa.select(sa.func.count()).where(Timer.state == "waiting", Timer.due_at < now),
            "quytrinh_outbox_waiting": sa.select(sa.func.count()).where(OutboxMessage.state == "waiting"),
            "quytrinh_outbox_dead": sa.select(sa.func.count()).where(OutboxMessage.state == "dead"),
            "quytrinh_incidents_open": sa.select(sa.func.count()).where(Incident.state == "open"),
        }
        for name, query in counts.items():
            yield GaugeMetricFamily(name, name.replace("_", " "), value=session().scalar(query) or 0)


def install(app: Flask) -> None:
    """Count every request of ``app``."""
    app.extensions["meters"] = Meters()
    app.before_request(_start_watch)
    app.after_request(_count)


@bp.get("/healthz")
@guard.public
def process() -> ResponseReturnValue:
    """The process answers; nothing else is looked at."""
    return jsonify(status="ok")


@bp.get("/readyz")
@guard.public
def ready() -> ResponseReturnValue:
    """Database, migrations and worker: 200 when all are in order, 503 with what is not."""
    checks = {"database": _check(_database), "migrations": _check(_migrations), "worker": _check(_worker)}
    is_ready = all(state == "ok" for state in checks.values())
    return jsonify(status="ok" if is_ready else "unready", checks=checks), 200 if is_ready else 503


@bp.get("/metrics")
@guard.public
def metrics() -> ResponseReturnValue:
    """Prometheus text: counts only, no personal data."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shared = CollectorRegistry()
        multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]  # the library leaves it untyped
        text = generate_latest(shared)
    else:
        text = generate_latest(_meters().registry)
    backlog = CollectorRegistry()
    backlog.register(_Backlog())
    return Response(text + generate_latest(backlog), content_type=CONTENT_TYPE_LATEST)


def _meters() -> Meters:
    found: Meters = current_app.extensions["meters"]
    return found


def _start_watch() -> None:
    g.watch = time.monotonic()


def _count(response: Response) -> Response:
    endpoint = request.endpoint or "(none)"
    _meters().requests.labels(request.method, endpoint, str(response.status_code)).inc()
    _meters().seconds.labels(endpoint).observe(time.monotonic() - g.get("watch", time.monotonic()))
    return response


def _check(look: Callable[[], bool]) -> str:
    try:
        return "ok" if look() else "failed"
    except SQLAlchemyError:
        session().rollback()
        return "failed"


def _database() -> bool:
    return bool(session().scalar(sa.text("SELECT 1")) == 1)


def _migrations() -> bool:
    return migrate.is_at_head(database.engine)


def _worker() -> bool:
    return bool(heartbeats.alive(clock.now()))
