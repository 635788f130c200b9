"""The values a working calendar is made of: office hours of a week, special days, and one day as it really is."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

from engine.calendar.wording import day_text
from engine.clock import LOCAL_ZONE

#: Opening and closing of one session on the office's wall clock; the sessions of a day stand in order and do not overlap.
Sessions = tuple[tuple[time, time], ...]
#: Sessions of Monday … Sunday.
Week = tuple[Sessions, ...]

CLOSED_WEEK: Week = ((),) * 7


class DayKind(StrEnum):
    """Why a day is as it is."""

    ORDINARY = "ordinary"
    WEEKEND = "weekend"
    OFF = "off"
    #: A day of rest on which the office works in exchange for another day ("hoán đổi ngày làm việc").
    SWAPPED = "swapped"


@dataclass(frozen=True)
class Season:
    """Other office hours for a part of every year, both ends included; ``first > last`` runs over New Year."""

    #: ``(month, day)``.
    first: tuple[int, int]
    last: tuple[int, int]
    weekly: Week

    def covers(self, on: date) -> bool:
        """Whether the season's hours hold on this date."""
        key = (on.month, on.day)
        if self.first <= self.last:
            return self.first <= key <= self.last
        return key >= self.first or key <= self.last


@dataclass(frozen=True)
class SpecialDay:
    """A day that is not what its weekday says: ``off`` (holiday, swap, compensation, local closure) or ``work``.

    A ``work`` day without sessions of its own has those of a Monday.
    """

    on: date
    kind: Literal["off", "work"]
    name: str
    #: The document that says so.
    basis: str = ""
    #: Seeded from memory or expected, not yet announced: shown as "cần kiểm chứng".
    is_unverified: bool = False
    sessions: Sessions | None = None


@dataclass(frozen=True)
class Day:
    """One date as the office works on it; ``spans`` are its sessions as local instants, empty on a day off."""

    on: date
    kind: DayKind
    spans: tuple[tuple[datetime, datetime], ...]
    special: SpecialDay | None = None

    @property
    def is_working(self) -> bool:
        """Whether the day counts as a working day: it has at least one session."""
        return bool(self.spans)

    @property
    def opens(self) -> datetime:
        """Start of the first session of a working day."""
        return self.spans[0][0]

    @property
    def closes(self) -> datetime:
        """End of the last session of a working day: "cuối ngày làm việc" (BLDS 2015 Đ.148)."""
        return self.spans[-1][1]

    @cached_property
    def iso(self) -> str:
        """``2025-07-08``."""
        return self.on.isoformat()

    @cached_property
    def text(self) -> str:
        """``thứ Ba 08/07/2025``."""
        return day_text(self.on)

    @cached_property
    def reason(self) -> str:
        """Why the day is off, or works out of turn: name and document, and "cần kiểm chứng" where that is not certain."""
        if self.special is None:
            return "" if self.spans else "nghỉ hằng tuần"
        basis = f" ({self.special.basis})" if self.special.basis else ""
        doubt = " – cần kiểm chứng" if self.special.is_unverified else ""
        return f"{self.special.name}{basis}{doubt}"

    @cached_property
    def facts(self) -> dict[str, Any]:
        """The reason for a machine: ``reason`` (weekend, off, swapped) and, for a special day, its name, basis and doubt."""
        facts: dict[str, Any] = {"reason": self.kind.value}
        if self.special is not None:
            facts |= {"name": self.special.name, "basis": self.special.basis}
            if self.special.is_unverified:
                facts["is_unverified"] = True
        return facts

    def fit(self, moment: datetime) -> datetime | None:
        """The moment itself inside a session, the next session's start before or between sessions, ``None`` after the last.

        Both ends of a session belong to it: 11:30:00 sharp is still the morning, 11:30:01 is the lunch break.
        """
        for opens, closes in self.spans:
            if moment < opens:
                return opens
            if moment <= closes:
                return moment
        return None

    def at_clock(self, clock_time: time | None) -> datetime:
        """This working day at a time of day, brought into its sessions as ``fit`` does; ``None`` or too late: its close."""
        if clock_time is None:
            return self.closes
        return self.fit(datetime.combine(self.on, clock_time, LOCAL_ZONE)) or self.closes


def spans_on(on: date, sessions: Sessions) -> tuple[tuple[datetime, datetime], ...]:
    """The sessions of a day as local instants."""
    return tuple(
        (datetime.combine(on, opens, LOCAL_ZONE), datetime.combine(on, closes, LOCAL_ZONE)) for opens, closes in sessions
    )


ONE_DAY = timedelta(days=1)
