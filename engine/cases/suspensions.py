"""Why a case stands still: who suspended it, when, for what reason, read from the journal."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from engine import transaction
from engine.cases import wording
from engine.cases.models import Case
from engine.errors import Conflict
from engine.journal import queries

SUSPENDED = "case.suspended"
_NEW = "cases.suspended"


@dataclass(frozen=True)
class Suspension:
    """The suspension in force."""

    reason: str
    who: str
    at: datetime


def of(case: Case) -> Suspension | None:
    """Why the case is suspended; None where it is not."""
    if case.state != "suspended":
        return None
    if transaction.is_open() and case.id in _new():
        return _new()[case.id]
    found = queries.of_case(case.id, kinds=(SUSPENDED,), agency_id=case.agency_id)
    if not found:
        return None
    last = found[-1]
    return Suspension(str(last.facts.get("reason", "")), str((last.actor or {}).get("name", "")), last.at)


def note(case: Case, suspension: Suspension) -> None:
    """The case was suspended in this very transaction: the journal says so only when it is committed."""
    _new()[case.id] = suspension


def refusal(case: Case) -> Conflict:
    """What everybody is told who wants to act on a suspended case: by whom, since when, why, and what to do."""
    found = of(case)
    if found is None:
        return Conflict("Hồ sơ công việc đang tạm dừng. Hãy liên hệ quản trị viên.", version=case.version)
    since, reason = wording.moment(found.at), found.reason.rstrip(".")
    text = f"Hồ sơ công việc được {found.who} tạm dừng từ {since}, lý do: {reason}. Hãy chờ mở lại hoặc liên hệ người này."
    return Conflict(text, who=found.who, at=found.at.isoformat(), version=case.version)


def _new() -> dict[uuid.UUID, Suspension]:
    noted: dict[uuid.UUID, Suspension] = transaction.scratch().setdefault(_NEW, {})
    return noted
