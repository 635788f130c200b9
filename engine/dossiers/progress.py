"""Keeps a dossier's status and milestones true after every move of its case."""

import sqlalchemy as sa

from engine import clock
from engine.cases.observers import Moved
from engine.dossiers import expiry, rules
from engine.dossiers.models import Dossier
from engine.journal import entries
from engine.procedures import definition
from engine.procedures.definition import Definition
from engine.statements import Statement
from engine.transaction import session

_STATUS = Statement(lambda: sa.select(Dossier.status).where(Dossier.case_id == sa.bindparam("case_id")))


def follow(moved: Moved) -> None:
    """After a move: derive the status from what is open now, note the moments a dossier is ready and returned.

    Refuses (``Conflict``) to hand out a late result nobody apologised for.
    """
    known = _STATUS.first(case_id=moved.case.id)
    if known is None:
        return
    rule = definition.of_id(moved.case.revision_id)
    outcome = _outcome(moved, rule) if moved.is_completed else None
    status = rules.status_of(_open_statuses(moved, rule), outcome=outcome)
    if status is None or status == known[0]:
        return
    dossier = session().get_one(Dossier, moved.case.id)
    before, dossier.status = dossier.status, status
    if status == "done" and dossier.finished_at is None:
        dossier.finished_at = clock.now()
        dossier.outcome = dossier.outcome or "granted"
    if status == "returned" and dossier.returned_at is None:
        expiry.refuse_hand_out(dossier)
        dossier.returned_at = clock.now()
    if status in ("refused", "stopped"):
        dossier.outcome, dossier.finished_at = status, clock.now()
    entries.append(
        "dossier.status_changed", agency_id=dossier.agency_id, by=moved.by, case_id=dossier.case_id, before=before, after=status
    )


def _outcome(moved: Moved, rule: Definition) -> str | None:
    """What the end reached says; a case ended from outside, at no end event, was stopped."""
    return rule.ends.get(moved.ended_at) if moved.ended_at else "stopped"


def _open_statuses(moved: Moved, rule: Definition) -> set[str]:
    statuses = {rule.steps[waiting.element].status for waiting in moved.waiting if waiting.element in rule.steps}
    statuses |= {rule.waits.get(waiting.element) or rule.waits.get(waiting.name or "") for waiting in moved.waiting}
    return {status for status in statuses if status}
