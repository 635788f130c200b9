"""Whose clock runs: the life of a dossier partitioned over six accounts. Pure arithmetic: no database, no present time.

Every second from receipt to the end stands on exactly one account, so that the accounts sum to the whole. Also where several
branches are open at once, the first of these that applies at a moment decides:

1. ``non_working``: the office is closed on the calendar the promise rests on. Nobody is charged for nights and days off.
2. ``applicant``: the legal clock stands still for the citizen (supplement, financial duty), whatever else is open.
3. ``partner``: the legal clock stands still for another body, where the service takes that time out of its limit.
4. ``outage``: the office should have worked and no worker kept time: booked to the machine, not to a person.
5. ``desk``: a step lies with a named person who took it or was given it. Of several, the one opened first: a side branch
   does not take the dossier over.
6. ``partner``: another body was asked for its opinion and has not answered, and nothing lies on a desk here.
7. ``queue``: everything else: a step waits in its group, or the dossier waits between two steps.

So desk + queue + outage and the partner's time without a pause are the working time the limit was used up by, and the applicant's
time is the working time by which a pause moved the promise (NĐ 118/2025 Đ.17, ``calendar.deadlines``).
Moments are cut to whole seconds first, in one direction; therefore the sums are exact.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from engine.calendar.days import ONE_DAY
from engine.calendar.rules import WorkingCalendar, to_local

DESK, QUEUE, APPLICANT, PARTNER, NON_WORKING, OUTAGE = "desk", "queue", "applicant", "partner", "non_working", "outage"
#: In the order they are shown: the office, those it waited for, what is nobody's.
ACCOUNTS = (DESK, QUEUE, APPLICANT, PARTNER, NON_WORKING, OUTAGE)


@dataclass(frozen=True)
class Hold:
    """A step in one pair of hands, or in its group (``person_id`` None). ``until`` None: still. ``opened_at``: the step's own."""

    opened_at: datetime
    since: datetime
    until: datetime | None
    element: str
    step: str
    role: str
    person_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Away:
    """A time the dossier waits for somebody outside: ``account`` is ``applicant`` or ``partner``; ``cause`` says what for.

    ``is_paused``: the legal clock stands still meanwhile. ``until`` None: still.
    """

    account: str
    cause: str
    since: datetime
    until: datetime | None
    is_paused: bool = True


@dataclass(frozen=True)
class Life:
    """What is known of a dossier from ``since`` (receipt) to ``until``. Outages may overlap."""

    since: datetime
    until: datetime
    holds: Sequence[Hold] = ()
    aways: Sequence[Away] = ()
    outages: Sequence[tuple[datetime, datetime]] = ()


@dataclass(frozen=True)
class Span:
    """A stretch on one account, ends in whole seconds (UTC), the end not included. ``element`` … ``person_id`` on desk and queue;
    ``cause`` where somebody outside holds it."""

    account: str
    started_at: datetime
    ended_at: datetime
    cause: str = ""
    element: str = ""
    step: str = ""
    role: str = ""
    person_id: uuid.UUID | None = None

    @property
    def seconds(self) -> int:
        """How long it lasted."""
        return round((self.ended_at - self.started_at) / timedelta(seconds=1))

    @property
    def hands(self) -> tuple[object, ...]:
        """Everything but the moments: equal hands are one holder."""
        return (self.account, self.cause, self.element, self.step, self.role, self.person_id)


@dataclass(frozen=True)
class Turn:
    """Spans of one holder in a row, nights and days off left out: what a person reads. ``seconds`` is working time."""

    span: Span
    ended_at: datetime
    seconds: int


def partition(calendar: WorkingCalendar, life: Life) -> list[Span]:
    """The spans of ``life`` in order: each begins where the former ends, the first at receipt, the last at the end."""
    cut = _cut_to_seconds(life)
    spans: list[Span] = []
    for begin, end in pairwise(_moments(calendar, cut)):
        span = _span(calendar, cut, begin, end)
        if spans and spans[-1].hands == span.hands:
            span = replace(span, started_at=spans.pop().started_at)
        spans.append(span)
    return spans


def totals(spans: Iterable[Span]) -> dict[str, int]:
    """Seconds on each account, every account named; they sum to the whole."""
    found = dict.fromkeys(ACCOUNTS, 0)
    for span in spans:
        found[span.account] += span.seconds
    return found


def turns(spans: Iterable[Span]) -> list[Turn]:
    """Who held it in turn, the nights left out."""
    found: list[Turn] = []
    for span in spans:
        if span.account == NON_WORKING:
            continue
        if found and found[-1].span.hands == span.hands:
            former = found.pop()
            found.append(Turn(former.span, span.ended_at, former.seconds + span.seconds))
        else:
            found.append(Turn(span, span.ended_at, span.seconds))
    return found


def _span(calendar: WorkingCalendar, life: Life, begin: datetime, end: datetime) -> Span:
    if not calendar.is_working_at(begin):
        return Span(NON_WORKING, begin, end)
    away = [away for away in life.aways if _covers(away.since, away.until, begin)]
    paused = next(
        (found for account in (APPLICANT, PARTNER) for found in away if found.is_paused and found.account == account), None
    )
    if paused is not None:
        return Span(paused.account, begin, end, cause=paused.cause)
    if any(since <= begin < until for since, until in life.outages):
        return Span(OUTAGE, begin, end)
    held = [hold for hold in life.holds if _covers(hold.since, hold.until, begin)]
    desk = next((hold for hold in held if hold.person_id is not None), None)
    if desk is None and away:
        return Span(away[0].account, begin, end, cause=away[0].cause)
    hold = desk or next(iter(held), None) or next((hold for hold in life.holds if hold.since > begin), None)
    if hold is None:
        return Span(QUEUE, begin, end)
    account = DESK if hold is desk else QUEUE
    person_id = hold.person_id if desk else None
    return Span(account, begin, end, element=hold.element, step=hold.step, role=hold.role, person_id=person_id)


def _covers(since: datetime, until: datetime | None, moment: datetime) -> bool:
    return since <= moment and (until is None or moment < until)


def _cut_to_seconds(life: Life) -> Life:
    """Whole seconds, and steps in the order they were opened."""
    holds = [replace(h, since=_whole(h.since), until=_whole(h.until) if h.until else None) for h in life.holds]
    aways = [replace(a, since=_whole(a.since), until=_whole(a.until) if a.until else None) for a in life.aways]
    return Life(
        _whole(life.since),
        _whole(life.until),
        sorted(holds, key=lambda hold: (hold.opened_at, hold.since)),
        sorted(aways, key=lambda away: away.since),
        [(_whole(since), _whole(until)) for since, until in life.outages],
    )


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def _moments(calendar: WorkingCalendar, life: Life) -> list[datetime]:
    """Every moment at which the account may change, the two ends included; none where no time passed."""
    if life.since >= life.until:
        return []
    ends: list[tuple[datetime, datetime | None]] = [(hold.since, hold.until) for hold in life.holds]
    ends += [(away.since, away.until) for away in life.aways]
    inner = {moment for pair in (*ends, *life.outages) for moment in pair if moment is not None}
    inner.update(_session_ends(calendar, life.since, life.until))
    return [life.since, *sorted(moment for moment in inner if life.since < moment < life.until), life.until]


def _session_ends(calendar: WorkingCalendar, since: datetime, until: datetime) -> Iterator[datetime]:
    on, last = to_local(since).date(), to_local(until).date()
    while on <= last:
        for span in calendar.day(on).spans:
            yield from (moment.astimezone(UTC) for moment in span)
        on += ONE_DAY
