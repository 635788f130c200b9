"""Revisions that were approved in the system: kept until their date, then in force; or dropped before (ISO 9001:2015 7.5.3.2)."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.errors import Conflict, NotFound
from engine.journal import entries
from engine.people import agencies
from engine.people.actors import Actor
from engine.people.models import Agency
from engine.procedures import catalogue, publishing
from engine.procedures.catalogue import APPROVED, DROPPED
from engine.procedures.folder import Folder
from engine.procedures.lint import CapabilityFacts
from engine.procedures.models import ProcedureDraft, ProcedureRevision
from engine.transaction import session


def keep(  # noqa: PLR0913 - one approval's worth of facts, all named
    draft: ProcedureDraft,
    folder: Folder,
    *,
    capabilities: Mapping[str, CapabilityFacts],
    basis: str,
    effective_at: datetime,
    case_id: uuid.UUID,
    by: Actor | None,
) -> ProcedureRevision:
    """The draft's content as the next revision of its procedure, which takes effect at ``effective_at`` and runs nothing until.

    ``ProcedureRejected`` where it does not hold together by today's rules.
    """
    described = publishing.checked(folder, capabilities)
    procedure = publishing.locked(draft.agency_id, described)
    revision = publishing.write(procedure, folder, described, basis, by)
    revision.effective_at, revision.approval_case_id = effective_at, case_id
    session().flush()
    facts = {"procedure": procedure.code, "number": revision.number, "sha256": revision.sha256, "basis": basis}
    entries.append(
        "procedure.approved", agency_id=procedure.agency_id, by=by, case_id=case_id, effective_at=effective_at, **facts
    )
    return revision


def of_case(case_id: uuid.UUID) -> ProcedureRevision | None:
    """The revision this case approved and that still waits for its date."""
    query = sa.select(ProcedureRevision).where(ProcedureRevision.approval_case_id == case_id, ProcedureRevision.state == APPROVED)
    return session().scalars(query).one_or_none()


def take_effect(revision: ProcedureRevision, *, by: Actor | None) -> None:
    """New cases start on it from now on and the former is obsolete, in the caller's transaction. ``Conflict`` unless it waits."""
    agency_id = revision.procedure.agency_id
    session().execute(sa.select(Agency.id).where(Agency.id == agency_id).with_for_update())
    session().refresh(revision)
    session().refresh(revision.procedure)
    if revision.state != APPROVED:
        raise Conflict(f"Lần ban hành {revision.number} không còn chờ hiệu lực. Hãy tải lại trang để xem tình trạng mới.")
    publishing.bring_into_force(revision, by=by, approval_case_id=revision.approval_case_id)


def drop(revision: ProcedureRevision, reason: str, *, by: Actor | None) -> None:
    """It will never take effect; its number is not given again."""
    revision.state = DROPPED
    session().flush()
    facts = {"procedure": revision.procedure.code, "number": revision.number, "reason": reason}
    entries.append(
        "procedure.revision_dropped",
        agency_id=revision.procedure.agency_id,
        by=by,
        case_id=revision.approval_case_id,
        **facts,
    )


def base_now(draft: ProcedureDraft) -> ProcedureRevision | None:
    """The revision in force that the draft would replace in its agency: its own, else that of the nearest agency above."""
    try:
        return catalogue.current(draft.code, agencies.chain(draft.agency_id))
    except NotFound:
        return None


def outdated(draft: ProcedureDraft) -> str:
    """Why the draft does not follow what is in force now; empty where it does."""
    now = base_now(draft)
    if (now.id if now else None) == draft.base_revision_id:
        return ""
    began = f"lần {draft.base_revision.number}" if draft.base_revision else "chưa có lần nào"
    runs = f"lần ban hành {now.number} đang hiệu lực" if now else "không còn lần nào hiệu lực"
    return (
        f"Bản dự thảo sửa từ {began}, nay {runs}. Xem khác biệt ở trang So sánh, sửa cho khớp, "
        "rồi lấy lần đang hiệu lực làm gốc trước khi trình."
    )


def take_base(draft: ProcedureDraft, base_id: uuid.UUID, *, by: Actor) -> None:
    """Have the draft be a change of the revision in force now, which its author compared it with (``base_id``: what was seen).

    ``Conflict`` where that is not in force any more. Journalled.
    """
    now = base_now(draft)
    if now is None or now.id != base_id:
        raise Conflict("Lần đang hiệu lực đã đổi nữa. Tải lại trang, xem so sánh với lần mới rồi làm lại.")
    former = draft.base_revision.number if draft.base_revision else None
    draft.base_revision_id, draft.version = now.id, draft.version + 1
    session().flush()
    session().refresh(draft, ["base_revision"])
    facts: dict[str, Any] = {"draft": str(draft.id), "procedure": draft.code, "before": former, "after": now.number}
    entries.append("procedure.draft_rebased", agency_id=draft.agency_id, by=by, **facts)
