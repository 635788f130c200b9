"""For machines that watch: is the process alive, is it ready, what does it do (R29)."""

from collections.abc import Callable

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from engine import clock, migrate
from engine.schedule import heartbeats
from engine.transaction import session
from web import guard
from web import metrics as meters
from web.database import database

bp = Blueprint("health", __name__)


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
    """Prometheus text, for this machine itself or whoever brings the watcher's token: counts only, no personal data."""
    meters.require_watcher()
    return Response(meters.text(), content_type=CONTENT_TYPE_LATEST)


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
