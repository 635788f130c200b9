"""Days and instants as people type them in a page's own forms: 31/12/2026, 31/12/2026 08:30."""

import re
from datetime import date, datetime

from flask_babel import gettext as _

from engine.clock import LOCAL_ZONE
from engine.errors import AnswersRejected

_DAY = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?:[ ,T]+(\d{1,2})[:hg](\d{2}))?")


def day(field: str, text: str | None) -> date | None:
    """The day typed into ``field``; None for an empty one, ``AnswersRejected`` for anything that is no day."""
    found = instant(field, text)
    return found.date() if found else None


def needed_day(field: str, text: str | None) -> date:
    """The same where a day must stand."""
    found = day(field, text)
    if found is None:
        raise AnswersRejected({field: [_("Nhập ngày, ví dụ 31/12/2026.")]})
    return found


def instant(field: str, text: str | None) -> datetime | None:
    """The instant typed into ``field``, on the office's clock; midnight where only a day is given."""
    typed = (text or "").strip()
    if not typed:
        return None
    match = _DAY.fullmatch(typed)
    try:
        if match:
            at_day, month, year, hour, minute = (int(part or 0) for part in match.groups())
            return datetime(year, month, at_day, hour, minute, tzinfo=LOCAL_ZONE)
        return datetime.fromisoformat(typed).replace(tzinfo=LOCAL_ZONE)
    except ValueError:
        raise AnswersRejected({field: [_("“%(text)s” không phải là ngày. Viết như 31/12/2026.", text=typed[:40])]}) from None
