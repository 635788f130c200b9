"""Late by whose fault: the lateness of a timer, split by what made it (DESIGN.md promise 3)."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine import clock
from engine.cases import operations, suspensions
from engine.cases.models import Timer
from engine.journal.models import JournalEntry
from engine.schedule import heartbeats
from engine.transaction import session

#: A timer is punctual when it fires within so much of its due moment: workers look every few seconds.
TOLERANCE = timedelta(seconds=10)
FAULTS = ("outage", "suspension", "failure", "queue")
_NOTHING = timedelta(0)
_IN_ORDER = (JournalEntry.at, JournalEntry.number)
#: From and to, the end not included.
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Lateness:
    """How late a timer fired, or is by now. ``total`` is the sum of the others.

    ``outage``: no worker kept time. ``suspension``: an operator had suspended the case. ``failure``: it was tried and failed.
    ``queue``: it was due, seen or to be seen by a living worker, and others were before it.
    """

    total: timedelta
    outage: timedelta = _NOTHING
    suspension: timedelta = _NOTHING
    failure: timedelta = _NOTHING
    queue: timedelta = _NOTHING

    @property
    def fault(self) -> str:
        """What made most of it, one of ``FAULTS``; empty where the timer is punctual."""
        if self.total <= TOLERANCE:
            return ""
        return max(FAULTS, key=lambda name: (getattr(self, name), -FAULTS.index(name)))


def of(timers: Sequence[Timer]) -> dict[uuid.UUID, Lateness]:
    """The lateness of each timer, by its id; two statements for all of them together."""
    now = clock.now()
    if not timers:
        return {}
    outages = _outages(min(timer.due_at for timer in timers), now)
    suspended = _suspensions({timer.case_id for timer in timers if _end(timer, now) - timer.due_at > TOLERANCE}, now)
    return {timer.id: _lateness(timer, now, outages, suspended.get(timer.case_id, [])) for timer in timers}


def _lateness(timer: Timer, now: datetime, outages: Sequence[Span], suspended: Sequence[Span]) -> Lateness:
    end = _end(timer, now)
    if end <= timer.due_at or timer.state in ("cancelled", "dismissed"):
        return Lateness(_NOTHING)
    total = end - timer.due_at
    out = covered(outages, timer.due_at, end)
    held = covered([*outages, *suspended], timer.due_at, end) - out
    rest = total - out - held
    return Lateness(total, out, held, rest if timer.attempts else _NOTHING, _NOTHING if timer.attempts else rest)


def covered(spans: Iterable[Span], from_: datetime, to: datetime) -> timedelta:
    """How much of the time from ``from_`` to ``to`` lies in ``spans``, which may overlap."""
    total, reached = _NOTHING, from_
    for began, ended in sorted(spans):
        began, ended = max(began, reached), min(ended, to)
        if ended > began:
            total, reached = total + (ended - began), ended
    return total


def _end(timer: Timer, now: datetime) -> datetime:
    return timer.fired_at or now


def _outages(since: datetime, now: datetime) -> list[Span]:
    """Those written down, and the one that goes on."""
    spans = [(outage.began_at, outage.ended_at) for outage in heartbeats.outages(since)]
    silent = heartbeats.silent_since(now)
    return [*spans, (silent, now)] if silent is not None and silent < now else spans


def _suspensions(case_ids: set[uuid.UUID], now: datetime) -> dict[uuid.UUID, list[Span]]:
    if not case_ids:
        return {}
    kinds = (suspensions.SUSPENDED, operations.RESUMED)
    columns = sa.select(JournalEntry.case_id, JournalEntry.kind, JournalEntry.at)
    query = columns.where(JournalEntry.case_id.in_(case_ids), JournalEntry.kind.in_(kinds))
    spans: dict[uuid.UUID, list[Span]] = {}
    began: dict[uuid.UUID, datetime] = {}
    for case_id, kind, at in session().execute(query.order_by(*_IN_ORDER)):
        if case_id is None:
            continue
        if kind == suspensions.SUSPENDED:
            began[case_id] = at
        elif case_id in began:
            spans.setdefault(case_id, []).append((began.pop(case_id), at))
    for case_id, since in began.items():
        spans.setdefault(case_id, []).append((since, now))
    return spans
