"""A second way to the same deadlines: no walking, but one table of every working minute of 2024-2028.

Days off and working Saturdays are written out here again, from the announcements, so that a slip in the seed file shows.
Minutes are numbered from 2024-01-01 00:00 office time; ``WORKED[k]`` is the k-th working minute, ``BEFORE[m]`` counts those before m.
"""

from bisect import bisect_right
from datetime import date, datetime, timedelta
from itertools import accumulate

from engine.clock import LOCAL_ZONE

ORIGIN = datetime(2024, 1, 1, tzinfo=LOCAL_ZONE)
_OFF = """
2025-01-01 2025-01-27 2025-01-28 2025-01-29 2025-01-30 2025-01-31 2025-04-07 2025-04-30 2025-05-01 2025-05-02 2025-09-01 2025-09-02
2026-01-01 2026-01-02 2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-02-20 2026-04-27 2026-04-30 2026-05-01 2026-08-31 2026-09-01
2026-09-02 2026-11-24
2027-01-01 2027-02-04 2027-02-05 2027-02-08 2027-02-09 2027-02-10 2027-04-16 2027-04-30 2027-05-03 2027-09-02 2027-09-03 2027-11-24
"""
_SATURDAYS = "2025-04-26 2026-01-10 2026-08-22"
OFF = {date.fromisoformat(text) for text in _OFF.split()}
SATURDAYS = {date.fromisoformat(text) for text in _SATURDAYS.split()}
_DATES = [ORIGIN.date() + timedelta(days=number) for number in range(5 * 366)]
WORKING_DATES = [on for on in _DATES if on in SATURDAYS or (on.isoweekday() < 6 and on not in OFF)]
_WORKING = set(WORKING_DATES)
_DAY = "0" * 450 + "1" * 240 + "0" * 90 + "1" * 240 + "0" * 420
_LINE = "".join(_DAY if on in _WORKING else "0" * 1440 for on in _DATES)
WORKED = [minute for minute, mark in enumerate(_LINE) if mark == "1"]
BEFORE = [0, *accumulate(int(mark) for mark in _LINE)]


def number(instant: datetime) -> int:
    """The number of a whole minute."""
    return int((instant - ORIGIN).total_seconds()) // 60


def moment(minute: int) -> datetime:
    """The instant a minute begins."""
    return ORIGIN + timedelta(minutes=minute)


def add(minute: int, worked: int) -> int:
    """The minute by which so many working minutes have passed."""
    return WORKED[BEFORE[minute] + worked - 1] + 1 if worked else minute


def due(received: datetime, value: float, unit: str, pauses: list[tuple[datetime, datetime]]) -> datetime:
    """The deadline of a limit, pauses disjoint and after receipt, everything on whole minutes."""
    start, on = number(received), received.date()
    following = WORKING_DATES[bisect_right(WORKING_DATES, on) :]
    if unit == "calendar_day":
        last = on + timedelta(days=int(value) + sum((end.date() - begin.date()).days for begin, end in pauses))
        closing = datetime.combine(min(day for day in WORKING_DATES if day >= last), datetime.min.time(), LOCAL_ZONE)
        return closing.replace(hour=17)
    if unit == "working_hour":
        ends = add(start, round(value * 60))
    elif value == 0:
        is_same_day = on in _WORKING and start % 1440 <= 900
        ends = number(datetime.combine(on if is_same_day else following[0], datetime.min.time(), LOCAL_ZONE)) + 1020
    else:
        ends = _working_days(start, on, value, following)
    worked = sum(BEFORE[number(end)] - BEFORE[number(begin)] for begin, end in pauses)
    return moment(add(ends, worked))


def _working_days(start: int, on: date, value: float, following: list[date]) -> int:
    of_day = start % 1440
    if on not in _WORKING or of_day > 1020:
        of_day = 1020
    elif of_day < 450:
        of_day = 450
    elif 690 < of_day < 780:
        of_day = 780
    whole, part = int(value), round((value - int(value)) * 480)
    if not whole:
        return add(start, part)
    return add(number(datetime.combine(following[whole - 1], datetime.min.time(), LOCAL_ZONE)) + of_day, part)
