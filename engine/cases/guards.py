"""Who may act on a step now: seen, theirs, still open, not held by another, and the version they saw (R03)."""

from engine.cases import last_acts, locking, wording
from engine.cases.models import Case, Step
from engine.errors import Conflict, NotAllowed, PreconditionRequired
from engine.people import access, directory
from engine.people.actors import Actor

_ENDED = {"completed": "hoàn thành", "returned": "trả lại", "cancelled": "hủy"}


def enter_as_member(step: Step, *, by: Actor, version: int | None) -> tuple[Case, Step]:
    """Lock the step for an act of somebody in its group. ``version`` None: the act does not depend on what was seen.

    Refuses with ``NotFound`` (not visible), ``NotAllowed`` (another group's), ``Conflict`` (closed, held by somebody else, or
    changed since).
    """
    case, current = _enter(step, by)
    if not by.acts_as(current.role, current.agency_id, current.division_id):
        raise NotAllowed(
            f"Bước “{current.name}” thuộc nhóm khác. Hãy chuyển cho người phụ trách hoặc nhờ lãnh đạo phân công lại."
        )
    refuse_others(current, by)
    refuse_stale(current, version)
    return case, current


def enter_as_superior(step: Step, *, by: Actor, version: int | None) -> tuple[Case, Step]:
    """Lock the step for a head, leader or administrator who hands it to somebody else."""
    case, current = _enter(step, by)
    access.require(by, "step.reassign", current.agency_id)
    refuse_stale(current, version)
    return case, current


def require_version(version: int | None) -> int:
    """``version``; ``PreconditionRequired`` where the act does not say what its author saw."""
    if version is None:
        raise PreconditionRequired("Thiếu phiên bản đã xem (version). Hãy tải lại bước này rồi thực hiện lại.")
    return version


def refuse_closed(step: Step) -> None:
    """``Conflict`` naming who ended the step and when."""
    if step.state == "open":
        return
    who = directory.get_person(step.closed_by_id).full_name if step.closed_by_id else None
    at = step.closed_at
    actor, when = f" bởi {who}" if who else "", f" lúc {wording.moment(at)}" if at else ""
    text = f"Bước “{step.name}” đã được {_ENDED[step.state]}{actor}{when}. Hãy tải lại trang để xem tình trạng mới."
    raise Conflict(text, who=who, at=at.isoformat() if at else None, version=step.version)


def refuse_others(step: Step, by: Actor) -> None:
    """``Conflict`` naming who holds the step and since when."""
    if step.assignee_id is None or step.assignee_id == by.person_id:
        return
    who, at = directory.get_person(step.assignee_id).full_name, step.claimed_at
    when = f" từ {wording.moment(at)}" if at else ""
    text = f"Bước “{step.name}” đang do {who} giữ{when}. Hãy liên hệ người này hoặc nhờ lãnh đạo phân công lại."
    raise Conflict(text, who=who, at=at.isoformat() if at else None, version=step.version)


def refuse_stale(step: Step, version: int | None) -> None:
    """``Conflict`` naming who acted on the step last, and when, where it changed after its author looked at it."""
    if version is not None and version != step.version:
        text = f"Bước “{step.name}” đã thay đổi sau khi anh/chị mở. Hãy tải lại, kiểm tra rồi thực hiện lại."
        raise last_acts.conflict(text, step)


def _enter(step: Step, by: Actor) -> tuple[Case, Step]:
    case, current = locking.enter(step)
    access.require_visible(by, current.agency_id)
    refuse_closed(current)
    locking.refuse_stopped(case)
    return case, current
