"""What a report is asked about: the period and the agencies in the address, and the presets offered."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _

from engine import clock
from engine.errors import AnswersRejected
from engine.people import access
from engine.people.models import Agency
from engine.reports import periods
from engine.reports.periods import Period
from web import guard, typed_days


@dataclass(frozen=True)
class Asked:
    """A period, and the agencies counted together; ``agency`` is the one chosen, None for all the reader sees."""

    period: Period
    agency: Agency | None
    choices: list[Agency]

    @property
    def agency_ids(self) -> Collection[uuid.UUID]:
        """Whose dossiers are counted."""
        return [self.agency.id] if self.agency else [one.id for one in self.choices]

    def words(self, **more: str) -> dict[str, Any]:
        """The address words that ask the same again."""
        own = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        return own | ({"agency": str(self.agency.id)} if self.agency else {}) | more


def asked() -> Asked:
    """What the address asks: this month, and all agencies whose reports the reader may see, where it says nothing.

    Refuses what is no date (``AnswersRejected``) and another agency (``NotVisible``, ``NotAllowed``).
    """
    actor, agency_id = guard.current_actor(), _agency_id()
    choices = access.agencies_with(actor, "report.read")
    if agency_id is not None:
        access.require(actor, "report.read", agency_id)
    chosen = next((one for one in choices if one.id == agency_id), None)
    return Asked(_period(), chosen, choices)


def presets() -> list[tuple[str, Period]]:
    """The periods people ask for, by the calendar and with the cut-off on the 15th."""
    today = clock.today()
    this_month = periods.containing(today, "month")
    return [
        (_("Tháng này"), this_month),
        (_("Tháng trước"), periods.containing(this_month.first - timedelta(days=1), "month")),
        (_("Quý này"), periods.containing(today, "quarter")),
        (_("6 tháng"), periods.containing(today, "half")),
        (_("Năm nay"), periods.containing(today, "year")),
        (_("Kỳ tháng, chốt ngày 14"), periods.containing(today, "month", has_cut_off=True)),
        (_("Kỳ quý, chốt ngày 14"), periods.containing(today, "quarter", has_cut_off=True)),
        (_("Kỳ năm, chốt ngày 14"), periods.containing(today, "year", has_cut_off=True)),
    ]


def _period() -> Period:
    this_month = periods.containing(clock.today(), "month")
    return Period(_day("from", this_month.first), _day("to", this_month.last))


def _day(name: str, otherwise: date) -> date:
    return typed_days.day(name, request.args.get(name)) or otherwise


def _agency_id() -> uuid.UUID | None:
    typed = request.args.get("agency", "").strip()
    try:
        return uuid.UUID(typed) if typed else None
    except ValueError:
        raise AnswersRejected({"agency": [_("Hãy chọn một cơ quan trong danh sách.")]}) from None
