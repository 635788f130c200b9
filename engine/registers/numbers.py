"""Take the next number of a series: unique and without holes, because it is taken in the transaction that uses it (R14)."""

import uuid
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.registers.models import NumberSeries
from engine.statements import Statement
from engine.transaction import session


def next_number(agency_id: uuid.UUID, series: str, period: str) -> int:
    """The next ordinal of ``series`` in ``period`` (1, 2, 3 …) for this agency.

    The series' row stays locked until the transaction ends: whoever asks next waits, and gets the same number again when this
    transaction is rolled back. Office numbering runs from 01 on 1 January to 31 December (NĐ 30/2020/NĐ-CP, Điều 15).
    """
    return _upsert(agency_id, series, period, first=1, step=1)


def hold(agency_id: uuid.UUID, series: str, period: str) -> None:
    """Lock a series until the transaction ends without taking a number: nobody else takes one meanwhile."""
    _upsert(agency_id, series, period, first=0, step=0)


def _upsert(agency_id: uuid.UUID, series: str, period: str, *, first: int, step: int) -> int:
    upsert = _upsert_on(session().get_bind().dialect.name)
    [(number,)] = upsert.rows(agency_id=agency_id, series=series, period=period, last_number=first, step=step)
    return int(number)


@cache
def _upsert_on(database: str) -> Statement:
    """The statement for one kind of database. What it returns stays as the driver gives it: a number, or its digits."""
    insert: Any = postgresql.insert if database == "postgresql" else sqlite.insert
    grown = {"last_number": NumberSeries.last_number + sa.bindparam("step", type_=sa.Integer())}
    keys = ("agency_id", "series", "period")
    return Statement(
        lambda: insert(NumberSeries).on_conflict_do_update(index_elements=keys, set_=grown).returning(NumberSeries.last_number),
        (*keys, "last_number"),
    )
