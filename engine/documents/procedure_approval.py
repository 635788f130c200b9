"""A draft of a procedure under approval: locked while it is decided on, then the revision that runs from its date on."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine import transaction
from engine.cases import capabilities, subjects
from engine.cases.capabilities import BusinessError
from engine.cases.subjects import Content
from engine.documents import draft_impact, judged
from engine.documents.approvables import Approval
from engine.errors import Conflict, NotFound, ProcedureRejected
from engine.people.actors import Actor
from engine.procedures import approved, drafts
from engine.procedures import folder as folders
from engine.procedures.models import ProcedureDraft
from engine.transaction import session

KIND = "procedure_draft"
#: Error code of the model: what was approved no longer follows what is in force.
OUTDATED = "outdated"


def read(draft_id: uuid.UUID) -> Content:
    """The draft's title and the hash of its files, computed from the files themselves."""
    draft = _draft(draft_id)
    return Content(draft.title, folders.digest(folders.unpacked(draft.files)))


class ProcedureApproval:
    """See ``engine.documents.approvables.Approvable``."""

    kind = subjects.Kind(KIND, "Bản dự thảo quy trình", read)

    def submit(self, subject_id: uuid.UUID, case_id: uuid.UUID, *, by: Actor) -> Mapping[str, Any]:
        draft = _draft(subject_id)
        drafts.require_open(draft)
        reason = approved.outdated(draft)
        if reason:
            raise Conflict(reason)
        verdict = judged.verdict_on(draft)
        if verdict.errors:
            raise ProcedureRejected(verdict.errors)
        found = draft_impact.of(draft)
        draft.state, draft.approval_case_id = drafts.SUBMITTED, case_id
        draft.editor_id = draft.editor_until = None
        session().flush()
        base = draft.base_revision.number if draft.base_revision else None
        return {"procedure": draft.code, "base": base, "impact": found.counts if found else None}

    def reopen(self, subject_id: uuid.UUID, case_id: uuid.UUID, *, is_over: bool, by: Actor | None) -> None:
        draft = _draft(subject_id)
        if draft.approval_case_id != case_id or draft.state == drafts.DISCARDED:
            return
        waiting = approved.of_case(case_id)
        if waiting is not None:
            approved.drop(waiting, "Hồ sơ phê duyệt trả lại hoặc kết thúc trước ngày hiệu lực", by=by)
        draft.state = drafts.OPEN
        draft.approval_case_id = None if is_over else case_id
        session().flush()

    def approve(self, subject_id: uuid.UUID, approval: Approval, *, by: Actor | None) -> None:
        draft = _draft(subject_id)
        _refuse_outdated(draft)
        folder = drafts.folder_of(draft)
        if folder.sha256 != approval.sha256:
            raise Conflict("Nội dung bản dự thảo khác nội dung đã ký. Hãy trả lại để trình lại từ đầu.")
        approved.keep(
            draft,
            folder,
            capabilities=capabilities.facts(),
            basis=approval.number,
            effective_at=approval.effective_at,
            case_id=approval.case_id,
            by=by,
        )
        draft.state = drafts.APPROVED
        session().flush()

    def take_effect(self, subject_id: uuid.UUID, approval: Approval, *, by: Actor | None) -> None:
        revision = approved.of_case(approval.case_id)
        if revision is None or revision.sha256 != approval.sha256:
            raise Conflict("Không còn lần ban hành nào của hồ sơ này chờ hiệu lực, hoặc nội dung khác nội dung đã ký.")
        _refuse_outdated(_draft(subject_id))
        approved.take_effect(revision, by=by)

    def is_approved(self, subject_id: uuid.UUID) -> bool:
        return _draft(subject_id).state == drafts.APPROVED


def _refuse_outdated(draft: ProcedureDraft) -> None:
    reason = approved.outdated(draft)
    if reason:
        raise BusinessError(OUTDATED, reason, {"comment": reason})


def _draft(draft_id: uuid.UUID) -> ProcedureDraft:
    """The draft as it is now, locked where a transaction is open."""
    query = sa.select(ProcedureDraft).where(ProcedureDraft.id == draft_id)
    if transaction.is_open():
        session().flush()
        query = query.with_for_update(of=ProcedureDraft)
    draft = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if draft is None:
        raise NotFound("Không tìm thấy bản dự thảo quy trình của hồ sơ này.")
    return draft
