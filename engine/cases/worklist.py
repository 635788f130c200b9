"""The inbox: open steps of a person and of the groups the person belongs to, by due moment."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.cases import paging, search_words, worklist_groups
from engine.cases.models import Case, Step
from engine.cases.paging import Page, Place
from engine.cases.worklist_groups import Groups, Leg, Shape
from engine.db import UtcDateTime
from engine.errors import AnswersRejected
from engine.people.actors import Actor
from engine.people.models import Person
from engine.statements import Statement

#: ``mine``: I hold them or they were given to me. ``group``: all of my groups, whoever holds them. ``unclaimed``: of my groups,
#: nobody holds them, or somebody does who delegated them to me. ``due_today`` and ``overdue``: mine and unclaimed ones, due from
#: now to midnight, due before now.
SCOPES = ("mine", "group", "unclaimed", "due_today", "overdue")
#: Counts stop here: a tab says ``999+``.
COUNTED = 1000

_NOW: sa.BindParameter[datetime] = sa.bindparam("now", type_=UtcDateTime())
_MIDNIGHT: sa.BindParameter[datetime] = sa.bindparam("midnight", type_=UtcDateTime())
#: The moment and the id of the last step seen.
_AFTER: sa.BindParameter[datetime] = sa.bindparam("after", type_=UtcDateTime())
_AFTER_ID: sa.BindParameter[uuid.UUID] = sa.bindparam("after_id", type_=sa.Uuid())


@dataclass(frozen=True)
class Item:
    """One line of the inbox, with everything it shows. ``version`` is what an act on the step must name."""

    step_id: uuid.UUID
    agency_id: uuid.UUID
    element: str
    name: str
    role: str
    division_id: uuid.UUID | None
    visit: int
    version: int
    opened_at: datetime
    due_at: datetime | None
    assignee_id: uuid.UUID | None
    holder: str | None
    claimed_at: datetime | None
    case_id: uuid.UUID
    case_code: str | None
    case_title: str
    case_due_at: datetime | None
    procedure_code: str
    service_code: str | None
    delegation_id: uuid.UUID | None


@dataclass(frozen=True)
class _Wish:
    """What a statement is made for. ``has_moment``: whether the place to go on from has one; None on the first page."""

    scope: str
    shape: Shape
    size: int = 0
    words: int = 0
    has_moment: bool | None = None


def inbox(actor: Actor, scope: str, *, query: str = "", limit: int = 50, cursor: str | None = None) -> Page[Item]:
    """A page of ``scope``, by due moment, those without one last. ``query``: words of codes, titles, names, diacritics optional.

    Refuses an unknown scope, a page size outside 1 to 200, and a foreign cursor (``AnswersRejected``). One statement in all.
    """
    if scope not in SCOPES:
        raise AnswersRejected({"scope": [f"Phạm vi phải là một trong: {', '.join(SCOPES)}."]})
    size, place, words = paging.page_size(limit), paging.place_of(cursor), search_words.asked(query)
    groups = worklist_groups.of(actor)
    is_groupless = scope in ("group", "unclaimed") and not groups.shape.groups
    if is_groupless or (query.strip() and not words):
        return Page([], None)
    wish = _Wish(scope, groups.shape, size + 1, len(words), None if place is None else place.moment is not None)
    patterns = {_pattern(number): f"%{word.bare}%" for number, word in enumerate(words)}
    parameters = {**_parameters(actor, groups), **patterns}
    if place is not None:
        parameters |= {"after": place.moment, "after_id": place.id}
    found = [Item(*row) for row in _page(wish).rows(**parameters)]
    items = found[:size]
    return Page(items, Place(items[-1].due_at, items[-1].step_id).as_cursor() if len(found) > size else None)


def counts(actor: Actor) -> dict[str, int]:
    """How many steps each scope holds, 1000 meaning that or more; one statement."""
    groups = worklist_groups.of(actor)
    found = _counts(groups.shape).first(**_parameters(actor, groups))
    return dict(zip(SCOPES, found or (), strict=True))


def _parameters(actor: Actor, groups: Groups) -> dict[str, Any]:
    now = clock.now()
    midnight = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return {**groups.parameters, "person": actor.person_id, "now": now, "midnight": midnight}


def _pattern(number: int) -> str:
    return f"pattern_{number}"


@lru_cache(maxsize=1_024)
def _page(wish: _Wish) -> Statement:
    """The steps found, with everything an ``Item`` shows in its order."""
    return Statement(lambda: _page_query(wish))


@lru_cache(maxsize=256)
def _counts(shape: Shape) -> Statement:
    return Statement(lambda: sa.select(*(_count(_legs(scope, shape)).label(scope) for scope in SCOPES)))


def _page_query(wish: _Wish) -> sa.Select[*tuple[Any, ...]]:
    branches = [branch for leg in _legs(wish.scope, wish.shape) for branch in _branches(leg, wish)]
    found = sa.union_all(*(sa.select(branch.subquery()) for branch in branches)).subquery()
    order = (found.c.rank, found.c.due_at, found.c.id)
    kept = sa.select(*found.c).order_by(*order).limit(_number(wish.size)).subquery()
    query = sa.select(*_COLUMNS).select_from(kept).join(Step, Step.id == kept.c.id).join(Case, Case.id == Step.case_id)
    return query.outerjoin(Person, Person.id == Step.assignee_id).order_by(kept.c.rank, kept.c.due_at, kept.c.id)


def _legs(scope: str, shape: Shape) -> list[Leg]:
    """Disjoint sets of conditions whose union is the scope; each is one walk along a partial index."""
    mine = worklist_groups.mine(shape)
    if scope == "mine":
        return [mine]
    if scope == "group":
        return [worklist_groups.group(place, group) for place, group in enumerate(shape.groups)]
    unclaimed = [worklist_groups.unclaimed(place, group) for place, group in enumerate(shape.groups)]
    if scope == "unclaimed":
        return unclaimed
    window = [Step.due_at >= _NOW, Step.due_at < _MIDNIGHT] if scope == "due_today" else [Step.due_at < _NOW]
    return [leg.and_also(window) for leg in (mine, *unclaimed)]


def _is_open() -> sa.ColumnElement[bool]:
    """Written out, not bound: only so do the databases use the partial indexes."""
    return Step.state == sa.literal_column("'open'")


def _branches(leg: Leg, wish: _Wish) -> list[sa.Select[*tuple[Any, ...]]]:
    """The leg's steps with a due moment, then those without, each from the place on."""
    branches = []
    if wish.has_moment is not False:
        dated: list[sa.ColumnElement[bool]] = [Step.due_at.is_not(None)]
        if wish.has_moment:
            dated += [Step.due_at >= _AFTER, sa.or_(Step.due_at > _AFTER, Step.id > _AFTER_ID)]
        branches.append(_branch(leg.and_also(dated), 0, wish))
    undated: list[sa.ColumnElement[bool]] = [Step.due_at.is_(None)]
    if wish.has_moment is False:
        undated.append(Step.id > _AFTER_ID)
    branches.append(_branch(leg.and_also(undated), 1, wish))
    return branches


def _branch(leg: Leg, rank: int, wish: _Wish) -> sa.Select[*tuple[Any, ...]]:
    place = _number(rank).label("rank")
    query = sa.select(Step.id, Step.due_at, place).where(_is_open(), *leg.conditions)
    if wish.words or leg.asks_case:
        query = query.join(Case, Case.id == Step.case_id)
    for number in range(wish.words):
        query = query.where(Case.search_text.like(sa.bindparam(_pattern(number), type_=sa.Text())))
    return query.order_by(Step.due_at, Step.id).limit(_number(wish.size))


def _number(value: int) -> sa.ColumnElement[int]:
    """A number written out: the database plans for it."""
    return sa.literal_column(str(value), sa.Integer())


def _count(legs: Sequence[Leg]) -> sa.ScalarSelect[int]:
    if not legs:
        return sa.select(_number(0)).scalar_subquery()
    most = _number(COUNTED)
    found = sa.union_all(*(sa.select(_counted(leg).limit(most).subquery()) for leg in legs)).limit(most).subquery()
    return sa.select(sa.func.count()).select_from(found).scalar_subquery()


def _counted(leg: Leg) -> sa.Select[uuid.UUID]:
    query = sa.select(Step.id).where(_is_open(), *leg.conditions)
    return query.join(Case, Case.id == Step.case_id) if leg.asks_case else query


#: What an ``Item`` shows, in its order.
_COLUMNS = (
    Step.id,
    Step.agency_id,
    Step.element,
    Step.name,
    Step.role,
    Step.division_id,
    Step.visit,
    Step.version,
    Step.opened_at,
    Step.due_at,
    Step.assignee_id,
    Person.full_name,
    Step.claimed_at,
    Case.id,
    Case.code,
    Case.title,
    Case.due_at,
    Case.procedure_code,
    Case.service_code,
    Step.delegation_id,
)
