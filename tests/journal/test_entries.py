"""Appending: numbered without holes, chained, lost with the transaction."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine import db
from engine.journal import entries, queries
from engine.journal.entries import GENESIS, canonical
from engine.journal.models import JournalEntry, JournalHead
from engine.journal.verify import verify
from engine.transaction import session, transaction
from tests.clocks import StoppedClock

MakeAgency = Callable[[str], UUID]


def numbers(agency_id: UUID) -> list[int]:
    query = sa.select(JournalEntry.number).where(JournalEntry.agency_id == agency_id).order_by(JournalEntry.number)
    return list(session().scalars(query))


def test_entry_is_numbered_and_chained_when_the_transaction_commits(make_agency: MakeAgency, stopped_clock: StoppedClock) -> None:
    at = stopped_clock.freeze("2026-11-20T08:30")
    agency_id, case_id = make_agency("H31.1"), db.new_id()
    with transaction():
        entries.append("case.opened", agency_id=agency_id, by=None, case_id=case_id, title="Đăng ký khai sinh", left_out=None)
    first, second = session().scalars(sa.select(JournalEntry).order_by(JournalEntry.number))
    head = session().get_one(JournalHead, agency_id)
    assert (first.previous_hash, second.previous_hash) == (GENESIS, first.hash)
    assert (second.number, second.at, second.kind, second.case_id) == (2, at, "case.opened", case_id)
    assert second.content == '{"title":"Đăng ký khai sinh"}'
    assert (head.number, head.hash) == (2, second.hash)


def test_entry_is_lost_with_its_transaction(make_agency: MakeAgency) -> None:
    agency_id = make_agency("H31.1")
    with pytest.raises(ZeroDivisionError), transaction():
        entries.append("case.opened", agency_id=agency_id, by=None)
        raise ZeroDivisionError
    with transaction():
        entries.append("case.closed", agency_id=agency_id, by=None)
    assert [entry.kind for entry in queries.page(agency_id).items] == ["case.closed", "agency.created"]


def test_entry_outside_a_transaction_is_refused(make_agency: MakeAgency) -> None:
    agency_id = make_agency("H31.1")
    with pytest.raises(RuntimeError):
        entries.append("case.opened", agency_id=agency_id, by=None)


def test_chains_of_two_agencies_are_numbered_apart(make_agency: MakeAgency) -> None:
    one, two = make_agency("H31.1"), make_agency("H31.2")
    with transaction():
        for agency_id in (two, one, two):
            entries.append("case.opened", agency_id=agency_id, by=None)
    assert (numbers(one), numbers(two)) == ([1, 2], [1, 2, 3])


def test_many_entries_of_one_transaction_are_chained_in_their_order(make_agency: MakeAgency) -> None:
    agency_id = make_agency("H31.1")
    with transaction():
        for turn in range(40):
            entries.append("case.opened", agency_id=agency_id, by=None, turn=turn)
    found = session().scalars(sa.select(JournalEntry).order_by(JournalEntry.number)).all()
    assert [entry.content for entry in found[1:]] == [f'{{"turn":{turn}}}' for turn in range(40)]
    assert [entry.previous_hash for entry in found[1:]] == [entry.hash for entry in found[:-1]]
    assert [entries.digest(entry.previous_hash, entry) for entry in found] == [entry.hash for entry in found]
    assert verify(agency_id) == []


def test_an_agency_without_a_chain_is_refused(make_agency: MakeAgency) -> None:
    make_agency("H31.1")
    with pytest.raises((LookupError, IntegrityError)), transaction():
        entries.append("case.opened", agency_id=db.new_id(), by=None)
    assert session().scalars(sa.select(JournalEntry.kind)).all() == ["agency.created"]


def test_numbers_have_no_holes_under_eight_threads(make_agency: MakeAgency) -> None:
    agency_id, start = make_agency("H31.1"), threading.Barrier(8)

    def work(thread: int) -> None:
        start.wait()
        for turn in range(10):
            try:
                with transaction():
                    entries.append("case.opened", agency_id=agency_id, by=None, thread=thread, turn=turn)
                    if turn % 5 == 4:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                continue
        session().close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert numbers(agency_id) == list(range(1, 8 * 8 + 2))
    assert verify() == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}', id="sorted"),
        pytest.param({"name": "Đỗ\n“Ánh”"}, '{"name":"Đỗ\\n“Ánh”"}', id="letters and a line break"),
        pytest.param({"on": date(2026, 1, 2)}, '{"on":"2026-01-02"}', id="date"),
        pytest.param({"at": datetime(2026, 1, 2, tzinfo=UTC)}, '{"at":"2026-01-02T00:00:00+00:00"}', id="instant"),
        pytest.param({"id": UUID(int=1)}, '{"id":"00000000-0000-0000-0000-000000000001"}', id="id"),
    ],
)
def test_canonical_is_one_text_for_one_content(content: dict[str, object], expected: str) -> None:
    assert canonical(content) == expected
