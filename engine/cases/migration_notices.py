"""Who holds a step is told what a migration, or its undoing, did to it: moved, taken away, another due moment, dropped."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.cases import wording
from engine.cases.models import Case, Step
from engine.outbox import notices
from engine.transaction import session

KIND = "migrated"


def tell(case: Case, before: Mapping[str, Mapping[str, Any]], act: str) -> None:
    """One notice for each person who held a step of ``before`` (``standing.of``) that is not as it was.

    ``act`` says what happened to the case, e.g. ``được chuyển sang lần ban hành 2 theo quyết định chuyển 01/2026``.
    """
    for step_id, kept in before.items():
        if kept["assignee_id"] is None:
            continue
        holder = uuid.UUID(kept["assignee_id"])
        step = session().get_one(Step, uuid.UUID(step_id))
        told = _told(kept, step, holder)
        if told:
            name = wording.case_name(case)
            sentence = f"{name[0].upper()}{name[1:]} {act}. {told}"
            notices.tell([holder], KIND, sentence, agency_id=case.agency_id, case_id=case.id, step_id=step.id)


def _told(kept: Mapping[str, Any], step: Step, holder: uuid.UUID) -> str:
    """What became of the step for its holder; nothing where it is the same work."""
    former = f"Bước “{kept['name']}” anh/chị đang giữ"
    if step.state != "open":
        return f"{former} không còn phải làm."
    if step.assignee_id != holder:
        return f"{former} nay là “{step.name}”, giao cho vai trò khác; anh/chị không phải làm nữa."
    due = f"hạn mới {wording.moment(step.due_at)}" if step.due_at else "không còn hạn"
    is_moved, is_later = (step.element, step.name) != (kept["element"], kept["name"]), step.due_at != _moment(kept["due_at"])
    if is_moved:
        return f"{former} nay là “{step.name}”{f', {due}' if is_later else ''}. Hãy mở lại bước để làm tiếp."
    return f"{former} có {due}." if is_later and step.due_at else f"{former} {due}." if is_later else ""


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
