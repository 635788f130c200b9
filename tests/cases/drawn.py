"""Procedures drawn in a test: a BPMN text, everything else of the folder made to fit it."""

import uuid
from collections.abc import Mapping
from typing import Any

import yaml

from engine import clock
from engine.cases import capabilities
from engine.flow import metadata, parse
from engine.flow.facts import ModelFacts
from engine.procedures import folder, publishing
from engine.procedures.models import Procedure, ProcedureRevision
from engine.transaction import session, transaction
from tests.bench.model import Process, document
from tests.decisions import DECISION

LANE = '<bpmn:laneSet id="lanes"><bpmn:lane id="lane" name="Văn thư">{}</bpmn:lane></bpmn:laneSet>'
_TASKS = ("userTask", "manualTask", "task")


def publish(agency_id: uuid.UUID, process: Process, *more: Process, extra: str = "", **sheet: Any) -> ProcedureRevision:
    """Publish a procedure named like its process; ``sheet`` adds to its ``procedure.yaml``. The registrar does every step."""
    files = files_of(process, *more, extra=extra, sheet=sheet)
    with transaction():
        return publishing.publish(agency_id, folder.of(files.items()), capabilities=capabilities.facts(), basis=DECISION, by=None)


def publish_unreadable(agency_id: uuid.UUID, code: str = "spoiled") -> uuid.UUID:
    """A procedure whose revision in force nobody can read any more; the revision's id."""
    with transaction():
        procedure = Procedure(agency_id=agency_id, code=code, title=f"Quy trình {code}")
        session().add(procedure)
        session().flush()
        told = {"number": 1, "sha256": code, "approval_basis": "QĐ 02", "published_at": clock.now(), "state": "effective"}
        revision = ProcedureRevision(procedure_id=procedure.id, files={}, bpmn=b"<torn", changes=[], **told)
        session().add(revision)
        session().flush()
        procedure.current_revision_id = revision.id
        return revision.id


def files_of(process: Process, *more: Process, extra: str = "", sheet: Mapping[str, Any]) -> dict[str, bytes]:
    """The folder's files. Every choice of a form is a routing value ``answer``."""
    facts = metadata.read(parse.read(document(process, *more, extra=extra)))
    steps = [element for element in facts.elements.values() if element.kind in _TASKS]
    inside = "".join(f"<bpmn:flowNodeRef>{step.id}</bpmn:flowNodeRef>" for step in steps)
    process.parts.insert(0, LANE.format(inside))
    form = {"title": "Bước", "fields": [{"name": "answer", "type": "text", "label": "Trả lời", "routes": True}]}
    written = {
        "code": process.id,
        "title": f"Quy trình {process.id}",
        "iso_clauses": ["ISO 9001:2015 8.5"],
        "legal_basis": ["NĐ 30/2020/NĐ-CP"],
        "owner_role": "secretary",
        "record_class": "Thử",
        "retention_years": 1,
        "register_columns": [],
        "public_services": [],
        "capabilities": sorted({use.name for use in facts.capabilities.values()}),
        "start": {"form": None, "roles": ["registrar"], "values": {"answer": None}},
        "lanes": {"Văn thư": {"role": "registrar"}},
        "steps": {step.id: {"term": "none", "help": "Để thử.", "form": "form"} for step in steps},
        "waits": {},
        "messages": {name: {"title": f"Thông báo {name}", "roles": ["registrar"]} for name in _caught(facts)},
        "ends": {end.id: "none" for end in facts.case_ends},
        "slips": {},
        **sheet,
    }
    return {
        "README.md": "# Thử".encode(),
        "procedure.yaml": yaml.safe_dump(written, allow_unicode=True).encode(),
        f"{process.id}.bpmn": document(process, *more, extra=extra),
        **({"forms/form.yaml": yaml.safe_dump(form, allow_unicode=True).encode()} if steps else {}),
    }


def _caught(facts: ModelFacts) -> list[str]:
    starts = {start.id for start in facts.case_starts}
    kinds = ("startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask")
    return sorted({str(e.message) for e in facts.elements.values() if e.kind in kinds and e.message and e.id not in starts})
