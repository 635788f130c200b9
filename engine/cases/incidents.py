"""Incidents: a case the engine could not move is never silently stuck (R10)."""

import traceback
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from engine import clock
from engine.cases import paging
from engine.cases.models import Case, Incident, Timer
from engine.cases.reasons import reason_of
from engine.errors import Conflict, EngineError, NotFound
from engine.flow.errors import FlowFailed
from engine.journal import entries
from engine.people import access
from engine.people.actors import Actor
from engine.transaction import after_rollback, session

LONGEST_TRACE = 20_000


@dataclass(frozen=True)
class Trouble:
    """What went wrong, where: the sentence for people, the trace for the operator alone."""

    agency_id: uuid.UUID
    message: str
    trace: str
    case_id: uuid.UUID | None = None
    element: str | None = None
    timer_id: uuid.UUID | None = None


def record(trouble: Trouble) -> Incident:
    """Open an incident; the same trouble at the same place of a case stays one incident until it is resolved."""
    same = sa.select(Incident).where(
        Incident.agency_id == trouble.agency_id,
        Incident.state == "open",
        Incident.case_id == trouble.case_id,
        Incident.element == trouble.element,
        Incident.timer_id == trouble.timer_id,
        Incident.message == trouble.message,
    )
    known = session().scalars(same.limit(1)).one_or_none()
    return known or _open(trouble)


@contextmanager
def watching(case: Case, element: str | None) -> Iterator[None]:
    """Have a flow that fails inside leave an incident, although everything else of the transaction is undone.

    A case opened in this very transaction is undone too: its incident names the agency alone.
    """
    is_new = case.version == 0
    agency_id, case_id = case.agency_id, None if is_new else case.id
    try:
        yield
    except FlowFailed as error:
        trouble = Trouble(agency_id, str(error), trace_of(error), case_id, error.element or element)
        after_rollback(lambda: _keep(trouble))
        raise


def get(incident_id: uuid.UUID, *, for_: Actor) -> Incident:
    """An incident of an agency the person sees; ``NotFound`` otherwise."""
    incident = session().get(Incident, incident_id)
    if incident is None:
        raise NotFound("Không tìm thấy sự cố này.")
    access.require_visible(for_, incident.agency_id)
    return incident


def listing(actor: Actor, *, state: str = "open", limit: int = 50, cursor: str | None = None) -> paging.Page[Incident]:
    """Incidents of the agencies the person sees, oldest first."""
    size, place = paging.page_size(limit), paging.place_of(cursor)
    query = sa.select(Incident).where(Incident.agency_id.in_(access.visible_agencies(actor)), Incident.state == state)
    if place is not None and place.moment is not None:
        query = query.where(sa.or_(Incident.at > place.moment, sa.and_(Incident.at == place.moment, Incident.id > place.id)))
    rows = list(session().scalars(query.order_by(Incident.at, Incident.id).limit(size + 1)))
    items = rows[:size]
    return paging.Page(items, paging.Place(items[-1].at, items[-1].id).as_cursor() if len(rows) > size else None)


def retry(incident: Incident, reason: str, *, by: Actor) -> None:
    """Resolve the incident by trying again: its timer, if it has one, is due at once."""
    _resolve(incident, "incident.retried", reason, by, timer_state="waiting")


def dismiss(incident: Incident, reason: str, *, by: Actor) -> None:
    """Resolve the incident without trying again: its timer, if it has one, will not fire."""
    _resolve(incident, "incident.dismissed", reason, by, timer_state="cancelled")


def _keep(trouble: Trouble) -> None:
    record(trouble)


def _open(trouble: Trouble) -> Incident:
    incident = Incident(
        agency_id=trouble.agency_id,
        case_id=trouble.case_id,
        timer_id=trouble.timer_id,
        element=trouble.element,
        message=trouble.message,
        trace=trouble.trace,
        state="open",
        at=clock.now(),
    )
    session().add(incident)
    session().flush()
    facts = {"incident_id": incident.id, "element": trouble.element, "timer_id": trouble.timer_id, "message": trouble.message}
    entries.append("incident.opened", agency_id=trouble.agency_id, by=None, case_id=trouble.case_id, **facts)
    return incident


def _resolve(incident: Incident, kind: str, reason: str, by: Actor, *, timer_state: str) -> None:
    access.require(by, "incident.resolve", incident.agency_id)
    session().refresh(incident, with_for_update=True)
    if incident.state != "open":
        raise Conflict("Sự cố này đã được xử lý.", at=incident.resolved_at.isoformat() if incident.resolved_at else None)
    words = reason_of(reason)
    incident.state, incident.resolved_at = "resolved", clock.now()
    if incident.timer_id is not None:
        change = sa.update(Timer).where(Timer.id == incident.timer_id, Timer.state == "paused")
        session().execute(change.values(state=timer_state, attempts=0, retry_at=None))
    facts = {"incident_id": incident.id, "element": incident.element, "reason": words}
    entries.append(kind, agency_id=incident.agency_id, by=by, case_id=incident.case_id, **facts)


def trace_of(error: BaseException) -> str:
    """The trace of an error, at most 20 000 characters, its end kept."""
    return "".join(traceback.format_exception(error))[-LONGEST_TRACE:]


def sentence_of(error: BaseException) -> str:
    """What people may read of an error: a refusal's own sentence, otherwise only its kind (R55)."""
    return str(error) if isinstance(error, EngineError) else f"Lỗi hệ thống ({type(error).__name__}). Hãy báo quản trị viên."
