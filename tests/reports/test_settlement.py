"""The report II.06a counts every dossier where the law puts it, whatever its history: held against a count made by hand."""

import random
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa

from engine import clock
from engine.cases.models import Case
from engine.db import new_id
from engine.dossiers.clock_models import Extension
from engine.dossiers.models import ClockPeriod, Dossier, PublicService, Slip
from engine.errors import AnswersRejected
from engine.reports import lives, periods, settlement
from engine.reports.periods import Period
from engine.reports.settlement import Line
from engine.transaction import session, transaction
from tests.dossiers.conftest import Counter

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Life:
    """What happened to one dossier; ``promised_at`` where an apology moved ``due_at``."""

    channel: str
    service: PublicService
    received_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    promised_at: datetime | None = None

    def figures(self, period: Period, now: datetime) -> set[str]:
        """Where the report must count it, by hand: day by day, in the office's zone."""
        if self.received_at is None or self.due_at is None or day(self.received_at) > period.last:
            return set()
        if self.finished_at is not None and day(self.finished_at) < period.first:
            return set()
        is_new = day(self.received_at) >= period.first
        counted = {("online" if self.channel == "online" else "direct") if is_new else "carried"}
        promise = self.promised_at or self.due_at
        if self.finished_at is not None and day(self.finished_at) <= period.last:
            if self._is_late(promise, self.finished_at):
                return counted | {"late"}
            return counted | {"early" if day(self.finished_at) < day(promise) else "on_time"}
        end = datetime.combine(period.last + timedelta(days=1), datetime.min.time(), clock.LOCAL_ZONE)
        return counted | {"open_late" if self._is_late(promise, min(end, now)) else "open_in_time"}

    def _is_late(self, promise: datetime, at: datetime) -> bool:
        return at > promise if self.service.limit_unit == "working_hour" else day(at) > day(promise)


def day(instant: datetime) -> date:
    """The office's date."""
    return (instant.astimezone(UTC) + 7 * HOUR).date()


def write(counter: Counter, made: list[Life]) -> uuid.UUID:
    """Give the ward these dossiers in place of its own; its id."""
    first = counter.open()
    session().rollback()
    case = dict(session().execute(sa.select(Case.__table__).where(Case.id == first.case_id)).mappings().one())
    dossier = dict(session().execute(sa.select(Dossier.__table__).where(Dossier.case_id == first.case_id)).mappings().one())
    with transaction():
        session().execute(sa.update(Dossier).values(received_at=None, due_at=None))
        for number, life in enumerate(made):
            _write_one(life, number, case, dossier)
    return first.agency_id


def _write_one(life: Life, number: int, case: dict[str, Any], dossier: dict[str, Any]) -> None:
    case_id, code = new_id(), f"{case['code']}x{number:04d}"
    session().execute(sa.insert(Case).values({**case, "id": case_id, "code": code}))
    own = {"case_id": case_id, "code": code, "status_token": code, "service_id": life.service.id, "channel": life.channel}
    moments = {"received_at": life.received_at, "due_at": life.due_at, "finished_at": life.finished_at}
    session().execute(sa.insert(Dossier).values({**dossier, **own, **moments}))
    if life.promised_at is not None and life.due_at is not None:
        session().execute(sa.insert(Extension).values(_extension(case_id, dossier["agency_id"], life.promised_at, life.due_at)))


def _extension(case_id: uuid.UUID, agency_id: uuid.UUID, before: datetime, after: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "agency_id": agency_id,
        "case_id": case_id,
        "number": 1,
        "from_due_at": before,
        "to_due_at": after,
        "reason": "Chờ xác minh",
        "slip_id": session().scalars(sa.select(Slip.id).limit(1)).one(),
        "decided_at": before,
    }


def random_lives(seed: int, count: int) -> list[Life]:
    """Histories around November, with every kind of end and the last instants of days among them."""
    chance = random.Random(seed)
    services = list(session().scalars(sa.select(PublicService).order_by(PublicService.code).limit(12)))
    start = datetime(2026, 8, 1, tzinfo=clock.LOCAL_ZONE)
    found = []
    for _ in range(count):
        received = start + timedelta(minutes=chance.randrange(150 * 24 * 60))
        if chance.random() < 0.1:
            received = received.replace(hour=chance.choice((0, 23)), minute=chance.choice((0, 59)), second=0)
        due = received + timedelta(minutes=chance.randrange(30 * 24 * 60))
        finished = received + timedelta(minutes=chance.randrange(50 * 24 * 60)) if chance.random() < 0.7 else None
        if finished is not None and chance.random() < 0.2:
            finished = due.replace(hour=chance.choice((0, 23)))
        life = Life(chance.choice(("counter", "post", "online")), chance.choice(services), received, due, finished)
        if chance.random() < 0.05:
            life = replace(life, received_at=None, due_at=None)
        found.append(life)
    return found


def count(made: list[Life], period: Period) -> dict[str, Line]:
    """The lines of the report, counted by hand."""
    counted: dict[str, Line] = {}
    for life in made:
        line = counted.get(life.service.field, Line(life.service.field))
        figures = life.figures(period, clock.now())
        if figures:
            counted[life.service.field] = replace(line, **{name: getattr(line, name) + 1 for name in figures})
    return counted


@pytest.mark.parametrize("seed", range(3))
def test_the_report_is_what_a_count_by_hand_gives(counter: Counter, seed: int) -> None:
    made = random_lives(seed, 150)
    agency_id = write(counter, made)
    for period in (
        NOVEMBER,
        periods.containing(date(2026, 9, 20), "quarter", has_cut_off=True),
        Period(date(2026, 10, 7), date(2026, 10, 7)),
    ):
        found = settlement.report([agency_id], period)
        assert {line.field: line for line in found.lines} == count(made, period)


@pytest.mark.parametrize("seed", range(3))
def test_the_identities_of_the_form_hold(counter: Counter, seed: int) -> None:
    agency_id = write(counter, random_lives(seed, 120))
    months = [periods.containing(date(2026, month, 1), "month") for month in (8, 9, 10, 11, 12)]
    found = [settlement.report([agency_id], month) for month in months]
    for one in (line for report in found for line in (*report.lines, report.total)):
        assert one.received == one.online + one.direct + one.carried == one.settled + one.open
    for earlier, later in pairwise(found):
        carried = {line.field: line.carried for line in later.lines if line.carried}
        assert carried == {line.field: line.open for line in earlier.lines if line.open}


def test_every_figure_opens_the_dossiers_it_counts(counter: Counter) -> None:
    agency_id = write(counter, random_lives(5, 80))
    found = settlement.report([agency_id], NOVEMBER)
    for figure in settlement.COLUMNS:
        for line in (*found.lines, found.total):
            codes = [one.code for one in settlement.behind([agency_id], NOVEMBER, figure, field=line.field, limit=200)]
            assert (len(codes), sorted(set(codes))) == (getattr(line, figure), codes)


def test_what_lies_behind_a_figure_is_paged(counter: Counter) -> None:
    agency_id = write(counter, random_lives(5, 80))
    whole = [one.code for one in settlement.behind([agency_id], NOVEMBER, "received", limit=200)]
    first = settlement.behind([agency_id], NOVEMBER, "received", limit=7)
    rest = settlement.behind([agency_id], NOVEMBER, "received", after=first[-1].code, limit=200)
    assert [one.code for one in (*first, *rest)] == whole


def test_a_figure_of_another_name_is_refused(counter: Counter) -> None:
    with pytest.raises(AnswersRejected):
        settlement.behind([counter.actor("clerk").agency_id], NOVEMBER, "profit")


def test_other_agencies_are_not_counted(counter: Counter) -> None:
    write(counter, random_lives(5, 20))
    found = settlement.report([counter.actor("clerk2").agency_id], NOVEMBER)
    assert (list(found.lines), found.total) == ([], Line(""))


@pytest.mark.parametrize(
    ("line", "share", "score"),
    [
        pytest.param(Line(""), None, None, id="nothing"),
        pytest.param(Line("", online=4, early=1, on_time=1, late=2), 0.5, 10.0, id="half in time"),
        pytest.param(Line("", carried=4, early=2, open_late=2), 1.0, 10.0, id="open ones count against the score alone"),
    ],
)
def test_the_share_in_time_and_the_score(line: Line, share: float | None, score: float | None) -> None:
    assert (line.on_time_share, line.progress_score) == (share, score)


def test_an_apology_moves_no_figure(counter: Counter) -> None:
    day_ = datetime(2026, 11, 5, 9, tzinfo=clock.LOCAL_ZONE)
    service = session().scalars(sa.select(PublicService).where(PublicService.limit_unit == "working_day").limit(1)).one()
    life = Life("counter", service, day_, day_ + timedelta(days=10), day_ + timedelta(days=9), day_ + timedelta(days=4))
    agency_id = write(counter, [life])
    assert settlement.report([agency_id], NOVEMBER).total == Line("", direct=1, late=1)


def test_a_restart_begins_a_count_of_its_own(counter: Counter) -> None:
    day_ = datetime(2026, 11, 5, 9, tzinfo=clock.LOCAL_ZONE)
    service = session().scalars(sa.select(PublicService).where(PublicService.limit_unit == "working_day").limit(1)).one()
    life = Life("counter", service, day_, day_ + timedelta(days=10), day_ + timedelta(days=9), day_ + timedelta(days=4))
    agency_id = write(counter, [life])
    with transaction():
        case_id = session().scalars(sa.select(Extension.case_id)).one()
        moments = {"started_at": day_ + timedelta(days=5), "ended_at": day_ + timedelta(days=6)}
        session().add(ClockPeriod(agency_id=agency_id, case_id=case_id, kind="restart", reason="Bổ sung", **moments))
    assert settlement.report([agency_id], NOVEMBER).total == Line("", direct=1, early=1)


def test_figures_name_every_column() -> None:
    assert {*lives.FIGURES, *settlement.SUMS} == {*settlement.COLUMNS}
