"""The engine's readings in Prometheus' families, taken when somebody asks."""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeHistogramMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy.exc import SQLAlchemyError

from engine.cases import troubles
from engine.schedule import readings
from engine.schedule.punctuality import BOUNDS, Spread
from engine.schedule.readings import Readings
from engine.transaction import session


class _Taken:
    """One reading, for one answer; None where the database did not answer."""

    def __init__(self, taken: Readings | None) -> None:
        self._taken = taken

    def collect(self) -> Iterable[Metric]:
        yield _gauge("quytrinh_database_up", "Whether the database answered", self._taken is not None)
        if self._taken is not None:
            yield from _work(self._taken)
            yield from _incidents(self._taken)
            yield from _outbox(self._taken)
            yield from _workers(self._taken)
            yield _spread("detected", "a worker saw it", self._taken.punctuality.detected)
            yield _spread("fired", "its effect was on disk", self._taken.punctuality.fired)


def text() -> bytes:
    """What the database holds, in Prometheus' text format."""
    asked = CollectorRegistry()
    asked.register(_Taken(_take()))
    return generate_latest(asked)


def _take() -> Readings | None:
    try:
        return readings.take()
    except SQLAlchemyError:
        session().rollback()
        return None


def _work(taken: Readings) -> Iterator[Metric]:
    backlog = taken.backlog
    yield _gauge("quytrinh_steps_open", "Steps that wait for somebody", backlog.steps_open)
    yield _gauge("quytrinh_cases_suspended", "Cases an operator holds still", backlog.cases_suspended)
    yield _gauge("quytrinh_timers_waiting", "Timers that wait for their moment", backlog.timers_waiting)
    yield _gauge("quytrinh_timers_due", "Timers due and not fired yet", backlog.timers_due)
    yield _gauge("quytrinh_timers_oldest_due_seconds", "Since when the oldest of them is due", backlog.oldest_due_s)
    yield CounterMetricFamily("quytrinh_journal_entries", "Entries of all journals", value=backlog.journal)


def _incidents(taken: Readings) -> Iterator[Metric]:
    family = GaugeMetricFamily("quytrinh_incidents_open", "Incidents nobody has dealt with, by cause", labels=("cause",))
    for cause in sorted({*troubles.CAUSES, *taken.incidents}):
        family.add_metric((cause,), taken.incidents.get(cause, 0))
    yield family


def _outbox(taken: Readings) -> Iterator[Metric]:
    outbox = taken.outbox
    yield _gauge("quytrinh_outbox_waiting", "Messages that wait to be sent", outbox.waiting)
    yield _gauge("quytrinh_outbox_dead", "Messages given up: an operator decides", outbox.dead)
    yield _gauge("quytrinh_outbox_oldest_seconds", "Age of the oldest message that waits", outbox.oldest_age_s)
    yield _gauge("quytrinh_outbox_paused", "Whether an operator holds the outbox", outbox.is_paused)


def _workers(taken: Readings) -> Iterator[Metric]:
    workers = taken.workers
    yield _gauge("quytrinh_workers_alive", "Processes that keep time", workers.alive)
    yield _gauge("quytrinh_workers_silent", "Processes that fell silent without leaving", workers.silent)
    if workers.heard_s is not None:
        yield _gauge("quytrinh_worker_heard_seconds", "Since a worker was last heard of", workers.heard_s)


def _spread(name: str, until: str, spread: Spread) -> Metric:
    buckets = [(str(bound), float(count)) for bound, count in zip(BOUNDS, spread.at_most, strict=True)]
    return GaugeHistogramMetricFamily(
        f"quytrinh_timer_{name}_late_seconds",
        f"Timers fired in the last hour: from the due moment until {until}",
        buckets=[*buckets, ("+Inf", float(spread.count))],
        gsum_value=spread.total_s,
    )


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=float(value))
