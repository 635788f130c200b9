"""All that can be proved of the journal at once: its chains, the cases it must speak of, the anchors (R37, R39)."""

import uuid

import sqlalchemy as sa

from engine import transaction
from engine.journal import anchor, comparison, verify
from engine.journal.models import JournalEntry
from engine.journal.verify import Fault

#: The journal stands below the cases; it knows their table by name only.
_CASE = sa.table("case", sa.column("id", sa.Uuid()), sa.column("agency_id", sa.Uuid()), sa.column("code", sa.Text()))


def examine(agency_id: uuid.UUID | None = None) -> list[Fault]:
    """The faults of one agency, or of every agency; an empty list means that nothing was altered, cut or wiped.

    A wiped or shortened chain whose end was set back is told by the cases without ``case.opened`` (fault number 0: no single
    entry is wrong) and by the anchors of the usual place. ``AnchorAltered`` where such a file was changed.
    """
    faults = verify.verify(agency_id) + _silent_cases(agency_id)
    anchored = [fault for path in anchor.usual_files() for fault in comparison.check(path)]
    return faults + [fault for fault in anchored if agency_id in (None, fault.agency_id)]


def _silent_cases(agency_id: uuid.UUID | None) -> list[Fault]:
    """One fault for each agency that has cases of whose opening its chain says nothing."""
    told = sa.exists().where(
        JournalEntry.agency_id == _CASE.c.agency_id, JournalEntry.case_id == _CASE.c.id, JournalEntry.kind == "case.opened"
    )
    query = sa.select(_CASE.c.agency_id, sa.func.count(), sa.func.min(_CASE.c.code)).where(~told).group_by(_CASE.c.agency_id)
    if agency_id:
        query = query.where(_CASE.c.agency_id == agency_id)
    rows = transaction.session().execute(query.order_by(_CASE.c.agency_id)).all()
    return [Fault(agency, 0, _text(count, code)) for agency, count, code in rows]


def _text(count: int, code: str | None) -> str:
    example = f", ví dụ {code}" if code else ""
    return f"Nhật ký bị xóa hoặc cắt: thiếu bút toán mở hồ sơ (case.opened) của {count} hồ sơ{example}."
