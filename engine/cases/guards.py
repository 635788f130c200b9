"""Who may act on a step now: seen, theirs, still open, not held by another, and the version they saw (R03)."""

from engine.cases import delegated, last_acts, locking, personal, wording
from engine.cases.models import Case, Step
from engine.errors import Conflict, NotAllowed, PreconditionRequired
from engine.people import access, directory
from engine.people.actors import Actor

_ENDED = {"completed": "hoàn thành", "returned": "trả lại", "cancelled": "hủy"}


def enter_as_member(step: Step, *, by: Actor, version: int | None) -> tuple[Case, Step, Actor]:
    """Lock the step for an act of somebody in its group, or of whom one of the group delegated it to.

    ``version`` None: the act does not depend on what was seen. The actor returned says for whom they act: the act is done as that
    one. Refuses with ``NotFound`` (not visible), ``NotAllowed`` (another group's), ``Conflict`` (closed, held by somebody else,
    or changed since).
    """
    case, current = _enter(step, by)
    acting = _as_member(current, by)
    refuse_others(current, acting)
    refuse_stale(current, version)
    return case, current, acting


def enter_as_superior(step: Step, *, by: Actor, version: int | None) -> tuple[Case, Step, Actor]:
    """Lock the step for a head, leader or administrator, or their delegate, who hands it to somebody else."""
    case, current = _enter(step, by)
    acting = delegated.acting_over(case, by, "step.reassign")
    if acting is None:
        raise NotAllowed("Anh/chị không có quyền phân công lại bước này. Hãy nhờ trưởng phòng hoặc lãnh đạo cơ quan.")
    delegated.refuse_ended(acting)
    refuse_stale(current, version)
    return case, current, acting


def able(step: Step, by: Actor) -> Actor | None:
    """``by`` as they would do the open step now; None where they may not, or where somebody else holds it."""
    if step.state != "open":
        return None
    if personal.is_personal(step):
        return by if step.assignee_id == by.person_id else None
    acting = delegated.acting_on(step, by)
    is_free = acting is not None and (step.assignee_id is None or step.assignee_id in acting.principals)
    return acting if is_free else None


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
    """``Conflict`` naming who holds the step and since when; whom ``by`` acts for may hold it."""
    if step.assignee_id is None or step.assignee_id in by.principals:
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


def _as_member(step: Step, by: Actor) -> Actor:
    if personal.is_personal(step):
        personal.require_holder(step, by)
        return by
    acting = delegated.acting_on(step, by)
    if acting is None:
        raise NotAllowed(f"Bước “{step.name}” thuộc nhóm khác. Hãy chuyển cho người phụ trách hoặc nhờ lãnh đạo phân công lại.")
    delegated.refuse_ended(acting)
    return acting


def _enter(step: Step, by: Actor) -> tuple[Case, Step]:
    case, current = locking.enter(step)
    access.require_visible(by, current.agency_id)
    refuse_closed(current)
    locking.refuse_stopped(case)
    return case, current
