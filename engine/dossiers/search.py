"""One search box for the counter: dossiers, the people they belong to, the papers issued for them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.cases import search_words, searching
from engine.dossiers import queries
from engine.dossiers.models import Dossier, Slip, SlipForm
from engine.dossiers.queries import Filter, Page
from engine.people import access
from engine.people.actors import Actor
from engine.registers import document_symbols
from engine.registers.models import RegisterEntry
from engine.transaction import session

#: How many people and papers are listed, how many dossiers are looked through for people, how many years of papers.
MOST_OWNERS, LOOKED_THROUGH, MOST_PAPERS, YEARS = 8, 200, 10, 12


@dataclass(frozen=True)
class Owner:
    """Somebody dossiers belong to; ``count`` of them are for the searcher to see, ``latest`` is the code of the newest found."""

    full_name: str
    id_number: str
    count: int
    latest: str


@dataclass(frozen=True)
class Paper:
    """A numbered paper: a slip of ``kind``, or the result of a dossier (``kind`` is ``result``, no ``slip_id``)."""

    number: str
    kind: str
    issued_at: datetime
    is_void: bool
    slip_id: uuid.UUID | None
    code: str
    owner_name: str


@dataclass(frozen=True)
class Found:
    """What one query finds. ``owners`` and ``papers`` are a first handful, ``dossiers`` a page."""

    dossiers: Page
    owners: Sequence[Owner]
    papers: Sequence[Paper]


def everything(query: str, *, for_: Actor, limit: int = 30, cursor: str | None = None) -> Found:
    """Dossiers by the words of ``query``; on the first page also people of that name or number, and papers of that number."""
    dossiers = queries.listing(Filter(query), for_=for_, limit=limit, cursor=cursor) if query.strip() else Page([], None)
    if cursor:
        return Found(dossiers, [], [])
    return Found(dossiers, owners(query, for_=for_), papers(query, for_=for_))


def owners(query: str, *, for_: Actor) -> list[Owner]:
    """People whose name or numbers hold every word of ``query``, the best spelled and latest first, each once."""
    agency_ids, words = access.visible_agencies(for_), search_words.asked(query)
    met: dict[str, Dossier] = {}
    looked_through = 0
    for hits in searching.found(query, agency_ids):
        part = hits[: LOOKED_THROUGH - looked_through]
        looked_through += len(part)
        rows = {one.case_id: one for one in session().scalars(_visible(agency_ids, [hit.case_id for hit in part]))}
        for hit in part:
            one = rows.get(hit.case_id)
            if one is not None and _is_about(one.owner, words):
                met.setdefault(one.owner_id_number or _folded_name(one.owner), one)
        if len(met) >= MOST_OWNERS or looked_through >= LOOKED_THROUGH:
            break
    shown = list(met.values())[:MOST_OWNERS]
    counts = _counts(agency_ids, [one.owner_id_number for one in shown if one.owner_id_number])
    return [_owner(one, counts) for one in shown]


def papers(query: str, *, for_: Actor) -> list[Paper]:
    """Slips and results of a number such as ``15/TNHS`` or ``15/QĐ-UBND``, the latest first; none where ``query`` is no number.

    The symbol may be cut short and written without diacritics.
    """
    wanted = search_words.paper_number(query)
    if wanted is None:
        return []
    agency_ids = access.visible_agencies(for_)
    found = [*_slips(wanted, agency_ids), *_results(query, agency_ids)]
    return sorted(found, key=lambda paper: paper.issued_at, reverse=True)[:MOST_PAPERS]


def _visible(agency_ids: frozenset[uuid.UUID], case_ids: Sequence[uuid.UUID]) -> sa.Select[Dossier]:
    wanted = sa.select(Dossier).where(Dossier.case_id.in_(case_ids), searching.is_of(Dossier.agency_id, agency_ids))
    return wanted.options(sa.orm.lazyload(Dossier.case), sa.orm.lazyload(Dossier.service))


def _is_about(owner: dict[str, Any], words: Sequence[search_words.Word]) -> bool:
    """Whether the words are the owner's own, not those of the service."""
    own = [
        word.bare
        for word in search_words.of(" ".join(str(owner.get(name) or "") for name in ("full_name", "id_number", "phone")))
    ]
    return all(any(one.startswith(word.bare) for one in own) for word in words)


def _folded_name(owner: dict[str, Any]) -> str:
    return " ".join(word.spelled or word.bare for word in search_words.of(str(owner.get("full_name") or "")))


def _counts(agency_ids: frozenset[uuid.UUID], id_numbers: Sequence[str]) -> dict[str, int]:
    query = sa.select(Dossier.owner_id_number, sa.func.count()).group_by(Dossier.owner_id_number)
    query = query.where(Dossier.agency_id.in_(agency_ids), Dossier.owner_id_number.in_(id_numbers))
    return {row[0] or "": row[1] for row in session().execute(query)} if id_numbers else {}


def _owner(one: Dossier, counts: dict[str, int]) -> Owner:
    id_number = one.owner_id_number or ""
    return Owner(str(one.owner.get("full_name") or ""), id_number, counts.get(id_number, 1), one.code)


def _years() -> list[int]:
    this_year = clock.today().year
    return list(range(this_year, this_year - YEARS, -1))


def _slips(wanted: tuple[int, str], agency_ids: frozenset[uuid.UUID]) -> list[Paper]:
    number, symbol = wanted
    series = {one for one in session().scalars(sa.select(SlipForm.symbol)) if search_words.symbol(one).startswith(symbol)}
    query = (
        sa.select(Slip, Dossier.code, Dossier.owner)
        .join(Dossier, Dossier.case_id == Slip.case_id)
        .where(Slip.agency_id.in_(agency_ids), Slip.series.in_(series), Slip.year.in_(_years()), Slip.number == number)
        .order_by(Slip.issued_at.desc(), Slip.id)
        .limit(MOST_PAPERS)
    )
    return [
        Paper(
            document_symbols.written(slip.number, slip.series),
            slip.kind,
            slip.issued_at,
            slip.voided_at is not None,
            slip.id,
            code,
            owner["full_name"],
        )
        for slip, code, owner in session().execute(query)
    ]


def _results(query: str, agency_ids: frozenset[uuid.UUID]) -> list[Paper]:
    """Results by the book their symbol names, which has to be written out."""
    typed = document_symbols.read(query.strip())
    if typed is None:
        return []
    ordinal, series = typed
    select = (
        sa.select(RegisterEntry.at, Dossier.code, Dossier.owner, Dossier.result_number)
        .join(Dossier, Dossier.case_id == RegisterEntry.case_id)
        .where(
            RegisterEntry.agency_id.in_(agency_ids),
            RegisterEntry.register == f"results:{series}",
            RegisterEntry.year.in_(_years()),
            RegisterEntry.number == ordinal,
        )
        .order_by(RegisterEntry.at.desc(), RegisterEntry.id)
        .limit(MOST_PAPERS)
    )
    return [
        Paper(number or query.strip(), "result", at, False, None, code, owner["full_name"])
        for at, code, owner, number in session().execute(select)
    ]
