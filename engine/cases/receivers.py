"""Who waits for a message or signal: found from the markings of running cases and from the procedures in force."""

import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from engine.cases import moves, sending
from engine.cases.models import Case, CaseMessage
from engine.flow.facts import ElementFacts, ModelFacts
from engine.people import agencies
from engine.procedures import catalogue, definition
from engine.procedures.models import Procedure, ProcedureRevision
from engine.transaction import session

_log = logging.getLogger(__name__)
#: States of a case that may still receive something, now or when it goes on.
_ALIVE = ("running", "suspended", "incident")
_CATCHING = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")
_KINDS = {"message": ("message", "receive"), "signal": ("signal",)}


@dataclass(frozen=True)
class Start:
    """A start event of a procedure in force that waits for a message or signal."""

    revision_id: uuid.UUID
    element: str


def waiting_cases(agency_id: uuid.UUID, kind: str, name: str) -> list[uuid.UUID]:
    """Cases of the agency that wait for it now, the oldest first."""
    revisions = [revision for revision in _revisions(agency_id) if _catches(revision, kind, name)]
    if not revisions:
        return []
    query = sa.select(Case.id, Case.revision_id, Case.marking).where(Case.agency_id == agency_id, Case.state.in_(_ALIVE))
    found = session().execute(query.where(Case.revision_id.in_(revisions)).order_by(Case.opened_at, Case.id))
    return [case_id for case_id, revision_id, marking in found if _waits(revision_id, marking, kind, name)]


def addressed(message: CaseMessage) -> list[uuid.UUID]:
    """Cases a message is for and that wait for it now, the first choice first.

    With a correlation: those whose waiting element computes the same. Without: the case that opened the sender, then those the
    sender opened, the oldest first.
    """
    if message.correlation is not None:
        found = waiting_cases(message.agency_id, message.kind, message.name)
        return [case_id for case_id in found if _correlates(session().get_one(Case, case_id), message)]
    kin = related(message.source_case_id) if message.source_case_id is not None else []
    cases = [session().get_one(Case, case_id) for case_id in kin]
    return [case.id for case in cases if _catches(case.revision_id, message.kind, message.name) and waits(case, message)]


def related(case_id: uuid.UUID) -> list[uuid.UUID]:
    """The case that opened this one by a message or signal, then those this one opened."""
    opened = CaseMessage.start_revision_id.is_not(None), CaseMessage.target_case_id.is_not(None)
    parent = sa.select(CaseMessage.source_case_id).where(CaseMessage.target_case_id == case_id, *opened)
    children = sa.select(CaseMessage.target_case_id).where(CaseMessage.source_case_id == case_id, *opened)
    found = [*session().scalars(parent), *session().scalars(children.order_by(CaseMessage.at, CaseMessage.id))]
    return [other for other in found if other is not None]


def starts(agency_id: uuid.UUID, kind: str, name: str) -> list[Start]:
    """Start events that wait for it, of the procedures in force for the agency, by title."""
    return list(_starts(agency_id, kind, name))


def signals(agency_id: uuid.UUID) -> list[str]:
    """Names of the signals that procedures in force for the agency wait for or start with, in alphabetical order."""
    in_force = [procedure.current_revision_id for procedure in catalogue.listing(agencies.chain(agency_id))]
    readable = [facts for revision_id in in_force if revision_id and (facts := facts_of(revision_id))]
    elements = [e for facts in readable for e in facts.elements.values()]
    return sorted({e.signal for e in elements if e.kind in _CATCHING and e.signal})


def is_known(agency_id: uuid.UUID, kind: str, name: str) -> bool:
    """Whether any procedure the agency has run may ever wait for it: one that cannot be read may."""
    return any(_caught(revision) is None or _catches(revision, kind, name) for revision in _revisions(agency_id))


def facts_of(revision_id: uuid.UUID) -> ModelFacts | None:
    """What a revision's model says. None, and a line in the log, where it cannot be read: one such never stops the others.

    A database that is away is not the revision's fault and raises.
    """
    try:
        return definition.of_id(revision_id).facts
    except SQLAlchemyError:
        raise
    except Exception:
        _log.exception("revision %s cannot be read", revision_id)
        return None


def waits(case: Case, message: CaseMessage) -> bool:
    """Whether the case waits for it now and its procedure lets it be taken now."""
    if case.state not in _ALIVE or not _waits(case.revision_id, case.marking, message.kind, message.name):
        return False
    rule = definition.of_id(case.revision_id)
    return rule.takes(message.name, {w.element for w in moves.waiting_at(rule, case.marking)})


def _correlates(case: Case, message: CaseMessage) -> bool:
    rule = definition.of_id(case.revision_id)
    places = [w for w in moves.waiting_at(rule, case.marking) if w.kind in _KINDS[message.kind] and w.name == message.name]
    keys = [sending.correlation_of(rule.facts.elements[w.element], {**case.values, **w.items}) for w in places]
    return message.correlation in keys and waits(case, message)


def _starts(agency_id: uuid.UUID, kind: str, name: str) -> Iterator[Start]:
    for procedure in catalogue.listing(agencies.chain(agency_id)):
        revision_id = procedure.current_revision_id
        if revision_id is None or procedure.state != catalogue.OPEN:
            continue
        for start in _case_starts(revision_id):
            if start.event == kind and name in (start.message, start.signal):
                yield Start(revision_id, start.id)


def _waits(revision_id: uuid.UUID, marking: bytes, kind: str, name: str) -> bool:
    rule = definition.of_id(revision_id)
    return any(w.kind in _KINDS[kind] and w.name == name for w in moves.waiting_at(rule, marking))


def _revisions(agency_id: uuid.UUID) -> list[uuid.UUID]:
    query = sa.select(ProcedureRevision.id).join(Procedure, Procedure.id == ProcedureRevision.procedure_id)
    return list(session().scalars(query.where(Procedure.agency_id.in_(agencies.chain(agency_id)))))


def _catches(revision_id: uuid.UUID, kind: str, name: str) -> bool:
    return (kind, name) in (_caught(revision_id) or ())


@lru_cache(maxsize=4096)
def _case_starts(revision_id: uuid.UUID) -> tuple[ElementFacts, ...]:
    """Start events of a revision's cases; none where it cannot be read."""
    facts = facts_of(revision_id)
    return tuple(facts.case_starts) if facts is not None else ()


@lru_cache(maxsize=4096)
def _caught(revision_id: uuid.UUID) -> frozenset[tuple[str, str]] | None:
    """Kind and name of everything a revision's cases may wait for; a revision never changes. None: it cannot be read."""
    facts = facts_of(revision_id)
    if facts is None:
        return None
    starts_of_cases = {start.id for start in facts.case_starts}
    inside = [e for e in facts.elements.values() if e.kind in _CATCHING and e.id not in starts_of_cases]
    messages = {("message", e.message) for e in inside if e.message}
    return frozenset(messages | {("signal", e.signal) for e in inside if e.signal})
