"""What a draft changes against the revision it began from, and what differs between two revisions of a procedure."""

import uuid

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine.errors import NotFound
from engine.people import agencies
from engine.procedures import catalogue, definition, difference_words, differences, drafts
from engine.procedures.definition import Definition
from engine.procedures.differences import Differences
from web import draft_files, guard, places

bp = Blueprint("draft_diff", __name__, url_prefix="/admin/procedures")


@bp.get("/drafts/<uuid:draft_id>/diff")
@guard.requires("procedure.check")
def show(draft_id: uuid.UUID) -> ResponseReturnValue:
    """The draft against its base; a new procedure has none, and a draft that cannot be read says why."""
    draft = draft_files.found(draft_id, "procedure.check")
    described, findings = definition.examine(drafts.folder_of(draft))
    found = _between(definition.of(draft.base_revision), described) if draft.base_revision and described else None
    return render_template(
        "procedure_drafts/diff.html",
        draft=draft,
        agency=agencies.get(draft.agency_id),
        tab="diff",
        base=draft.base_revision,
        found=found,
        findings=findings,
        sentence=difference_words.sentence,
        kinds=difference_words.KINDS,
    )


@bp.get("/<code>/diff")
@guard.requires("procedure.read")
def revisions(code: str) -> ResponseReturnValue:
    """Two revisions of a procedure (``from``, ``to``); not named: the one in force and the one before it."""
    agency = places.chosen("procedure.read")
    chain = agencies.chain(agency.id)
    procedure = catalogue.current(code, chain).procedure
    known = catalogue.revisions(procedure)
    numbers = [revision.number for revision in known]
    later = _number("to", numbers[0])
    former = _number("from", max((n for n in numbers if n < later), default=later))
    old, new = catalogue.get_number(code, former, chain), catalogue.get_number(code, later, chain)
    return render_template(
        "admin_procedures/diff.html",
        agency=agency,
        procedure=procedure,
        revisions=known,
        old=old,
        new=new,
        found=_between(definition.of(old), definition.of(new)),
        sentence=difference_words.sentence,
        kinds=difference_words.KINDS,
    )


def _between(old: Definition, new: Definition | None) -> Differences | None:
    return differences.between(old, new) if new is not None else None


def _number(name: str, unless: int) -> int:
    typed = request.args.get(name, "")
    if not typed:
        return unless
    if not typed.isascii() or not typed.isdecimal() or len(typed) > 9:
        raise NotFound("Không có lần ban hành này. Chọn lại ở danh sách lần ban hành.")
    return int(typed)
