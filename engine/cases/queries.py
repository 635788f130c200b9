"""Reads of cases, one for each screen or API resource."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from engine.cases import paging, searching
from engine.cases.models import Case, Step
from engine.cases.paging import Page, Place
from engine.errors import NotFound
from engine.people import access
from engine.people.actors import Actor
from engine.reading import Reading
from engine.transaction import session

_OPEN = Reading(
    Step,
    lambda steps: steps.where(Step.case_id == sa.bindparam("case_id"), Step.state == sa.literal_column("'open'")).order_by(
        Step.opened_at, Step.id
    ),
)


@dataclass(frozen=True)
class Filter:
    """Which cases to list; an empty field filters nothing. ``query`` is searched without diacritics."""

    query: str = ""
    state: str = ""
    procedure: str = ""


def get_case(case_id: uuid.UUID, *, for_: Actor) -> Case:
    """The case; ``NotFound`` when there is none or it is not for this person to see (R43)."""
    case = session().get(Case, case_id)
    if case is None:
        raise NotFound("Không tìm thấy hồ sơ công việc này.")
    access.require_visible(for_, case.agency_id)
    return case


def steps_of(case: Case) -> list[Step]:
    """Every step of the case in the order they opened."""
    query = sa.select(Step).where(Step.case_id == case.id).order_by(Step.opened_at, Step.id)
    return list(session().scalars(query))


def open_steps(case: Case) -> list[Step]:
    """The steps somebody still has to do, in the order they opened."""
    return _OPEN.all(case_id=case.id)


def listing(actor: Actor, wanted: Filter, *, limit: int = 50, cursor: str | None = None) -> Page[Case]:
    """Cases of the agencies the person sees, the newest first; of those searched for first the ones spelled as typed."""
    size = paging.page_size(limit)
    agency_ids = access.visible_agencies(actor)
    conditions = _conditions(wanted)
    if wanted.query:
        read = _Reader([searching.is_of(Case.agency_id, agency_ids), *conditions])
        return searching.page(wanted.query, agency_ids, read, size=size, cursor=cursor)
    place = paging.place_of(cursor)
    query = sa.select(Case).where(Case.agency_id.in_(agency_ids), *conditions)
    if place is not None and place.moment is not None:
        earlier = sa.or_(Case.opened_at < place.moment, Case.id < place.id)
        query = query.where(Case.opened_at <= place.moment, earlier)
    rows = list(session().scalars(query.order_by(Case.opened_at.desc(), Case.id.desc()).limit(size + 1)))
    items = rows[:size]
    return Page(items, Place(items[-1].opened_at, items[-1].id).as_cursor() if len(rows) > size else None)


@dataclass(frozen=True)
class _Reader:
    """Reads cases that were found by words, under these conditions."""

    conditions: Sequence[sa.ColumnElement[bool]]

    def __call__(self, case_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Case]:
        rows = session().scalars(sa.select(Case).where(Case.id.in_(case_ids), *self.conditions))
        return {case.id: case for case in rows}


def _conditions(wanted: Filter) -> list[sa.ColumnElement[bool]]:
    pairs = ((Case.state, wanted.state), (Case.procedure_code, wanted.procedure))
    return [column == value for column, value in pairs if value]
