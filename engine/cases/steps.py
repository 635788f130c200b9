"""Steps: look at, claim, release, complete, reassign."""

import uuid
from collections.abc import Mapping
from typing import Any

from engine import clock, rows
from engine.cases import guards, handing_over, incidents, locking, moves, opening, personal, separating, signing, wording
from engine.cases.acts import Act
from engine.cases.incidents import Doing
from engine.cases.models import Step
from engine.cases.reasons import reason_of
from engine.errors import AnswersRejected, NotFound
from engine.flow import run
from engine.journal import entries
from engine.outbox import notices
from engine.people import access, directory
from engine.people.actors import Actor
from engine.people.signatures import Proof
from engine.procedures import definition
from engine.procedures.forms import Form
from engine.transaction import session


def get(step_id: uuid.UUID, *, for_: Actor) -> Step:
    """The step, with its case. ``NotFound`` when there is none or it is not for this person to see (R43)."""
    step = locking.read(step_id)
    if step is None:
        raise NotFound("Không tìm thấy bước này.")
    access.require_visible(for_, step.agency_id)
    return step


def form_of(step: Step) -> Form:
    """The form to be filled in for this step."""
    return definition.of_id(step.case.revision_id).form_of(step.element)


def claim(step: Step, *, by: Actor, version: int | None = None) -> Step:
    """Take an unclaimed step, accept one that was given to ``by``, or take over what an absent person delegated to ``by``.

    Taking what one holds already changes nothing.

    Refuses as ``guards.enter_as_member`` does; a ``Conflict`` names who was faster and when.
    """
    _, current, by = guards.enter_as_member(step, by=by, version=version)
    signing.refuse_signers(current, by.principals)
    separating.refuse_same_hands(current, by.principals)
    if current.claimed_at is None or current.assignee_id != by.person_id:
        take(current, by)
        holder = {"assignee_id": by.person_id, "claimed_at": clock.now(), "delegation_id": by.delegation_id}
        rows.change(current, **holder, version=current.version + 1)
    return current


def release(step: Step, *, by: Actor, version: int | None = None) -> Step:
    """Give a held step back to its group. Refuses (``AnswersRejected``) when nobody holds it."""
    _, current, by = guards.enter_as_member(step, by=by, version=version)
    personal.refuse_release(current)
    if current.assignee_id is None:
        raise AnswersRejected({}, "Bước này chưa ai nhận nên không cần trả lại nhóm.")
    rows.change(current, assignee_id=None, claimed_at=None, delegation_id=None, version=current.version + 1)
    journal("step.released", current, by)
    return current


def complete(step: Step, answers: Mapping[str, Any], *, version: int | None, by: Actor, proof: Proof | None = None) -> list[Step]:
    """Finish a step with ``answers`` (from page or API), claiming it first if nobody did. Returns the steps that open.

    ``version`` is what the person saw; ``proof`` that they typed their password, where completing is a signature. Refuses with
    ``PreconditionRequired`` without a version, ``AnswersRejected`` per field, and as ``guards.enter_as_member`` and
    ``signing.sign`` do. A model that cannot go on undoes everything and leaves an incident.
    """
    guards.require_version(version)
    case, current, by = guards.enter_as_member(step, by=by, version=version)
    signing.refuse_signers(current, by.principals)
    separating.refuse_same_hands(current, by.principals)
    rule = definition.of_id(case.revision_id)
    form = rule.form_of(current.element)
    accepted = form.accept(answers)
    signing.sign(current, accepted, proof, by=by)
    close(current, "completed", by, answers=accepted)
    journal("step.completed", current, by, answers=accepted)
    act = Act(by, current, note=str(accepted.get("reason") or ""), assigned=_people(form.assignments(accepted)), answers=accepted)
    with incidents.watching(case, current.element, Doing("step.complete", by, accepted)):
        rows.hold(case, values={**case.values, **form.routing(accepted)})
        move = run.complete(rule.model, case.marking, current.token, case.values)
        return moves.apply(case, rule, move, act)


def reassign(step: Step, person_id: uuid.UUID, reason: str, *, version: int | None, by: Actor) -> Step:
    """Give a step to another member of its group; for heads, leaders and administrators of the agency.

    Refuses (``AnswersRejected``) without a reason, or to somebody who is not in the step's group today.
    """
    _, current, by = guards.enter_as_superior(step, by=by, version=version)
    words = reason_of(reason)
    if not opening.belongs(person_id, current):
        raise AnswersRejected({"to": ["Người này không thuộc nhóm phụ trách bước. Hãy chọn người khác."]})
    signing.refuse_signers(current, {person_id})
    separating.refuse_same_hands(current, {person_id})
    before = directory.get_person(current.assignee_id).full_name if current.assignee_id else None
    to = directory.get_person(person_id)
    rows.change(current, assignee_id=to.id, claimed_at=None, delegation_id=None, version=current.version + 1)
    journal("step.reassigned", current, by, before=before, to_name=to.full_name, to_id=to.id, reason=words)
    text = f"Anh/chị được giao bước “{current.name}” của {wording.case_name(current.case)}. Lý do: {words}"
    notices.tell([to.id], "assigned", text, agency_id=current.agency_id, case_id=current.case_id, step_id=current.id)
    session().flush()
    return current


def close(step: Step, state: str, by: Actor, *, answers: Mapping[str, Any] | None = None) -> None:
    """Mark the step ended by ``by`` now, who receives it first if nobody took it; its token is the caller's to move."""
    now, is_taken = clock.now(), step.claimed_at is not None and step.assignee_id == by.person_id
    if step.assignee_id not in (None, by.person_id):
        take(step, by)
    elif not is_taken:
        handing_over.receive(step, by)
    rows.change(
        step,
        state=state,
        assignee_id=by.person_id,
        claimed_at=step.claimed_at if is_taken else now,
        closed_at=now,
        closed_by_id=by.person_id,
        delegation_id=by.delegation_id,
        answers=dict(answers) if answers is not None else None,
        version=step.version + 1,
    )
    opening.note_person(step, by.acting.person_id if by.acting else by.person_id)


def take(step: Step, by: Actor) -> None:
    """Record that ``by`` is the holder from now on, in place of somebody who is away where one held it before; receives it where
    it was handed over. Checks and the row are the caller's, the row afterwards.
    """
    former = step.assignee_id if step.assignee_id != by.person_id else None
    journal("step.claimed", step, by, taken_from=directory.name_of(former) if former else None)
    handing_over.receive(step, by)


def _people(assignments: Mapping[str, str]) -> dict[str, uuid.UUID]:
    return {element: uuid.UUID(person) for element, person in assignments.items()}


def journal(kind: str, step: Step, by: Actor, **facts: Any) -> None:
    """Record what ``by`` did with the step."""
    known = {"step_id": step.id, "element": step.element, "name": step.name, "role": step.role, "visit": step.visit}
    entries.append(kind, agency_id=step.agency_id, by=by, case_id=step.case_id, **known, **facts)
