"""Does the work fit the law? The longest way of a model against the least working time that a legal limit can leave."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.calendar.deadlines import deadline
from engine.calendar.limits import HOURS_PER_DAY, Limit, Unit
from engine.calendar.rules import WorkingCalendar
from engine.clock import LOCAL_ZONE
from engine.procedures.term_paths import Path

#: Days of receipt that are looked at: two years.
DAYS = 731
#: Share of the time there is from which on an author should look.
CLOSE = 0.9


@dataclass(frozen=True)
class Window:
    """The receipt that leaves least: received then, due then, ``minutes`` of working time between.

    ``is_known``: the holidays of every year looked at have been entered.
    """

    received_at: datetime
    due_at: datetime
    minutes: int
    is_known: bool = True


@dataclass(frozen=True)
class Measured:
    """One way of one kind of case against its limit in the worst window."""

    path: Path
    limit: Limit
    window: Window

    @property
    def is_over(self) -> bool:
        """Whether the work takes longer than the law leaves."""
        return self.path.minutes > self.window.minutes

    @property
    def is_close(self) -> bool:
        """Whether it fits, with less than a tenth to spare."""
        return not self.is_over and self.path.minutes > self.window.minutes * CLOSE

    @property
    def percent(self) -> int:
        """The share of the time that the work takes, rounded up; work without any time left is 999."""
        if not self.window.minutes:
            return 999 if self.path.minutes else 0
        return -(-100 * self.path.minutes // self.window.minutes)


def worst(calendar: WorkingCalendar, limit: Limit, first: date, days: int = DAYS) -> Window:
    """The receipt within ``days`` from ``first`` after which ``limit`` leaves least working time; the earliest of equal ones.

    Received is at the end of a working day, as late as one can be: the day of receipt counts for nothing (BLDS 2015 Đ.147).
    "Trong ngày" (0 working days) is measured from the opening: who comes at 15:00 cannot be helped by any plan, and the office
    hands over as soon as it is ready. Working hours are the same everywhere. ``ValueError`` where the office never works.
    """
    candidates = [_received(calendar, limit, on) for on in _working(calendar, first, days)]
    if not candidates:
        raise ValueError("Lịch làm việc không có ngày làm việc nào.")
    if limit.unit == Unit.WORKING_HOUR:
        candidates = candidates[:1]
    best = min(candidates, key=_Least(calendar, limit, first, days))
    due = deadline(calendar, best, limit)
    last = max(due.due_at.astimezone(LOCAL_ZONE).year, (first + timedelta(days)).year)
    is_known = all(calendar.knows_holidays_of(year) for year in range(first.year, last + 1))
    return Window(best, due.due_at, calendar.working_minutes_between(best, due.due_at), is_known)


def _working(calendar: WorkingCalendar, first: date, days: int) -> Iterator[date]:
    return (on for on in (first + timedelta(offset) for offset in range(days)) if calendar.day(on).spans)


def _received(calendar: WorkingCalendar, limit: Limit, on: date) -> datetime:
    day = calendar.day(on)
    return day.opens if limit.unit == Unit.WORKING_DAY and not limit.amount else day.closes


class _Least:
    """How many working minutes a receipt leaves: what ``deadline`` gives, from sums over the days for hundreds of receipts."""

    def __init__(self, calendar: WorkingCalendar, limit: Limit, first: date, days: int) -> None:
        self.limit, self.first = limit, first
        span = days + 8 * int(limit.amount) + 60  # an office that works one day a week, and Tết
        self.minutes = [_minutes(calendar, first + timedelta(offset)) for offset in range(span)]
        self.before = [0]
        for minutes in self.minutes:
            self.before.append(self.before[-1] + minutes)
        self.working = [offset for offset, minutes in enumerate(self.minutes) if minutes]
        self.place = {offset: number for number, offset in enumerate(self.working)}

    def __call__(self, received: datetime) -> int:
        offset, amount = (received.date() - self.first).days, self.limit.amount
        if self.limit.unit == Unit.WORKING_HOUR:
            return int(amount * 60)
        if self.limit.unit == Unit.CALENDAR_DAY:
            return self._between(offset, self._next_working(offset + int(amount)))
        if not amount:
            return self.minutes[offset]
        last = self.working[self.place[offset] + int(amount)]
        return self._between(offset, last) + int((amount - int(amount)) * HOURS_PER_DAY * 60)

    def _between(self, offset: int, last: int) -> int:
        """Working minutes after the day ``offset`` up to the end of the day ``last``."""
        return self.before[last + 1] - self.before[offset + 1]

    def _next_working(self, offset: int) -> int:
        while not self.minutes[offset]:
            offset += 1
        return offset


def _minutes(calendar: WorkingCalendar, on: date) -> int:
    return sum(int((closes - opens) / timedelta(minutes=1)) for opens, closes in calendar.day(on).spans)
