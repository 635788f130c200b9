"""The operator's desk: what waits for somebody, and who keeps time."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from engine import clock
from engine.cases import incidents, operator_views
from engine.outbox import status
from engine.schedule import heartbeats
from web import guard
from web.pages.operator_incidents import cases_of

bp = Blueprint("operator_desk", __name__, url_prefix="/admin/operator")

_SHOWN = 5


@bp.get("")
@guard.requires("incident.read")
def index() -> ResponseReturnValue:
    """Lengths of the queues, the oldest incidents, and whether anybody keeps time."""
    actor, now = guard.current_actor(), clock.now()
    oldest = incidents.listing(actor, limit=_SHOWN).items
    return render_template(
        "operator/index.html",
        summary=operator_views.summary(actor),
        oldest=oldest,
        cases=cases_of(oldest),
        outbox=status.summary() if guard.may("outbox.read") else None,
        alive=heartbeats.alive(now),
        silent_since=heartbeats.silent_since(now),
        now=now,
    )


@bp.get("/workers")
@guard.requires("worker.read")
def workers() -> ResponseReturnValue:
    """Every worker that is remembered, and the times in which none kept time."""
    now = clock.now()
    return render_template(
        "operator/workers.html",
        workers=[(worker, heartbeats.state_of(worker, now)) for worker in heartbeats.known()],
        outages=heartbeats.outages(limit=20),
        silent_since=heartbeats.silent_since(now),
        now=now,
    )
