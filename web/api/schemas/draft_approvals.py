"""Drafts put forward for approval, in and out."""

from collections.abc import Sequence
from typing import Any

from marshmallow import fields

from engine.cases import queries, subjects
from engine.cases.models import Case
from engine.people import signatures
from engine.people.signature_models import Signature
from engine.procedures.models import ProcedureDraft
from web.api.fields import Answers, Moment, Part, Rows, Text
from web.api.schemas.shape import In, Out
from web.api.schemas.steps import StepOut, steps_out


class SubmitIn(In):
    """The answers of the author's step (reason, summary, reviewers, approver: ids or account names); the password signs."""

    answers = Answers(keys=fields.String(), required=True)
    password = Text(longest=200, load_default="", metadata={"description": "Mật khẩu của người gọi, để ký."})


class SignatureOut(Out):
    """One standing signature: meaning, name and title as printed, when, under which content."""

    meaning = fields.String()
    name = fields.String()
    title = fields.String()
    signed_at = Moment()
    sha256 = fields.String()


class ApprovalOut(Out):
    """How the approval of a draft stands. ``sha256``: the content signed; ``round``: how often it was put forward."""

    draft_id = fields.UUID()
    draft_state = fields.String()
    case_id = fields.UUID()
    case_state = fields.String()
    sha256 = fields.String()
    round = fields.Integer()
    open_steps = Rows(Part(StepOut))
    signatures = Rows(Part(SignatureOut))


def approval_out(draft: ProcedureDraft, case: Case) -> dict[str, Any]:
    """The approval of a draft and who signed so far."""
    bound = subjects.of(case.id)
    given: Sequence[Signature] = signatures.standing(bound.kind, bound.subject_id) if bound else ()
    shown = ("meaning", "name", "title", "signed_at", "sha256")
    return {
        "draft_id": draft.id,
        "draft_state": draft.state,
        "case_id": case.id,
        "case_state": case.state,
        "sha256": bound.sha256 if bound else "",
        "round": bound.round if bound else 0,
        "open_steps": steps_out(queries.open_steps(case), case),
        "signatures": [{name: getattr(one, name) for name in shown} for one in given],
    }
