"""A draft put forward for approval: what it changes and touches, whom it goes to, the author's signature; then how it stands."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.cases import drafts as kept_words
from engine.cases import queries
from engine.documents import approvals, draft_impact, judged
from engine.errors import AnswersRejected, Conflict, Finding, NotFound, ProcedureRejected
from engine.people import lockout
from engine.procedures import approved, definition, differences, drafts
from engine.procedures.forms import Form
from engine.procedures.models import ProcedureDraft
from engine.transaction import transaction
from web import answering, case_view, draft_files, fields, guard, once, proofs, said_before, signed, typed

bp = Blueprint("draft_submit", __name__, url_prefix="/admin/procedures/drafts/<uuid:draft_id>/submit")


@bp.get("")
@guard.requires("procedure.check")
def show(draft_id: uuid.UUID) -> ResponseReturnValue:
    """What would be submitted, with the request to fill in; or how the approval stands."""
    return _page(draft_files.found(draft_id, "procedure.check"))


@bp.post("")
@guard.requires("procedure.draft")
def submit(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Sign the request and put the draft forward."""
    draft, actor = draft_files.found(draft_id, "procedure.draft"), guard.current_actor()
    answers = typed.answers()
    try:
        judged.verdict_on(draft)
        proof = proofs.of_form()
        with transaction():
            known = once.former_answer()
            if known is not None:
                return known
            draft = draft_files.found(draft_id, "procedure.draft", is_changing=True)
            approvals.submit(draft, answers, proof=proof, by=actor)
            kept_words.drop(_subject(draft_id), by=actor)
            target = url_for("draft_submit.show", draft_id=draft_id)
            once.leads_to(target)
    except AnswersRejected as refusal:
        return _again(draft_id, answers, errors=refusal.fields), 422
    except ProcedureRejected as refusal:
        return _again(draft_id, answers, findings=refusal.findings), 422
    except lockout.Locked as refusal:
        return _again(draft_id, answers, errors={proofs.FIELD: [str(refusal)]}), 429
    except (Conflict, NotFound) as refusal:
        return _again(draft_id, answers, trouble=str(refusal)), 409
    flash(_("Đã ký và trình. Người xem xét được báo ngay; bản dự thảo khóa lại cho tới khi có kết quả."), "good")
    return redirect(target, code=303)


@bp.post("/base")
@guard.requires("procedure.draft")
def take_base(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Have the draft be a change of the revision in force now."""
    with transaction():
        draft = draft_files.found(draft_id, "procedure.draft", is_changing=True)
        drafts.require_open(draft)
        base_id = answering.identifier(typed.answers().get("base"))
        if base_id is None:
            raise Conflict(_("Trang thiếu lần ban hành đã xem. Tải lại trang rồi làm lại."))
        approved.take_base(draft, base_id, by=guard.current_actor())
    flash(_("Bản dự thảo nay sửa từ lần đang hiệu lực. Xem lại trang So sánh trước khi trình."), "good")
    return redirect(url_for("draft_submit.show", draft_id=draft_id), code=303)


def _again(draft_id: uuid.UUID, answers: Mapping[str, Any], **told: Any) -> str:
    return _page(draft_files.found(draft_id, "procedure.check"), answers=answers, **told)


def _page(
    draft: ProcedureDraft,
    *,
    answers: Mapping[str, Any] | None = None,
    errors: Mapping[str, list[str]] | None = None,
    findings: Sequence[Finding] = (),
    trouble: str = "",
) -> str:
    case = approvals.case_of(draft)
    shown: dict[str, Any] = {"errors": errors or {}, "findings": findings or None, "trouble": trouble, "case": case}
    if case is not None:
        shown |= {
            "waiting": case_view.waiting_of(queries.open_steps(case), guard.current_actor()),
            "signed": signed.of(case),
            "case_address": case_view.address(case),
        }
    if draft.state == drafts.OPEN:
        shown |= _request(draft, answers)
    return draft_files.page("submit.html", draft, "submit", **shown)


def _request(draft: ProcedureDraft, answers: Mapping[str, Any] | None) -> dict[str, Any]:
    """Everything the author looks at before signing, and the form."""
    verdict, step = judged.verdict_on(draft), approvals.authors_step(draft)
    described, _findings = definition.examine(drafts.folder_of(draft))
    base, is_whole = draft.base_revision, described is not None and not verdict.errors
    shown: dict[str, Any] = {
        "verdict": verdict,
        "outdated": approved.outdated(draft),
        "base_now": approved.base_now(draft),
        "impact": draft_impact.of(draft) if is_whole else None,
        "changes": differences.between(definition.of(base), described).changes if base and described else None,
        "returned": said_before.of(step) if step is not None else [],
    }
    try:
        form = approvals.form_of(draft)
    except NotFound as refusal:
        return {**shown, "form": None, "no_form": str(refusal)}
    given = answers if answers is not None else _kept(draft)
    asked = {"values": fields.shown_values(form, given), "labels": fields.labels(form), "people": _people(form, draft)}
    return {**shown, "form": form, **asked}


def _kept(draft: ProcedureDraft) -> Mapping[str, Any]:
    """What was typed and not sent; else, after a return, what was answered before."""
    kept = kept_words.get(_subject(draft.id), by=guard.current_actor())
    return kept or approvals.former_answers(draft)


def _people(form: Form, draft: ProcedureDraft) -> dict[str, list[tuple[str, str]]]:
    """Whom each question may name."""
    actor = guard.current_actor()
    offered = {"people": approvals.reviewers_for, "person": approvals.approvers_for}
    asked = [question for question in form.fields if question.type in offered]
    named = {question.name: offered[question.type](draft, but=actor) for question in asked}
    return {name: [(str(person.id), f"{person.full_name} ({person.login})") for person in found] for name, found in named.items()}


def _subject(draft_id: uuid.UUID) -> str:
    return f"submit:{draft_id}"
