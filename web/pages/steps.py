"""One step: its form, claiming, giving back, returning to an earlier step, giving to a colleague."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.cases import drafts, guards, hand_overs, returning, signing, steps
from engine.cases.models import Step
from engine.errors import AnswersRejected, Conflict
from engine.people import directory, lockout
from engine.transaction import transaction
from web import answering, case_view, guard, metrics, once, proofs, said_before, sessions, signed, typed

bp = Blueprint("steps", __name__, url_prefix="/buoc")

#: Whoever signs for the agency proves who they are anew when the last proof is old (R45).
_SIGNING_ROLES = frozenset({"leader", "deputy"})


@bp.get("/<uuid:step_id>")
@guard.requires("step.read")
def show(step_id: uuid.UUID) -> ResponseReturnValue:
    """The form of a step for whoever may do it, with what was drafted; what was answered for everybody else."""
    actor = guard.current_actor()
    step = steps.get(step_id, for_=actor)
    answers = drafts.get(f"step:{step.id}", by=actor) if case_view.is_for(step, actor) else {}
    return _page(step, answers=answers)


@bp.post("/<uuid:step_id>")
@guard.requires("step.complete")
def complete(step_id: uuid.UUID) -> ResponseReturnValue:
    """Finish the step with the typed answers."""
    actor = guard.current_actor()
    step = steps.get(step_id, for_=actor)
    is_signed = signing.meaning_of(step) is not None
    if step.role in _SIGNING_ROLES and not is_signed and not sessions.current().is_fresh:
        return guard.ask_for_proof()
    answers = typed.answers()
    try:
        proof = proofs.of_form() if is_signed else None
        with metrics.step_watch(), transaction():
            known = once.former_answer()
            if known is not None:
                return known
            opened = steps.complete(step, answers, version=answering.version(), by=actor, proof=proof)
            drafts.drop(f"step:{step_id}", by=actor)
            target = _next_page(step, opened)
            once.leads_to(target)
    except AnswersRejected as refusal:
        return _page(step, answers=answers, errors=refusal.fields, status=422)
    except lockout.Locked as refusal:
        return _page(step, answers=answers, errors={"password": [str(refusal)]}, status=429)
    except Conflict as refusal:
        return _conflict(step_id, answers, refusal)
    flash(_done(step, opened), "good")
    return redirect(target, code=303)


@bp.post("/<uuid:step_id>/nhan-viec")
@guard.requires("step.claim")
def claim(step_id: uuid.UUID) -> ResponseReturnValue:
    """Take the step and open its form."""
    step = steps.get(step_id, for_=guard.current_actor())
    return _act(step, lambda: steps.claim(step, by=guard.current_actor()), url_for("steps.show", step_id=step_id))


@bp.post("/<uuid:step_id>/tra-lai-nhom")
@guard.requires("step.release")
def release(step_id: uuid.UUID) -> ResponseReturnValue:
    """Give the step back to its group."""
    step = steps.get(step_id, for_=guard.current_actor())
    act = lambda: steps.release(step, by=guard.current_actor(), version=answering.version())  # noqa: E731 - one call
    return _act(step, act, url_for("inbox.index"), _("Đã trả việc “%(name)s” lại cho nhóm.", name=step.name))


@bp.post("/<uuid:step_id>/tra-lai-buoc-truoc")
@guard.requires("step.return")
def return_to(step_id: uuid.UUID) -> ResponseReturnValue:
    """Give the work back to an earlier step, with a reason."""
    step = steps.get(step_id, for_=guard.current_actor())
    to, reason = request.form.get("to", ""), request.form.get("reason", "")

    def act() -> None:
        returning.return_to(step, to, reason, version=answering.version(), by=guard.current_actor())

    return _boxed(step, act, "return", _("Đã trả lại, kèm lý do. Người làm bước trước sẽ thấy trong hộp việc."))


@bp.post("/<uuid:step_id>/phan-cong-lai")
@guard.requires("step.reassign")
def reassign(step_id: uuid.UUID) -> ResponseReturnValue:
    """Give the step to another member of its group, with a reason."""
    step = steps.get(step_id, for_=guard.current_actor())
    person_id, reason = answering.identifier(request.form.get("to")), request.form.get("reason", "")

    def act() -> None:
        if person_id is None:
            raise AnswersRejected({"to": [_("Chọn người nhận việc.")]})
        steps.reassign(step, person_id, reason, version=answering.version(), by=guard.current_actor())

    return _boxed(step, act, "reassign", _("Đã phân công lại. Người nhận được báo ngay."))


def _act(step: Step, act: Callable[[], Any], target: str, done: str = "") -> ResponseReturnValue:
    try:
        with transaction():
            act()
    except Conflict as refusal:
        return _conflict(step.id, {}, refusal)
    if done:
        flash(done, "good")
    return redirect(target, code=303)


def _boxed(step: Step, act: Callable[[], Any], box: str, done: str) -> ResponseReturnValue:
    """An act from one of the side boxes: refused answers come back inside that box."""
    try:
        with transaction():
            act()
    except AnswersRejected as refusal:
        return _page(step, box=box, box_errors=refusal.fields, status=422)
    except Conflict as refusal:
        return _conflict(step.id, typed.answers(), refusal)
    flash(done, "good")
    return redirect(case_view.address(step.case), code=303)


def _page(  # noqa: PLR0913 - what a refused form brings back
    step: Step,
    *,
    answers: Mapping[str, Any] | None = None,
    errors: Mapping[str, list[str]] | None = None,
    box: str = "",
    box_errors: Mapping[str, list[str]] | None = None,
    conflict: Conflict | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    actor, form = guard.current_actor(), steps.form_of(step)
    able = guards.able(step, actor)
    can_do = able is not None
    page = render_template(
        "steps/show.html",
        step=step,
        form=form,
        view=case_view.view(step.case, actor),
        minutes=case_view.minutes_left(step.agency_id, step.due_at) if step.state == "open" else None,
        group=case_view.group_of(step),
        holder=_name_of(step.assignee_id),
        closer=_name_of(step.closed_by_id),
        handed=next((row for row in hand_overs.of(step.case) if row.step_id == step.id), None),
        can_do=can_do,
        acting=able.acting if able is not None else None,
        before=said_before.of(step) if can_do else [],
        is_mine=step.assignee_id == actor.person_id,
        targets=returning.targets(step) if can_do else [],
        colleagues=_colleagues(step) if case_view.may_reassign(step, actor) else [],
        errors=errors or {},
        box=box,
        box_errors=box_errors or {},
        conflict=conflict,
        signs=signing.meaning_of(step),
        signed=signed.of(step.case),
        back=case_view.address(step.case),
        **answering.shown(form, answers or {}, step.case),
    )
    return page, status


def _conflict(step_id: uuid.UUID, answers: Mapping[str, Any], refusal: Conflict) -> ResponseReturnValue:
    """Somebody was faster: who and when, with what was typed still in the form, or listed where the form is gone."""
    step = steps.get(step_id, for_=guard.current_actor())
    return _page(step, answers=answers, conflict=refusal, status=409)


def _colleagues(step: Step) -> list[tuple[str, str]]:
    found = directory.holders(step.agency_id, step.role, step.division_id)
    return [(str(person.id), person.full_name) for person in found if person.id != step.assignee_id]


def _name_of(person_id: uuid.UUID | None) -> str:
    return directory.get_person(person_id).full_name if person_id else ""


def _next_page(step: Step, opened: list[Step]) -> str:
    """The next step where it is the same person's, else the case: there the papers are printed."""
    mine = [new for new in opened if case_view.is_for(new, guard.current_actor())]
    return url_for("steps.show", step_id=mine[0].id) if len(mine) == 1 else case_view.address(step.case)


def _done(step: Step, opened: list[Step]) -> str:
    if not opened:
        return str(_("Đã hoàn thành bước “%(name)s”.", name=step.name))
    to = ", ".join(f"{new.name} ({case_view.group_of(new)})" for new in opened)
    return str(_("Đã hoàn thành bước “%(name)s”. Tiếp theo: %(next)s.", name=step.name, next=to))
