"""Incidents: a case the engine could not move is never silently stuck (R10). Opened here, settled in ``settling``."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine import clock, transaction
from engine.cases import locking, paging, troubles, wording
from engine.cases.models import Case, CaseMessage, Incident, StartTimer, Timer
from engine.cases.troubles import ActFailed, Trouble
from engine.errors import NotFound
from engine.flow.errors import FlowFailed
from engine.journal import entries
from engine.people import access
from engine.people.actors import Actor
from engine.people.models import Agency
from engine.text import clean
from engine.transaction import after_rollback, session

_WATCHED = "cases.watched"


@dataclass(frozen=True)
class Doing:
    """What is being done while somebody watches: the act (``step.complete``), by whom, with which answers."""

    act: str
    by: Actor | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """Which incidents to list; an empty field filters nothing. ``text`` is looked for in message and reference."""

    state: str = "open"
    text: str = ""
    element: str = ""
    procedure: str = ""
    cause: str = ""
    case_id: uuid.UUID | None = None
    since: datetime | None = None

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The same for the database."""
        words = {Incident.state: self.state, Incident.element: self.element, Incident.procedure_code: self.procedure}
        words[Incident.cause] = self.cause
        found: list[sa.ColumnElement[bool]] = [column == word for column, word in words.items() if word]
        if self.case_id is not None:
            found.append(Incident.case_id == self.case_id)
        if self.since is not None:
            found.append(Incident.last_at >= self.since)
        text = clean(self.text)
        if text:
            found.append(sa.or_(Incident.message.icontains(text, autoescape=True), Incident.reference == text.upper()))
        return found


def record(trouble: Trouble) -> Incident:
    """Open an incident; the same trouble at the same place of a case stays one incident until it is settled.

    Waits for who holds the case, so that the same trouble seen twice at once is one as well.
    """
    if trouble.case_id is not None:
        locking.lock(trouble.case_id)
    else:
        session().get(Agency, trouble.agency_id, with_for_update={"key_share": True})
    same = sa.select(Incident).where(
        Incident.agency_id == trouble.agency_id,
        Incident.reference == trouble.reference,
        Incident.state == sa.literal_column("'open'"),
    )
    known = session().scalars(same.limit(1)).one_or_none()
    return _open(trouble) if known is None else _again(known, trouble)


@contextmanager
def watching(case: Case, element: str | None, doing: Doing | None = None) -> Iterator[None]:
    """Have an act that fails inside leave an incident, although everything else of the transaction is undone.

    Raises ``ActFailed`` with the incident's reference in place of what failed. Refusals that a person can heed and a database
    that is busy or away pass. A case opened in this very transaction is undone too: its incident names the agency alone.
    Inside another watched act the outer one takes note.
    """
    notes = transaction.scratch()
    if notes.get(_WATCHED):
        yield
        return
    notes[_WATCHED] = True
    asked = _Asked(case.agency_id, None if case.version == 0 else case.id, case.procedure_code, doing)
    try:
        yield
    except Exception as error:
        if not troubles.is_trouble(error):
            raise
        trouble = asked.trouble(error, element)
        after_rollback(lambda: _keep(trouble))
        raise _told(trouble, error) from error
    finally:
        notes[_WATCHED] = False


def leave_to_caller() -> None:
    """From now on in this transaction nothing inside takes note: who opened it (a sweep) does, for the row it works on."""
    transaction.scratch()[_WATCHED] = True


def heal(row: Timer | CaseMessage | StartTimer) -> None:
    """What failed before has worked: settle the open incidents of a timer, or of a message between cases."""
    is_open = Incident.state == sa.literal_column("'open'")
    query = sa.select(Incident).where(Incident.agency_id == row.agency_id, is_open, Incident.timer_id == row.id)
    for incident in session().scalars(query.with_for_update()):
        note_healed(incident)


def note_healed(incident: Incident) -> None:
    """Settle a locked, open incident as one that is over without anybody's doing."""
    incident.state, incident.resolution, incident.resolved_at = "resolved", "healed", clock.now()
    incident.next_retry_at = None
    facts = {"incident_id": incident.id, "reference": incident.reference, "element": incident.element}
    entries.append("incident.healed", agency_id=incident.agency_id, by=None, case_id=incident.case_id, **facts)


def open_of(case: Case) -> list[Incident]:
    """The open incidents of a case, oldest first."""
    query = sa.select(Incident).where(Incident.case_id == case.id, Incident.state == "open")
    return list(session().scalars(query.order_by(Incident.at, Incident.id)))


def get(incident_id: uuid.UUID, *, for_: Actor) -> Incident:
    """An incident of an agency the person sees; ``NotFound`` otherwise."""
    incident = session().get(Incident, incident_id)
    if incident is None:
        raise NotFound("Không tìm thấy sự cố này.")
    access.require_visible(for_, incident.agency_id)
    return incident


def listing(actor: Actor, wanted: Wanted | None = None, *, limit: int = 50, cursor: str | None = None) -> paging.Page[Incident]:
    """Incidents of the agencies the person sees, oldest first; without ``wanted`` the open ones."""
    size, place = paging.page_size(limit), paging.place_of(cursor)
    query = sa.select(Incident).where(Incident.agency_id.in_(access.visible_agencies(actor)))
    query = query.where(*(wanted or Wanted()).conditions())
    if place is not None and place.moment is not None:
        query = query.where(sa.or_(Incident.at > place.moment, sa.and_(Incident.at == place.moment, Incident.id > place.id)))
    rows = list(session().scalars(query.order_by(Incident.at, Incident.id).limit(size + 1)))
    items = rows[:size]
    return paging.Page(items, paging.Place(items[-1].at, items[-1].id).as_cursor() if len(rows) > size else None)


@dataclass(frozen=True)
class _Asked:
    """What is known before the act: the case may not be asked any more when it has failed."""

    agency_id: uuid.UUID
    case_id: uuid.UUID | None
    procedure_code: str
    doing: Doing | None

    def trouble(self, error: Exception, element: str | None) -> Trouble:
        doing = self.doing or Doing("")
        place = error.element if isinstance(error, FlowFailed) else None
        return Trouble(
            self.agency_id,
            troubles.sentence_of(error),
            troubles.trace_of(error),
            self.case_id,
            place or element,
            cause=troubles.cause_of(error),
            procedure_code=self.procedure_code,
            input=troubles.input_of(doing.act, doing.answers) if doing.act else {},
            person_id=doing.by.person_id if doing.by else None,
        )


def _told(trouble: Trouble, error: Exception) -> ActFailed:
    reference = trouble.reference
    undone = "Thao tác chưa được thực hiện, chưa có gì thay đổi."
    told = f"{wording.sentence(troubles.sentence_of(error))} {undone} Hãy báo quản trị viên mã sự cố {reference}."
    return ActFailed(told, element=trouble.element, reference=reference)


def _keep(trouble: Trouble) -> None:
    record(trouble)


def _again(known: Incident, trouble: Trouble) -> Incident:
    known.attempts += 1
    known.last_at, known.next_retry_at = clock.now(), trouble.next_retry_at
    known.trace, known.input, known.person_id = trouble.trace, dict(trouble.input), trouble.person_id
    session().flush()
    return known


def _open(trouble: Trouble) -> Incident:
    now = clock.now()
    told = {name: value for name, value in vars(trouble).items() if name != "input"}
    incident = Incident(**told, reference=trouble.reference, input=dict(trouble.input), state="open", at=now, last_at=now)
    session().add(incident)
    session().flush()
    facts = {"incident_id": incident.id, "reference": incident.reference, "cause": trouble.cause, "element": trouble.element}
    about = {"timer_id": trouble.timer_id, "message": trouble.message, "next_retry_at": trouble.next_retry_at}
    entries.append("incident.opened", agency_id=trouble.agency_id, by=None, case_id=trouble.case_id, **facts, **about)
    return incident
