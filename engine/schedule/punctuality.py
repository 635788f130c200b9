"""How punctual the timers were lately: from their rows, so that it holds for any number of workers on any machines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from engine.cases.models import Timer
from engine.transaction import session

#: Timers fired within so long count.
LATELY = timedelta(hours=1)
#: Upper bounds, in seconds; above the last one everything counts as late by an outage or worse.
BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 3600.0, 28800.0)


@dataclass(frozen=True)
class Spread:
    """How many timers were late by at most each of ``BOUNDS`` (seconds), how many in all, and the sum of their lateness."""

    at_most: tuple[int, ...]
    count: int
    total_s: float


@dataclass(frozen=True)
class Punctuality:
    """``detected``: from the due moment until a worker saw it; ``fired``: until the effect was committed."""

    detected: Spread
    fired: Spread


class _SecondsBetween(GenericFunction[float]):
    """Seconds from the first instant to the second one, on either database."""

    type = sa.Float()
    inherit_cache = True


@compiles(_SecondsBetween, "sqlite")
def _on_sqlite(element: _SecondsBetween, compiler: SQLCompiler, **settings: Any) -> str:
    began, ended = (compiler.process(clause, **settings) for clause in element.clauses)
    return f"((julianday({ended}) - julianday({began})) * 86400.0)"


@compiles(_SecondsBetween, "postgresql")
def _on_postgresql(element: _SecondsBetween, compiler: SQLCompiler, **settings: Any) -> str:
    began, ended = (compiler.process(clause, **settings) for clause in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM ({ended} - {began})) AS DOUBLE PRECISION)"


def lately(now: datetime) -> Punctuality:
    """Of the timers fired in the hour before ``now``, in one statement on ``ix_timer_fired``; a clock set back is no lateness."""
    rows = [tuple(row) for row in session().execute(_statement(now))]
    return Punctuality(
        _spread([(bucket, count, total) for bucket, _fired, count, total, _total in rows]),
        _spread([(bucket, count, total) for _detected, bucket, count, _total, total in rows]),
    )


def _statement(now: datetime) -> sa.Select[Any]:
    """One row for each pair of buckets that occurs: how many timers, and the seconds they were late together."""
    fired = sa.select(_late_by(Timer.detected_at).label("detected"), _late_by(Timer.fired_at).label("fired"))
    recent = fired.where(Timer.state == sa.literal_column("'fired'"), Timer.fired_at > now - LATELY)
    late = recent.cte("late").prefix_with("MATERIALIZED", dialect="postgresql")  # or each bound works it out again
    buckets = sa.select(_bucket(late.c.detected).label("a"), _bucket(late.c.fired).label("b"), late).subquery()
    totals = (sa.func.coalesce(sa.func.sum(column), 0.0) for column in (buckets.c.detected, buckets.c.fired))
    return sa.select(buckets.c.a, buckets.c.b, sa.func.count(), *totals).group_by(buckets.c.a, buckets.c.b)


def _late_by(moment: Any) -> Any:
    seconds = _SecondsBetween(Timer.due_at, moment)
    return sa.case((seconds < 0, 0.0), else_=seconds)


def _bucket(late: Any) -> Any:
    """The place of the first of ``BOUNDS`` that is not passed; -1 where there is no such moment."""
    within = [(late <= bound, number) for number, bound in enumerate(BOUNDS)]
    return sa.case((late.is_(None), -1), *within, else_=len(BOUNDS))


def _spread(rows: Sequence[tuple[int, int, float]]) -> Spread:
    known = [row for row in rows if row[0] >= 0]
    at_most = tuple(sum(count for bucket, count, _ in known if bucket <= number) for number in range(len(BOUNDS)))
    return Spread(at_most, sum(count for _, count, _ in known), float(sum(total for _, _, total in known)))
