"""Compare the journal with what was anchored of it: a chain rewritten whole, or cut, is sound in itself and found here (R39)."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from engine import clock, transaction
from engine.journal import anchor
from engine.journal.anchor import Point
from engine.journal.models import JournalEntry
from engine.journal.verify import Fault

#: Entries asked for in one statement.
_BATCH = 500


def check(path: Path) -> list[Fault]:
    """Compare every anchored head of the file with the journal: the first difference of each agency.

    ``anchor.AnchorAltered`` for a changed file, ``OSError`` for one that cannot be read.
    """
    by_agency: dict[uuid.UUID, set[Point]] = {}
    for point in anchor.points(path):
        if point.number:
            by_agency.setdefault(point.agency_id, set()).add(point)
    found = (_first_difference(agency_id, by_agency[agency_id]) for agency_id in sorted(by_agency))
    return [fault for fault in found if fault is not None]


def _first_difference(agency_id: uuid.UUID, points: Iterable[Point]) -> Fault | None:
    """The lowest anchored entry that is another one now, or gone; the last one before it that still is the same."""
    ordered = sorted(points, key=lambda point: (point.number, point.at))
    present = _hashes(agency_id, sorted({point.number for point in ordered}))
    sound = 0
    for point in ordered:
        if present.get(point.number) != point.hash:
            return Fault(agency_id, point.number, _reason(point, sound, _last(agency_id)))
        sound = point.number
    return None


def _reason(point: Point, sound: int, last: int) -> str:
    at = clock.local(datetime.fromisoformat(point.at)).strftime("%H:%M:%S ngày %d/%m/%Y")
    kept = f"Các bút toán đến số {sound} vẫn khớp tệp neo." if sound else "Không bút toán nào trước đó có dấu neo còn khớp."
    if last < point.number:
        return f"Chuỗi bị cắt: lúc {at} đã có bút toán số {point.number}, nay chỉ còn đến số {last}. {kept}"
    return f"Bút toán số {point.number} khác với dấu đã neo lúc {at}: chuỗi đã bị viết lại. {kept}"


def _hashes(agency_id: uuid.UUID, numbers: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    query = sa.select(JournalEntry.number, JournalEntry.hash).where(JournalEntry.agency_id == agency_id)
    for start in range(0, len(numbers), _BATCH):
        rows = transaction.session().execute(query.where(JournalEntry.number.in_(numbers[start : start + _BATCH])))
        found.update((number, value) for number, value in rows)
    return found


def _last(agency_id: uuid.UUID) -> int:
    query = sa.select(sa.func.coalesce(sa.func.max(JournalEntry.number), 0)).where(JournalEntry.agency_id == agency_id)
    return int(transaction.session().scalar(query) or 0)
