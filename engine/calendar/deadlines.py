"""The deadline of a dossier: the due moment by law, and how it came about.

The rules, for a limit received at an instant (see ``Day.fit`` for "inside a session": both ends belong to it):

- *Start.* On a working day inside a session the clock is the time of receipt; before opening or in a break it is the next
  session's start; after the last session, and on a day off, it is the end of the day. Seconds are kept.
- *n working days.* The n-th working day strictly after the day of receipt (BLDS 2015 Đ.147), at that clock. Where the clock
  lies outside that day's sessions (another season, a shorter day) it is brought into them the same way.
- *A fraction of a day* adds that fraction of eight working hours to the whole days' moment; half a day alone runs from the start.
- *0 working days* ("ngay trong ngày"): the end of the same day if that is a working day and it is not after 15:00:00,
  also before opening; else the end of the next working day.
- *Working hours* run in sessions from the instant of receipt. No hours at all: that instant.
- *n calendar days.* The date n days later; if it is off, the next working day; at the end of that day (BLDS 2015 Đ.148.5).
  Never before receipt: "0 days" received after the close ends on the next working day.
- *Restart.* The latest one counts: everything is computed anew from the moment the full dossier came back, the 15:00 rule too.
  What was paused before that moment is gone with the count it belonged to.
- *Pauses* move the due moment by the working time between their ends, wherever these lie; in calendar days by the difference of
  the two dates, before days off at the end are looked at. Time before the start is not taken out, and time two pauses share is
  taken out once. A pause begun after the due moment moves it all the same (and is marked): whether it may is not arithmetic.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.calendar.days import ONE_DAY, Day
from engine.calendar.derivation import Trail
from engine.calendar.limits import HOURS_PER_DAY, Limit, Pause, PauseKind, Unit, hours
from engine.calendar.rules import CUT_OFF, WorkingCalendar, to_local


@dataclass(frozen=True)
class Deadline:
    """A due moment (UTC) and its derivation, ready for JSON.

    ``derivation``: ``limit {value, unit, text}``; ``received_at``, ``started_at`` (the first instant counted), ``due_at``, all
    with the office's offset; ``calendar_version``; ``is_unverified`` (a day in doubt, or a year whose holidays
    nobody entered, took part); ``steps``, each with ``rule``,
    its facts and ``text``: ``start``, ``restarted``, ``first_day``, ``counted`` (``days``, ``first``, ``last``), ``worked``
    (``days``, ``minutes``), ``skipped`` (``date``, ``reason``, ``name``, ``basis``), ``same_day``, ``next_day``,
    ``calendar_days``, ``end_of_day``, ``paused``, ``unknown_year``, ``due``.
    """

    due_at: datetime
    derivation: dict[str, Any]


def deadline(calendar: WorkingCalendar, received_at: datetime, limit: Limit, pauses: Iterable[Pause] = ()) -> Deadline:
    """The due moment of a limit, by the rules of this module. Naive instants are refused (``ValueError``)."""
    received = to_local(received_at)
    trail = Trail()
    start, stops = _start_and_stops(received, pauses, trail)
    due = _COUNTS[Unit(limit.unit)](calendar, start, limit.amount, stops, trail)
    for year in _years(start, stops, due):
        if not calendar.knows_holidays_of(year):
            trail.unknown_year(year)
    trail.due(due)
    derivation = {
        "limit": {"value": limit.number, "unit": str(limit.unit), "text": limit.text},
        "received_at": received.isoformat(),
        "started_at": to_local(calendar.next_opening(start)).isoformat(),
        "due_at": due.isoformat(),
        "calendar_version": calendar.number,
        "is_unverified": any("is_unverified" in step for step in trail.steps),
        "steps": trail.steps,
    }
    return Deadline(due.astimezone(UTC), derivation)


def is_late(unit: str, due_at: datetime, done_at: datetime) -> bool:
    """Whether something done was late: limits in days are judged by the date, limits in hours by the instant."""
    if unit == Unit.WORKING_HOUR:
        return done_at > due_at
    return to_local(done_at).date() > to_local(due_at).date()


def _start_and_stops(received: datetime, pauses: Iterable[Pause], trail: Trail) -> tuple[datetime, Sequence[Pause]]:
    ordered = sorted(pauses, key=lambda pause: (pause.start, pause.end))
    start, stops = received, []
    restarts = [pause for pause in ordered if pause.kind == PauseKind.RESTART and pause.end > received]
    if restarts:
        latest = max(restarts, key=lambda pause: pause.end)
        start = to_local(latest.end)
        trail.restarted(latest, to_local(latest.start), start)
    free = start
    for pause in ordered:
        if pause.kind != PauseKind.RESTART and pause.end > free:
            stops.append(replace(pause, start=max(to_local(pause.start), free), end=to_local(pause.end)))
            free = stops[-1].end
    return start, stops


def _years(start: datetime, stops: Sequence[Pause], due: datetime) -> range:
    """The years the walk went through, from the first day looked at to the last."""
    ends = [start, due, *(stop.start for stop in stops), *(stop.end for stop in stops)]
    return range(min(ends).year, max(ends).year + 1)


def _working_days(calendar: WorkingCalendar, start: datetime, amount: Decimal, stops: Sequence[Pause], trail: Trail) -> datetime:
    if not amount:
        return _extend(calendar, _same_day(calendar, start, trail), stops, trail)
    day = calendar.day(start.date())
    placed = _place(day, start, trail)
    whole = int(amount)
    due = placed or start
    if whole:
        trail.first_day_not_counted(day)
        for _ in range(whole):
            day = _next_counted(calendar, day, trail)
        due = day.at_clock(placed.time() if placed else None)
    due = _work(calendar, due, hours((amount - whole) * HOURS_PER_DAY), trail)
    return _extend(calendar, due, stops, trail)


def _working_hours(calendar: WorkingCalendar, start: datetime, amount: Decimal, stops: Sequence[Pause], trail: Trail) -> datetime:
    _place(calendar.day(start.date()), start, trail)
    return _extend(calendar, _work(calendar, start, hours(amount), trail), stops, trail)


def _calendar_days(calendar: WorkingCalendar, start: datetime, amount: Decimal, stops: Sequence[Pause], trail: Trail) -> datetime:
    last = calendar.day(start.date() + int(amount) * ONE_DAY)
    trail.calendar_days(int(amount), last)
    for stop in stops:
        length = (stop.end.date() - stop.start.date()).days
        trail.paused(stop, length, due=_closing(calendar, last))
        last = calendar.day(last.on + length * ONE_DAY)
    while not last.spans:
        trail.skipped(last)
        last = calendar.day(last.on + ONE_DAY)
    if last.closes < start:
        last = _next_skipping(calendar, last, trail)
    trail.end_of_day(last)
    return last.closes


def _closing(calendar: WorkingCalendar, last: Day) -> datetime:
    """When a term ends whose last day this is: a day off hands it on to the next working day (BLDS 2015 Đ.148.5)."""
    return (last if last.spans else calendar.next_working_day(last.on)).closes


_COUNTS: dict[Unit, Callable[[WorkingCalendar, datetime, Decimal, Sequence[Pause], Trail], datetime]] = {
    Unit.WORKING_DAY: _working_days,
    Unit.WORKING_HOUR: _working_hours,
    Unit.CALENDAR_DAY: _calendar_days,
}


def _place(day: Day, start: datetime, trail: Trail) -> datetime | None:
    placed = day.fit(start)
    if not day.spans:
        rule = "day_off"
    elif placed is None:
        rule = "after_close"
    else:
        rule = "in_session" if placed == start else "before_session"
    trail.start(rule, start, placed, day)
    return placed


def _same_day(calendar: WorkingCalendar, start: datetime, trail: Trail) -> datetime:
    day = calendar.day(start.date())
    _place(day, start, trail)
    if day.spans and start.time() <= CUT_OFF and start <= day.closes:
        trail.same_day("same_day", day)
    else:
        day = _next_skipping(calendar, day, trail)
        trail.same_day("next_day", day)
    return day.closes


def _next_skipping(calendar: WorkingCalendar, day: Day, trail: Trail) -> Day:
    day = calendar.day(day.on + ONE_DAY)
    while not day.spans:
        trail.skipped(day)
        day = calendar.day(day.on + ONE_DAY)
    return day


def _next_counted(calendar: WorkingCalendar, day: Day, trail: Trail) -> Day:
    day = _next_skipping(calendar, day, trail)
    trail.counted(day)
    return day


def _work(calendar: WorkingCalendar, instant: datetime, amount: timedelta, trail: Trail) -> datetime:
    """As ``WorkingCalendar.add_working``, telling the trail which days gave the time and which were skipped."""
    day = calendar.day(instant.date())
    while amount:
        used = timedelta()
        for opens, closes in day.spans:
            begin = max(opens, instant)
            step = min(max(closes - begin, timedelta()), amount - used)
            used += step
            if step and used == amount:
                trail.worked(day, used)
                return begin + step
        if used:
            trail.worked(day, used)
        amount -= used
        day = _next_skipping(calendar, day, trail)
    return instant


def _extend(calendar: WorkingCalendar, due: datetime, stops: Sequence[Pause], trail: Trail) -> datetime:
    for stop in stops:
        length = calendar.working_time_between(stop.start, stop.end)
        trail.paused(stop, length, due=due)
        due = _work(calendar, due, length, trail)
    return due
