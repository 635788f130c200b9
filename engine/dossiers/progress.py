"""Keeps a dossier's status and milestones true after every move of its case."""

import sqlalchemy as sa

from engine import clock
from engine.cases.models import Step
from engine.cases.observers import Moved
from engine.dossiers import rules
from engine.dossiers.models import Dossier
from engine.journal import entries
from engine.procedures import definition
from engine.procedures.definition import Definition
from engine.transaction import session


def follow(moved: Moved) -> None:
    """After a move: derive the status from what is open now, note the moments a dossier is ready and returned."""
    dossier = session().get(Dossier, moved.case.id)
    if dossier is None:
        return
    rule = definition.of_id(moved.case.revision_id)
    outcome = rule.ends.get(moved.ended_at or "") if moved.is_completed else None
    status = rules.status_of(_open_statuses(moved, rule), outcome=outcome)
    if status is None or status == dossier.status:
        return
    before, dossier.status = dossier.status, status
    if status == "done" and dossier.finished_at is None:
        dossier.finished_at = clock.now()
        dossier.outcome = dossier.outcome or "granted"
    if status == "returned" and dossier.returned_at is None:
        dossier.returned_at = clock.now()
    if status in ("refused", "stopped"):
        dossier.outcome, dossier.finished_at = status, clock.now()
    entries.append(
        "dossier.status_changed", agency_id=dossier.agency_id, by=moved.by, case_id=dossier.case_id, before=before, after=status
    )


def _open_statuses(moved: Moved, rule: Definition) -> set[str]:
    query = sa.select(Step.element).where(Step.case_id == moved.case.id, Step.state == "open")
    elements = set(session().scalars(query))
    statuses = {rule.steps[element].status for element in elements if element in rule.steps}
    statuses |= {rule.waits.get(waiting.element) or rule.waits.get(waiting.name or "") for waiting in moved.waiting}
    return {status for status in statuses if status}
