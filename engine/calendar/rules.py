"""The working calendar: pure arithmetic over sessions, days off and swapped Saturdays. No database, no present time.

Instants go in and come out aware; a naive one is refused. Counting is on the office's wall clock (``clock.LOCAL_ZONE``)
whatever the machine says (R15), exact to the microsecond. A minute is worked when its beginning lies in a session, that is
from the opening (included) to the closing (excluded); work that ends with a session ends at its closing, not at the next opening.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate

from engine.calendar.days import CLOSED_WEEK, ONE_DAY, Day, DayKind, Season, SpecialDay, Week, spans_on
from engine.clock import LOCAL_ZONE
from engine.errors import AnswersRejected

#: "Sau 15 giờ": 15:00:00 is not after it (NĐ 118/2025 Đ.18.2).
CUT_OFF = time(15)
#: Instants outside are typing errors; inside, no sum can leave what a date can hold.
FIRST_YEAR, LAST_YEAR = 1990, 2200
_CACHED_DAYS = 10_000


def to_local(instant: datetime) -> datetime:
    """The instant on the office's wall clock. Refuses a naive one (``ValueError``) and years outside 1990-2200."""
    if instant.tzinfo is None:
        raise ValueError("naive datetime: use engine.clock")
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise AnswersRejected({"received_at": [f"Năm {instant.year} không hợp lệ, nhập năm từ {FIRST_YEAR} đến {LAST_YEAR}."]})
    return instant.astimezone(LOCAL_ZONE)


@dataclass(frozen=True)
class WorkingCalendar:
    """When one office works. Build it with ``shape.working_calendar``; equal values are equal calendars."""

    weekly: Week
    seasons: tuple[Season, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()
    #: Counter hours on days that do not count as working days (QĐ 14/2010/QĐ-TTg): receiving, never counting.
    reception: Week = CLOSED_WEEK
    #: The version it was read from; named in every derivation.
    number: int = 0

    @cached_property
    def _special(self) -> dict[date, SpecialDay]:
        return {special.on: special for special in self.special_days}

    @cached_property
    def _sums(self) -> dict[int, tuple[timedelta, ...]]:
        return {}

    @cached_property
    def _days(self) -> dict[date, Day]:
        return {}

    def day(self, on: date) -> Day:
        """One date as the office works on it."""
        known = self._days.get(on)
        if known is not None:
            return known
        if len(self._days) >= _CACHED_DAYS:
            self._days.clear()
        return self._days.setdefault(on, self._make_day(on))

    def _make_day(self, on: date) -> Day:
        week = next((season.weekly for season in self.seasons if season.covers(on)), self.weekly)
        usual = week[on.weekday()]
        special = self._special.get(on)
        if special is None:
            return Day(on, DayKind.ORDINARY if usual else DayKind.WEEKEND, spans_on(on, usual))
        if special.kind == "off":
            return Day(on, DayKind.OFF, (), special)
        sessions = week[0] if special.sessions is None else special.sessions
        return Day(on, DayKind.ORDINARY if usual else DayKind.SWAPPED, spans_on(on, sessions), special)

    def knows_holidays_of(self, year: int) -> bool:
        """Whether this year's public holidays have been entered (01/01 is among them)."""
        return date(year, 1, 1) in self._special

    def next_working_day(self, on: date) -> Day:
        """The first working day strictly after this date."""
        day = self.day(on + ONE_DAY)
        while not day.spans:
            day = self.day(day.on + ONE_DAY)
        return day

    def previous_working_day(self, on: date) -> Day:
        """The last working day strictly before this date."""
        day = self.day(on - ONE_DAY)
        while not day.spans:
            day = self.day(day.on - ONE_DAY)
        return day

    def is_working_at(self, instant: datetime) -> bool:
        """Whether the office works at this instant; a session's closing moment is outside."""
        local = to_local(instant)
        return any(opens <= local < closes for opens, closes in self.day(local.date()).spans)

    def is_open_at(self, instant: datetime) -> bool:
        """Whether the counter receives at this instant: working time, or reception hours that do not count as working time."""
        local = to_local(instant)
        extra = spans_on(local.date(), self.reception[local.weekday()])
        is_off = self.day(local.date()).kind is DayKind.OFF
        return self.is_working_at(instant) or (not is_off and any(opens <= local < closes for opens, closes in extra))

    def next_opening(self, instant: datetime) -> datetime:
        """The instant itself while the office works, else the start of the next session. UTC."""
        local = to_local(instant)
        for opens, closes in self.day(local.date()).spans:
            if local < closes:
                return max(local, opens).astimezone(UTC)
        return self.next_working_day(local.date()).opens.astimezone(UTC)

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from start to end, exact; negative when end comes first."""
        if end < start:
            return -self.working_time_between(end, start)
        first, last = to_local(start), to_local(end)
        whole_years = sum((self._before_day(year)[-1] for year in range(first.year, last.year)), timedelta())
        return whole_years + self._since_new_year(last) - self._since_new_year(first)

    def _since_new_year(self, local: datetime) -> timedelta:
        """Working time of its year before this moment on the office's clock."""
        on = local.date()
        total = self._before_day(on.year)[on.toordinal() - date(on.year, 1, 1).toordinal()]
        for opens, closes in self.day(on).spans:
            if opens < local:
                total += min(closes, local) - opens
        return total

    def _before_day(self, year: int) -> tuple[timedelta, ...]:
        """Working time of the year before each of its days, in their order; last that of the whole year."""
        known = self._sums.get(year)
        if known is not None:
            return known
        days = (date.fromordinal(on) for on in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()))
        worked = (sum((closes - opens for opens, closes in self.day(on).spans), timedelta()) for on in days)
        return self._sums.setdefault(year, tuple(accumulate(worked, initial=timedelta())))

    def working_minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole working minutes from start to end, rounded towards zero; negative when end comes first."""
        return int(self.working_time_between(start, end) / timedelta(minutes=1))

    def add_working(self, instant: datetime, amount: timedelta) -> datetime:
        """The earliest instant by which ``amount`` of working time has passed. UTC; nothing to add leaves the instant."""
        if amount < timedelta():
            raise ValueError("negative working time")
        local = to_local(instant)
        if not amount:
            return local.astimezone(UTC)
        day = self.day(local.date())
        while True:
            for opens, closes in day.spans:
                room = closes - max(opens, local)
                if room >= amount:
                    return (closes - room + amount).astimezone(UTC)
                amount -= max(room, timedelta())
            day = self.next_working_day(day.on)

    def share(self, start: datetime, due: datetime, percent: float) -> datetime:
        """The instant at which ``percent`` of the working time from start to due has passed. UTC.

        100 is the due moment itself. Above 100 the count goes on in working time past it; where no working time lies
        between the two, everything below 100 is the start and everything above is the due moment.
        """
        total = self.working_time_between(start, due)
        if percent < 100:
            return self.add_working(start, total * percent / 100)
        return self.add_working(due, total * (percent - 100) / 100)

    def transfer_due(self, received_at: datetime) -> datetime:
        """By when a received dossier must have gone to the unit that handles it (NĐ 118/2025 Đ.18.2). UTC.

        Up to 15:00:00 on a working day: the end of that day. Later, or on a day off: the opening of the next working day.
        """
        local = to_local(received_at)
        day = self.day(local.date())
        if day.spans and local <= min(day.closes, datetime.combine(day.on, CUT_OFF, LOCAL_ZONE)):
            return day.closes.astimezone(UTC)
        return self.next_working_day(day.on).opens.astimezone(UTC)

    def changed_dates(self, other: "WorkingCalendar", first: date, last: date) -> list[date]:
        """The dates from first to last on which the two calendars do not work the same hours: what an edit touches."""
        span = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        return [on for on in span if self.day(on).spans != other.day(on).spans]
