"""Publish a procedure: check everything, then one immutable revision takes effect and the former becomes obsolete."""

import dataclasses
import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from lxml import etree

from engine import clock
from engine.errors import Finding, NotFound, ProcedureRejected
from engine.flow import normalise, parse
from engine.journal import entries
from engine.people import agencies
from engine.people.actors import Actor
from engine.people.models import Agency
from engine.procedures import catalogue, decision_checks, definition, lint, playing, routing, scenarios
from engine.procedures import folder as folders
from engine.procedures.catalogue import APPROVED, EFFECTIVE, OBSOLETE
from engine.procedures.definition import Definition
from engine.procedures.external_decisions import ExternalDecision
from engine.procedures.folder import Folder
from engine.procedures.lint import CapabilityFacts
from engine.procedures.models import Procedure, ProcedureRevision
from engine.procedures.scenarios import Scenario
from engine.text import clean
from engine.transaction import session

_MOST_DIFFERENCES = 10
_NEEDS_APPROVAL = (
    "Quy trình này đang có lần ban hành hiệu lực nên bản mới phải qua phê duyệt: mở bản dự thảo, trang Trình duyệt. Nếu đã được "
    "phê duyệt bằng quyết định bên ngoài hệ thống, ghi đủ số, ngày và người ký quyết định đó."
)


def check(folder: Folder, *, capabilities: Mapping[str, CapabilityFacts]) -> list[Finding]:
    """Everything that keeps a folder from being published, sorted by place; its own scenarios are played too."""
    return examined(folder, capabilities)[1]


def remarks(folder: Folder) -> list[Finding]:
    """What the author should look at and may leave: gaps of decision tables and rules never reached. Kept with the revision."""
    described, _ = definition.examine(folder)
    return remarks_on(described)


def remarks_on(described: Definition | None) -> list[Finding]:
    """The ``remarks`` on a folder that was read already; none where it could not be."""
    return list(decision_checks.remarks(described.decisions)) if described is not None else []


def kept_remarks(revision: ProcedureRevision) -> list[Finding]:
    """The ``remarks`` on a revision as they stood when it was published."""
    return [Finding(**kept) for kept in revision.changes if kept["code"] in decision_checks.REMARKS]


def publish(
    agency_id: uuid.UUID,
    folder: Folder,
    *,
    capabilities: Mapping[str, CapabilityFacts],
    basis: str | ExternalDecision,
    by: Actor | None,
) -> ProcedureRevision:
    """Make ``folder`` the revision new cases of ``agency_id`` start on, without an approval in the system.

    ``basis``: what approved it. Where the agency runs a revision of this procedure already, its own or one from above, only an
    ``ExternalDecision`` will do: else it goes through approval (``engine.documents``). A folder equal to the revision in force
    gives that one back, unchanged and unjournalled. ``ProcedureRejected`` with every finding; nothing is written then.
    ISO 9001:2015 7.5.2, 7.5.3.
    """
    described = checked(folder, capabilities)
    if not clean(str(basis)):
        raise ProcedureRejected([Finding("basis", "basis.missing", "Phải ghi căn cứ ban hành (số quyết định phê duyệt).")])
    procedure = locked(agency_id, described)
    former = procedure.current_revision
    if former is not None and former.sha256 == folder.sha256:
        return former
    decision = basis if isinstance(basis, ExternalDecision) else None
    if decision is None and _runs(described.code, agency_id):
        raise ProcedureRejected([Finding("basis", "basis.decision", _NEEDS_APPROVAL)])
    revision = write(procedure, folder, described, str(basis), by)
    bring_into_force(revision, by=by, decision=decision.as_record() if decision else None)
    return revision


def checked(folder: Folder, capabilities: Mapping[str, CapabilityFacts]) -> Definition:
    """What the folder says; ``ProcedureRejected`` with everything that is wrong with it."""
    described, findings = examined(folder, capabilities)
    if findings or described is None:
        raise ProcedureRejected(findings)
    return described


def _runs(code: str, agency_id: uuid.UUID) -> bool:
    """Whether new cases of the agency start on a revision of this procedure."""
    try:
        return catalogue.current(code, agencies.chain(agency_id)) is not None
    except NotFound:
        return False


def examined(folder: Folder, capabilities: Mapping[str, CapabilityFacts]) -> tuple[Definition | None, list[Finding]]:
    """What the folder says as far as it can be read, with the findings of ``check``."""
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


def locked(agency_id: uuid.UUID, described: Definition) -> Procedure:
    """The procedure's row, made where it is new. The agency's row is locked, so that two publishers take turns."""
    session().execute(sa.select(Agency.id).where(Agency.id == agency_id).with_for_update())
    query = sa.select(Procedure).where(Procedure.agency_id == agency_id, Procedure.code == described.code)
    procedure = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if procedure is None:
        procedure = Procedure(agency_id=agency_id, code=described.code, title=described.title)
        session().add(procedure)
        session().flush()
    return procedure


def write(procedure: Procedure, folder: Folder, described: Definition, basis: str, by: Actor | None) -> ProcedureRevision:
    """The row of the next revision of a locked procedure, approved and not in force yet."""
    last = session().scalar(
        sa.select(sa.func.max(ProcedureRevision.number)).where(ProcedureRevision.procedure_id == procedure.id)
    )
    root, changes = normalise.normalise(parse.read(folder.files[f"{described.code}.bpmn"]))
    revision = ProcedureRevision(
        procedure_id=procedure.id,
        number=(last or 0) + 1,
        sha256=folder.sha256,
        files=folders.packed(folder.files),
        bpmn=etree.tostring(root, xml_declaration=True, encoding="UTF-8"),
        changes=[*map(dataclasses.asdict, changes), *map(dataclasses.asdict, decision_checks.remarks(described.decisions))],
        state=APPROVED,
        approval_basis=clean(basis),
        published_at=clock.now(),
        published_by_id=by.person_id if by else None,
    )
    session().add(revision)
    session().flush()
    return revision


def bring_into_force(revision: ProcedureRevision, *, by: Actor | None, **facts: Any) -> None:
    """From this instant new cases start on ``revision``, and the former one is obsolete; running cases keep theirs.

    The procedure is locked by the caller; ``facts`` go into the journal beside what was approved and on what basis.
    """
    procedure = revision.procedure
    former = procedure.current_revision
    if former is not None:
        former.state = OBSOLETE
    revision.state = EFFECTIVE
    revision.effective_at = revision.effective_at or clock.now()
    procedure.title = definition.of(revision).title
    procedure.current_revision = revision
    session().flush()
    told: dict[str, Any] = {
        "procedure": procedure.code,
        "number": revision.number,
        "sha256": revision.sha256,
        "basis": revision.approval_basis,
        "former": former.number if former else None,
    }
    entries.append("procedure.published", agency_id=procedure.agency_id, by=by, **told, **facts)
