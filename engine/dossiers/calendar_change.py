"""A calendar changed after promises were given (a swap announced days before): whose date would move, and what is decided.

Nothing moves by itself (DESIGN.md promise 5). A person with the right decides for each dossier, or for all that are listed: the
date moves, or it is kept as printed. Either is written down once for each calendar version; a date that moves voids the receipt,
issues a new one and tells the citizen.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.calendar.rules import WorkingCalendar
from engine.cases import calendars, locking, timers
from engine.cases.queries import open_steps
from engine.cases.reasons import reason_of
from engine.dossiers import citizens, expiry, legal_clock, slips
from engine.dossiers.clock_models import CalendarDecision
from engine.dossiers.models import Dossier
from engine.errors import AnswersRejected
from engine.journal import entries
from engine.people import access
from engine.people.actors import Actor
from engine.printing import vietnamese
from engine.procedures import definition
from engine.transaction import session

#: Who may decide.
PERMISSION = "deadline.change"
MOVED, KEPT = "moved", "kept"
#: Dossiers decided in one act, and dossiers looked at for one page: most are not touched by the changed days.
MOST, LOOKED_AT = 100, 2_000


@dataclass(frozen=True)
class Concerned:
    """A dossier whose date would move: what was promised and what the present calendar gives, each with its derivation."""

    dossier: Dossier
    before: dict[str, Any]
    after_due_at: datetime
    after: dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Dossiers in the order of their dates; ``next_cursor`` None on the last page."""

    items: list[Concerned]
    next_cursor: str | None


@dataclass(frozen=True)
class Outcome:
    """How many dates were moved or kept, and how many dossiers had nothing left to decide (done, or decided by somebody else)."""

    done: int
    passed_over: int


def listing(agency_id: uuid.UUID, *, for_: Actor, limit: int = 50, cursor: str | None = None) -> Page:
    """The agency's unfinished dossiers whose promise the calendar in force would move and nobody has decided on.

    ``cursor``: the former page's (``AnswersRejected`` otherwise). A page may hold fewer than ``limit`` where others follow.
    """
    access.require(for_, "dossier.read", agency_id)
    candidates = list(session().scalars(_candidates(agency_id, cursor).limit(LOOKED_AT)))
    found: list[Concerned] = []
    for place, dossier in enumerate(candidates):
        if len(found) == limit:
            return Page(found, candidates[place - 1].code)
        concerned = _concerned(dossier)
        found += [concerned] if concerned else []
    return Page(found, candidates[-1].code if len(candidates) == LOOKED_AT else None)


def decide(case_ids: Sequence[uuid.UUID], decision: str, reason: str, *, by: Actor) -> Outcome:
    """Move or keep the dates of these dossiers, at most ``MOST``, with a reason that is journalled.

    Refuses (``AnswersRejected``) no dossier, too many, another decision or no reason; a dossier of an agency in which the person
    may not decide is refused as not found. One that is finished or decided by now is passed over.
    """
    wanted = sorted(set(case_ids))
    if not 1 <= len(wanted) <= MOST:
        raise AnswersRejected({"ids": [f"Chọn từ 1 đến {MOST} hồ sơ."]})
    if decision not in (MOVED, KEPT):
        raise AnswersRejected({"decision": ["Chọn dời ngày hẹn hoặc giữ nguyên."]})
    words, done = reason_of(reason), 0
    for case_id in wanted:
        locking.lock(case_id)
        dossier = session().get_one(Dossier, case_id, populate_existing=True)
        access.require(by, PERMISSION, dossier.agency_id)
        concerned = _concerned(dossier) if _is_open(dossier) else None
        if concerned is not None:
            _settle(concerned, decision, words, by)
            done += 1
    return Outcome(done, len(wanted) - done)


def _candidates(agency_id: uuid.UUID, cursor: str | None) -> sa.Select[Dossier]:
    query = sa.select(Dossier).where(Dossier.agency_id == agency_id, Dossier.finished_at.is_(None), Dossier.due_at.is_not(None))
    if cursor:
        place = session().execute(sa.select(Dossier.due_at, Dossier.case_id).where(Dossier.code == cursor)).one_or_none()
        if place is None:
            raise AnswersRejected({"cursor": ["Con trỏ trang không hợp lệ, hãy mở lại trang đầu."]})
        literals = (sa.literal(place.due_at, Dossier.due_at.type), sa.literal(place.case_id, Dossier.case_id.type))
        query = query.where(sa.tuple_(Dossier.due_at, Dossier.case_id) > sa.tuple_(*literals))
    return query.order_by(Dossier.due_at, Dossier.case_id)


def _is_open(dossier: Dossier) -> bool:
    return dossier.finished_at is None and dossier.due_at is not None and dossier.case.state in ("running", "suspended")


def _concerned(dossier: Dossier) -> Concerned | None:
    """The dossier with both derivations, None where the new calendar changes nothing or somebody decided."""
    former, present = legal_clock.promised_on(dossier), legal_clock.in_force(dossier)
    if former[0] == present[0] or not _touches(dossier, former[1], present[1]) or _is_decided(dossier, present[0]):
        return None
    due_at, told = legal_clock.promise_on(dossier, present)
    return Concerned(dossier, dossier.deadline or {}, due_at, told) if due_at != dossier.due_at else None


def _touches(dossier: Dossier, former: WorkingCalendar, present: WorkingCalendar) -> bool:
    """Whether a day the count went through works other hours now: a count that meets no such day ends where it ended."""
    if dossier.received_at is None or dossier.due_at is None:
        return False
    first, last = (clock.local(moment).date() for moment in (dossier.received_at, dossier.due_at))
    return bool(_changed(former, present, first, last))


def _changed(former: WorkingCalendar, present: WorkingCalendar, first: date, last: date) -> Iterable[date]:
    return former.changed_dates(present, first, max(first, last))


def _is_decided(dossier: Dossier, version_id: uuid.UUID) -> bool:
    query = sa.select(CalendarDecision.id)
    query = query.where(CalendarDecision.case_id == dossier.case_id, CalendarDecision.version_id == version_id)
    return session().scalars(query).first() is not None


def _settle(concerned: Concerned, decision: str, reason: str, by: Actor) -> None:
    dossier, version = concerned.dossier, legal_clock.in_force(concerned.dossier)
    before = dossier.due_at
    session().add(
        CalendarDecision(
            agency_id=dossier.agency_id,
            case_id=dossier.case_id,
            version_id=version[0],
            decision=decision,
            before_due_at=before,
            after_due_at=concerned.after_due_at,
            reason=reason,
            decided_at=clock.now(),
            decided_by_id=by.person_id,
        )
    )
    if decision == MOVED:
        _move(dossier, version, reason, by)
    facts = {"before": before, "after": dossier.due_at, "by_calendar": concerned.after_due_at, "reason": reason}
    entries.append(f"clock.{decision}", agency_id=dossier.agency_id, by=by, case_id=dossier.case_id, **facts)
    session().flush()


def _move(dossier: Dossier, version: tuple[uuid.UUID, WorkingCalendar], reason: str, by: Actor) -> None:
    """The new promise in every place that knows the old one: steps and timers, the watch, the receipt, the citizen."""
    legal_clock.move_to(dossier, version)
    case = dossier.case
    timers.reschedule(case, open_steps(case), definition.of_id(case.revision_id), calendars.of(case.agency_id))
    expiry.rearm(dossier)
    receipt = slips.latest(dossier.case_id, "receipt")
    if receipt is not None:
        slips.reissue(receipt, f"Lịch làm việc thay đổi: {reason}", by=by)
    if dossier.due_at is not None:
        new_date = vietnamese.slip_time(dossier.due_at)
        text = f"Lịch làm việc thay đổi ({reason}) nên ngày hẹn trả kết quả của Ông/Bà là {new_date}. Phiếu hẹn cũ hết hiệu lực."
        citizens.tell(dossier, f"Đổi ngày hẹn trả kết quả hồ sơ {dossier.code}", text, key=f"calendar:{version[0]}")
