"""What a draft would mean for the cases that run now: the change request states it before anybody signs (ISO 9001:2015 6.3)."""

import uuid

import sqlalchemy as sa
from lxml import etree

from engine.cases import impact
from engine.cases.impact import Impact
from engine.db import new_id
from engine.flow import normalise, parse
from engine.people import agencies
from engine.procedures import drafts
from engine.procedures.models import Procedure, ProcedureDraft, ProcedureRevision
from engine.transaction import session


def of(draft: ProcedureDraft) -> Impact | None:
    """The fate of each open case of the agencies that would run the draft; None where it is of a new procedure.

    Ask it of drafts that hold together. The draft is looked at as if it were a revision; no row is written.
    """
    base = draft.base_revision
    if base is None:
        return None
    folder = drafts.folder_of(draft)
    root, _ = normalise.normalise(parse.read(folder.files[f"{draft.code}.bpmn"]))
    bpmn = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    seen = ProcedureRevision(id=new_id(), procedure_id=base.procedure_id, sha256=folder.sha256, files=draft.files, bpmn=bpmn)
    return impact.assess(seen, _concerned(draft))


def _concerned(draft: ProcedureDraft) -> set[uuid.UUID]:
    """The draft's agency and those below, but for those that run a procedure of this code of their own, and theirs."""
    below = set(agencies.subtree(draft.agency_id))
    query = sa.select(Procedure.agency_id).where(Procedure.code == draft.code, Procedure.current_revision_id.is_not(None))
    for agency_id in set(session().scalars(query)) & below - {draft.agency_id}:
        below -= set(agencies.subtree(agency_id))
    return below
