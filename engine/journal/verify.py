"""Verification of the chains: recompute every hash and name the first row that is wrong (R37)."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine import transaction
from engine.journal.entries import GENESIS, digest
from engine.journal.models import JournalEntry, JournalHead

#: Rows read at once.
BATCH = 10_000

_COLUMNS = (
    JournalEntry.agency_id,
    JournalEntry.number,
    JournalEntry.at,
    JournalEntry.kind,
    JournalEntry.person_id,
    JournalEntry.case_id,
    JournalEntry.content,
    JournalEntry.previous_hash,
    JournalEntry.hash,
)


@dataclass(frozen=True)
class Fault:
    """The first bad place of one agency's chain: the entry's number and what is wrong, in Vietnamese."""

    agency_id: uuid.UUID
    number: int
    reason: str


def verify(agency_id: uuid.UUID | None = None) -> list[Fault]:
    """Check the chain of one agency, or of every agency; an empty list means that nothing was altered.

    Entries written while it runs are left to the next run. Reads in batches of ``BATCH`` rows; changes nothing.
    """
    chains = [agency_id] if agency_id else _agencies()
    return [fault for chain in chains if (fault := _first_fault(chain)) is not None]


def count(agency_id: uuid.UUID | None = None) -> int:
    """How many entries the heads speak of: what a verification covers."""
    query = sa.select(sa.func.coalesce(sa.func.sum(JournalHead.number), 0))
    if agency_id:
        query = query.where(JournalHead.agency_id == agency_id)
    return int(transaction.session().scalar(query) or 0)


def _agencies() -> list[uuid.UUID]:
    either = sa.select(JournalHead.agency_id).union(sa.select(JournalEntry.agency_id).distinct())
    return sorted(transaction.session().scalars(either))


def _first_fault(agency_id: uuid.UUID) -> Fault | None:
    number, head_hash, last = _ends(agency_id)
    if last > number:
        return Fault(agency_id, number + 1, f"Có bút toán sau số cuối cùng đã ghi ({number}).")
    expected, former = 1, GENESIS
    for row in _rows(agency_id, number):
        if row.number != expected:
            return Fault(agency_id, expected, f"Thiếu bút toán số {expected}.")
        if row.previous_hash != former:
            return Fault(agency_id, row.number, f"Bút toán số {row.number} không nối với bút toán trước.")
        if row.hash != digest(former, row):
            return Fault(agency_id, row.number, f"Nội dung bút toán số {row.number} đã bị sửa.")
        expected, former = expected + 1, row.hash
    if expected != number + 1:
        return Fault(agency_id, expected, f"Thiếu các bút toán từ số {expected} đến số {number}.")
    if head_hash != former:
        return Fault(agency_id, number, f"Dấu cuối chuỗi không khớp bút toán số {number}.")
    return None


def _ends(agency_id: uuid.UUID) -> tuple[int, str, int]:
    """The head's number and hash, and the last entry's number, all of one instant (one statement)."""
    last = sa.select(sa.func.coalesce(sa.func.max(JournalEntry.number), 0)).where(JournalEntry.agency_id == agency_id)
    query = sa.select(JournalHead.number, JournalHead.hash, last.scalar_subquery()).where(JournalHead.agency_id == agency_id)
    row = transaction.session().execute(query).one_or_none()
    if row is None:
        return 0, GENESIS, int(transaction.session().scalar(last) or 0)
    return row[0], row[1], row[2]


def _rows(agency_id: uuid.UUID, until: int) -> Iterator[Any]:
    done = 0
    query = sa.select(*_COLUMNS).where(JournalEntry.agency_id == agency_id, JournalEntry.number <= until)
    query = query.order_by(JournalEntry.number).limit(BATCH)
    while True:
        rows = transaction.session().execute(query.where(JournalEntry.number > done)).all()
        yield from rows
        if len(rows) < BATCH:
            return
        done = rows[-1].number
