"""Who acted last, and when: what a refusal tells the person who came second (R03)."""

from typing import Any

from engine.cases.models import Case, Step
from engine.errors import Conflict
from engine.journal import queries
from engine.journal.queries import Recorded


def conflict(text: str, subject: Case | Step) -> Conflict:
    """A refusal with ``text`` that names who acted last on the step (else on its case), when, and the present version."""
    case = subject if isinstance(subject, Case) else subject.case
    acts = [entry for entry in queries.of_case(case.id, agency_id=case.agency_id) if entry.actor is not None]
    own = [entry for entry in acts if isinstance(subject, Step) and _is_about(entry, subject)]
    if not acts:
        return Conflict(text, version=subject.version)
    last = (own or acts)[-1]
    return Conflict(text, who=_name(last.actor or {}), at=last.at.isoformat(), version=subject.version)


def _is_about(entry: Recorded, step: Step) -> bool:
    return entry.facts.get("step_id") == str(step.id)


def _name(actor: dict[str, Any]) -> str | None:
    name: str | None = actor.get("name")
    return name
