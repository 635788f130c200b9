"""The inbox: open steps of a person and of the groups the person belongs to, by due moment."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.cases import paging
from engine.cases.models import Case, Step
from engine.cases.paging import Page, Place
from engine.db import UtcDateTime
from engine.errors import AnswersRejected
from engine.people import access
from engine.people.actors import Actor
from engine.people.models import Person
from engine.statements import Statement
from engine.text import fold

#: ``mine``: I hold them or they were given to me. ``group``: all of my groups, whoever holds them. ``unclaimed``: of my groups,
#: nobody holds them. ``due_today`` and ``overdue``: mine and unclaimed ones, due from now to midnight, due before now.
SCOPES = ("mine", "group", "unclaimed", "due_today", "overdue")
#: Counts stop here: a tab says ``999+``.
COUNTED = 1000

_Conditions = list[sa.ColumnElement[bool]]
_PERSON: sa.BindParameter[uuid.UUID] = sa.bindparam("person", type_=sa.Uuid())
_NOW: sa.BindParameter[datetime] = sa.bindparam("now", type_=UtcDateTime())
_MIDNIGHT: sa.BindParameter[datetime] = sa.bindparam("midnight", type_=UtcDateTime())
#: The moment and the id of the last step seen.
_AFTER: sa.BindParameter[datetime] = sa.bindparam("after", type_=UtcDateTime())
_AFTER_ID: sa.BindParameter[uuid.UUID] = sa.bindparam("after_id", type_=sa.Uuid())
_PATTERN: sa.BindParameter[str] = sa.bindparam("pattern", type_=sa.Text())


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


@dataclass(frozen=True)
class _Groups:
    """The groups of a person. ``divisions``: for each how many divisions' members they are of, None for all of the agency;
    the statements are made for that, ``parameters`` are theirs.
    """

    divisions: tuple[int | None, ...]
    parameters: dict[str, Any]


@dataclass(frozen=True)
class _Wish:
    """What a statement is made for. ``has_moment``: whether the place to go on from has one; None on the first page."""

    scope: str
    divisions: tuple[int | None, ...]
    size: int = 0
    is_searched: bool = False
    has_moment: bool | None = None


def inbox(actor: Actor, scope: str, *, query: str = "", limit: int = 50, cursor: str | None = None) -> Page[Item]:
    """A page of ``scope``, by due moment, those without one last. ``query``: codes, titles, names, without diacritics.

    Refuses an unknown scope, a page size outside 1 to 200, and a foreign cursor (``AnswersRejected``). One statement in all.
    """
    if scope not in SCOPES:
        raise AnswersRejected({"scope": [f"Phạm vi phải là một trong: {', '.join(SCOPES)}."]})
    size, place, folded = paging.page_size(limit), paging.place_of(cursor), fold(query)
    groups = _groups(actor)
    if scope in ("group", "unclaimed") and not groups.divisions:
        return Page([], None)
    wish = _Wish(scope, groups.divisions, size + 1, bool(folded), None if place is None else place.moment is not None)
    parameters = {**_parameters(actor, groups), "pattern": _containing(folded)}
    if place is not None:
        parameters |= {"after": place.moment, "after_id": place.id}
    found = [Item(*row) for row in _page(wish).rows(**parameters)]
    items = found[:size]
    return Page(items, Place(items[-1].due_at, items[-1].step_id).as_cursor() if len(found) > size else None)


def counts(actor: Actor) -> dict[str, int]:
    """How many steps each scope holds, 1000 meaning that or more; one statement."""
    groups = _groups(actor)
    found = _counts(groups.divisions).first(**_parameters(actor, groups))
    return dict(zip(SCOPES, found or (), strict=True))


def _groups(actor: Actor) -> _Groups:
    """One group for each agency and role; a step of the whole agency belongs to every division's members."""
    divisions: dict[tuple[uuid.UUID, str], set[uuid.UUID | None]] = {}
    for agency_id, role, division_id in access.group_legs(actor):
        divisions.setdefault((agency_id, role), set()).add(division_id)
    parameters: dict[str, Any] = {}
    for place, ((agency_id, role), held) in enumerate(divisions.items()):
        parameters |= {f"agency_{place}": agency_id, f"role_{place}": role}
        parameters |= {f"division_{place}_{number}": one for number, one in enumerate(_listed(held))}
    return _Groups(tuple(None if None in held else len(held) for held in divisions.values()), parameters)


def _listed(held: set[uuid.UUID | None]) -> list[uuid.UUID]:
    return [] if None in held else sorted(one for one in held if one is not None)


def _parameters(actor: Actor, groups: _Groups) -> dict[str, Any]:
    now = clock.now()
    midnight = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return {**groups.parameters, "person": actor.person_id, "now": now, "midnight": midnight}


def _containing(folded: str) -> str:
    escaped = folded.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return f"%{escaped}%"


@lru_cache(maxsize=1_024)
def _page(wish: _Wish) -> Statement:
    """The steps found, with everything an ``Item`` shows in its order."""
    return Statement(lambda: _page_query(wish))


@lru_cache(maxsize=256)
def _counts(divisions: tuple[int | None, ...]) -> Statement:
    return Statement(lambda: sa.select(*(_count(_legs(scope, divisions)).label(scope) for scope in SCOPES)))


def _page_query(wish: _Wish) -> sa.Select[*tuple[Any, ...]]:
    branches = [branch for leg in _legs(wish.scope, wish.divisions) for branch in _branches(leg, wish)]
    found = sa.union_all(*(sa.select(branch.subquery()) for branch in branches)).subquery()
    order = (found.c.rank, found.c.due_at, found.c.id)
    kept = sa.select(*found.c).order_by(*order).limit(_number(wish.size)).subquery()
    query = sa.select(*_COLUMNS).select_from(kept).join(Step, Step.id == kept.c.id).join(Case, Case.id == Step.case_id)
    return query.outerjoin(Person, Person.id == Step.assignee_id).order_by(kept.c.rank, kept.c.due_at, kept.c.id)


def _legs(scope: str, divisions: Sequence[int | None]) -> list[_Conditions]:
    """Disjoint sets of conditions whose union is the scope; each is one walk along a partial index."""
    mine: _Conditions = [Step.assignee_id == _PERSON]
    groups = [_group(place, count) for place, count in enumerate(divisions)]
    if scope == "mine":
        return [mine]
    if scope == "group":
        return groups
    unclaimed: list[_Conditions] = [[*group, Step.assignee_id.is_(None)] for group in groups]
    if scope == "unclaimed":
        return unclaimed
    window = [Step.due_at >= _NOW, Step.due_at < _MIDNIGHT] if scope == "due_today" else [Step.due_at < _NOW]
    return [[*leg, *window] for leg in (mine, *unclaimed)]


def _group(place: int, count: int | None) -> _Conditions:
    leg: _Conditions = [Step.agency_id == sa.bindparam(f"agency_{place}"), Step.role == sa.bindparam(f"role_{place}")]
    if count is not None:
        own = [Step.division_id == sa.bindparam(f"division_{place}_{number}") for number in range(count)]
        leg.append(sa.or_(Step.division_id.is_(None), *own))
    return leg


def _is_open() -> sa.ColumnElement[bool]:
    """Written out, not bound: only so do the databases use the partial indexes."""
    return Step.state == sa.literal_column("'open'")


def _branches(leg: _Conditions, wish: _Wish) -> list[sa.Select[*tuple[Any, ...]]]:
    """The leg's steps with a due moment, then those without, each from the place on."""
    branches = []
    if wish.has_moment is not False:
        dated: _Conditions = [*leg, Step.due_at.is_not(None)]
        if wish.has_moment:
            dated += [Step.due_at >= _AFTER, sa.or_(Step.due_at > _AFTER, Step.id > _AFTER_ID)]
        branches.append(_branch(dated, 0, wish))
    undated: _Conditions = [*leg, Step.due_at.is_(None)]
    if wish.has_moment is False:
        undated.append(Step.id > _AFTER_ID)
    branches.append(_branch(undated, 1, wish))
    return branches


def _branch(conditions: _Conditions, rank: int, wish: _Wish) -> sa.Select[*tuple[Any, ...]]:
    place = _number(rank).label("rank")
    query = sa.select(Step.id, Step.due_at, place).where(_is_open(), *conditions)
    if wish.is_searched:
        query = query.join(Case, Case.id == Step.case_id).where(Case.search_text.like(_PATTERN, escape="/"))
    return query.order_by(Step.due_at, Step.id).limit(_number(wish.size))


def _number(value: int) -> sa.ColumnElement[int]:
    """A number written out: the database plans for it."""
    return sa.literal_column(str(value), sa.Integer())


def _count(legs: Sequence[_Conditions]) -> sa.ScalarSelect[int]:
    if not legs:
        return sa.select(_number(0)).scalar_subquery()
    most = _number(COUNTED)
    branches = (sa.select(Step.id).where(_is_open(), *leg).limit(most) for leg in legs)
    found = sa.union_all(*(sa.select(branch.subquery()) for branch in branches)).limit(most).subquery()
    return sa.select(sa.func.count()).select_from(found).scalar_subquery()


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
)
