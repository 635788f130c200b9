"""A case as an operator sees it: every token, the routing values, what waits, what went wrong, why it stands still."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.cases import incidents, queries, suspensions, timer_desk
from engine.cases.models import Case, Incident, Step, Timer
from engine.cases.suspensions import Suspension
from engine.cases.timer_desk import Line
from engine.flow import places
from engine.flow.places import Place
from engine.people import access
from engine.people.actors import Actor
from engine.procedures import definition
from engine.procedures.models import ProcedureRevision
from engine.transaction import session

INSPECT = "case.inspect"
#: Counts on the desk stop here: it says ``1000+``.
COUNTED = 1000


@dataclass(frozen=True)
class OperatorView:
    """Everything about where a case stands. ``targets`` maps a waiting token to the (element, name) it may be moved to."""

    case: Case
    revision_number: int
    tokens: tuple[Place, ...]
    values: Mapping[str, Any]
    steps: Sequence[Step]
    timers: Sequence[Line]
    incidents: Sequence[Incident]
    suspension: Suspension | None
    targets: Mapping[int, Sequence[tuple[str, str]]]
    skippable: frozenset[int]


@dataclass(frozen=True)
class Summary:
    """What waits for an operator in the agencies a person sees; 1000 means that or more."""

    incidents_open: int
    timers_due: int
    timers_paused: int
    cases_suspended: int


def of(case_id: uuid.UUID, *, for_: Actor) -> OperatorView:
    """The case for somebody who may inspect cases of its agency; ``NotFound``, ``NotAllowed`` otherwise."""
    case = queries.get_case(case_id, for_=for_)
    access.require(for_, INSPECT, case.agency_id)
    model = definition.of_id(case.revision_id).model
    tokens = places.of(model, case.marking)
    waiting = [place.token for place in tokens if place.token]
    return OperatorView(
        case=case,
        revision_number=session().get_one(ProcedureRevision, case.revision_id).number,
        tokens=tokens,
        values=case.values,
        steps=queries.open_steps(case),
        timers=timer_desk.of_case(case),
        incidents=incidents.open_of(case),
        suspension=suspensions.of(case),
        targets={token: found for token in waiting if (found := places.targets(model, case.marking, token))},
        skippable=places.skippable(model, case.marking) if tokens else frozenset(),
    )


def summary(actor: Actor) -> Summary:
    """The numbers of the desk, in one statement."""
    own = access.visible_agencies(actor)
    now = clock.now()
    counts = (
        _count(sa.select(Incident.id).where(Incident.agency_id.in_(own), Incident.state == "open")),
        _count(sa.select(Timer.id).where(Timer.agency_id.in_(own), _is(Timer.state, "waiting"), Timer.due_at <= now)),
        _count(sa.select(Timer.id).where(Timer.agency_id.in_(own), _is(Timer.state, "paused"))),
        _count(sa.select(Case.id).where(Case.agency_id.in_(own), _is(Case.state, "suspended"))),
    )
    return Summary(*session().execute(sa.select(*counts)).one())


def _count(found: sa.Select[Any]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(found.limit(COUNTED).subquery()).scalar_subquery()


def _is(column: Any, word: str) -> sa.ColumnElement[bool]:
    """Written out, not bound: only so do the databases use the partial indexes."""
    found: sa.ColumnElement[bool] = column == sa.literal_column(f"'{word}'")
    return found
