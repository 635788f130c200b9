"""Anchor files: when they are written, what makes them proof, and what is found against them."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine.journal import anchor, comparison, entries, verify
from engine.journal.anchor import AnchorAltered
from engine.journal.entries import GENESIS, digest
from engine.journal.models import JournalEntry, JournalHead
from engine.journal.verify import Fault
from engine.transaction import session, transaction
from tests.clocks import StoppedClock
from tests.journal.test_verify import drop_guards, fill, forge

MakeAgency = Callable[[str], UUID]


@pytest.fixture
def path(tmp_path: Path, stopped_clock: StoppedClock) -> Path:
    """Where to anchor; it is Friday, eight o'clock."""
    stopped_clock.freeze("2026-11-20T08:00")
    return tmp_path / "anchors" / "2026.jsonl"


def write(path: Path) -> int:
    with transaction():
        return anchor.write(path)


def keep(path: Path) -> bool:
    with transaction():
        return anchor.keep(path)


def numbers(path: Path) -> list[int]:
    return [point.number for point in anchor.points(path)]


def rewrite(db: Engine, agency_id: UUID, from_number: int) -> None:
    """What a superuser can do: drop the guards, change one entry, and chain everything after it anew."""
    session().rollback()
    with db.begin() as connection:
        drop_guards(connection)
        rows = connection.execute(sa.select(JournalEntry.__table__).order_by(JournalEntry.number)).all()
        former = GENESIS
        for row in rows:
            content = '{"turn":"forged"}' if row.number == from_number else row.content
            changed = JournalEntry(**{**row._asdict(), "content": content})
            own = digest(former, changed)
            where = (JournalEntry.agency_id == agency_id, JournalEntry.number == row.number)
            connection.execute(sa.update(JournalEntry).where(*where).values(content=content, previous_hash=former, hash=own))
            former = own
        connection.execute(sa.update(JournalHead).where(JournalHead.agency_id == agency_id).values(hash=former))


def test_a_rewritten_chain_is_sound_in_itself_and_found_against_the_file(
    db: Engine, make_agency: MakeAgency, path: Path, stopped_clock: StoppedClock
) -> None:
    agency_id = make_agency("H31.1")
    for _ in range(3):
        fill(agency_id, 3)
        write(path)
        stopped_clock.advance(days=1)
    assert (comparison.check(path), numbers(path)) == ([], [4, 7, 10])
    rewrite(db, agency_id, 6)
    assert verify.verify() == []
    reason = (
        "Bút toán số 7 khác với dấu đã neo lúc 08:00:00 ngày 21/11/2026: chuỗi đã bị viết lại. "
        "Các bút toán đến số 4 vẫn khớp tệp neo."
    )
    assert comparison.check(path) == [Fault(agency_id, 7, reason)]


def test_a_chain_cut_and_set_back_is_found_against_the_file(db: Engine, make_agency: MakeAgency, path: Path) -> None:
    agency_id = make_agency("H31.1")
    fill(agency_id, 5)
    write(path)
    kept = session().get_one(JournalEntry, (agency_id, 3)).hash
    forge(db, sa.delete(JournalEntry).where(JournalEntry.number > 3))
    with db.begin() as connection:
        connection.execute(sa.update(JournalHead).values(number=3, hash=kept))
    assert verify.verify() == []
    reason = (
        "Chuỗi bị cắt: lúc 08:00:00 ngày 20/11/2026 đã có bút toán số 6, nay chỉ còn đến số 3. "
        "Không bút toán nào trước đó có dấu neo còn khớp."
    )
    assert comparison.check(path) == [Fault(agency_id, 6, reason)]


def test_a_journal_wiped_and_begun_anew_is_found_against_the_file(db: Engine, make_agency: MakeAgency, path: Path) -> None:
    agency_id = make_agency("H31.1")
    write(path)
    forge(db, sa.delete(JournalEntry))
    with db.begin() as connection:
        connection.execute(sa.update(JournalHead).values(number=0, hash=GENESIS))
    fill(agency_id, 9)
    assert verify.verify() == []
    assert [(fault.agency_id, fault.number) for fault in comparison.check(path)] == [(agency_id, 1)]


def test_each_agency_is_told_its_own_first_difference(db: Engine, make_agency: MakeAgency, path: Path) -> None:
    good, bad = make_agency("H31.1"), make_agency("H31.2")
    fill(good, 2)
    fill(bad, 2)
    write(path)
    forge(db, sa.update(JournalEntry).where(JournalEntry.agency_id == bad, JournalEntry.number == 3).values(hash="f" * 64))
    assert [(fault.agency_id, fault.number) for fault in comparison.check(path)] == [(bad, 3)]
    assert session().get_one(JournalEntry, (good, 3)).number == 3


def test_a_day_is_anchored_once(make_agency: MakeAgency, path: Path, stopped_clock: StoppedClock) -> None:
    fill(make_agency("H31.1"), 1)
    assert (anchor.is_due(path), keep(path), anchor.is_due(path), keep(path)) == (True, True, False, False)
    stopped_clock.freeze("2026-11-20T23:59:59")
    assert not anchor.is_due(path)
    stopped_clock.freeze("2026-11-21T00:00")
    assert (keep(path), keep(path), numbers(path)) == (True, False, [2, 2])


def test_a_thousand_entries_are_anchored_on_the_same_day(make_agency: MakeAgency, path: Path) -> None:
    agency_id = make_agency("H31.1")
    keep(path)
    fill(agency_id, 999)
    assert not anchor.is_due(path)
    fill(agency_id, 1)
    assert (keep(path), keep(path), numbers(path)) == (True, False, [1, 1001])


def test_an_agency_that_is_new_today_counts_from_nought(make_agency: MakeAgency, path: Path) -> None:
    make_agency("H31.1")
    keep(path)
    fill(make_agency("H31.2"), 999)
    assert anchor.is_due(path)


def test_what_another_process_wrote_is_seen(make_agency: MakeAgency, path: Path) -> None:
    make_agency("H31.1")
    keep(path)
    anchor._tails.clear()
    assert (anchor.is_due(path), keep(path)) == (False, False)
    write(path)
    assert numbers(path) == [1, 1]


def test_four_workers_anchor_a_day_once(make_agency: MakeAgency, path: Path) -> None:
    make_agency("H31.1")
    start = threading.Barrier(4)

    def work(_: int) -> bool:
        start.wait()
        try:
            return keep(path)
        finally:
            session().close()

    session().close()
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(work, range(4))) == [False, False, False, True]
    assert numbers(path) == [1]


def test_a_line_cut_short_by_a_power_cut_is_passed_over_and_replaced(make_agency: MakeAgency, path: Path) -> None:
    make_agency("H31.1")
    write(path)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:40])
    assert numbers(path) == [1]
    write(path)
    assert (numbers(path), len(path.read_bytes().splitlines())) == ([1, 1], 2)


def test_a_file_of_something_else_is_left_alone(make_agency: MakeAgency, path: Path) -> None:
    make_agency("H31.1")
    path.parent.mkdir()
    path.write_text("ghi chú của tôi", encoding="utf-8")
    with pytest.raises(AnchorAltered):
        write(path)
    assert path.read_text(encoding="utf-8") == "ghi chú của tôi"


@pytest.mark.parametrize("line", [0, 1], ids=["first", "last"])
@pytest.mark.parametrize("change", ["number", "hash", "at", "signature"])
def test_a_file_that_was_altered_is_refused(make_agency: MakeAgency, path: Path, line: int, change: str) -> None:
    make_agency("H31.1")
    write(path)
    write(path)
    lines = path.read_text(encoding="ascii").splitlines()
    record = json.loads(lines[line])
    if change in ("number", "hash"):
        (agency,) = record["heads"]
        record["heads"][agency][["number", "hash"].index(change)] = 2 if change == "number" else "f" * 64
    else:
        record[change] = "2026-11-19T01:00:00+00:00" if change == "at" else "f" * 64
    lines[line] = json.dumps(record, sort_keys=True)
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    with pytest.raises(AnchorAltered, match=f"dòng {line + 1}"):
        comparison.check(path)


def test_a_line_taken_out_is_noticed(make_agency: MakeAgency, path: Path) -> None:
    make_agency("H31.1")
    for _ in range(3):
        write(path)
    lines = path.read_text(encoding="ascii").splitlines()
    path.write_text("\n".join([lines[0], lines[2]]) + "\n", encoding="ascii")
    with pytest.raises(AnchorAltered, match="dòng 2"):
        comparison.check(path)


def test_a_file_signed_with_another_key_is_refused(make_agency: MakeAgency, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_agency("H31.1")
    write(path)
    monkeypatch.setenv("QUYTRINH_SECRET_KEY", "another")
    with pytest.raises(AnchorAltered, match="dòng 1"):
        comparison.check(path)


def test_an_entry_of_the_day_is_lost_with_its_transaction_and_so_is_no_anchor(make_agency: MakeAgency, path: Path) -> None:
    agency_id = make_agency("H31.1")
    with pytest.raises(ZeroDivisionError), transaction():
        entries.append("case.opened", agency_id=agency_id, by=None)
        raise ZeroDivisionError
    write(path)
    assert numbers(path) == [1]
