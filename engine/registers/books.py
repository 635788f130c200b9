"""Enter lines into the office's books (sổ): one number for each line of a register and year, never given twice."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine import clock, rows
from engine.db import new_id
from engine.journal import entries
from engine.people.actors import Actor
from engine.registers import numbers
from engine.registers.models import RegisterEntry
from engine.transaction import session


@dataclass(frozen=True)
class Book:
    """The book of one register and year in an agency."""

    agency_id: uuid.UUID
    register: str
    year: int


def enter(
    agency_id: uuid.UUID,
    register: str,
    year: int,
    content: Mapping[str, Any],
    *,
    case_id: uuid.UUID | None,
    by: Actor | None,
) -> RegisterEntry:
    """Write one line into ``register`` of ``year`` and journal it (``register.entered``). ``content`` is JSON-able.

    The number comes from the series of the same name as the register, so the book has no hole and no double.
    """
    number = numbers.next_number(agency_id, register, str(year))
    return _write(Book(agency_id, register, year), number, content, case_id=case_id, by=by)


def enter_next_free(book: Book, content: Mapping[str, Any], *, case_id: uuid.UUID | None, by: Actor | None) -> RegisterEntry:
    """Write one line under the next number nobody has: for books whose numbers people also choose themselves (``enter_at``)."""
    number = numbers.next_number(book.agency_id, book.register, str(book.year))
    while line_at(book, number) is not None:
        number = numbers.next_number(book.agency_id, book.register, str(book.year))
    return _write(book, number, content, case_id=case_id, by=by)


def enter_at(
    book: Book, number: int, content: Mapping[str, Any], *, case_id: uuid.UUID | None, by: Actor | None
) -> RegisterEntry | None:
    """Write one line under a chosen number; None where that number is taken (``line_at`` tells by whom).

    The series stays locked until the transaction ends, so that nobody is given the same number meanwhile.
    """
    numbers.hold(book.agency_id, book.register, str(book.year))
    if line_at(book, number) is not None:
        return None
    return _write(book, number, content, case_id=case_id, by=by)


def line_at(book: Book, number: int) -> RegisterEntry | None:
    """The line of a number, if there is one."""
    query = sa.select(RegisterEntry).where(
        RegisterEntry.agency_id == book.agency_id,
        RegisterEntry.register == book.register,
        RegisterEntry.year == book.year,
        RegisterEntry.number == number,
    )
    return session().scalars(query).one_or_none()


def _write(book: Book, number: int, content: Mapping[str, Any], *, case_id: uuid.UUID | None, by: Actor | None) -> RegisterEntry:
    entry = rows.new(
        RegisterEntry,
        id=new_id(),
        agency_id=book.agency_id,
        register=book.register,
        year=book.year,
        number=number,
        case_id=case_id,
        content=dict(content),
        at=clock.now(),
        person_id=by.person_id if by else None,
    )
    rows.insert([entry])
    facts = {"register": book.register, "year": book.year, "register_number": entry.number, "entry_id": entry.id}
    entries.append("register.entered", agency_id=book.agency_id, by=by, case_id=case_id, **facts)
    return entry
