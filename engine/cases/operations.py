"""What an operator does with a whole case: suspend, resume, end it, set a routing value. Always with a reason, both sides kept.

Moving and skipping stand in ``repairs``. Every act names the version its author saw and may not touch a case the author took
part in: nobody repairs what they did themselves.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine import clock, rows
from engine.cases import (
    firing,
    given_values,
    incidents,
    last_acts,
    locking,
    moves,
    observers,
    queries,
    settling,
    suspensions,
    timers,
    wording,
)
from engine.cases.acts import Act
from engine.cases.incidents import Doing
from engine.cases.models import Case, Step, Timer
from engine.cases.reasons import reason_of
from engine.cases.suspensions import Suspension
from engine.errors import AnswersRejected, Conflict, NotAllowed, PreconditionRequired
from engine.flow import places, run
from engine.journal import entries
from engine.outbox import notices
from engine.people import access, agencies
from engine.people.actors import Actor
from engine.people.delegation_models import Delegation
from engine.procedures import definition
from engine.transaction import session

PERMISSION = "case.operate"
#: In which capacity an operator acts, for the hand-overs that follow.
ROLE = "admin"
#: What the journal calls these acts, and the control sheet shows.
RESUMED, CANCELLED, CHANGED = "case.resumed", "case.cancelled", "case.values_changed"


def enter(case: Case, *, version: int | None, by: Actor) -> Case:
    """The case as it is now, locked for an operator's act.

    Refuses what is not visible or not permitted, an act that names no version (``PreconditionRequired``), a case that has
    ended or changed since (``Conflict``), and one the operator took part in (``NotAllowed``).
    """
    access.require(by, PERMISSION, case.agency_id)
    if version is None:
        raise PreconditionRequired("Thiếu phiên bản đã xem (version). Hãy tải lại hồ sơ này rồi thực hiện lại.")
    current = locking.lock(case.id)
    if current.closed_at is not None:
        raise last_acts.conflict("Hồ sơ công việc đã kết thúc, không thể can thiệp nữa.", current)
    if version != current.version:
        raise last_acts.conflict("Hồ sơ đã thay đổi sau khi anh/chị mở. Hãy tải lại, kiểm tra rồi thực hiện lại.", current)
    _refuse_own(current, by)
    return current


def suspend(case: Case, reason: str, *, version: int | None, by: Actor) -> Case:
    """Let nothing happen in the case until it is resumed: acts are refused with who, when and why, timers wait.

    The legal clock of a dossier goes on: only what the law names stops it. Refuses as ``enter`` does.
    """
    current = enter(case, version=version, by=by)
    words = reason_of(reason)
    if current.state == "suspended":
        raise suspensions.refusal(current)
    before = situation(current)
    rows.change(current, state="suspended", version=current.version + 1)
    hold_timers(current)
    record(suspensions.SUSPENDED, current, words, by, before=before)
    suspensions.note(current, Suspension(words, by.full_name, clock.now()))
    _tell_holders(current, f"tạm dừng {wording.case_name(current)}", words, by)
    return current


def resume(case: Case, reason: str, *, version: int | None, by: Actor) -> Case:
    """Let a suspended case go on. Its timers wake; what fell due meanwhile fires at once, in the order it was due.

    Timers that failed too often stay asleep: they belong to their incident. ``Conflict`` where the case is not suspended.
    """
    current = enter(case, version=version, by=by)
    words = reason_of(reason)
    if current.state != "suspended":
        raise Conflict("Hồ sơ công việc không tạm dừng nên không cần mở lại. Hãy tải lại trang.", version=current.version)
    before = situation(current)
    rows.change(current, state="running", version=current.version + 1)
    _change_timers(current, "paused", "waiting", Timer.attempts <= len(firing.DELAYS))
    record(RESUMED, current, words, by, before=before)
    _tell_holders(current, f"mở lại {wording.case_name(current)}", words, by)
    return current


def cancel(case: Case, reason: str, *, version: int | None, by: Actor) -> Case:
    """End the case from outside: open steps and timers are cancelled, its incidents dismissed, it is ``stopped``."""
    current = enter(case, version=version, by=by)
    words = reason_of(reason)
    before, now = situation(current), clock.now()
    model = definition.of_id(current.revision_id).model
    _tell_holders(current, f"hủy {wording.case_name(current)}", words, by)
    for step in queries.open_steps(current):
        _cancel_step(step, by)
    timers.cancel_all(current)
    marking = places.ended(model, current.marking)
    rows.change(current, state="stopped", marking=marking, closed_at=now, version=current.version + 1)
    for incident in incidents.open_of(current):
        settling.dismiss(incident, words, by=by)
    record(CANCELLED, current, words, by, before=before)
    observers.tell(observers.Moved(current, [], (), is_completed=True, ended_at=None, by=by))
    return current


def change_values(case: Case, changes: Mapping[str, Any], reason: str, *, version: int | None, by: Actor) -> Case:
    """Set routing values, so that a decision of the model finds what it needs; conditional events take note of them.

    ``AnswersRejected`` names what is not a value.
    """
    current = enter(case, version=version, by=by)
    words, accepted, rule = reason_of(reason), _accepted(changes), definition.of_id(case.revision_id)
    before = situation(current)
    with incidents.watching(current, None, Doing("case.change_values", by, accepted)):
        rows.hold(current, values={**current.values, **accepted})
        move = run.look_again(rule.model, current.marking, current.values)
        moves.apply(current, rule, move, Act(by, role=ROLE, note=words))
    hold_timers(current)
    record(CHANGED, current, words, by, before=before, names=sorted(accepted))
    return current


def situation(case: Case) -> dict[str, Any]:
    """Where the case stands, as the journal keeps it before and after: state, due moment, tokens, routing values."""
    model = definition.of_id(case.revision_id).model
    tokens = [place.as_record() for place in places.of(model, case.marking)]
    return {"state": case.state, "due_at": case.due_at, "tokens": tokens, "values": case.values}


def record(kind: str, case: Case, reason: str, by: Actor, *, before: Mapping[str, Any], **facts: Any) -> None:
    """Write the act into the journal: why, and the case before and after it; ``unit`` is what the control sheet names."""
    unit = agencies.get(by.agency_id).name
    facts = {**facts, "reason": reason, "unit": unit, "before": before, "after": situation(case)}
    entries.append(kind, agency_id=case.agency_id, by=by, case_id=case.id, **facts)


def hold_timers(case: Case) -> None:
    """Have the timers of a suspended case wait; of any other nothing changes."""
    if case.state == "suspended":
        _change_timers(case, "waiting", "paused")


def _change_timers(case: Case, old: str, new: str, *which: sa.ColumnElement[bool]) -> None:
    session().flush()
    change = sa.update(Timer).where(Timer.case_id == case.id, Timer.state == old, *which).values(state=new)
    session().execute(change, execution_options={"synchronize_session": "fetch"})


def _cancel_step(step: Step, by: Actor) -> None:
    rows.change(step, state="cancelled", closed_at=clock.now(), closed_by_id=by.person_id, version=step.version + 1)
    facts = {"step_id": step.id, "element": step.element, "name": step.name, "assignee_id": step.assignee_id}
    entries.append("step.cancelled", agency_id=step.agency_id, by=by, case_id=step.case_id, **facts)


def _refuse_own(case: Case, by: Actor) -> None:
    """Separation of duties (ISO 9001:2015 5.3): who opened the case or finished a step of it, or had it finished, is a party."""
    given = sa.select(Delegation.id).where(Delegation.giver_id == by.person_id)
    did = sa.or_(Step.closed_by_id == by.person_id, Step.delegation_id.in_(given))
    own = sa.select(Step.id).where(Step.case_id == case.id, did, Step.state.in_(("completed", "returned")))
    if case.opened_by_id == by.person_id or session().scalars(own.limit(1)).first() is not None:
        raise NotAllowed("Anh/chị đã tham gia xử lý hồ sơ này nên không được can thiệp. Hãy nhờ quản trị viên khác.")


def _accepted(changes: Mapping[str, Any]) -> dict[str, Any]:
    if not changes:
        raise AnswersRejected({"values": ["Hãy nêu ít nhất một giá trị."]})
    return given_values.accept(changes)


def _tell_holders(case: Case, what: str, reason: str, by: Actor) -> None:
    """A notice to everybody who holds an open step of the case, but to the operator."""
    holders = [step.assignee_id for step in queries.open_steps(case) if step.assignee_id not in (None, by.person_id)]
    text = f"{by.full_name} {what}. Lý do: {reason}"
    notices.tell([holder for holder in holders if holder], "operated", text, agency_id=case.agency_id, case_id=case.id)
