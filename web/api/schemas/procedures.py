"""Procedures and their revisions."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from engine.procedures.definition import Definition
from engine.procedures.difference_words import sentence
from engine.procedures.differences import Change
from engine.procedures.models import Procedure, ProcedureRevision
from web.api.fields import Flag, Moment, Part, Rows, Whole
from web.api.schemas.shape import In, Out


class RevisionOut(Out):
    """One published state of a procedure."""

    number = fields.Integer()
    sha256 = fields.String()
    state = fields.String()
    approval_basis = fields.String()
    published_at = Moment()


class ProcedureOut(Out):
    """A procedure in force for the caller's agency."""

    code = fields.String()
    title = fields.String()
    agency_id = fields.UUID()
    current_revision = Part(RevisionOut)


class ProcedureList(Out):
    """Procedures by title."""

    items = Rows(Part(ProcedureOut))


class RevisionList(Out):
    """Revisions, newest first."""

    items = Rows(Part(RevisionOut))


class StepRule(Out):
    """What a step of the procedure is."""

    element = fields.String()
    name = fields.String()
    role = fields.String()
    of_division = Flag()
    term_minutes = fields.Integer(allow_none=True)
    status = fields.String(allow_none=True)


class RevisionDetail(RevisionOut):
    """What a revision fixes: steps with roles and terms, forms as JSON Schema, messages it takes, its files."""

    code = fields.String()
    title = fields.String()
    iso_clauses = Rows(fields.String())
    legal_basis = Rows(fields.String())
    owner_role = fields.String()
    record_class = fields.String()
    retention_years = fields.Integer()
    steps = Rows(Part(StepRule))
    messages = fields.Dict()
    forms = fields.Dict()
    capabilities = Rows(fields.String())
    files = Rows(fields.String())
    documentation = fields.String()


class FindingOut(Out):
    """One thing to mend, or to look at again: where, and how."""

    place = fields.String()
    code = fields.String()
    message = fields.String()


class CheckOut(Out):
    """Whether it could be published, and everything that stands against it. ``remarks`` may stay: they keep nothing back."""

    is_publishable = Flag()
    findings = Rows(Part(FindingOut))
    remarks = Rows(Part(FindingOut))


class DiffQuery(In):
    """Which two revisions."""

    former = Whole(data_key="from", required=True, validate=validate.Range(1, 2**31 - 1))
    later = Whole(data_key="to", required=True, validate=validate.Range(1, 2**31 - 1))


class ChangeOut(Out):
    """One difference, as words and as a sentence; the BPMN ids it touches in either diagram."""

    place = fields.String()
    kind = fields.String()
    what = fields.String()
    aspect = fields.String()
    name = fields.String()
    before = fields.String()
    after = fields.String()
    sentence = fields.String()
    old_elements = Rows(fields.String())
    new_elements = Rows(fields.String())


class DiffOut(Out):
    """Every difference of two revisions; ``renamed``: elements that only got another BPMN id."""

    from_number = fields.Integer()
    to_number = fields.Integer()
    items = Rows(Part(ChangeOut))
    renamed = fields.Dict()


def change_out(change: Change) -> dict[str, Any]:
    """A difference for ``ChangeOut``."""
    told = {name: getattr(change, name) for name in ("place", "kind", "what", "aspect", "name", "before", "after")}
    return {**told, "sentence": sentence(change), "old_elements": change.old, "new_elements": change.new}


def procedure_out(procedure: Procedure) -> dict[str, Any]:
    """One line of the list."""
    return {
        "code": procedure.code,
        "title": procedure.title,
        "agency_id": procedure.agency_id,
        "current_revision": procedure.current_revision,
    }


def revision_out(revision: ProcedureRevision, rule: Definition) -> dict[str, Any]:
    """Everything about one revision."""
    names = ("number", "sha256", "state", "approval_basis", "published_at")
    own = {name: getattr(revision, name) for name in names}
    fixed = {name: getattr(rule, name) for name in _FIXED}
    return {
        **own,
        **fixed,
        "steps": list(rule.steps.values()),
        "messages": {name: {"title": message.title, "roles": sorted(message.roles)} for name, message in rule.messages.items()},
        "forms": _forms(rule),
        "capabilities": sorted(rule.capabilities),
        "files": sorted(revision.files),
    }


def _forms(rule: Definition) -> Mapping[str, Any]:
    return {name: form.json_schema() for name, form in sorted(rule.forms.items())}


_FIXED = (
    "code",
    "title",
    "iso_clauses",
    "legal_basis",
    "owner_role",
    "record_class",
    "retention_years",
    "documentation",
)
