"""Who held the time of a dossier: from receipt to its result (or now), every second on one account (rule: ``whose_clock``)."""

from dataclasses import dataclass
from datetime import datetime

from engine import clock
from engine.dossiers import consultations, holders, legal_clock, outages, whose_clock
from engine.dossiers.models import Dossier
from engine.dossiers.whose_clock import APPLICANT, PARTNER, Away, Life, Span, Turn

#: Kinds of pauses that wait for another body; all others wait for the citizen.
_OF_PARTNERS = ("external",)


@dataclass(frozen=True)
class Ledger:
    """The accounts of one dossier. ``is_running``: the last span still grows. No spans where no time passed since receipt."""

    spans: list[Span]
    is_running: bool

    @property
    def totals(self) -> dict[str, int]:
        """Seconds on each account; they sum to ``seconds``."""
        return whose_clock.totals(self.spans)

    @property
    def seconds(self) -> int:
        """The whole: from the first second to the last."""
        return round((self.spans[-1].ended_at - self.spans[0].started_at).total_seconds()) if self.spans else 0

    @property
    def turns(self) -> list[Turn]:
        """Who held it in turn, for people to read."""
        return whose_clock.turns(self.spans)


def of(dossier: Dossier, *, until: datetime | None = None) -> Ledger:
    """The ledger of a dossier, up to ``until`` where given, at most up to its result or now.

    Counted on the calendar version the promise rests on, so that it agrees with the deadline to the second.
    """
    now = clock.now()
    if dossier.received_at is None:
        return Ledger([], is_running=False)
    end = min(moment for moment in (dossier.finished_at, until, now) if moment is not None)
    if end <= dossier.received_at:
        return Ledger([], is_running=dossier.finished_at is None)
    _, calendar = legal_clock.promised_on(dossier)
    life = Life(dossier.received_at, end, holders.of(dossier.case), _aways(dossier), outages.between(dossier.received_at, end))
    return Ledger(whose_clock.partition(calendar, life), is_running=dossier.finished_at is None)


def _aways(dossier: Dossier) -> list[Away]:
    """The clock standing still, and opinions asked of others without stopping it."""
    pauses = [
        Away(PARTNER if period.kind in _OF_PARTNERS else APPLICANT, period.kind, period.started_at, period.ended_at)
        for period in legal_clock.periods_of(dossier)
    ]
    asked = [Away(PARTNER, one.body, one.asked_at, one.answered_at, is_paused=False) for one in consultations.of(dossier)]
    return [*pauses, *asked]
