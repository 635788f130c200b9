"""What a leader looks at in the morning: the backlog and its age, what runs late or will, and the act that would save it."""

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.cases.models import Step
from engine.dossiers.models import Dossier, PublicService
from engine.people.models import Person
from engine.reports import lives
from engine.transaction import session

#: Dossiers due within so long are at risk; lists show so many.
AHEAD = timedelta(days=3)
SHOWN = 20
#: Upper bounds of the age of a dossier in days since its receipt; the last group has none.
AGES = (5, 10, 30)
PAUSED = ("awaiting_supplement", "awaiting_payment")


@dataclass(frozen=True)
class Group:
    """Open dossiers of one age, unit, field or officer; ``late`` of them are past the date promised."""

    name: str
    count: int
    late: int


@dataclass(frozen=True)
class Backlog:
    """Everything open, told apart four ways; each way adds up to ``total``, that by officers to the steps they hold."""

    total: Group
    ages: Sequence[Group]
    units: Sequence[Group]
    fields: Sequence[Group]
    officers: Sequence[Group]


@dataclass(frozen=True)
class Risk:
    """A dossier that is late (``is_late``) or soon due, and where it lies: the step that is due first and who holds it.

    ``holder`` empty: nobody has taken it, which is the first thing to do. ``is_step_late``: the step has used up its own term.
    """

    dossier: Dossier
    is_late: bool
    step: str
    role: str
    holder: str
    is_step_late: bool


def backlog(agency_ids: Collection[uuid.UUID]) -> Backlog:
    """What is open now in these agencies; two statements."""
    now = clock.now()
    age = sa.case(
        *((Dossier.received_at >= now - timedelta(days=days), number) for number, days in enumerate(AGES)), else_=len(AGES)
    )
    one = (
        sa.select(age.label("age"), PublicService.unit, PublicService.field, _is_late().label("late"))
        .select_from(Dossier)
        .join(PublicService, PublicService.id == Dossier.service_id)
        .where(*_open(agency_ids))
    )
    rows = _counted(one)
    by_age = {group.name: group for group in _grouped(rows, lambda row: str(row[0]))}
    ages = [by_age.get(str(number), Group(str(number), 0, 0)) for number in range(len(AGES) + 1)]
    units, fields = _grouped(rows, lambda row: row[1]), _grouped(rows, lambda row: row[2])
    total = Group("", sum(row[-1] for row in rows), sum(row[-1] for row in rows if row[-2]))
    return Backlog(total, ages, units, fields, _officers(agency_ids))


def at_risk(agency_ids: Collection[uuid.UUID], *, limit: int = SHOWN) -> list[Risk]:
    """The dossiers that are late or due within ``AHEAD`` while their clock runs, the most urgent first; two statements."""
    query = (
        sa.select(Dossier, _is_late().label("late"))
        .join(PublicService, PublicService.id == Dossier.service_id)
        .where(*_open(agency_ids), Dossier.status.not_in(PAUSED), Dossier.due_at < clock.now() + AHEAD)
        .order_by(Dossier.due_at, Dossier.case_id)
        .limit(limit)
    )
    found = [(dossier, bool(late)) for dossier, late in session().execute(query)]
    steps = _first_steps([dossier.case_id for dossier, _ in found])
    return [_risk(dossier, late, steps.get(dossier.case_id)) for dossier, late in found]


def paused(agency_ids: Collection[uuid.UUID], *, limit: int = SHOWN) -> list[Dossier]:
    """The dossiers whose clock stands still because the citizen has something to bring or to pay, the oldest receipt first."""
    query = sa.select(Dossier).where(*_open(agency_ids), Dossier.status.in_(PAUSED))
    return list(session().scalars(query.order_by(Dossier.received_at, Dossier.case_id).limit(limit)))


def _open(agency_ids: Collection[uuid.UUID]) -> tuple[sa.ColumnElement[bool], ...]:
    return Dossier.agency_id.in_(agency_ids), Dossier.finished_at.is_(None), Dossier.due_at.is_not(None)


def _is_late() -> sa.ColumnElement[bool]:
    return lives.late(PublicService.limit_unit, Dossier.due_at, sa.literal(clock.now(), Dossier.due_at.type))


def _grouped(rows: Sequence[tuple[Any, ...]], name_of: Any) -> list[Group]:
    """By name, the largest first; rows end with whether they are late and how many."""
    counts: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for row in rows:
        counts[name_of(row)] += row[-1]
        late[name_of(row)] += row[-1] if row[-2] else 0
    return [Group(name, count, late[name]) for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]


def _officers(agency_ids: Collection[uuid.UUID]) -> list[Group]:
    """Open steps of dossiers by who holds them; an empty name holds those nobody has taken."""
    is_late = sa.and_(Step.due_at.is_not(None), Step.due_at < clock.now())
    one = (
        sa.select(Person.id, sa.func.coalesce(Person.full_name, "").label("name"), is_late.label("late"))
        .select_from(Step)
        .join(Dossier, Dossier.case_id == Step.case_id)
        .outerjoin(Person, Person.id == Step.assignee_id)
        .where(Step.agency_id.in_(agency_ids), Step.state == sa.literal_column("'open'"))
    )
    return _grouped(_counted(one), lambda row: row[1])


def _counted(one: sa.Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """How often each row of a query comes, at its end."""
    rows = one.subquery()
    query = sa.select(*rows.c, sa.func.count()).group_by(*rows.c)
    return [tuple(row) for row in session().execute(query)]


def _first_steps(case_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, tuple[Step, str]]:
    """The open step of each case that is due first, with the name of who holds it."""
    query = sa.select(Step, Person.full_name).outerjoin(Person, Person.id == Step.assignee_id)
    query = query.where(Step.case_id.in_(case_ids), Step.state == sa.literal_column("'open'"))
    found: list[tuple[Any, ...]] = [tuple(row) for row in session().execute(query)]
    rows = sorted(found, key=_urgency, reverse=True)
    return {step.case_id: (step, name or "") for step, name in rows}


def _urgency(row: tuple[Any, ...]) -> tuple[bool, float, uuid.UUID]:
    step = row[0]
    return step.due_at is None, step.due_at.timestamp() if step.due_at else 0.0, step.id


def _risk(dossier: Dossier, is_late: bool, found: tuple[Step, str] | None) -> Risk:
    if found is None:
        return Risk(dossier, is_late, "", "", "", False)
    step, holder = found
    return Risk(dossier, is_late, step.name, step.role, holder, step.due_at is not None and step.due_at < clock.now())
