"""The JSON of a calendar version, its checks, and the calendar made from it.

``sessions``: ``{"0": [["07:30", "11:30"], ["13:00", "17:00"]], …, "6": []}`` for Monday (0) … Sunday (6), a missing weekday is
closed; optionally ``"seasons": [{"from": "MM-DD", "to": "MM-DD", "weekly": {…}}]`` (both ends included, may run over New
Year) and ``"reception": {…}`` (counter hours on days that do not count as working days).

``days``: ``[{"date": "2026-02-16", "kind": "off" | "work", "name": …, "basis": …, "is_unverified": bool, "sessions": […]?}]``.
``work`` is a working day in exchange (Monday's hours unless ``sessions`` are given) or, with ``sessions``, other hours on
one day.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from itertools import pairwise
from typing import Any, Literal

from engine.calendar.days import CLOSED_WEEK, Season, Sessions, SpecialDay, Week
from engine.calendar.rules import FIRST_YEAR, LAST_YEAR, WorkingCalendar
from engine.calendar.wording import WEEKDAYS, day_start
from engine.errors import AnswersRejected

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DAY_KEYS = {"date", "kind", "name", "basis", "is_unverified", "sessions"}
_LONGEST_TEXT = 500
_MOST_DAYS = 5_000
_MOST_SESSIONS = 6
_LEAP_YEAR = [date.fromordinal(date(2024, 1, 1).toordinal() + offset) for offset in range(366)]


class _Wrong(Exception):
    """One complaint, in Vietnamese."""


def working_calendar(sessions: Mapping[str, Any], days: Sequence[Any], *, number: int = 0) -> WorkingCalendar:
    """The calendar these two describe. Refuses with ``AnswersRejected`` (fields ``sessions`` and ``days``) listing every fault:
    unknown keys, bad times or dates, overlapping sessions or seasons, a week without work, two entries for one day, a working
    day given where the office works anyway."""
    try:
        calendar = _hours(sessions, number)
    except _Wrong as wrong:
        raise AnswersRejected({"sessions": [str(wrong)]}, str(wrong)) from None
    special, faults = _special_days(days, calendar)
    if faults:
        raise AnswersRejected({"days": faults}, faults[0])
    return WorkingCalendar(calendar.weekly, calendar.seasons, special, calendar.reception, number)


def to_json(calendar: WorkingCalendar) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The calendar as ``(sessions, days)`` in their one normal form: all weekdays named, days in order of date."""
    sessions: dict[str, Any] = _week_json(calendar.weekly)
    if calendar.seasons:
        sessions["seasons"] = [
            {
                "from": "{:02}-{:02}".format(*season.first),
                "to": "{:02}-{:02}".format(*season.last),
                "weekly": _week_json(season.weekly),
            }
            for season in calendar.seasons
        ]
    if calendar.reception != CLOSED_WEEK:
        sessions["reception"] = _week_json(calendar.reception)
    return sessions, [_day_json(special) for special in sorted(calendar.special_days, key=lambda special: special.on)]


def _season_json(season: Season) -> dict[str, Any]:
    first, last = ("{:02}-{:02}".format(*end) for end in (season.first, season.last))
    return {"from": first, "to": last, "weekly": _week_json(season.weekly)}


def _week_json(week: Week) -> dict[str, Any]:
    return {str(weekday): _sessions_json(sessions) for weekday, sessions in enumerate(week)}


def _sessions_json(sessions: Sessions) -> list[list[str]]:
    return [[opens.isoformat("minutes"), closes.isoformat("minutes")] for opens, closes in sessions]


def _day_json(special: SpecialDay) -> dict[str, Any]:
    row: dict[str, Any] = {"date": special.on.isoformat(), "kind": special.kind, "name": special.name, "basis": special.basis}
    row["is_unverified"] = special.is_unverified
    if special.sessions is not None:
        row["sessions"] = _sessions_json(special.sessions)
    return row


def _hours(sessions: Any, number: int) -> WorkingCalendar:
    if not isinstance(sessions, Mapping):
        raise _Wrong("Giờ làm việc phải ghi theo từng thứ trong tuần.")
    weekdays = {key: value for key, value in sessions.items() if key not in ("seasons", "reception")}
    weekly = _working_week(weekdays, "Tuần làm việc")
    rows = sessions.get("seasons") or []
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise _Wrong("Mùa làm việc phải là một danh sách.")
    seasons = tuple(_season(row) for row in rows)
    taken = [on for season in seasons for on in _LEAP_YEAR if season.covers(on)]
    if len(taken) != len(set(taken)):
        raise _Wrong("Các mùa làm việc trùng ngày nhau; sửa ngày bắt đầu hoặc kết thúc.")
    return WorkingCalendar(weekly, seasons, (), _week(sessions.get("reception") or {}, "Giờ tiếp nhận"), number)


def _season(row: Any) -> Season:
    if not isinstance(row, Mapping) or set(row) != {"from", "to", "weekly"}:
        raise _Wrong("Mỗi mùa làm việc cần đúng ba mục: from, to, weekly.")
    return Season(_month_day(row["from"]), _month_day(row["to"]), _working_week(row["weekly"], f"Mùa từ {row['from']}"))


def _month_day(text: Any) -> tuple[int, int]:
    try:
        on = date.fromisoformat(f"2024-{text}")
    except ValueError:
        raise _Wrong(f"“{text}” không phải là ngày trong năm; viết theo mẫu 04-16 (tháng-ngày).") from None
    return on.month, on.day


def _working_week(weekly: Any, place: str) -> Week:
    week = _week(weekly, place)
    if not week[0]:
        raise _Wrong(f"{place}: thứ Hai phải có giờ làm việc (ngày làm bù lấy giờ của thứ Hai).")
    return week


def _week(weekly: Any, place: str) -> Week:
    if not isinstance(weekly, Mapping) or set(weekly) - set("0123456"):
        raise _Wrong(f"{place}: các thứ trong tuần ghi từ 0 (thứ Hai) đến 6 (Chủ nhật).")
    return tuple(_sessions(weekly.get(str(weekday)) or [], f"{place}, {WEEKDAYS[weekday]}") for weekday in range(7))


def _sessions(rows: Any, place: str) -> Sessions:
    if not isinstance(rows, Sequence) or isinstance(rows, str) or len(rows) > _MOST_SESSIONS:
        raise _Wrong(f"{place}: giờ làm việc phải là danh sách tối đa {_MOST_SESSIONS} buổi.")
    sessions = tuple(_session(row, place) for row in rows)
    for (_, closes), (opens, _) in pairwise(sessions):
        if opens < closes:
            raise _Wrong(f"{place}: các buổi chồng lên nhau hoặc không theo thứ tự; ghi từ sớm đến muộn.")
    return sessions


def _session(row: Any, place: str) -> tuple[time, time]:
    if not isinstance(row, Sequence) or len(row) != 2 or not all(isinstance(end, str) and _TIME.fullmatch(end) for end in row):
        raise _Wrong(f"{place}: mỗi buổi cần giờ bắt đầu và giờ kết thúc, ví dụ 07:30 và 11:30.")
    opens, closes = time.fromisoformat(row[0]), time.fromisoformat(row[1])
    if opens >= closes:
        raise _Wrong(f"{place}: buổi {row[0]}–{row[1]} kết thúc trước khi bắt đầu.")
    return opens, closes


def _special_days(rows: Any, calendar: WorkingCalendar) -> tuple[tuple[SpecialDay, ...], list[str]]:
    if not isinstance(rows, Sequence) or isinstance(rows, str) or len(rows) > _MOST_DAYS:
        return (), [f"Ngày nghỉ, ngày làm bù phải là danh sách tối đa {_MOST_DAYS} ngày."]
    found: dict[date, SpecialDay] = {}
    faults: list[str] = []
    for row in rows:
        try:
            special = _special_day(row)
            _refuse_idle(special, calendar)
            if special.on in found:
                raise _Wrong(f"{day_start(special.on)} được ghi hai lần; chỉ giữ một dòng.")
            found[special.on] = special
        except _Wrong as wrong:
            faults.append(str(wrong))
    return tuple(sorted(found.values(), key=lambda special: special.on)), faults


def _special_day(row: Any) -> SpecialDay:
    if not isinstance(row, Mapping) or not {"date", "kind", "name"} <= set(row) <= _DAY_KEYS:
        raise _Wrong("Mỗi ngày cần date, kind, name và có thể có basis, is_unverified, sessions.")
    on = _date(row["date"])
    kind: Literal["off", "work"]
    if row["kind"] == "off":
        kind = "off"
    elif row["kind"] == "work":
        kind = "work"
    else:
        raise _Wrong(f"{day_start(on)}: loại phải là off (nghỉ) hoặc work (làm việc).")
    name, basis, doubt = row["name"], row.get("basis", ""), row.get("is_unverified", False)
    texts_fit = isinstance(name, str) and name.strip() and isinstance(basis, str) and max(len(name), len(basis)) <= _LONGEST_TEXT
    if not texts_fit or not isinstance(doubt, bool):
        raise _Wrong(f"{day_start(on)}: ghi tên ngày và căn cứ (tối đa {_LONGEST_TEXT} ký tự); is_unverified là true hoặc false.")
    sessions = None if row.get("sessions") is None else _sessions(row["sessions"], day_start(on))
    return SpecialDay(on, kind, name.strip(), basis.strip(), doubt, sessions)


def _date(text: Any) -> date:
    try:
        on = date.fromisoformat(text)
    except (TypeError, ValueError):
        raise _Wrong(f"“{text}” không phải là ngày; viết theo mẫu 2026-02-16.") from None
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise _Wrong(f"{day_start(on)}: năm phải từ {FIRST_YEAR} đến {LAST_YEAR}.")
    return on


def _refuse_idle(special: SpecialDay, calendar: WorkingCalendar) -> None:
    if special.kind == "off" and special.sessions is not None:
        raise _Wrong(f"{day_start(special.on)}: ngày nghỉ không có giờ làm việc; bỏ sessions.")
    if special.kind == "work" and special.sessions == ():
        raise _Wrong(f"{day_start(special.on)}: ngày làm việc phải có ít nhất một buổi; nếu nghỉ hãy ghi off.")
    if special.kind == "work" and special.sessions is None and calendar.day(special.on).spans:
        raise _Wrong(f"{day_start(special.on)} vốn đã là ngày làm việc; bỏ dòng này hoặc ghi giờ riêng.")
