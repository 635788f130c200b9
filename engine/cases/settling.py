"""Settle incidents: try again, or leave it; one by one or many at once, always with a reason."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa

from engine import clock
from engine.cases import clock_starts, firing, incidents, locking, wording
from engine.cases.models import Case, CaseMessage, Incident, StartTimer, Timer
from engine.cases.reasons import reason_of
from engine.errors import AnswersRejected, Conflict, NotAllowed, NotFound
from engine.journal import entries
from engine.outbox import notices
from engine.people import access, directory
from engine.people.actors import Actor
from engine.transaction import session

#: Incidents settled by one act.
MOST = 200
#: What is tried again by itself.
_Resting = Timer | CaseMessage | StartTimer
_Row = TypeVar("_Row", Timer, CaseMessage, StartTimer)
#: States in which what failed is not tried again, whatever happens.
_OVER: dict[type[_Resting], tuple[str, ...]] = {
    Timer: ("fired", "cancelled", "dismissed"),
    CaseMessage: ("spread", "delivered", "unclaimed", "failed"),
    StartTimer: ("over",),
}
_HOW = {"retried": "thử lại", "dismissed": "bỏ qua", "healed": "tự hết"}


@dataclass(frozen=True)
class Outcome:
    """What an act on many did: the ids settled, and for each other one the sentence that says why not."""

    done: tuple[uuid.UUID, ...]
    refused: dict[uuid.UUID, str]


def retry(incident: Incident, reason: str, *, by: Actor) -> None:
    """Settle the incident by trying again: its timer or message is due at once; whose act failed is told to do it again.

    Refuses without a reason (``AnswersRejected``), without the permission (``NotAllowed``), and what is settled (``Conflict``).
    """
    resting = _settle(incident, "retried", reason, by)
    if resting is not None:
        resting.state, resting.attempts, resting.retry_at = "waiting", 0, None
        session().flush()
    elif incident.person_id is not None:
        told, agency_id = _do_it_again(incident), incident.agency_id
        notices.tell([incident.person_id], "incident", told, agency_id=agency_id, case_id=incident.case_id)


def dismiss(incident: Incident, reason: str, *, by: Actor) -> None:
    """Settle the incident without trying again: its timer will not fire, its message will not come. Refuses as ``retry`` does.

    A timer that opens cases goes on with its next moment.
    """
    resting = _settle(incident, "dismissed", reason, by)
    if isinstance(resting, StartTimer):
        clock_starts.pass_over(resting)
    elif isinstance(resting, CaseMessage):
        resting.state, resting.settled_at, resting.retry_at = "failed", clock.now(), None
    elif resting is not None:
        resting.state, resting.retry_at = "dismissed", None
        session().flush()
        firing.go_on(resting.id)
    session().flush()


def retry_many(incident_ids: Sequence[uuid.UUID], reason: str, *, by: Actor) -> Outcome:
    """``retry`` each; one that is refused does not keep the others. At most 200 (``AnswersRejected``)."""
    return _each(retry, incident_ids, reason, by)


def dismiss_many(incident_ids: Sequence[uuid.UUID], reason: str, *, by: Actor) -> Outcome:
    """``dismiss`` each, like ``retry_many``."""
    return _each(dismiss, incident_ids, reason, by)


def settle_orphans(limit: int = 100) -> int:
    """Settle open incidents of what is over: fired, delivered, or cancelled with the step it watched. Returns how many.

    Looked for afterwards by a sweep, so that whoever completes a step pays nothing for it.
    """
    is_over = [sa.exists().where(kind.id == Incident.timer_id, kind.state.in_(states)) for kind, states in _OVER.items()]
    query = sa.select(Incident).where(Incident.state == sa.literal_column("'open'"), sa.or_(*is_over))
    query = query.order_by(Incident.at, Incident.id).limit(limit).with_for_update(of=Incident, skip_locked=True)
    orphans = session().scalars(query.execution_options(populate_existing=True)).all()
    for incident in orphans:
        incidents.note_healed(incident)
    session().flush()
    return len(orphans)


def _each(act: Callable[..., None], incident_ids: Sequence[uuid.UUID], reason: str, by: Actor) -> Outcome:
    words = reason_of(reason)
    if not 1 <= len(incident_ids) <= MOST:
        raise AnswersRejected({"ids": [f"Hãy chọn từ 1 đến {MOST} sự cố."]})
    done: list[uuid.UUID] = []
    refused: dict[uuid.UUID, str] = {}
    for incident_id in _in_order_of_cases(incident_ids):
        try:
            act(incidents.get(incident_id, for_=by), words, by=by)
            done.append(incident_id)
        except (NotFound, NotAllowed, Conflict) as refusal:
            refused[incident_id] = str(refusal)
    return Outcome(tuple(done), refused)


def _in_order_of_cases(incident_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Cases are locked one after another: in one order, so that two such acts never wait for each other."""
    found = session().execute(sa.select(Incident.id, Incident.case_id).where(Incident.id.in_(incident_ids)))
    cases = {incident_id: str(case_id or "") for incident_id, case_id in found}
    return sorted(set(incident_ids), key=lambda incident_id: (cases.get(incident_id, ""), incident_id))


def _settle(incident: Incident, resolution: str, reason: str, by: Actor) -> _Resting | None:
    """Write down how it was settled; what rests because of it, locked like its sweep does: nobody waits for each other."""
    access.require(by, "incident.resolve", incident.agency_id)
    words = reason_of(reason)
    resting: _Resting | None = _resting(incident, CaseMessage) or _resting(incident, StartTimer)
    if incident.case_id is not None:
        locking.lock(incident.case_id)
    resting = resting or _resting(incident, Timer)
    session().refresh(incident, with_for_update=True)
    if incident.state != "open":
        raise _settled(incident)
    incident.state, incident.resolution, incident.reason = "resolved", resolution, words
    incident.resolved_at, incident.resolved_by_id, incident.next_retry_at = clock.now(), by.person_id, None
    facts = {"incident_id": incident.id, "reference": incident.reference, "element": incident.element, "reason": words}
    entries.append(f"incident.{resolution}", agency_id=incident.agency_id, by=by, case_id=incident.case_id, **facts)
    session().flush()
    return resting


def _settled(incident: Incident) -> Conflict:
    who = directory.get_person(incident.resolved_by_id).full_name if incident.resolved_by_id else None
    at = incident.resolved_at
    by = f" bởi {who}" if who else ""
    when = f" lúc {wording.moment(at)}" if at else ""
    text = f"Sự cố {incident.reference} đã được xử lý ({_HOW.get(incident.resolution, 'xong')}){by}{when}. Hãy tải lại danh sách."
    return Conflict(text, who=who, at=at.isoformat() if at else None)


def _resting(incident: Incident, kind: type[_Row]) -> _Row | None:
    """What rests after a failure; what worked or was cancelled meanwhile is left alone."""
    if incident.timer_id is None:
        return None
    rests = sa.and_(kind.id == incident.timer_id, kind.state.in_(("paused", "waiting")))
    query = sa.select(kind).where(rests).with_for_update().execution_options(populate_existing=True)
    return session().scalars(query).one_or_none()


def _do_it_again(incident: Incident) -> str:
    case = session().get(Case, incident.case_id) if incident.case_id else None
    where = f" ở {wording.case_name(case)}" if case else ""
    return f"Sự cố {incident.reference}{where} đã được xử lý. Anh/chị hãy thực hiện lại thao tác trước đó."
