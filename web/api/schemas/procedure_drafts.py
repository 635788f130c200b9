"""Drafts of procedures."""

from typing import Any

from marshmallow import fields

from engine.procedures import drafts
from engine.procedures.models import ProcedureDraft
from web.api.fields import Moment, Part, Rows, Whole
from web.api.schemas.procedures import FindingOut
from web.api.schemas.shape import In, Out


class DraftOut(Out):
    """A draft: what it changes, in which state, which version was saved last."""

    id = fields.UUID()
    code = fields.String()
    title = fields.String()
    agency_id = fields.UUID()
    base_revision_id = fields.UUID(allow_none=True)
    sha256 = fields.String()
    version = fields.Integer()
    state = fields.String()
    changed_at = Moment()


class DraftList(Out):
    """Drafts, the last changed first."""

    items = Rows(Part(DraftOut))


class DraftDetail(DraftOut):
    """A draft and the names of its files."""

    files = Rows(fields.String())


class TakenIn(DraftOut):
    """A draft made of a file; of a foreign model also what was changed in it and what is left to do."""

    changes = Rows(Part(FindingOut))
    findings = Rows(Part(FindingOut))


class DraftQuery(In):
    """``version``: the version the caller read, where an open draft of this code is replaced."""

    version = Whole()


class FilesIn(In):
    """Files to put (base64) or take out (null), and the version they were made from."""

    version = Whole(required=True)
    files = fields.Dict(keys=fields.String(), values=fields.String(allow_none=True), required=True)


def draft_out(draft: ProcedureDraft) -> dict[str, Any]:
    """A draft with the names of its files."""
    names = ("id", "code", "title", "agency_id", "base_revision_id", "sha256", "version", "state", "changed_at")
    return {**{name: getattr(draft, name) for name in names}, "files": sorted(drafts.folder_of(draft).files)}
