"""How values read on a page: instants on the office's clock, đồng, working time left, file sizes."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Flask

from engine import clock
from web.i18n import say as _

#: Working minutes of an ordinary day, to speak of days where hours grow long.
DAY_MINUTES = 8 * 60
_HALF_DAY = DAY_MINUTES // 2


def install(app: Flask) -> None:
    """Offer the formats to templates as filters."""
    filters: dict[str, Callable[..., str]] = {
        "day": day,
        "moment": moment,
        "clock_time": clock_time,
        "money": money,
        "number": number,
        "working_time": working_time,
        "time_left": time_left,
        "due_level": due_level,
        "file_size": file_size,
        "typed_value": typed_value,
    }
    app.jinja_env.filters.update(filters)


def day(value: date | datetime | str | None) -> str:
    """``24/11/2026``; an instant is shown as the office's day."""
    found = _date(value)
    return f"{found:%d/%m/%Y}" if found else ""


def moment(value: datetime | str | None) -> str:
    """``08:30, 24/11/2026`` on the office's clock; seconds are left out."""
    found = _instant(value)
    return f"{clock.local(found):%H:%M, %d/%m/%Y}" if found else ""


def clock_time(value: datetime | str | None) -> str:
    """``08:30`` on the office's clock."""
    found = _instant(value)
    return f"{clock.local(found):%H:%M}" if found else ""


def number(value: int | float | None) -> str:
    """``1.234,5``."""
    return "" if value is None else f"{value:,}".translate(str.maketrans(",.", ".,"))


def money(value: int | None) -> str:
    """``1.250.000 đ``; money is whole đồng."""
    return "" if value is None else f"{number(value)} đ"


def working_time(minutes: int) -> str:
    """An amount of working time in words: ``2 ngày 3 giờ``, ``2 giờ 15 phút``, ``5 phút``. Eight hours are a day."""
    minutes = abs(minutes)
    days, rest = divmod(minutes, DAY_MINUTES)
    hours, rest_minutes = divmod(rest, 60)
    parts = [
        _("%(count)d ngày", count=days) if days else "",
        _("%(count)d giờ", count=hours) if hours else "",
        _("%(count)d phút", count=rest_minutes) if rest_minutes and not days else "",
    ]
    return " ".join(part for part in parts if part) or str(_("%(count)d phút", count=0))


def time_left(minutes: int) -> str:
    """Working minutes until the due moment in words: ``còn 2 giờ 15 phút``, ``quá hạn 1 giờ`` (negative), ``đến hạn``."""
    if minutes < 0:
        return str(_("quá hạn %(time)s", time=working_time(minutes)))
    return str(_("còn %(time)s", time=working_time(minutes)) if minutes else _("đến hạn"))


def due_level(minutes: int, term: int | None = None) -> str:
    """The colour that goes with ``time_left``: ``late``, ``soon`` or ``good``.

    Soon is under half a working day; a step whose ``term`` of working minutes is under a day turns with its reminder, at 80 %.
    """
    warn_below = _HALF_DAY if term is None or term >= DAY_MINUTES else max(term // 5, 1)
    return "late" if minutes < 0 else "soon" if minutes < warn_below else "good"


def file_size(value: int) -> str:
    """``512 byte``, ``34 KB``, ``1,2 MB``."""
    if value < 1000:
        return f"{value} byte"
    if value < 1_000_000:
        return f"{round(value / 1000)} KB"
    return f"{number(round(value / 1_000_000, 1))} MB"


def typed_value(value: Any, kind: str) -> Any:
    """A kept answer as it stands in its input: ISO days as ``31/12/2026``, đồng with dots; what was typed stays as typed."""
    if value is None:
        return ""
    if kind == "date" and isinstance(value, date | str):
        return day(value) or value
    if kind == "datetime" and isinstance(value, datetime | str):
        found = _instant(value)
        return f"{clock.local(found):%d/%m/%Y %H:%M}" if found else value
    if kind in ("money", "number") and isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return value


def _instant(value: datetime | str | None) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    return value if value is None or value.tzinfo else value.replace(tzinfo=clock.LOCAL_ZONE)


def _date(value: date | datetime | str | None) -> date | None:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            found = _instant(value)
            return clock.local(found).date() if found else None
    if isinstance(value, datetime):
        return clock.local(value).date()
    return value
