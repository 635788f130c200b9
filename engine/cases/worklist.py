"""The inbox: open steps of a person and of the groups the person belongs to, by due moment."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.cases import paging
from engine.cases.models import Case, Step
from engine.cases.paging import Page, Place
from engine.errors import AnswersRejected
from engine.people import access
from engine.people.actors import Actor
from engine.people.models import Person
from engine.text import fold
from engine.transaction import session

#: ``mine``: I hold them or they were given to me. ``group``: all of my groups, whoever holds them. ``unclaimed``: of my groups,
#: nobody holds them. ``due_today`` and ``overdue``: mine and unclaimed ones, due from now to midnight, due before now.
SCOPES = ("mine", "group", "unclaimed", "due_today", "overdue")
#: Counts stop here: a tab says ``999+``.
COUNTED = 1000

_Conditions = list[sa.ColumnElement[bool]]


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


def inbox(actor: Actor, scope: str, *, query: str = "", limit: int = 50, cursor: str | None = None) -> Page[Item]:
    """A page of ``scope``, by due moment, those without one last. ``query``: codes, titles, names, without diacritics.

    Refuses an unknown scope, a page size outside 1 to 200, and a foreign cursor (``AnswersRejected``). Two statements in all.
    """
    if scope not in SCOPES:
        raise AnswersRejected({"scope": [f"Phạm vi phải là một trong: {', '.join(SCOPES)}."]})
    size, place = paging.page_size(limit), paging.place_of(cursor)
    legs = _legs(actor, scope, clock.now())
    rows = session().execute(_page_statement(legs, fold(query), size + 1, place)).all()
    places = [Place(row.due_at, row.id) for row in rows[:size]]
    next_cursor = places[-1].as_cursor() if len(rows) > size else None
    return Page(_items([place.id for place in places]), next_cursor)


def counts(actor: Actor) -> dict[str, int]:
    """How many steps each scope holds, 1000 meaning that or more; one statement."""
    now = clock.now()
    columns = [_count(_legs(actor, scope, now)).label(scope) for scope in SCOPES]
    row = session().execute(sa.select(*columns)).one()
    return {scope: int(getattr(row, scope)) for scope in SCOPES}


def _legs(actor: Actor, scope: str, now: datetime) -> list[_Conditions]:
    """Disjoint sets of conditions whose union is the scope; each is one walk along a partial index."""
    mine: _Conditions = [Step.assignee_id == actor.person_id]
    groups = _groups(actor)
    if scope == "mine":
        return [mine]
    if scope == "group":
        return groups
    unclaimed: list[_Conditions] = [[*group, Step.assignee_id.is_(None)] for group in groups]
    if scope == "unclaimed":
        return unclaimed
    window = _due_today(now) if scope == "due_today" else [Step.due_at < now]
    return [[*leg, *window] for leg in (mine, *unclaimed)]


def _groups(actor: Actor) -> list[_Conditions]:
    """One set of conditions for each agency and role; a step of the whole agency belongs to every division's members."""
    divisions: dict[tuple[uuid.UUID, str], set[uuid.UUID | None]] = {}
    for agency_id, role, division_id in access.group_legs(actor):
        divisions.setdefault((agency_id, role), set()).add(division_id)
    legs: list[_Conditions] = []
    for (agency_id, role), held in divisions.items():
        leg: _Conditions = [Step.agency_id == agency_id, Step.role == role]
        if None not in held:
            leg.append(sa.or_(Step.division_id.is_(None), Step.division_id.in_(held)))
        legs.append(leg)
    return legs


def _due_today(now: datetime) -> _Conditions:
    midnight = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return [Step.due_at >= now, Step.due_at < midnight]


def _is_open() -> sa.ColumnElement[bool]:
    """Written out, not bound: only so do the databases use the partial indexes."""
    return Step.state == sa.literal_column("'open'")


def _page_statement(legs: Sequence[_Conditions], folded: str, size: int, place: Place | None) -> sa.Select[*tuple[Any, ...]]:
    branches = [branch for leg in legs for branch in _branches(leg, folded, size, place)]
    if not branches:
        return sa.select(Step.id, Step.due_at).where(sa.false())
    found = sa.union_all(*(sa.select(branch.subquery()) for branch in branches)).subquery()
    return sa.select(found.c.id, found.c.due_at).order_by(found.c.rank, found.c.due_at, found.c.id).limit(size)


def _branches(leg: _Conditions, folded: str, size: int, place: Place | None) -> list[sa.Select[*tuple[Any, ...]]]:
    """The leg's steps with a due moment, then those without, each from the place on."""
    branches = []
    if place is None or place.moment is not None:
        dated: _Conditions = [*leg, Step.due_at.is_not(None)]
        if place is not None:
            dated += [Step.due_at >= place.moment, sa.or_(Step.due_at > place.moment, Step.id > place.id)]
        branches.append(_branch(dated, 0, folded, size))
    undated: _Conditions = [*leg, Step.due_at.is_(None)]
    if place is not None and place.moment is None:
        undated.append(Step.id > place.id)
    branches.append(_branch(undated, 1, folded, size))
    return branches


def _branch(conditions: _Conditions, rank: int, folded: str, size: int) -> sa.Select[*tuple[Any, ...]]:
    query = sa.select(Step.id, Step.due_at, sa.literal(rank).label("rank")).where(_is_open(), *conditions)
    if folded:
        query = query.join(Case, Case.id == Step.case_id).where(Case.search_text.contains(folded, autoescape=True))
    return query.order_by(Step.due_at, Step.id).limit(size)


def _count(legs: Sequence[_Conditions]) -> sa.ScalarSelect[int]:
    if not legs:
        return sa.select(sa.literal(0)).scalar_subquery()
    branches = (sa.select(Step.id).where(_is_open(), *leg).limit(COUNTED) for leg in legs)
    found = sa.union_all(*(sa.select(branch.subquery()) for branch in branches)).limit(COUNTED).subquery()
    return sa.select(sa.func.count()).select_from(found).scalar_subquery()


def _items(step_ids: Sequence[uuid.UUID]) -> list[Item]:
    query = sa.select(Step, Case, Person.full_name).join(Case, Case.id == Step.case_id)
    query = query.outerjoin(Person, Person.id == Step.assignee_id).where(Step.id.in_(step_ids))
    rows = {step.id: _item(step, case, holder) for step, case, holder in session().execute(query)} if step_ids else {}
    return [rows[step_id] for step_id in step_ids if step_id in rows]


def _item(step: Step, case: Case, holder: str | None) -> Item:
    return Item(
        step_id=step.id,
        agency_id=step.agency_id,
        element=step.element,
        name=step.name,
        role=step.role,
        division_id=step.division_id,
        visit=step.visit,
        version=step.version,
        opened_at=step.opened_at,
        due_at=step.due_at,
        assignee_id=step.assignee_id,
        holder=holder,
        claimed_at=step.claimed_at,
        case_id=case.id,
        case_code=case.code,
        case_title=case.title,
        case_due_at=case.due_at,
        procedure_code=case.procedure_code,
    )
