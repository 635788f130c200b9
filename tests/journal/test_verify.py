"""Verification names the first row that somebody with the database's password changed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine.journal import entries, verify
from engine.journal.models import JournalEntry, JournalHead
from engine.journal.verify import Fault
from engine.transaction import session, transaction
from tests.clocks import StoppedClock

MakeAgency = Callable[[str], UUID]


@dataclass(frozen=True)
class Somebody:
    """Who acts."""

    person_id: UUID

    def as_record(self) -> dict[str, Any]:
        return {"login": "ánh"}


def drop_guards(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        connection.exec_driver_sql("ALTER TABLE journal_head DISABLE TRIGGER USER")
        return
    for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")


def forge(db: Engine, statement: sa.Executable) -> None:
    session().rollback()
    with db.begin() as connection:
        drop_guards(connection)
        connection.execute(statement)


def fill(agency_id: UUID, count: int) -> None:
    with transaction():
        for turn in range(count):
            entries.append("case.opened", agency_id=agency_id, by=None, turn=turn)


E_ = JournalEntry.__table__
FORGERIES = [
    pytest.param(
        sa.update(JournalEntry).where(E_.c.number == 4).values(content='{"turn":9}'),
        4,
        "Nội dung bút toán số 4 đã bị sửa.",
        id="content",
    ),
    pytest.param(
        sa.update(JournalEntry).where(E_.c.number == 4).values(kind="case.lost"),
        4,
        "Nội dung bút toán số 4 đã bị sửa.",
        id="kind",
    ),
    pytest.param(
        sa.update(JournalEntry).where(E_.c.number == 4).values(case_id=UUID(int=1)),
        4,
        "Nội dung bút toán số 4 đã bị sửa.",
        id="case",
    ),
    pytest.param(
        sa.update(JournalEntry).where(E_.c.number == 4).values(hash="0" * 64), 4, "Nội dung bút toán số 4 đã bị sửa.", id="hash"
    ),
    pytest.param(
        sa.update(JournalEntry).where(E_.c.number == 4).values(previous_hash="0" * 64),
        4,
        "Bút toán số 4 không nối với bút toán trước.",
        id="link",
    ),
    pytest.param(sa.delete(JournalEntry).where(E_.c.number == 3), 3, "Thiếu bút toán số 3.", id="removed"),
    pytest.param(sa.delete(JournalEntry).where(E_.c.number > 4), 5, "Thiếu các bút toán từ số 5 đến số 6.", id="cut off"),
    pytest.param(sa.update(JournalHead).values(number=3), 4, "Có bút toán sau số cuối cùng đã ghi (3).", id="head moved back"),
    pytest.param(sa.update(JournalHead).values(hash="0" * 64), 6, "Dấu cuối chuỗi không khớp bút toán số 6.", id="head"),
    pytest.param(sa.delete(JournalHead), 1, "Có bút toán sau số cuối cùng đã ghi (0).", id="no head"),
]


@pytest.mark.parametrize(("forgery", "number", "reason"), FORGERIES)
def test_verify_names_the_first_bad_row(
    db: Engine, make_agency: MakeAgency, forgery: sa.Executable, number: int, reason: str
) -> None:
    agency_id = make_agency("H31.1")
    fill(agency_id, 5)
    assert verify.verify() == []
    forge(db, forgery)
    assert verify.verify() == [Fault(agency_id, number, reason)]


def test_verify_looks_at_one_agency_or_all(db: Engine, make_agency: MakeAgency) -> None:
    good, bad = make_agency("H31.1"), make_agency("H31.2")
    fill(bad, 3)
    forge(db, sa.update(JournalEntry).where(E_.c.agency_id == bad, E_.c.number == 2).values(kind="case.lost"))
    fault = Fault(bad, 2, "Nội dung bút toán số 2 đã bị sửa.")
    assert (verify.verify(good), verify.verify(bad), verify.verify()) == ([], [fault], [fault])
    assert (verify.count(good), verify.count()) == (1, 5)


def test_verify_reads_on_past_a_batch(db: Engine, make_agency: MakeAgency, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "BATCH", 4)
    agency_id = make_agency("H31.1")
    fill(agency_id, 11)
    assert verify.verify() == []
    forge(db, sa.update(JournalEntry).where(E_.c.number == 10).values(kind="case.lost"))
    assert verify.verify() == [Fault(agency_id, 10, "Nội dung bút toán số 10 đã bị sửa.")]


@pytest.mark.parametrize(
    "at", ["2026-11-20T08:00:00", "2026-11-20T08:00:00.000001", "2026-11-20T08:00:00.120000", "1999-12-31T23:59"]
)
@pytest.mark.parametrize(
    "content",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"name": "Nguyễn Thị Ánh", "note": "dòng một\ndòng hai\t\\ % : '"}, id="letters and signs"),
        pytest.param({"emoji": "🖋", "zero": 0, "empty": ""}, id="beyond the basic plane"),
    ],
)
@pytest.mark.parametrize("is_whole", [True, False], ids=["with person and case", "without"])
def test_the_database_puts_together_what_was_hashed(
    make_agency: MakeAgency, stopped_clock: StoppedClock, at: str, content: dict[str, object], is_whole: bool
) -> None:
    stopped_clock.freeze(at)
    agency_id = make_agency("H31.1")
    by = Somebody(UUID("0197c0de-0000-7000-8000-00000000000a")) if is_whole else None
    case_id = UUID("ffffffff-ffff-ffff-ffff-ffffffffffff") if is_whole else None
    with transaction():
        entries.append("case.opened", agency_id=agency_id, by=by, case_id=case_id, **content)
    assert verify.verify() == []
