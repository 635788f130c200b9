"""Deliver what cases and people send to others: each row in a transaction of its own, so that one that fails keeps nobody."""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine import clock, rows
from engine.cases import incidents, locking, moves, receivers, starting, troubles
from engine.cases.acts import Act
from engine.cases.firing import DELAYS
from engine.cases.models import Case, CaseMessage
from engine.cases.receivers import Start
from engine.cases.troubles import Trouble
from engine.db import new_id
from engine.flow import run
from engine.journal import entries
from engine.procedures import catalogue, definition
from engine.procedures.models import ProcedureRevision
from engine.transaction import session

#: How long a message is kept for a case that does not wait for it yet, and how long it rests at least between two looks.
PATIENCE, REST = timedelta(days=3), timedelta(minutes=1)
#: What the row of a signal hands on to the rows of its receivers.
_SPREAD = ("agency_id", "kind", "name", "content", "source_case_id", "element", "sent_by_id", "at")


def due_ids(now: datetime, limit: int = 100) -> list[uuid.UUID]:
    """Messages and signals to be delivered now, the oldest first."""
    waits = CaseMessage.state == sa.literal_column("'waiting'")
    ready = sa.or_(CaseMessage.retry_at.is_(None), CaseMessage.retry_at <= now)
    query = sa.select(CaseMessage.id).where(waits, ready).order_by(CaseMessage.at, CaseMessage.id)
    return list(session().scalars(query.limit(limit)))


def deliver(message_id: uuid.UUID) -> bool:
    """Deliver one row in the sweep's transaction; False when it is not for now: settled, taken by somebody else, or resting.

    A signal without receivers yet is spread over rows for each of them. What fails raises: see ``note_failure``.
    """
    incidents.leave_to_caller()
    message = _locked(message_id)
    now = clock.now()
    if message is None or message.state != "waiting" or (message.retry_at is not None and message.retry_at > now):
        return False
    if message.start_revision_id is not None:
        _open(message, Start(message.start_revision_id, message.start_element or ""))
    elif message.target_case_id is not None:
        return _hand_over_spread(message, message.target_case_id)
    elif message.kind == "signal":
        spread(message)
    else:
        return _address(message)
    return True


def note_failure(message_id: uuid.UUID, error: Exception) -> None:
    """After a failed attempt was undone: an incident, and a rest that grows; after the last attempt the operator decides."""
    message = _locked(message_id)
    if message is None or message.state != "waiting":
        return
    message.attempts += 1
    is_last = message.attempts > len(DELAYS)
    message.retry_at = None if is_last else clock.now() + DELAYS[message.attempts - 1]
    message.state = "paused" if is_last else "waiting"
    case_id = message.target_case_id or message.source_case_id
    trouble = Trouble(
        message.agency_id,
        f"Không chuyển được “{message.name}”: {troubles.sentence_of(error)}",
        troubles.trace_of(error),
        case_id,
        getattr(error, "element", None),
        message.id,
        cause=troubles.cause_of(error),
        procedure_code=_procedure_of(message),
        next_retry_at=message.retry_at,
    )
    incidents.record(trouble)


def parent_of(case: Case) -> Case | None:
    """The case whose message or signal opened this one; None where somebody or the clock did."""
    opened = CaseMessage.target_case_id == case.id, CaseMessage.start_revision_id.is_not(None)
    source = session().scalars(sa.select(CaseMessage.source_case_id).where(*opened)).one_or_none()
    return session().get(Case, source) if source is not None else None


def spread(message: CaseMessage) -> int:
    """Write one row for each case that waits for the signal, and for each procedure it starts; returns how many."""
    given = {name: getattr(message, name) for name in _SPREAD}
    cases = receivers.waiting_cases(message.agency_id, message.kind, message.name)
    made = [{**given, "id": new_id(), "target_case_id": case_id} for case_id in cases if case_id != message.source_case_id]
    for start in receivers.starts(message.agency_id, message.kind, message.name):
        made.append({**given, "id": new_id(), "start_revision_id": start.revision_id, "start_element": start.element})
    rows.write(CaseMessage, made)
    _settle(message, "spread" if made else "unclaimed")
    return len(made)


def _locked(message_id: uuid.UUID) -> CaseMessage | None:
    query = sa.select(CaseMessage).where(CaseMessage.id == message_id).with_for_update(skip_locked=True)
    return session().scalars(query.execution_options(populate_existing=True)).one_or_none()


def _settle(message: CaseMessage, state: str) -> None:
    if message.attempts:
        incidents.heal(message)
    message.state, message.settled_at, message.retry_at = state, clock.now(), None
    session().flush()


def _address(message: CaseMessage) -> bool:
    """To the first case it is for that waits still, else to a procedure that starts with it, else kept for a while."""
    for case_id in receivers.addressed(message):
        done = _hand_over(message, case_id)
        if done is not None:
            return done
    for start in receivers.starts(message.agency_id, message.kind, message.name):
        _open(message, start)
        return True
    return _keep(message)


def _keep(message: CaseMessage) -> bool:
    age = clock.now() - message.at
    if age > PATIENCE or not receivers.is_known(message.agency_id, message.kind, message.name):
        _settle(message, "unclaimed")
        return True
    message.retry_at = clock.now() + max(REST, age / 4)
    session().flush()
    return False


def _hand_over_spread(message: CaseMessage, case_id: uuid.UUID) -> bool:
    """The row of a signal is for this case alone: where it does not wait any more, for nobody."""
    done = _hand_over(message, case_id)
    if done is None:
        _settle(message, "unclaimed")
        return True
    return done


def _hand_over(message: CaseMessage, case_id: uuid.UUID) -> bool | None:
    """To a case that waits for it; one that is busy or stands still gets it later (False). None: it does not wait any more."""
    case = locking.lock_if_free(case_id)
    if case is None:
        return False
    if case.state in ("suspended", "incident"):
        message.retry_at = clock.now() + REST
        session().flush()
        return False
    if not receivers.waits(case, message):
        return None
    rule = definition.of_id(case.revision_id)
    rows.hold(case, values={**case.values, **message.content})
    act = run.send_message if message.kind == "message" else run.send_signal
    move = act(rule.model, case.marking, message.name, case.values)
    _journal(message, case)
    moves.apply(case, rule, move, Act(note=_title(message, case)))
    message.target_case_id = case.id
    _settle(message, "delivered")
    return True


def _open(message: CaseMessage, start: Start) -> None:
    """Open a case of the procedure that starts with it; the case that sent it is its parent."""
    revision = catalogue.get(start.revision_id)
    if revision.state != catalogue.EFFECTIVE:
        _follow(message, revision)
        return
    source = session().get_one(Case, message.source_case_id) if message.source_case_id is not None else None
    title = f"{definition.of(revision).title}: {source.title if source else message.name}"[: starting.LONGEST_TITLE]
    division_id = source.division_id if source else None
    case = starting.create(
        revision, agency_id=message.agency_id, title=title, values=message.content, by=None, division_id=division_id
    )
    _journal(message, case)
    starting.begin(case, by=None, start_event=start.element)
    message.target_case_id, message.start_revision_id, message.start_element = case.id, revision.id, start.element
    _settle(message, "delivered")


def _follow(message: CaseMessage, former: ProcedureRevision) -> None:
    """The revision is out of force meanwhile: the one in its place takes the message, where it still starts with it."""
    for start in receivers.starts(message.agency_id, message.kind, message.name):
        if catalogue.get(start.revision_id).procedure_id == former.procedure_id:
            _open(message, start)
            return
    _settle(message, "unclaimed")


def _journal(message: CaseMessage, case: Case) -> None:
    facts = {"message": message.name, "title": _title(message, case), "answers": message.content}
    sender = {"from_case_id": message.source_case_id}
    if message.sent_by_id is not None:
        sender = {"from_person_id": message.sent_by_id}
    entries.append(f"{message.kind}.received", agency_id=case.agency_id, by=None, case_id=case.id, **facts, **sender)


def _procedure_of(message: CaseMessage) -> str | None:
    """Code of the procedure whose case receives or, where none is there yet, sent the message; else of the one it starts."""
    case_id = message.target_case_id or message.source_case_id
    if case_id is not None:
        return session().get_one(Case, case_id).procedure_code
    start = message.start_revision_id
    return catalogue.get(start).procedure.code if start is not None else None


def _title(message: CaseMessage, case: Case) -> str:
    known = definition.of_id(case.revision_id).messages.get(message.name)
    return known.title if known is not None else message.name
