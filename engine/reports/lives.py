"""The dossiers a period sees, as queries: when each was received and finished, and how it stands against its promise.

Judged by the date first promised: a new date given with an apology changes nothing (NĐ 61/2018 Đ.19.9); a pause or restart of the
clock moves the promise itself. Limits in days are judged by the date, limits in hours by the instant.
"""

import uuid
from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from engine import clock
from engine.calendar.limits import PauseKind
from engine.dossiers.clock_models import Extension
from engine.dossiers.models import ClockPeriod, Dossier, PublicService
from engine.reports.periods import Period

#: What is counted, column (4) to (13) of Biểu II.06a/VPCP/KSTT without the sums.
ONLINE, DIRECT, CARRIED = "online", "direct", "carried"
EARLY, ON_TIME, LATE = "early", "on_time", "late"
OPEN_IN_TIME, OPEN_LATE = "open_in_time", "open_late"
RECEIVED, SETTLED, OPEN = (ONLINE, DIRECT, CARRIED), (EARLY, ON_TIME, LATE), (OPEN_IN_TIME, OPEN_LATE)
FIGURES = (*RECEIVED, *SETTLED, *OPEN)
_HOURS = "working_hour"


class LocalDay(GenericFunction[Any]):
    """The office's date of an instant, on either database."""

    type = sa.Date()
    inherit_cache = True


@compiles(LocalDay, "postgresql")
def _on_postgresql(element: LocalDay, compiler: SQLCompiler, **settings: Any) -> str:
    (instant,) = (compiler.process(clause, **settings) for clause in element.clauses)
    return f"CAST(({instant} AT TIME ZONE '{clock.LOCAL_ZONE.key}') AS DATE)"


@compiles(LocalDay, "sqlite")
def _on_sqlite(element: LocalDay, compiler: SQLCompiler, **settings: Any) -> str:
    (instant,) = (compiler.process(clause, **settings) for clause in element.clauses)
    return f"date({instant}, '+7 hours')"  # Asia/Ho_Chi_Minh keeps one offset all year


def seen_in(agency_ids: Collection[uuid.UUID], period: Period) -> sa.Subquery:
    """Dossiers received before the end of the period and unfinished at some moment of it: ``case_id``, ``agency_id``, ``field``,
    ``unit``, ``service_id``, ``channel``, ``received_at``, ``finished_at``, ``due_at`` (as judged), ``limit_unit``.

    Those never accepted (refused at the counter) have no moment of receipt and are not seen.
    """
    columns = (
        Dossier.case_id,
        Dossier.agency_id,
        Dossier.service_id,
        Dossier.channel,
        Dossier.received_at,
        Dossier.finished_at,
        Dossier.due_at,
    )
    ours = (Dossier.agency_id.in_(agency_ids), Dossier.received_at < period.ends_at)
    finished = sa.select(*columns).where(*ours, Dossier.finished_at >= period.begins_at)
    unfinished = sa.select(*columns).where(*ours, Dossier.finished_at.is_(None), Dossier.due_at.is_not(None))
    lives = sa.union_all(finished, unfinished).subquery()
    given = _before_extensions(agency_ids)
    first_promise = sa.func.coalesce(given.c.from_due_at, lives.c.due_at).label("due_at")
    return (
        sa.select(
            *(column for column in lives.c if column.name != "due_at"),
            first_promise,
            PublicService.field,
            PublicService.unit,
            PublicService.limit_unit,
        )
        .join(PublicService, PublicService.id == lives.c.service_id)
        .outerjoin(given, given.c.case_id == lives.c.case_id)
        .subquery()
    )


def _before_extensions(agency_ids: Collection[uuid.UUID]) -> sa.Subquery:
    """The promise each dossier had before the first new date of its present count (``extensions.judged_due_at``)."""
    restarted = sa.exists().where(
        ClockPeriod.case_id == Extension.case_id,
        ClockPeriod.kind == PauseKind.RESTART.value,
        ClockPeriod.ended_at > Extension.decided_at,
    )
    query = sa.select(Extension.case_id, sa.func.min(Extension.from_due_at).label("from_due_at"))
    return query.where(Extension.agency_id.in_(agency_ids), ~restarted).group_by(Extension.case_id).subquery()


def conditions(lives: sa.Subquery, period: Period) -> dict[str, sa.ColumnElement[bool]]:
    """For each of ``FIGURES`` which of the dossiers it counts."""
    seen = lives.c
    is_new, is_finished = seen.received_at >= period.begins_at, seen.finished_at < period.ends_at
    is_open = sa.or_(seen.finished_at.is_(None), seen.finished_at >= period.ends_at)
    is_late = late(seen.limit_unit, seen.due_at, seen.finished_at)
    is_early = LocalDay(seen.finished_at) < LocalDay(seen.due_at)
    is_past = late(seen.limit_unit, seen.due_at, sa.literal(period.seen_at, seen.due_at.type))
    return {
        ONLINE: sa.and_(is_new, seen.channel == "online"),
        DIRECT: sa.and_(is_new, seen.channel != "online"),
        CARRIED: ~is_new,
        EARLY: sa.and_(is_finished, ~is_late, is_early),
        ON_TIME: sa.and_(is_finished, ~is_late, ~is_early),
        LATE: sa.and_(is_finished, is_late),
        OPEN_IN_TIME: sa.and_(is_open, ~is_past),
        OPEN_LATE: sa.and_(is_open, is_past),
    }


def late(unit: Any, due_at: Any, at: Any) -> sa.ColumnElement[bool]:
    """``engine.calendar.deadlines.is_late`` for columns."""
    return sa.case((unit == _HOURS, at > due_at), else_=LocalDay(at) > LocalDay(due_at))
