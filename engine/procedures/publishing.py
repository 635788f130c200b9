"""Publish a procedure: check everything, then one immutable revision takes effect and the former becomes obsolete."""

import dataclasses
import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from lxml import etree

from engine import clock
from engine.errors import Finding, ProcedureRejected
from engine.flow import normalise, parse
from engine.journal import entries
from engine.people.actors import Actor
from engine.people.models import Agency
from engine.procedures import decision_checks, definition, lint, playing, routing, scenarios
from engine.procedures import folder as folders
from engine.procedures.catalogue import EFFECTIVE, OBSOLETE
from engine.procedures.definition import Definition
from engine.procedures.folder import Folder
from engine.procedures.lint import CapabilityFacts
from engine.procedures.models import Procedure, ProcedureRevision
from engine.procedures.scenarios import Scenario
from engine.text import clean
from engine.transaction import session

_MOST_DIFFERENCES = 10


def check(folder: Folder, *, capabilities: Mapping[str, CapabilityFacts]) -> list[Finding]:
    """Everything that keeps a folder from being published, sorted by place; its own scenarios are played too."""
    return _checked(folder, capabilities)[1]


def remarks(folder: Folder) -> list[Finding]:
    """What the author should look at and may leave: gaps of decision tables and rules never reached. Kept with the revision."""
    described, _ = definition.examine(folder)
    return list(decision_checks.remarks(described.decisions)) if described is not None else []


def kept_remarks(revision: ProcedureRevision) -> list[Finding]:
    """The ``remarks`` on a revision as they stood when it was published."""
    return [Finding(**kept) for kept in revision.changes if kept["code"] in decision_checks.REMARKS]


def publish(
    agency_id: uuid.UUID,
    folder: Folder,
    *,
    capabilities: Mapping[str, CapabilityFacts],
    basis: str,
    by: Actor | None,
) -> ProcedureRevision:
    """Make ``folder`` the revision new cases of ``agency_id`` start on; running cases keep theirs.

    ``basis``: the decision that approved it. A folder equal to the revision in force gives that one back, unchanged and
    unjournalled. ``ProcedureRejected`` with every finding; nothing is written then. ISO 9001:2015 7.5.2, 7.5.3.
    """
    described, findings = _checked(folder, capabilities)
    if not clean(basis):
        findings.append(Finding("basis", "basis.missing", "Phải ghi căn cứ ban hành (số quyết định phê duyệt)."))
    if findings or described is None:
        raise ProcedureRejected(findings)
    procedure = _locked(agency_id, described)
    former = procedure.current_revision
    if former is not None and former.sha256 == folder.sha256:
        return former
    revision = _take_effect(procedure, _revision(procedure, folder, described, basis, by), former)
    entries.append(
        "procedure.published",
        agency_id=agency_id,
        by=by,
        procedure=procedure.code,
        number=revision.number,
        sha256=revision.sha256,
        basis=revision.approval_basis,
        former=former.number if former else None,
    )
    return revision


def _checked(folder: Folder, capabilities: Mapping[str, CapabilityFacts]) -> tuple[Definition | None, list[Finding]]:
    described, findings = definition.examine(folder)
    findings += lint.layout(folder)
    if described is not None:
        findings += lint.check(folder, described, capabilities)
        findings += routing.check(described)
        stories = scenarios.read_all(folder, findings)
        findings += _played(described, stories) if not findings else []
    return described, sorted(dict.fromkeys(findings), key=lambda finding: (finding.place, finding.code))


def _played(described: Definition, stories: list[Scenario]) -> list[Finding]:
    """Where the folder's own scenarios differ; after ten differences the rest would only repeat them."""
    findings: list[Finding] = []
    for story in stories:
        if len(findings) < _MOST_DIFFERENCES:
            findings += playing.play(described, story).findings
    return findings


def _locked(agency_id: uuid.UUID, described: Definition) -> Procedure:
    """The procedure's row, made where it is new. The agency's row is locked, so that two publishers take turns."""
    session().execute(sa.select(Agency.id).where(Agency.id == agency_id).with_for_update())
    query = sa.select(Procedure).where(Procedure.agency_id == agency_id, Procedure.code == described.code)
    procedure = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if procedure is None:
        procedure = Procedure(agency_id=agency_id, code=described.code, title=described.title)
        session().add(procedure)
        session().flush()
    return procedure


def _revision(procedure: Procedure, folder: Folder, described: Definition, basis: str, by: Actor | None) -> ProcedureRevision:
    last = session().scalar(
        sa.select(sa.func.max(ProcedureRevision.number)).where(ProcedureRevision.procedure_id == procedure.id)
    )
    root, changes = normalise.normalise(parse.read(folder.files[f"{described.code}.bpmn"]))
    return ProcedureRevision(
        procedure_id=procedure.id,
        number=(last or 0) + 1,
        sha256=folder.sha256,
        files=folders.packed(folder.files),
        bpmn=etree.tostring(root, xml_declaration=True, encoding="UTF-8"),
        changes=[*map(dataclasses.asdict, changes), *map(dataclasses.asdict, decision_checks.remarks(described.decisions))],
        state=EFFECTIVE,
        approval_basis=clean(basis),
        published_at=clock.now(),
        published_by_id=by.person_id if by else None,
    )


def _take_effect(procedure: Procedure, revision: ProcedureRevision, former: ProcedureRevision | None) -> ProcedureRevision:
    session().add(revision)
    session().flush()
    if former is not None:
        former.state = OBSOLETE
    procedure.title = definition.of(revision).title
    procedure.current_revision = revision
    session().flush()
    return revision
