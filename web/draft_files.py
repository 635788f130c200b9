"""What the pages of a draft's files share: the draft in reach, and saving some of its files as the next version."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from engine.errors import Conflict
from engine.people import access, agencies
from engine.procedures import drafts
from engine.procedures.models import ProcedureDraft
from web import guard


def found(draft_id: uuid.UUID, permission: str, *, is_changing: bool = False) -> ProcedureDraft:
    """The draft, where the reader holds ``permission`` in its agency; ``NotFound`` otherwise."""
    offered = access.agencies_with(guard.current_actor(), permission)
    return drafts.get(draft_id, [agency.id for agency in offered], is_changing=is_changing)


def save(draft_id: uuid.UUID, changes: Mapping[str, bytes | None]) -> ProcedureDraft:
    """Within the caller's transaction: the files as the next version after the one the form was opened with."""
    version = request.form.get("version", "")
    if not version.isascii() or not version.isdigit() or len(version) > 9:
        raise Conflict(_("Trang thiếu số lần lưu đã xem. Tải lại trang rồi sửa tiếp."))
    draft = found(draft_id, "procedure.draft", is_changing=True)
    return drafts.write(draft, changes, version=int(version), by=guard.current_actor())


def page(template: str, draft: ProcedureDraft, tab: str, **shown: Any) -> str:
    """A page inside the shell of the draft; ``may_draw``: whether the reader may save. A refused form keeps its own version."""
    may_draw = draft.state == drafts.OPEN and access.may(guard.current_actor(), "procedure.draft", draft.agency_id)
    return render_template(
        f"procedure_drafts/{template}",
        draft=draft,
        agency=agencies.get(draft.agency_id),
        tab=tab,
        may_draw=may_draw,
        version=request.form.get("version") or draft.version,
        **shown,
    )
