"""A worker takes a due timer: the timer, its case and its step in one read, locked, and nobody waits for anybody (R07)."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from engine import rows
from engine.cases import calendars, locking
from engine.cases.models import Case, Step, Timer
from engine.people.models import Agency
from engine.statements import Statement
from engine.transaction import session

_TIMER, _CASE, _STEP = (cast(sa.Table, model.__table__) for model in (Timer, Case, Step))
_FIRST, _SECOND = len(_TIMER.c), len(_TIMER.c) + len(_CASE.c)
_OTHER = aliased(Timer)


@dataclass(frozen=True)
class Claimed:
    """A timer in this worker's hands. ``is_early``: another timer of its case must fire first."""

    timer: Timer
    case: Case
    step: Step | None
    is_early: bool


def claim(timer_id: uuid.UUID, now: datetime) -> Claimed | None:
    """Lock a timer that is due at ``now``, with its case and step.

    None where it fired or was cancelled, rests after a failure, or where somebody holds its case right now.
    """
    session().flush()
    found = _OF_STEP.first(timer_id=timer_id, now=now)
    if found is not None:
        return _claimed(found, rows.met_whole(Step, found[_SECOND:-2]))
    found = _OF_FLOW.first(timer_id=timer_id, now=now)
    return _claimed(found, None) if found is not None else None


def _claimed(found: tuple[Any, ...], step: Step | None) -> Claimed:
    timer = rows.met_whole(Timer, found[:_FIRST])
    case = rows.met_whole(Case, found[_FIRST:_SECOND])
    if step is not None:
        rows.hold(step, case=case)
    locking.note(case)
    calendars.note(case.agency_id, found[-2])
    return Claimed(timer, case, step, bool(found[-1]))


def _earlier() -> sa.ColumnElement[bool]:
    """Whether another timer of the case comes before; one that failed before does not hold up the others."""
    key = sa.tuple_(_OTHER.due_at, _OTHER.position, _OTHER.id)
    own = sa.tuple_(Timer.due_at, Timer.position, Timer.id)
    waits = _OTHER.state == sa.literal_column("'waiting'")
    return sa.exists().where(_OTHER.case_id == Timer.case_id, waits, _OTHER.attempts == sa.literal_column("0"), key < own)


def _query(*of_step: Any) -> sa.Select[Any]:
    """What is locked is read as it is then, not as it was when the statement began: so the timer is locked too."""
    query = sa.select(*_TIMER.c, *_CASE.c, *of_step, Agency.calendar_version_id, _earlier().label("is_early"))
    query = query.join_from(_TIMER, _CASE, _CASE.c.id == _TIMER.c.case_id).join(Agency, Agency.id == _CASE.c.agency_id)
    now = sa.bindparam("now", type_=_TIMER.c.due_at.type)
    rested = sa.or_(_TIMER.c.retry_at.is_(None), _TIMER.c.retry_at <= now)
    waits = _TIMER.c.state == sa.literal_column("'waiting'")
    return query.where(_TIMER.c.id == sa.bindparam("timer_id", type_=_TIMER.c.id.type), waits, _TIMER.c.due_at <= now, rested)


_OF_STEP = Statement(
    lambda: (
        _query(*_STEP.c).join(_STEP, _STEP.c.id == _TIMER.c.step_id).with_for_update(of=[_CASE, _TIMER, _STEP], skip_locked=True)
    )
)
_OF_FLOW = Statement(lambda: _query().where(_TIMER.c.step_id.is_(None)).with_for_update(of=[_CASE, _TIMER], skip_locked=True))
