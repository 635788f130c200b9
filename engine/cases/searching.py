"""Cases found by words, at a million of them: those spelled as typed first, the newest of each first.

SQLite walks its full-text index from the newest row on. PostgreSQL's has no order: a word that is rare is answered at once, one
that is common day by day from the newest on.
"""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from engine import clock
from engine.cases import search_words
from engine.cases.models import Case
from engine.cases.paging import Page
from engine.cases.search_models import CaseSearch
from engine.cases.search_words import Question
from engine.errors import AnswersRejected
from engine.statements import Statement
from engine.transaction import session

_Row = TypeVar("_Row")
_Query = sa.Select[*tuple[Any, ...]]

#: The ways to be found: every word spelled as it was typed; else every word whatever its diacritics; else the last one as a
#: beginning; and where nothing is found so, every word as a beginning.
SPELLED, WHOLE, BEGUN, BEGINNINGS = WAYS = range(4)
#: PostgreSQL: what is found more often than this is read in the order of days.
RARE = 500
#: How many stretches of two days back from the next one each look goes; the last one goes back to the first case.
_BACK = (2, 5, 16, 91)
_FEWEST, _MOST = 50, 2_000
_TEXTS = ARRAY(sa.Text())
#: More than any number.
_BEYOND = 1 << 62
_STRETCH_SECONDS = 2 * 24 * 3600
_STRETCH_BITS = 40
_FULL_TEXT = sa.table("case_search_fts", sa.column("rowid", sa.Integer), sa.column("case_search_fts", sa.Text))

_KEEP_SQLITE = Statement(lambda: sa.insert(CaseSearch), ("case_id", "words"))
_KEEP_POSTGRESQL = Statement(
    lambda: sa.insert(CaseSearch).values(
        number=sa.bindparam("floor", type_=sa.BigInteger()) + sa.literal_column("nextval('case_search_number_seq')"),
        case_id=sa.bindparam("case_id", type_=sa.Uuid()),
        words=sa.bindparam("words", type_=CaseSearch.words.type),
    )
)


@dataclass(frozen=True, order=True)
class Hit:
    """A case that was found: ``way`` is one of ``WAYS``, ``age`` the smaller the newer. Their order is the list's."""

    way: int
    age: int
    case_id: uuid.UUID

    def as_cursor(self) -> str:
        """The place after this one, as text."""
        return f"{self.way}.{-self.age}"


def keep(case: Case, text: str) -> None:
    """Have a new case found by the words of ``text``, from the commit of its own row on."""
    stretch = stretch_of(case.opened_at)
    row = {"case_id": case.id, "words": search_words.lexemes(text, case.agency_id, stretch)}
    if _is_postgresql():
        _KEEP_POSTGRESQL.run(**row, floor=stretch << _STRETCH_BITS)
    else:
        _KEEP_SQLITE.run(**row)


def stretch_of(moment: datetime) -> int:
    """The number of the two days an instant lies in, growing with time."""
    return int(moment.timestamp()) // _STRETCH_SECONDS


def found(query: str, agency_ids: Collection[uuid.UUID], *, cursor: str | None = None) -> Iterator[list[Hit]]:
    """The cases of these agencies that hold every word of ``query``, in order, some at a time; the next ones are asked for
    when they are taken. ``cursor``: after that one (``AnswersRejected`` for text that ``Hit`` never gave).

    Whoever shows them reads them from ``case`` under their own conditions: keys of agencies may coincide, and there stands the
    fence.
    """
    words, after = search_words.asked(query), _place(cursor)
    if not words or not agency_ids:
        return iter(())
    return _found(Question.among(words, agency_ids), after, has_begun=bool(cursor))


def page(
    query: str,
    agency_ids: Collection[uuid.UUID],
    read: Callable[[Sequence[uuid.UUID]], Mapping[uuid.UUID, _Row]],
    *,
    size: int,
    cursor: str | None = None,
) -> Page[_Row]:
    """A page of what is found. ``read`` gives what is shown of these cases, without those that are not wanted or not seen."""
    items: list[_Row] = []
    last: Hit | None = None
    for hits in found(query, agency_ids, cursor=cursor):
        for start in range(0, len(hits), size + 1):
            part = hits[start : start + size + 1]
            rows = read([hit.case_id for hit in part])
            for hit in part:
                if hit.case_id not in rows:
                    continue
                if last is not None and len(items) == size:
                    return Page(items, last.as_cursor())
                items.append(rows[hit.case_id])
                last = hit
    return Page(items, None)


def is_of(agency_id: sa.orm.InstrumentedAttribute[uuid.UUID], agency_ids: Collection[uuid.UUID]) -> sa.ColumnElement[bool]:
    """The agency of a row found is one of these: asked of that row, so that no database walks along the agency's rows instead."""
    return sa.case((agency_id.in_(agency_ids), 1), else_=0) == 1


def _place(cursor: str | None) -> tuple[int, int]:
    """Way and age of the last case seen; before all where there is none."""
    if not cursor:
        return SPELLED, -_BEYOND
    way, dot, number = cursor.partition(".")
    if way not in map(str, WAYS) or not dot or not (number.isascii() and number.isdigit()) or int(number) >= _BEYOND:
        raise AnswersRejected({"cursor": ["Con trỏ trang không hợp lệ, hãy mở lại trang đầu."]})
    return int(way), -int(number)


def _found(question: Question, after: tuple[int, int], *, has_begun: bool) -> Iterator[list[Hit]]:
    way, age = after
    walk = _walk_postgresql if _is_postgresql() else _walk_sqlite
    for this_way in WAYS[way:]:
        if this_way == BEGINNINGS and has_begun and way != BEGINNINGS:
            return
        for hits in walk(question, this_way, -age if this_way == way else _BEYOND):
            has_begun = True
            yield hits


def _parts(question: Question, way: int) -> tuple[list[str], list[str]]:
    """What a case must hold to be found this way, and what would have it found another way before."""
    spelled, whole = question.spelled(), question.whole()
    return ((spelled, []), (whole, spelled), (question.begun(), whole), (question.beginnings(), []))[way]


def _walk_sqlite(question: Question, way: int, below: int) -> Iterator[list[Hit]]:
    wanted, unwanted = _parts(question, way)
    match = question.for_sqlite(wanted)
    if unwanted:
        match = f"({match}) NOT ({question.for_sqlite(unwanted)})"
    return _batches(partial(_ask_sqlite, match), way, below)


def _ask_sqlite(match: str, below: int, size: int) -> _Query:
    """FTS5 gives its rows from the newest on, and no more than are taken."""
    rowid = _FULL_TEXT.c.rowid
    newest = sa.select(rowid.label("number")).where(_FULL_TEXT.c.case_search_fts.op("MATCH")(match), rowid < below)
    hits = newest.order_by(rowid.desc()).limit(size).subquery()
    query = sa.select(CaseSearch.number, CaseSearch.case_id).join(hits, hits.c.number == CaseSearch.number)
    return query.order_by(CaseSearch.number.desc())


def _walk_postgresql(question: Question, way: int, below: int) -> Iterator[list[Hit]]:
    wanted, unwanted = _parts(question, way)
    queries = question.for_postgresql(wanted)
    if unwanted:
        excluded = question.for_postgresql(unwanted)
        queries = [f"({query}) & !({without})" for query, without in zip(queries, excluded, strict=True)]
    few = session().execute(_ask_few(queries, below)).all()
    if len(few) <= RARE:
        yield from [sorted(Hit(way, -number, case_id) for number, case_id in few)] if few else []
        return
    for span in _spans(question, below):
        bounded = (
            [f"({query}) & ({stretches})" for query, stretches in zip(queries, span.stretches, strict=True)]
            if span.stretches
            else queries
        )
        yield from _batches(partial(_ask_postgresql, bounded), way, min(below, span.upper))


def _ask_few(queries: Sequence[str], below: int) -> _Query:
    """All that is found, in no order, or one more than ``RARE`` of it."""
    asked = sa.func.unnest(sa.literal(queries, _TEXTS)).table_valued("query").render_derived()
    hits = _matching(asked.c.query, below).limit(RARE + 1).lateral()
    return sa.select(hits.c.number, hits.c.case_id).select_from(asked.join(hits, sa.true())).limit(RARE + 1)


@dataclass(frozen=True)
class _Span:
    """Stretches looked at together, as a condition for each key (none: all there are), and the number none of theirs reaches."""

    stretches: Sequence[str]
    upper: int


def _spans(question: Question, below: int) -> Iterator[_Span]:
    newest = min(below - 1 >> _STRETCH_BITS, stretch_of(clock.now()) + 1)
    for near, far in pairwise((0, *_BACK)):
        stretches = range(newest - near, newest - far, -1)
        yield _Span(question.in_stretches(stretches), stretches[0] + 1 << _STRETCH_BITS)
    yield _Span((), newest - _BACK[-1] + 1 << _STRETCH_BITS)


def _ask_postgresql(queries: Sequence[str], below: int, size: int) -> _Query:
    """What matches is gathered from the index first, for each key by itself: in the order of numbers, or with all keys in one
    query, the database would rather read row after row until enough match.
    """
    asked = sa.func.unnest(sa.literal(queries, _TEXTS)).table_valued("query").render_derived()
    hits = _matching(asked.c.query, below).lateral()
    gathered = sa.select(hits.c.number, hits.c.case_id).select_from(asked.join(hits, sa.true()))
    found = gathered.cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    return sa.select(found.c.number, found.c.case_id).order_by(found.c.number.desc()).limit(size)


def _matching(query: sa.ColumnElement[str], below: int) -> _Query:
    matches = CaseSearch.words.op("@@", return_type=sa.Boolean())(sa.cast(query, TSQUERY))
    return sa.select(CaseSearch.number, CaseSearch.case_id).where(matches, CaseSearch.number < below)


def _batches(ask: Callable[[int, int], _Query], way: int, below: int) -> Iterator[list[Hit]]:
    """Few at first, since most pages are short; more each time, since whoever goes on finds little of what it wants."""
    size = _FEWEST
    while True:
        rows = session().execute(ask(below, size)).all()
        if rows:
            yield [Hit(way, -number, case_id) for number, case_id in rows]
        if len(rows) < size:
            return
        below, size = rows[-1][0], min(size * 4, _MOST)


def _is_postgresql() -> bool:
    return session().get_bind().dialect.name == "postgresql"
