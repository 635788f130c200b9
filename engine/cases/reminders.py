"""What the timers of a step do: remind who holds it, say it is overdue, tell the superiors."""

import uuid

from engine.cases import wording
from engine.cases.models import Case, Step, Timer
from engine.journal import entries
from engine.outbox import notices
from engine.people import delegation_queries, directory
from engine.people.acting import Work
from engine.people.directory import Member

ESCALATION = "escalation_"
_JOURNAL = {"reminder": "step.reminded", "overdue": "step.overdue"}


def ring(timer: Timer, step: Step, case: Case) -> None:
    """Tell whom the timer concerns; journal the moment it was due and the moment it was seen (they differ after an outage)."""
    told = recipients(timer.kind, step, case)
    notices.tell(
        [member.person_id for member in told],
        timer.kind,
        _sentence(timer.kind, step, case),
        agency_id=case.agency_id,
        case_id=case.id,
        step_id=step.id,
    )
    entries.append(
        _JOURNAL.get(timer.kind, "step.escalated"),
        agency_id=case.agency_id,
        by=None,
        case_id=case.id,
        step_id=step.id,
        element=step.element,
        name=step.name,
        due_at=step.due_at,
        timer_id=timer.id,
        timer_kind=timer.kind,
        timer_due_at=timer.due_at,
        detected_at=timer.detected_at,
        told=[member.full_name for member in told],
    )


def recipients(kind: str, step: Step, case: Case) -> list[Member]:
    """Who is told: the holder, or the whole group of an unclaimed step; on escalation the head of the division, the leader …

    Whoever acts for one of them now is told too.
    """
    role, division_id, told = step.role, step.division_id, []
    if kind.startswith(ESCALATION):
        role = kind.removeprefix(ESCALATION)
        division_id = _division(role, step, case)
    elif step.assignee_id is not None:
        told = [Member(step.assignee_id, directory.name_of(step.assignee_id))]
    told = told or directory.group(step.agency_id, role, division_id)
    work = Work(step.agency_id, role, division_id, case.procedure_code, case.service_code)
    delegates = delegation_queries.delegates(work, {member.person_id for member in told})
    return [*told, *(one for one in delegates if one not in told)]


def _division(role: str, step: Step, case: Case) -> uuid.UUID | None:
    """Heads answer for a division; other superiors for the whole agency."""
    return step.division_id or case.division_id if role == "head" else None


def _sentence(kind: str, step: Step, case: Case) -> str:
    what = f"bước “{step.name}” của {wording.case_name(case)}{wording.due_phrase(step.due_at)}"
    if kind == "reminder":
        return f"Sắp đến hạn: {what}. Hãy xử lý trước hạn."
    if kind == "overdue":
        return f"Đã đến hạn mà chưa xong: {what}. Hãy xử lý ngay."
    holder = directory.name_of(step.assignee_id) if step.assignee_id else "chưa ai nhận"
    return f"Quá hạn kéo dài: {what}, người giữ: {holder}. Đề nghị chỉ đạo xử lý."
