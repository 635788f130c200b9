"""Tình hình, kết quả giải quyết thủ tục hành chính: the report II.06a/VPCP/KSTT of any period, the dossiers behind each figure.

Everything is counted in one statement, so that what was received is what was settled and what is open, whoever acts meanwhile.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.dossiers.models import Dossier
from engine.errors import AnswersRejected
from engine.reports import lives
from engine.reports.periods import Period
from engine.transaction import session

#: Dossiers of one look behind a figure.
MOST = 200
#: The sums, each with what it adds up; a page may look behind them too.
SUMS = {"received": lives.RECEIVED, "settled": lives.SETTLED, "open": lives.OPEN}


@dataclass(frozen=True)
class Line:
    """One field (lĩnh vực): columns (3) to (13) of the form."""

    field: str
    online: int = 0
    direct: int = 0
    carried: int = 0
    early: int = 0
    on_time: int = 0
    late: int = 0
    open_in_time: int = 0
    open_late: int = 0

    @property
    def received(self) -> int:
        """Column (3)."""
        return self.online + self.direct + self.carried

    @property
    def settled(self) -> int:
        """Column (7)."""
        return self.early + self.on_time + self.late

    @property
    def open(self) -> int:
        """Column (11)."""
        return self.open_in_time + self.open_late

    @property
    def on_time_share(self) -> float | None:
        """Settled in time out of all settled, 0 to 1; None where nothing was settled."""
        return (self.early + self.on_time) / self.settled if self.settled else None

    @property
    def progress_score(self) -> float | None:
        """Points of 20 for progress (QĐ 766/QĐ-TTg): settled in time out of all received; None where nothing was received."""
        return 20 * (self.early + self.on_time) / self.received if self.received else None


@dataclass(frozen=True)
class Settlement:
    """The whole report: lines by field, and their sum."""

    period: Period
    lines: Sequence[Line]
    total: Line


#: Key → number and heading of the columns after the field, in the form's order.
COLUMNS: dict[str, str] = {
    "received": "(3) Tổng số tiếp nhận",
    "online": "(4) Trực tuyến",
    "direct": "(5) Trực tiếp, dịch vụ bưu chính",
    "carried": "(6) Từ kỳ trước",
    "settled": "(7) Tổng số đã giải quyết",
    "early": "(8) Trước hạn",
    "on_time": "(9) Đúng hạn",
    "late": "(10) Quá hạn",
    "open": "(11) Tổng số đang giải quyết",
    "open_in_time": "(12) Trong hạn",
    "open_late": "(13) Quá hạn",
}


def report(agency_ids: Collection[uuid.UUID], period: Period) -> Settlement:
    """The report of these agencies together. One statement."""
    seen = lives.seen_in(agency_ids, period)
    counted = [_count(condition).label(name) for name, condition in lives.conditions(seen, period).items()]
    query = sa.select(seen.c.field, *counted).group_by(seen.c.field).order_by(seen.c.field)
    lines = [Line(*row) for row in session().execute(query)]
    total = Line("", *(sum(getattr(line, name) for line in lines) for name in lives.FIGURES))
    return Settlement(period, lines, total)


def behind(
    agency_ids: Collection[uuid.UUID], period: Period, figure: str, *, field: str = "", after: str = "", limit: int = 50
) -> list[Dossier]:
    """Up to ``limit`` of the dossiers a figure counts, by code from the one after ``after`` on; of one field where given.

    Refuses (``AnswersRejected``) a figure that is none of ``COLUMNS``.
    """
    if figure not in COLUMNS:
        raise AnswersRejected({"figure": [f"Cột phải là một trong: {', '.join(COLUMNS)}."]})
    seen = lives.seen_in(agency_ids, period)
    counted = lives.conditions(seen, period)
    wanted = sa.or_(*(counted[name] for name in SUMS.get(figure, (figure,))))
    query = sa.select(Dossier).join(seen, seen.c.case_id == Dossier.case_id).where(wanted, Dossier.code > after)
    if field:
        query = query.where(seen.c.field == field)
    return list(session().scalars(query.order_by(Dossier.code).limit(max(1, min(limit, MOST)))))


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)
