"""The leader's board and the report II.06a at a million dossiers, on both kinds of databases: of one office, and of the province."""

import statistics
import time
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from engine import assembly, clock, db, transaction
from engine.people import access, directory
from engine.people.actors import actor_of
from engine.reports import dashboard, periods, settlement
from engine.reports.periods import Period
from tests.bench import filling, places
from tests.bench.filling import Plan

DOSSIERS, OFFICES = 1_000_000, 20
ROUNDS = 20


def measure(place: Path, _rounds: int) -> dict[str, float]:
    """95th percentile in ms of the board and of the month's report of one office, the larger of both databases; the province's
    report of the month and the year beside them, which hold no bar.
    """
    found: dict[str, float] = {}
    for kind in ("sqlite", "postgresql"):
        with places.database(kind, place, "reports", "office") as url:
            filling.fill(url, Plan(DOSSIERS, offices=OFFICES))
            found |= {f"reports.{name}.{kind}": value for name, value in on(url).items()}
    for name in ("board_p95_ms", "month_p95_ms"):
        found[f"reports.{name}"] = max(found[f"reports.{name}.{kind}"] for kind in ("sqlite", "postgresql"))
    return found


def on(url: str) -> dict[str, float]:
    """The measure on one filled database."""
    assembly.assemble()
    engine = db.create_engine(url)
    sessions = transaction.use_engine(engine)
    office, province = _agencies("leader"), _agencies("inspector")
    today = clock.today()
    months = [periods.containing(today - timedelta(days=30 * back), "month") for back in range(4)]
    year = periods.containing(today, "year")
    found = {
        "board_p95_ms": _p95([_board(office, months[0]) for _ in range(ROUNDS)]),
        "month_p95_ms": _p95([_report(office, months[number % 4]) for number in range(ROUNDS)]),
        "province_board_p95_ms": _p95([_board(province, months[0]) for _ in range(ROUNDS)]),
        "province_month_p95_ms": _p95([_report(province, months[number % 4]) for number in range(ROUNDS)]),
        "province_year_ms": statistics.median(_report(province, year) for _ in range(3)),
    }
    sessions.remove()
    engine.dispose()
    return found


def _board(agency_ids: Collection[UUID], period: Period) -> float:
    started = time.perf_counter()
    settlement.report(agency_ids, period)
    dashboard.backlog(agency_ids)
    dashboard.at_risk(agency_ids)
    dashboard.paused(agency_ids)
    return _since(started)


def _report(agency_ids: Collection[UUID], period: Period) -> float:
    started = time.perf_counter()
    settlement.report(agency_ids, period)
    return _since(started)


def _since(started: float) -> float:
    took = (time.perf_counter() - started) * 1000
    transaction.session().rollback()
    transaction.session().expunge_all()
    return took


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _agencies(login: str) -> list[UUID]:
    person = directory.by_login(login)
    if person is None:
        raise RuntimeError(f"the demo office has no {login}")
    return [one.id for one in access.agencies_with(actor_of(person), "report.read")]
