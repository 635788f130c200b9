"""Timers as an operator sees them: what waits, what rests, what has fired; and moving one by hand."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.cases import last_acts, locking, paging, wording
from engine.cases.models import Case, Step, Timer
from engine.cases.paging import Page, Place
from engine.cases.reasons import reason_of
from engine.errors import AnswersRejected, Conflict, NotFound, PreconditionRequired
from engine.journal import entries
from engine.people import access
from engine.people.actors import Actor
from engine.transaction import session

STATES = ("waiting", "paused", "fired")
MOVED = "timer.moved"


@dataclass(frozen=True)
class Wanted:
    """Which timers to list: of one state; ``late_only``: those due and not fired, or that fired late; ``kind`` empty: any."""

    state: str = "waiting"
    late_only: bool = False
    kind: str = ""
    case_id: uuid.UUID | None = None

    def conditions(self, now: datetime) -> list[sa.ColumnElement[bool]]:
        """The same for the database. The state is written out, not bound: only so is the partial index used."""
        if self.state not in STATES:
            raise AnswersRejected({"state": [f"Trạng thái phải là một trong: {', '.join(STATES)}."]})
        found: list[sa.ColumnElement[bool]] = [Timer.state == sa.literal_column(f"'{self.state}'")]
        if self.late_only:
            found.append(Timer.fired_at > Timer.due_at if self.state == "fired" else Timer.due_at < now)
        if self.kind:
            found.append(Timer.kind == self.kind)
        if self.case_id is not None:
            found.append(Timer.case_id == self.case_id)
        return found


@dataclass(frozen=True)
class Line:
    """One timer with what it is about. ``name`` is the step it watches, else the BPMN id of its event."""

    timer: Timer
    case_code: str | None
    case_title: str
    case_state: str
    procedure_code: str
    name: str


def listing(actor: Actor, wanted: Wanted | None = None, *, limit: int = 50, cursor: str | None = None) -> Page[Line]:
    """Timers of the agencies the person sees: by due moment, fired ones the latest first."""
    asked = wanted or Wanted()
    size, place = paging.page_size(limit), paging.place_of(cursor)
    query = _lines().where(Timer.agency_id.in_(access.visible_agencies(actor)), *asked.conditions(clock.now()))
    is_fired = asked.state == "fired"
    moment: Any = Timer.fired_at if is_fired else Timer.due_at
    if place is not None and place.moment is not None:
        query = query.where(_after(moment, place.moment, place.id, is_falling=is_fired))
    order = (moment.desc(), Timer.id.desc()) if is_fired else (moment, Timer.id)
    rows = session().execute(query.order_by(*order).limit(size + 1)).all()
    items = [_line(row) for row in rows[:size]]
    return Page(items, _cursor(items, is_fired=is_fired) if len(rows) > size else None)


def of_case(case: Case) -> list[Line]:
    """The timers of a case that wait or rest, by due moment."""
    query = _lines().where(Timer.case_id == case.id, Timer.state.in_(("waiting", "paused")))
    return [_line(row) for row in session().execute(query.order_by(Timer.due_at, Timer.position, Timer.id))]


def get(timer_id: uuid.UUID, *, for_: Actor) -> Line:
    """One timer of an agency the person sees; ``NotFound`` otherwise."""
    row = session().execute(_lines().where(Timer.id == timer_id)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy hẹn giờ này.")
    line = _line(row)
    access.require_visible(for_, line.timer.agency_id)
    return line


def move(timer: Timer, to: datetime, reason: str, *, seen: datetime | None, by: Actor) -> Timer:
    """Give a timer that waits or rests another due moment; one in the past or now fires at once. What it does stays the same.

    ``seen`` is the due moment the person saw (``PreconditionRequired`` without it). Refuses without a reason, and
    (``Conflict``) a timer that has fired, was cancelled or was moved since.
    """
    access.require(by, "timer.move", timer.agency_id)
    if seen is None:
        raise PreconditionRequired("Thiếu thời điểm đã xem (seen). Hãy tải lại hẹn giờ này rồi thực hiện lại.")
    case = locking.lock(timer.case_id)
    session().refresh(timer)
    words = reason_of(reason)
    _refuse_gone(timer, case, seen)
    before, timer.due_at = timer.due_at, to
    # One that has failed has its attempts anew, but is known to have: when it fires, its incidents are settled.
    timer.attempts, timer.retry_at, timer.detected_at = min(timer.attempts, 1), None, None
    timer.state = "paused" if case.state == "suspended" else "waiting"
    facts = {"timer_id": timer.id, "timer_kind": timer.kind, "element": timer.element, "step_id": timer.step_id}
    entries.append(
        MOVED, agency_id=case.agency_id, by=by, case_id=case.id, **facts, reason=words, before=before, after=timer.due_at
    )
    session().flush()
    return timer


def _refuse_gone(timer: Timer, case: Case, seen: datetime) -> None:
    if timer.state == "fired" and timer.fired_at is not None:
        raise Conflict(f"Hẹn giờ này đã chạy lúc {wording.moment(timer.fired_at)}, không dời được nữa. Hãy tải lại danh sách.")
    if timer.state not in ("waiting", "paused"):
        raise Conflict("Hẹn giờ này đã bị hủy cùng với việc mà nó theo dõi. Hãy tải lại danh sách.")
    if timer.due_at != seen:
        at = wording.moment(timer.due_at)
        raise last_acts.conflict(f"Hẹn giờ này đã được dời sang {at} sau khi anh/chị mở. Hãy tải lại rồi thực hiện lại.", case)


def _lines() -> sa.Select[*tuple[Any, ...]]:
    columns = (Timer, Case.code, Case.title, Case.state, Case.procedure_code, Step.name)
    return sa.select(*columns).join(Case, Case.id == Timer.case_id).outerjoin(Step, Step.id == Timer.step_id)


def _line(row: Any) -> Line:
    timer, code, title, state, procedure, step = row
    return Line(timer, code, title, state, procedure, step or timer.element or "")


def _after(moment: Any, last: datetime, last_id: uuid.UUID, *, is_falling: bool) -> sa.ColumnElement[bool]:
    if is_falling:
        return sa.and_(moment <= last, sa.or_(moment < last, Timer.id < last_id))
    return sa.and_(moment >= last, sa.or_(moment > last, Timer.id > last_id))


def _cursor(items: Sequence[Line], *, is_fired: bool) -> str:
    last = items[-1].timer
    return Place(last.fired_at if is_fired else last.due_at, last.id).as_cursor()
