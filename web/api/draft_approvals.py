"""``/procedures/drafts/{id}/submit``, ``/approval``: a draft is put forward and signed, and how its approval stands."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from engine.documents import approvals, judged
from engine.errors import AnswersRejected, NotFound
from web import draft_files, guard, proofs
from web.api import doors, named_people
from web.api.blueprint import Blueprint
from web.api.schemas.draft_approvals import ApprovalOut, SubmitIn, approval_out

bp = Blueprint("draft_approvals", __name__, path="/procedures", description="Trình duyệt bản dự thảo quy trình.")


View = TypeVar("View", bound=Callable[..., Any])


def _judged(view: View) -> View:
    """Judge the draft before the act's transaction: that takes a while, and the act asks for the judgement again."""

    @wraps(view)
    def door(*sent: Any, draft_id: uuid.UUID) -> Any:
        judged.verdict_on(draft_files.found(draft_id, "procedure.draft"))
        return view(*sent, draft_id=draft_id)

    return door  # type: ignore[return-value]  # the same call, wrapped


@bp.post("/drafts/<uuid:draft_id>/submit")
@guard.requires("procedure.draft")
@proofs.asked
@bp.arguments(SubmitIn)
@_judged
@doors.acting
@bp.response(200, ApprovalOut)
def submit(sent: dict[str, Any], draft_id: uuid.UUID) -> dict[str, Any]:
    """Ký và trình bản dự thảo; 422 khi còn điểm phải sửa, thiếu hoặc sai mật khẩu; 409 khi bản gốc đã đổi."""
    proof = proofs.given()
    if proof is None:
        raise AnswersRejected({proofs.FIELD: ["Hãy nhập mật khẩu của anh/chị để ký."]})
    draft = draft_files.found(draft_id, "procedure.draft", is_changing=True)
    answers = named_people.with_ids(approvals.form_of(draft), sent["answers"])
    return approval_out(draft, approvals.submit(draft, answers, proof=proof, by=guard.current_actor()))


@bp.get("/drafts/<uuid:draft_id>/approval")
@guard.requires("procedure.check")
@bp.response(200, ApprovalOut)
def approval(draft_id: uuid.UUID) -> dict[str, Any]:
    """Lần trình mới nhất của bản dự thảo: đang ở đâu, ai đã ký."""
    draft = draft_files.found(draft_id, "procedure.check")
    case = approvals.case_of(draft)
    if case is None:
        raise NotFound("Bản dự thảo này chưa được trình lần nào.")
    return approval_out(draft, case)
