"""Numbers of a series: unique, gapless, by agency and period."""

import threading
import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine.people import agencies
from engine.registers import books, numbers
from engine.registers.books import Book
from engine.registers.models import RegisterEntry
from engine.transaction import session, transaction


@pytest.fixture
def agency_id(db: Engine) -> uuid.UUID:
    """A commune of its own."""
    with transaction():
        return agencies.create("H31.12.77", "UBND phường Thử", "commune").id


def test_numbers_count_from_one_by_series_and_period(agency_id: uuid.UUID) -> None:
    with transaction():
        taken = [
            numbers.next_number(agency_id, series, period)
            for series, period in (("a", "2026"), ("a", "2026"), ("b", "2026"), ("a", "2027"), ("a", "2026"))
        ]
    assert taken == [1, 2, 1, 1, 3]


def test_a_number_comes_back_when_its_act_is_undone(agency_id: uuid.UUID) -> None:
    with pytest.raises(RuntimeError), transaction():
        assert numbers.next_number(agency_id, "a", "2026") == 1
        raise RuntimeError("undone")
    with transaction():
        assert numbers.next_number(agency_id, "a", "2026") == 1


def test_eight_threads_take_every_number_once(agency_id: uuid.UUID) -> None:
    taken: list[int] = []
    session().close()

    def take(worker: int) -> None:
        try:
            for turn in range(10):
                try:
                    with transaction():
                        number = numbers.next_number(agency_id, "a", "2026")
                        if (worker + turn) % 4 == 0:
                            raise RuntimeError("undone")
                    taken.append(number)
                except RuntimeError:
                    continue
        finally:
            session().close()

    threads = [threading.Thread(target=take, args=[worker]) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 61))


def test_books_number_their_lines_by_year(agency_id: uuid.UUID) -> None:
    with transaction():
        lines = [
            books.enter(agency_id, "dossiers", year, {"code": f"H31-{year}"}, case_id=None, by=None)
            for year in (2026, 2026, 2027)
        ]
    assert [(line.register, line.year, line.number) for line in lines] == [
        ("dossiers", 2026, 1),
        ("dossiers", 2026, 2),
        ("dossiers", 2027, 1),
    ]
    session().rollback()
    stored = session().scalars(sa.select(RegisterEntry).order_by(RegisterEntry.year, RegisterEntry.number))
    assert [line.content for line in stored] == [{"code": "H31-2026"}, {"code": "H31-2026"}, {"code": "H31-2027"}]


def test_a_chosen_number_is_written_once_and_skipped_afterwards(agency_id: uuid.UUID) -> None:
    book = Book(agency_id, "results:QĐ", 2026)
    with transaction():
        chosen = books.enter_at(book, 2, {"code": "a"}, case_id=None, by=None)
        again = books.enter_at(book, 2, {"code": "b"}, case_id=None, by=None)
        free = [books.enter_next_free(book, {}, case_id=None, by=None).number for _ in range(3)]
    assert (chosen and chosen.number, again, free) == (2, None, [1, 3, 4])


def test_one_of_two_at_once_gets_the_chosen_number(agency_id: uuid.UUID) -> None:
    book, found = Book(agency_id, "results:QĐ", 2026), []

    def enter() -> None:
        with transaction():
            found.append(books.enter_at(book, 7, {}, case_id=None, by=None) is not None)

    threads = [threading.Thread(target=enter) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, True]
