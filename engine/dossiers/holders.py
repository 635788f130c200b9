"""In whose hands each step of a case lay, read from the journal: claims, hand-backs and re-assignments over the step's life."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import sqlalchemy as sa

from engine.cases.models import Case, Step
from engine.dossiers.whose_clock import Hold
from engine.journal import queries
from engine.journal.queries import Recorded
from engine.reading import Reading

OPENED, CLAIMED, RELEASED, REASSIGNED = "step.opened", "step.claimed", "step.released", "step.reassigned"
_KINDS = (OPENED, CLAIMED, RELEASED, REASSIGNED)
_STEPS = Reading(Step, lambda steps: steps.where(Step.case_id == sa.bindparam("case_id")).order_by(Step.opened_at, Step.id))


@dataclass(frozen=True)
class _Change:
    at: datetime
    person_id: uuid.UUID | None


def of(case: Case) -> list[Hold]:
    """Every step of the case in the order of opening, each cut where its holder changed; without gap from opening to closing.

    A step that was given to a person (by assignment or on a later visit) lies with that person from then on, also before
    the person accepts it. A step somebody completes without having taken it lay in its group until then.
    """
    changes = _changes(queries.of_case(case.id, kinds=_KINDS, agency_id=case.agency_id))
    return [hold for step in _STEPS.all(case_id=case.id) for hold in _holds(step, changes.get(step.id, ()))]


def _changes(entries: Sequence[Recorded]) -> Mapping[uuid.UUID, list[_Change]]:
    found: dict[uuid.UUID, list[_Change]] = {}
    for entry in entries:
        found.setdefault(uuid.UUID(entry.facts["step_id"]), []).append(_Change(entry.at, _holder(entry)))
    return found


def _holder(entry: Recorded) -> uuid.UUID | None:
    if entry.kind == CLAIMED:
        return entry.person_id
    named = entry.facts.get({OPENED: "assignee_id", REASSIGNED: "to_id"}.get(entry.kind, ""))
    return uuid.UUID(named) if named else None


def _holds(step: Step, changes: Sequence[_Change]) -> Iterator[Hold]:
    first = changes[0].person_id if changes else None
    later = [change for change in changes[1:] if step.closed_at is None or change.at < step.closed_at]
    marks = [_Change(step.opened_at, first), *later]
    for change, following in pairwise([*marks, None]):
        if change is not None:
            until = following.at if following else step.closed_at
            yield Hold(step.opened_at, change.at, until, step.element, step.name, step.role, change.person_id)
