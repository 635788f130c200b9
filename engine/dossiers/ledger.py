"""Who held the time of a dossier: from receipt to its result, every minute on one account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import sqlalchemy as sa

from engine import clock
from engine.calendar.rules import WorkingCalendar
from engine.cases.models import Step
from engine.dossiers import legal_clock
from engine.dossiers.models import ClockPeriod, Dossier
from engine.people import directory, working_time
from engine.transaction import session

CITIZEN, OFFICE = "citizen", "office"


@dataclass(frozen=True)
class Stretch:
    """A stretch of time one side held. ``cause``: the kind of pause, where the citizen holds it; ``person``: who had claimed it.

    ``ended_at`` None: it still runs. ``working_minutes`` are counted on the agency's calendar, up to now where it still runs.
    """

    holder: str
    cause: str
    element: str
    step: str
    role: str
    person: str
    started_at: datetime
    ended_at: datetime | None
    working_minutes: int


def of(dossier: Dossier) -> list[Stretch]:
    """The stretches of a dossier in order: without gap or overlap from receipt until the result is ready (or now).

    While the clock stands still the citizen holds it; otherwise the step that was opened last and is not yet closed. Empty
    before receipt.
    """
    if dossier.received_at is None:
        return []
    until = min(dossier.finished_at or clock.now(), clock.now())
    calendar, _ = working_time.calendar_for(dossier.agency_id)
    steps, pauses = _steps(dossier), legal_clock.periods_of(dossier)
    names = {id_: person.full_name for id_, person in directory.people({s.assignee_id for s in steps if s.assignee_id}).items()}
    cuts = _cuts(dossier.received_at, until, steps, pauses)
    found: list[Stretch] = []
    for begin, end in pairwise(cuts):
        pause, step = _pause_at(pauses, begin), _step_at(steps, begin)
        person = names.get(step.assignee_id, "") if step and step.assignee_id else ""
        _add(found, _stretch(pause, step, person, begin, end), calendar)
    if found and dossier.finished_at is None:
        last = found.pop()
        found.append(Stretch(**{**vars(last), "ended_at": None}))
    return found


def totals(stretches: Sequence[Stretch]) -> dict[str, int]:
    """Working minutes on each side's account."""
    return {side: sum(s.working_minutes for s in stretches if s.holder == side) for side in (OFFICE, CITIZEN)}


def _steps(dossier: Dossier) -> list[Step]:
    query = sa.select(Step).where(Step.case_id == dossier.case_id).order_by(Step.opened_at, Step.id)
    return list(session().scalars(query))


def _cuts(start: datetime, until: datetime, steps: Sequence[Step], pauses: Sequence[ClockPeriod]) -> list[datetime]:
    """Every moment at which the account may change."""
    moments = [moment for step in steps for moment in (step.opened_at, step.closed_at) if moment is not None]
    moments += [moment for pause in pauses for moment in (pause.started_at, pause.ended_at) if moment is not None]
    return [start, *sorted({moment for moment in moments if start < moment < until}), until] if start < until else []


def _pause_at(pauses: Sequence[ClockPeriod], at: datetime) -> ClockPeriod | None:
    return next((p for p in pauses if p.started_at <= at and (p.ended_at is None or at < p.ended_at)), None)


def _step_at(steps: Sequence[Step], at: datetime) -> Step | None:
    """The one opened last of those open then; between two steps, the one about to open."""
    held = [step for step in steps if step.opened_at <= at and (step.closed_at is None or at < step.closed_at)]
    return held[-1] if held else next((step for step in steps if step.opened_at > at), None)


def _stretch(pause: ClockPeriod | None, step: Step | None, person: str, begin: datetime, end: datetime) -> Stretch:
    if pause is not None:
        return Stretch(CITIZEN, pause.kind, "", "", "", "", begin, end, 0)
    element, name, role = (step.element, step.name, step.role) if step else ("", "", "")
    return Stretch(OFFICE, "", element, name, role, person, begin, end, 0)


def _add(found: list[Stretch], more: Stretch, calendar: WorkingCalendar) -> None:
    """Lengthen the last stretch where the same hands go on, else begin a new one; its minutes are counted whole."""
    former = found[-1] if found else None
    if former is not None and _hands(former) == _hands(more):
        more = Stretch(**{**vars(more), "started_at": former.started_at})
        found.pop()
    minutes = calendar.working_minutes_between(more.started_at, more.ended_at or more.started_at)
    found.append(Stretch(**{**vars(more), "working_minutes": minutes}))


def _hands(stretch: Stretch) -> tuple[str, ...]:
    return (stretch.holder, stretch.cause, stretch.element, stretch.person)
