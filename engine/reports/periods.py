"""Reporting periods: calendar ones, those with the cut-off on the 15th, and any other (one_stop_shop 5.3)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine import clock
from engine.errors import AnswersRejected

KINDS = ("month", "quarter", "half", "year")
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
#: A month, quarter … with the cut-off begins on this day of the month before (NĐ 09/2019/NĐ-CP Đ.12).
CUT_OFF_DAY = 15
_FIRST, _LAST = date(2000, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True)
class Period:
    """From the beginning of ``first`` to the end of ``last``, office time. ``AnswersRejected`` for one that runs backwards."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if not _FIRST <= self.first <= self.last <= _LAST:
            raise AnswersRejected({"to": ["Kỳ báo cáo phải kết thúc từ ngày bắt đầu trở đi, trong khoảng 2000–2100."]})

    @property
    def begins_at(self) -> datetime:
        """The first instant of it."""
        return _midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        """The first instant after it."""
        return _midnight(self.last + timedelta(days=1))

    @property
    def seen_at(self) -> datetime:
        """When its end is looked at: the end itself, or now while it runs."""
        return min(self.ends_at, max(clock.now(), self.begins_at))


def containing(day: date, kind: str, *, has_cut_off: bool = False) -> Period:
    """The month, quarter, half or year (``KINDS``) a day belongs to, of the calendar or from the 15th to the 14th.

    >>> containing(date(2026, 12, 20), "quarter", has_cut_off=True)
    Period(first=datetime.date(2026, 12, 15), last=datetime.date(2027, 3, 14))
    """
    if kind not in KINDS:
        raise AnswersRejected({"kind": [f"Kỳ báo cáo phải là một trong: {', '.join(KINDS)}."]})
    length = _MONTHS[kind]
    month = day.year * 12 + day.month - 1 + (1 if has_cut_off and day.day >= CUT_OFF_DAY else 0)
    begin = month // length * length
    if not has_cut_off:
        return Period(_first_of(begin), _first_of(begin + length) - timedelta(days=1))
    last = _first_of(begin + length - 1).replace(day=CUT_OFF_DAY - 1)
    return Period(_first_of(begin - 1).replace(day=CUT_OFF_DAY), last)


def _first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.LOCAL_ZONE)
