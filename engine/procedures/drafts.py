"""Drafts of procedures: kept file by file, one editor at a time, never run. What may run begins as a draft that was approved."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import PurePosixPath

import sqlalchemy as sa

from engine import clock
from engine.errors import AnswersRejected, Conflict, NotFound
from engine.journal import entries
from engine.people.actors import Actor
from engine.people.models import Person
from engine.procedures import catalogue
from engine.procedures import folder as folders
from engine.procedures.folder import Folder
from engine.procedures.models import ProcedureDraft, ProcedureRevision
from engine.procedures.sheets import Sheet
from engine.text import clean
from engine.transaction import session

OPEN, SUBMITTED, APPROVED, DISCARDED = "open", "submitted", "approved", "discarded"
#: How long somebody counts as the editor after the last sign of life.
LOCK = timedelta(minutes=3)


def create(agency_id: uuid.UUID, folder: Folder, *, base: ProcedureRevision | None, by: Actor) -> ProcedureDraft:
    """A draft with the files of ``folder``. ``base``: the revision it changes. The code and title are its sheet's."""
    code, title = named(folder)
    draft = ProcedureDraft(
        agency_id=agency_id,
        code=base.procedure.code if base else code,
        title=title,
        base_revision_id=base.id if base else None,
        files=folders.packed(folder.files),
        sha256=folder.sha256,
        version=1,
        state=OPEN,
        changed_at=clock.now(),
        changed_by_id=by.person_id,
    )
    session().add(draft)
    session().flush()
    entries.append(
        "procedure.draft_created", agency_id=agency_id, by=by, draft=str(draft.id), procedure=draft.code, sha256=draft.sha256
    )
    return draft


def get(draft_id: uuid.UUID, agency_ids: Sequence[uuid.UUID], *, is_changing: bool = False) -> ProcedureDraft:
    """A draft of one of these agencies; ``is_changing`` locks its row. ``NotFound`` where there is none."""
    query = sa.select(ProcedureDraft).where(ProcedureDraft.id == draft_id, ProcedureDraft.agency_id.in_(agency_ids))
    if is_changing:
        query = query.with_for_update().execution_options(populate_existing=True)
    draft = session().scalars(query).one_or_none()
    if draft is None:
        raise NotFound("Không tìm thấy bản dự thảo quy trình này.")
    return draft


def open_one(agency_id: uuid.UUID, code: str) -> ProcedureDraft | None:
    """The draft of this code an agency is drawing, locked; the last changed where there are several."""
    query = sa.select(ProcedureDraft).where(
        ProcedureDraft.agency_id == agency_id, ProcedureDraft.code == code, ProcedureDraft.state == OPEN
    )
    query = query.order_by(ProcedureDraft.changed_at.desc(), ProcedureDraft.id).limit(1).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).one_or_none()


def base_of(code: str, agency_ids: Sequence[uuid.UUID]) -> ProcedureRevision | None:
    """The revision in force that a draft of this code changes; None where the procedure is new."""
    try:
        return catalogue.current(code, agency_ids)
    except NotFound:
        return None


def listing(agency_id: uuid.UUID) -> list[ProcedureDraft]:
    """Drafts that are drawn or decided on, the last changed first."""
    query = sa.select(ProcedureDraft).where(ProcedureDraft.agency_id == agency_id, ProcedureDraft.state.in_((OPEN, SUBMITTED)))
    return list(session().scalars(query.order_by(ProcedureDraft.changed_at.desc(), ProcedureDraft.id)))


def folder_of(draft: ProcedureDraft) -> Folder:
    """Its files as a folder."""
    return Folder(folders.unpacked(draft.files), draft.sha256)


def model_of(draft: ProcedureDraft) -> bytes:
    """Its BPMN 2.0 file with the diagram, as drawn. ``NotFound`` where there is none yet."""
    files = folder_of(draft)
    path = next((path for path in (f"{draft.code}.bpmn", *files.under(".", ".bpmn")) if path in files.files), None)
    if path is None:
        raise NotFound("Bản dự thảo chưa có mô hình BPMN: hãy vẽ hoặc nhập một mô hình trước.")
    return files.files[path]


def edited_by(draft: ProcedureDraft) -> uuid.UUID | None:
    """The id of who edits it now."""
    is_held = draft.editor_until is not None and draft.editor_until > clock.now()
    return draft.editor_id if is_held else None


def write(draft: ProcedureDraft, changes: Mapping[str, bytes | None], *, version: int, by: Actor) -> ProcedureDraft:
    """Replace, add or remove (None) these files. ``draft`` was got with ``is_changing``; ``version``: the one its editor read.

    ``Conflict`` where it is not open, somebody else edits it, or it was changed since; the bounds of a folder hold.
    """
    require_open(draft)
    _require_editor(draft, by)
    if version != draft.version:
        raise Conflict("Bản dự thảo đã được lưu ở nơi khác sau khi anh/chị mở. Tải lại trang để xem bản mới, rồi sửa tiếp.")
    files = {**folders.unpacked(draft.files), **changes}
    folder = folders.of((path, content) for path, content in files.items() if content is not None)
    if folder.sha256 == draft.sha256:
        return draft
    draft.files, draft.sha256, draft.version = folders.packed(folder.files), folder.sha256, draft.version + 1
    draft.title = named(folder)[1] or draft.title
    draft.changed_at, draft.changed_by_id = clock.now(), by.person_id
    session().flush()
    return draft


def take(draft: ProcedureDraft, *, by: Actor) -> Person | None:
    """Become the editor, or stay it; somebody else who is it now is returned instead, and nothing changes."""
    require_open(draft)
    if _is_edited_by_another(draft, by):
        return session().get(Person, draft.editor_id)
    draft.editor_id, draft.editor_until = by.person_id, clock.now() + LOCK
    session().flush()
    return None


def take_over(draft: ProcedureDraft, *, by: Actor) -> None:
    """Become the editor although somebody else is it; journalled. What that one saved stays."""
    require_open(draft)
    if _is_edited_by_another(draft, by):
        former = str(draft.editor_id)
        entries.append("procedure.draft_taken_over", agency_id=draft.agency_id, by=by, draft=str(draft.id), former=former)
    draft.editor_id, draft.editor_until = by.person_id, clock.now() + LOCK
    session().flush()


def release(draft: ProcedureDraft, *, by: Actor) -> None:
    """Be the editor no more."""
    if draft.editor_id == by.person_id:
        draft.editor_id = draft.editor_until = None
        session().flush()


def discard(draft: ProcedureDraft, reason: str, *, by: Actor) -> None:
    """Put a draft away for good; its files stay for whoever asks later. ``AnswersRejected`` without a reason."""
    require_open(draft)
    if draft.approval_case_id is not None:
        raise Conflict("Bản dự thảo đang có hồ sơ phê duyệt. Hãy rút lại hồ sơ trình ấy trước rồi mới bỏ bản dự thảo.")
    if not clean(reason):
        raise AnswersRejected({"reason": ["Ghi lý do bỏ bản dự thảo."]})
    draft.state = DISCARDED
    session().flush()
    entries.append("procedure.draft_discarded", agency_id=draft.agency_id, by=by, draft=str(draft.id), reason=clean(reason))


def require_open(draft: ProcedureDraft) -> None:
    """Refuse (``Conflict``) to change a draft that is being decided on, or is done with."""
    if draft.state != OPEN:
        raise Conflict("Bản dự thảo này đang chờ duyệt hoặc đã khép lại nên không sửa được. Hãy tạo bản dự thảo mới nếu cần.")


def _require_editor(draft: ProcedureDraft, by: Actor) -> None:
    if _is_edited_by_another(draft, by):
        editor = session().get(Person, draft.editor_id)
        raise Conflict(f"{editor.full_name if editor else 'Người khác'} đang sửa bản dự thảo này; nội dung của anh/chị chưa lưu.")


def _is_edited_by_another(draft: ProcedureDraft, by: Actor) -> bool:
    return edited_by(draft) not in (None, by.person_id)


def named(folder: Folder) -> tuple[str, str]:
    """Code and title of ``procedure.yaml``; where it says neither, the model's file name and the code."""
    sheet = Sheet.parse(folder.files.get("procedure.yaml", b""), "procedure.yaml", [])
    model = next((PurePosixPath(path).stem for path in folder.under(".", ".bpmn")), "")
    code = sheet.text_or("code") or model
    return code, sheet.text_or("title") or code
