"""When a step is due and when its timers ring: working time of the agency, never past the case's own due moment."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from engine import clock
from engine.calendar.rules import WorkingCalendar
from engine.errors import EngineError

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d+(?:\.\d+)?)W)?(?:(?P<days>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+(?:\.\d+)?)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_CALENDAR_DURATION = re.compile(r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?P<rest>.*)")


@dataclass(frozen=True)
class Ring:
    """One timer of a step: kind, moment, and its order among timers of the same moment."""

    kind: str
    due_at: datetime
    position: int


@dataclass(frozen=True)
class Rung:
    """One stage of reminding: at which percentage of a step's working time it rings."""

    kind: str
    percent: int
    position: int


OVERDUE = Rung("overdue", 100, 1)


def due_of_step(
    calendar: WorkingCalendar, opened_at: datetime, term_minutes: int | None, case_due_at: datetime | None
) -> datetime | None:
    """The step's due moment: ``term_minutes`` of working time after ``opened_at``, at most ``case_due_at``.

    A case that is already late limits nothing: the step keeps its own term. Without a term (None, 0) it is due with the case.
    """
    if not term_minutes:
        return case_due_at
    due = calendar.add_working(opened_at, timedelta(minutes=term_minutes))
    return min(due, case_due_at) if case_due_at is not None and case_due_at > opened_at else due


def allotted_minutes(
    calendar: WorkingCalendar, opened_at: datetime, due_at: datetime | None, term_minutes: int | None
) -> int | None:
    """The working minutes a step really had: its term, or less where the case's due moment cut it. None: no limit of its own."""
    if not term_minutes or due_at is None:
        return None
    return min(term_minutes, max(calendar.working_minutes_between(opened_at, due_at), 0))


@lru_cache(maxsize=1_024)
def ladder(reminder: int, escalations: tuple[tuple[int, str], ...]) -> tuple[Rung, ...]:
    """What rings for a step with a term, one after another. ``reminder`` 0: nobody is reminded."""
    first = (Rung("reminder", reminder, 0),) if reminder else ()
    later = [Rung(f"escalation_{to}", percent, position) for position, (percent, to) in enumerate(escalations, start=2)]
    return tuple(sorted((*first, OVERDUE, *later), key=lambda rung: (rung.percent, rung.position)))


def next_ring(
    calendar: WorkingCalendar,
    rungs: Sequence[Rung],
    opened_at: datetime,
    due_at: datetime | None,
    *,
    term: timedelta | None = None,
    rung: Collection[str] = (),
) -> Ring | None:
    """The next timer of a step due at ``due_at``, when those kinds have rung already; None: no more.

    ``term`` is the working time from opening to due moment, where it is known and need not be counted.
    """
    left = next((found for found in rungs if found.kind not in rung), None)
    if left is None or due_at is None:
        return None
    return Ring(left.kind, _moment(calendar, left.percent, opened_at, due_at, term), left.position)


def _moment(calendar: WorkingCalendar, percent: int, opened_at: datetime, due_at: datetime, term: timedelta | None) -> datetime:
    if percent == OVERDUE.percent:
        return due_at
    if term is not None and percent < OVERDUE.percent:
        return calendar.add_working(opened_at, term * percent / 100)
    return calendar.share(opened_at, due_at, percent)


def due_of_event(timer: str, from_: datetime) -> datetime:
    """The moment of a BPMN timer: an ISO 8601 duration counted from ``from_``, or an instant (office's zone when it names none).

    Years and months are counted on the calendar, everything else is elapsed time. Raises ``EngineError`` on anything else.
    """
    try:
        return _after(timer, from_) if timer.startswith("P") else _instant(timer)
    except (ValueError, OverflowError) as error:
        raise EngineError(f"Không hiểu thời điểm “{timer}” của sự kiện hẹn giờ.") from error


def _instant(timer: str) -> datetime:
    instant = datetime.fromisoformat(timer)
    return instant if instant.tzinfo else instant.replace(tzinfo=clock.LOCAL_ZONE)


def _after(timer: str, from_: datetime) -> datetime:
    calendar = _CALENDAR_DURATION.fullmatch(timer)
    rest = _DURATION.fullmatch("P" + calendar["rest"]) if calendar else None
    if calendar is None or rest is None or timer[-1] in "PT":
        raise ValueError(timer)
    months = int(calendar["years"] or 0) * 12 + int(calendar["months"] or 0)
    amounts = {unit: float(amount) for unit, amount in rest.groupdict().items() if amount}
    return _add_months(from_, months) + timedelta(**amounts)


def _add_months(instant: datetime, months: int) -> datetime:
    """The same day ``months`` later, or the last day of a shorter month (Bộ luật Dân sự 2015, Điều 148.4)."""
    if not months:
        return instant
    local = clock.local(instant)
    years, month = divmod(local.month - 1 + months, 12)
    first = local.replace(year=local.year + years, month=month + 1, day=1)
    last_day = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(local.day, last_day.day))
