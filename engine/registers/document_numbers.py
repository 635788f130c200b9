"""Numbers of documents the office issues (số và ký hiệu văn bản): each stands once in the book of its symbol and year."""

import uuid
from collections.abc import Mapping
from typing import Any

from engine import clock
from engine.errors import AnswersRejected, Conflict
from engine.people.actors import Actor
from engine.registers import books, document_symbols
from engine.registers.books import Book


def give(agency_id: uuid.UUID, typed: str, symbol: str, *, about: str, case_id: uuid.UUID, by: Actor | None) -> str:
    """Enter a document into the book of its symbol and this year; its number as printed (NĐ 30/2020/NĐ-CP Điều 15).

    ``typed`` empty: the next number of ``symbol`` that nobody has. ``about``: what the line of the book says. ``AnswersRejected``
    (field ``number``) for what is no number, ``Conflict`` for one that is taken.
    """
    content: Mapping[str, Any] = {"code": about}
    if not typed:
        line = books.enter_next_free(_book(agency_id, symbol.upper()), content, case_id=case_id, by=by)
        return document_symbols.written(line.number, symbol)
    found = document_symbols.read(typed)
    if found is None:
        raise AnswersRejected({"number": ["Ghi số và ký hiệu văn bản, ví dụ 15/QĐ-UBND; hoặc để trống để hệ thống cấp."]})
    ordinal, series = found
    book = _book(agency_id, series)
    if books.enter_at(book, ordinal, {**content, "typed": typed}, case_id=case_id, by=by) is None:
        holder = books.line_at(book, ordinal)
        whose = f" cho {holder.content.get('code', '')}" if holder else ""
        raise Conflict(f"Số {typed} năm {book.year} đã cấp{whose}. Hãy kiểm tra sổ và ghi số khác.")
    return typed


def _book(agency_id: uuid.UUID, series: str) -> Book:
    """One book for each symbol, whatever is decided: results of dossiers stand in it too."""
    return Book(agency_id, f"results:{series}", clock.local(clock.now()).year)
