"""The proof of a draft: what must be mended before it is submitted, what to look at, every service against its legal limit."""

import uuid

from flask import Blueprint
from flask.typing import ResponseReturnValue

from engine.cases import capabilities
from engine.dossiers import proof
from engine.procedures import definition, drafts, gates, state_space
from web import draft_files, guard, proof_view

bp = Blueprint("draft_proof", __name__, url_prefix="/admin/procedures/drafts/<uuid:draft_id>/proof")


@bp.get("")
@guard.requires("procedure.check")
def show(draft_id: uuid.UUID) -> ResponseReturnValue:
    """The verdict on the draft as it is saved now, with the diagram and the table of services."""
    draft = draft_files.found(draft_id, "procedure.check")
    folder, known = drafts.folder_of(draft), capabilities.facts()
    verdict = gates.judge(draft.agency_id, folder, capabilities=known)
    described, _ = definition.examine(folder)
    _, whole = gates.examine(folder, capabilities=known)
    rows = (proof.rows(draft.agency_id, whole) or []) if whole is not None and proof.handles_services(whole) else []
    lines = proof_view.lines(rows, described) if described is not None else []
    return draft_files.page(
        "proof.html",
        draft,
        "proof",
        errors=proof_view.findings(draft, verdict.errors, described, "error"),
        warnings=proof_view.findings(draft, verdict.warnings, described, "warning"),
        lines=lines,
        more=len(rows) - len(lines),
        marks=proof_view.marks(described, verdict, lines) if described is not None else None,
        space=state_space.explored(whole, folder.sha256, known) if whole is not None else None,
        windows_known=all(row.measured.window.is_known for row in rows),
    )
