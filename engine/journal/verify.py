"""Verification of the chains: recompute every hash and name the first row that is wrong (R37)."""

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from engine import transaction
from engine.journal.entries import GENESIS
from engine.journal.models import JournalEntry, JournalHead

#: Rows fetched at once.
BATCH = 10_000

#: What ``entries.digest`` hashes after the former hash, put together by the database: a million rows in a fraction of a minute.
_SAID = {
    "sqlite": "agency_id || {n} || number || {n} || replace(replace(at, ' ', 'T'), '.000000', '') || '+00:00' || {n} || kind"
    " || {n} || {person} || {n} || {case} || {n} || content",
    "postgresql": "agency_id || {n} || number || {n}"
    """ || replace(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '.000000', '') || '+00:00' || {n} || kind"""
    " || {n} || coalesce(person_id::text, '') || {n} || coalesce(case_id::text, '') || {n} || content",
}


@dataclass(frozen=True)
class Fault:
    """The first bad place of one agency's chain: the entry's number and what is wrong, in Vietnamese."""

    agency_id: uuid.UUID
    number: int
    reason: str


def verify(agency_id: uuid.UUID | None = None) -> list[Fault]:
    """Check the chain of one agency, or of every agency; an empty list means that nothing was altered.

    Entries written while it runs are left to the next run. Streams, ``BATCH`` rows at a time; changes nothing.
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
    for row_number, said, previous, own in _rows(agency_id, number):
        if row_number != expected:
            return Fault(agency_id, expected, f"Thiếu bút toán số {expected}.")
        if previous != former:
            return Fault(agency_id, row_number, f"Bút toán số {row_number} không nối với bút toán trước.")
        if own != hashlib.sha256(f"{former}\n{said}".encode()).hexdigest():
            return Fault(agency_id, row_number, f"Nội dung bút toán số {row_number} đã bị sửa.")
        expected, former = expected + 1, own
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


def _rows(agency_id: uuid.UUID, until: int) -> Iterator[tuple[int, str, str, str]]:
    """Number, what is hashed after the former hash, the former hash and the own one, streamed in order."""
    dialect = transaction.session().get_bind().dialect.name
    query = _query(dialect).bindparams(sa.bindparam("agency", agency_id, type_=sa.Uuid()), sa.bindparam("until", until))
    for row in transaction.session().execute(query, execution_options={"yield_per": BATCH}):
        yield row[0], row[1], row[2], row[3]


def _query(dialect: str) -> sa.TextClause:
    if dialect == "sqlite":
        said = _SAID[dialect].format(n="char(10)", person=_dashed("person_id"), case=_dashed("case_id"))
        said = said.replace("agency_id", _dashed("agency_id"), 1)
    else:
        said = _SAID[dialect].format(n="chr(10)")
    columns = f"number, {said}, previous_hash, hash"
    return sa.text(
        f"SELECT {columns} FROM journal_entry WHERE agency_id = :agency AND number <= :until ORDER BY number"  # noqa: S608 - constants
    )


def _dashed(column: str) -> str:
    """SQLite keeps an identity as 32 digits; hashed is the usual writing."""
    parts = " || '-' || ".join(
        f"substr({column}, {start}, {length})" for start, length in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    )
    return f"coalesce({parts}, '')"
