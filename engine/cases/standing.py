"""How a case stands, as plain values: revision, marking, open steps, waiting timers. Kept, compared, and put back."""

import base64
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from engine import rows
from engine.cases import queries
from engine.cases.models import Case, Step, Timer
from engine.transaction import session

#: What of a step and of a timer is kept; ids and moments as text.
_STEP: Final = (
    "element",
    "name",
    "role",
    "division_id",
    "assignee_id",
    "claimed_at",
    "term_minutes",
    "due_at",
    "state",
    "version",
)
_TIMER: Final = ("element", "kind", "token", "due_at", "position", "state")
_MOMENTS, _IDS = ("claimed_at", "due_at"), ("division_id", "assignee_id")


def of(case: Case) -> dict[str, Any]:
    """The case as it stands now, with its version."""
    session().flush()
    steps = {str(step.id): _kept(step, _STEP) for step in queries.open_steps(case)}
    timers = {str(timer.id): _kept(timer, _TIMER) for timer in _waiting(case)}
    return {
        "version": case.version,
        "revision_id": str(case.revision_id),
        "marking": base64.b64encode(case.marking).decode(),
        "visits": case.visits,
        "terms": case.terms,
        "steps": steps,
        "timers": timers,
    }


def put_back(case: Case, kept: Mapping[str, Any]) -> None:
    """Make the locked case stand as ``kept`` says; the versions of case and steps grow all the same.

    What began to wait since waits no more.
    """
    rows.change(
        case,
        revision_id=uuid.UUID(kept["revision_id"]),
        marking=base64.b64decode(kept["marking"]),
        visits=kept["visits"],
        terms=kept["terms"],
        version=case.version + 1,
    )
    for step in queries.open_steps(case):
        rows.change(step, **{**_read(kept["steps"][str(step.id)]), "version": step.version + 1})
    session().flush()
    for timer in _waiting(case):
        if str(timer.id) not in kept["timers"]:
            timer.state = "cancelled"
    for timer_id, columns in kept["timers"].items():
        timer = session().get_one(Timer, uuid.UUID(timer_id), populate_existing=True)
        for name, value in _read(columns).items():
            setattr(timer, name, value)
    session().flush()


def _waiting(case: Case) -> list[Timer]:
    query = sa.select(Timer).where(Timer.case_id == case.id, Timer.state.in_(("waiting", "paused")))
    found = session().scalars(query.order_by(Timer.due_at, Timer.id).execution_options(populate_existing=True))
    return list(found)


def _kept(row: Step | Timer, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def _read(columns: Mapping[str, Any]) -> dict[str, Any]:
    moments = {name: datetime.fromisoformat(columns[name]) for name in _MOMENTS if columns.get(name)}
    ids = {name: uuid.UUID(columns[name]) for name in _IDS if columns.get(name)}
    return {**columns, **moments, **ids}
