"""Numbers of results (số và ký hiệu của kết quả): each stands once in its book, whether typed or given by the system."""

from engine import clock
from engine.cases import queries
from engine.dossiers.models import Dossier
from engine.errors import AnswersRejected, Conflict
from engine.people.actors import Actor
from engine.procedures import definition
from engine.registers import books, document_symbols
from engine.registers.books import Book

#: Status of a step at which a request to withdraw is decided.
_UNDECIDED = "withdrawal_requested"


def number(dossier: Dossier, typed: str, symbol: str, *, by: Actor | None) -> str:
    """Enter the result into the book of its symbol and year, and return its number as printed (NĐ 30/2020/NĐ-CP Điều 15).

    ``typed`` empty: the next number of ``symbol`` that nobody has. Refuses with ``Conflict`` a number another dossier holds, and
    any number while a request to withdraw is undecided; with ``AnswersRejected`` what is no number.
    """
    refuse_undecided(dossier, "cấp số kết quả")
    if not typed:
        book = _book(dossier, symbol.upper())
        line = books.enter_next_free(book, {"code": dossier.code}, case_id=dossier.case_id, by=by)
        return document_symbols.written(line.number, symbol)
    found = document_symbols.read(typed)
    if found is None:
        raise AnswersRejected({"result_number": ["Ghi số và ký hiệu văn bản, ví dụ 15/QĐ-UBND."]})
    _enter_typed(dossier, typed, found, by=by)
    return typed


def refuse_undecided(dossier: Dossier, act: str) -> None:
    """``Conflict`` while the citizen's request to withdraw waits for its decision; ``act`` says what has to wait for it."""
    rule = definition.of_id(dossier.case.revision_id)
    waiting = next((s for s in queries.open_steps(dossier.case) if rule.steps[s.element].status == _UNDECIDED), None)
    if waiting is not None:
        raise Conflict(f"Công dân đang xin rút hồ sơ. Hãy hoàn thành bước “{waiting.name}” trước, rồi mới {act}.")


def _enter_typed(dossier: Dossier, typed: str, found: tuple[int, str], *, by: Actor | None) -> None:
    ordinal, series = found
    book = _book(dossier, series)
    content = {"code": dossier.code, "typed": typed}
    if books.enter_at(book, ordinal, content, case_id=dossier.case_id, by=by) is not None:
        return
    holder = books.line_at(book, ordinal)
    if holder is None or holder.case_id != dossier.case_id:
        code = holder.content.get("code", "") if holder else ""
        raise Conflict(f"Số {typed} năm {book.year} đã cấp cho hồ sơ {code}. Hãy kiểm tra sổ và ghi số khác.")


def _book(dossier: Dossier, series: str) -> Book:
    return Book(dossier.agency_id, f"results:{series}", clock.local(clock.now()).year)
