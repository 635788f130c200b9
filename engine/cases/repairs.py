"""Move a token by hand, or pass over a step: the recorded token move in an operator's hands (DESIGN.md section 6)."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine import clock, rows
from engine.cases import incidents, moves, opening, operations, wording
from engine.cases.acts import Act
from engine.cases.incidents import Doing
from engine.cases.models import Case, Step
from engine.cases.reasons import reason_of
from engine.errors import AnswersRejected, Conflict
from engine.flow import places, run
from engine.flow.errors import FlowFailed
from engine.flow.moves import Move
from engine.flow.places import Place
from engine.people.actors import Actor
from engine.procedures import definition
from engine.procedures.definition import Definition
from engine.transaction import session

MOVED, SKIPPED = "case.token_moved", "step.skipped"


@dataclass(frozen=True)
class Preview:
    """Where the tokens stand, and where they would stand after the act, before anything automatic follows."""

    before: tuple[Place, ...]
    after: tuple[Place, ...]


def preview_move(case: Case, token: int, to: str) -> Preview:
    """What ``move_token`` would do; nothing changes. Refuses as it does, but for the reason."""
    rule = definition.of_id(case.revision_id)
    return _preview(rule, case, _returned(rule, case, token, to))


def preview_skip(case: Case, token: int) -> Preview:
    """What ``skip`` would do; nothing changes. Refuses as it does, but for the reason."""
    rule = definition.of_id(case.revision_id)
    return _preview(rule, case, _passed(rule, case, token))


def move_token(case: Case, token: int, to: str, reason: str, *, version: int | None, by: Actor) -> list[Step]:
    """Take the case from where ``token`` waits to another activity of the same branch. Returns the steps that open.

    Also while the case is suspended. Refuses as ``operations.enter`` does, a place it cannot go to (``AnswersRejected``), and
    one from which the model cannot go on with the present routing values (``Conflict``).
    """
    current = operations.enter(case, version=version, by=by)
    words, rule = reason_of(reason), definition.of_id(current.revision_id)
    move = _returned(rule, current, token, to)
    facts = {"token": token, "to": to, "to_step": _name(rule, to)}
    doing = Doing("case.move_token", by, {**facts, "reason": words})
    before = operations.situation(current)
    left = next((place for place in places.of(rule.model, current.marking) if place.token == token), None)
    with incidents.watching(current, to, doing):
        opened = moves.apply(current, rule, move, Act(by, role=operations.ROLE, note=words))
    operations.hold_timers(current)
    from_ = {"from_element": left.element, "from_step": left.name} if left else {}
    operations.record(MOVED, current, words, by, before=before, **facts, **from_)
    return opened


def skip(case: Case, token: int, reason: str, *, version: int | None, by: Actor) -> list[Step]:
    """Pass over what ``token`` waits for: no form is filled in, the routing values stay. Returns the steps that open.

    The step is cancelled, not completed: nobody has done it. Refuses as ``move_token`` does.
    """
    current = operations.enter(case, version=version, by=by)
    words, rule = reason_of(reason), definition.of_id(current.revision_id)
    place = _skippable(rule, current, token)
    before, step = operations.situation(current), _step_at(current, token)
    move = _passed(rule, current, token)
    with incidents.watching(current, place.element, Doing("step.skip", by, {"token": token, "reason": words})):
        if step is not None:
            rows.change(step, state="cancelled", closed_at=clock.now(), closed_by_id=by.person_id, version=step.version + 1)
            opening.note_person(step, step.assignee_id)
        opened = moves.apply(current, rule, move, Act(by, step, role=operations.ROLE, note=words))
    operations.hold_timers(current)
    operations.record(SKIPPED, current, words, by, before=before, **_about(place, step))
    return opened


def _about(place: Place, step: Step | None) -> dict[str, Any]:
    facts: dict[str, Any] = {"token": place.token, "element": place.element, "name": place.name}
    return {**facts, "step_id": step.id, "assignee_id": step.assignee_id} if step else facts


def _returned(rule: Definition, case: Case, token: int, to: str) -> Move:
    try:
        return run.return_to(rule.model, case.marking, token, to, case.values)
    except Conflict as refusal:
        raise AnswersRejected({"to": [str(refusal)]}) from refusal
    except FlowFailed as error:
        raise _stuck(error) from error


def _passed(rule: Definition, case: Case, token: int) -> Move:
    _skippable(rule, case, token)
    try:
        return run.complete(rule.model, case.marking, token, case.values)
    except FlowFailed as error:
        raise _stuck(error) from error


def _stuck(error: FlowFailed) -> Conflict:
    return Conflict(f"Từ đó quy trình không đi tiếp được: {wording.sentence(str(error))} Hãy sửa giá trị điều hướng rồi làm lại.")


def _skippable(rule: Definition, case: Case, token: int) -> Place:
    found = next((place for place in places.of(rule.model, case.marking) if place.token == token), None)
    if found is None or token not in places.skippable(rule.model, case.marking):
        raise AnswersRejected({"token": ["Ở vị trí này không có bước nào để bỏ qua. Hãy tải lại hồ sơ."]})
    return found


def _preview(rule: Definition, case: Case, move: Move) -> Preview:
    return Preview(places.of(rule.model, case.marking), places.of(rule.model, move.marking))


def _step_at(case: Case, token: int) -> Step | None:
    query = sa.select(Step).where(Step.case_id == case.id, Step.token == token, Step.state == sa.literal_column("'open'"))
    return session().scalars(query).one_or_none()


def _name(rule: Definition, element: str) -> str:
    facts = rule.facts.elements.get(element)
    return (facts.name if facts else "") or element
