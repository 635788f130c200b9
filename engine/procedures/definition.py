"""What a published procedure says, as one value: who does what, in which time, on which form, and what the model runs."""

import uuid
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from engine.errors import Finding, NotFound, ProcedureRejected
from engine.flow import model as models
from engine.flow.facts import ModelFacts
from engine.flow.model import Model
from engine.procedures import assembling
from engine.procedures import folder as folders
from engine.procedures.assembling import Sheets
from engine.procedures.decisions import Decision, DecisionUse
from engine.procedures.folder import Folder
from engine.procedures.forms import Form
from engine.procedures.models import ProcedureRevision
from engine.procedures.parts import CapabilityUse, CoverageRule, LaneRule, MessageDefinition, StartDefinition, StepDefinition
from engine.transaction import session

__all__ = [
    "CapabilityUse",
    "Definition",
    "LaneRule",
    "MessageDefinition",
    "StartDefinition",
    "StepDefinition",
    "of",
    "of_id",
    "read",
]

#: Definitions kept by one process.
_CACHE_SIZE = 64


@dataclass(frozen=True, eq=False)
class Definition:
    """Everything a revision fixes. Mappings are keyed by BPMN id, lane name, message name or form name as they say."""

    code: str
    title: str
    iso_clauses: tuple[str, ...]
    legal_basis: tuple[str, ...]
    owner_role: str
    record_class: str
    retention_years: int
    register_columns: tuple[str, ...]
    #: Codes of the public services it handles; ``*`` for any.
    public_services: tuple[str, ...]
    #: Status word → Vietnamese name, in the order of progress.
    statuses: Mapping[str, str]
    start: StartDefinition
    lanes: Mapping[str, LaneRule]
    steps: Mapping[str, StepDefinition]
    #: Catch event (BPMN id) or message name → status while the case waits there.
    waits: Mapping[str, str]
    messages: Mapping[str, MessageDefinition]
    #: End event → outcome; None where only a branch ends there.
    ends: Mapping[str, str | None]
    calls: Mapping[str, CapabilityUse]
    #: Decision id → the decision; business rule task → the decision it asks.
    decisions: Mapping[str, Decision]
    asks: Mapping[str, DecisionUse]
    #: Kind of slip → its templates (one for each generation of forms).
    slips: Mapping[str, tuple[str, ...]]
    forms: Mapping[str, Form]
    coverage: CoverageRule
    #: Pairs of steps that no one person may do in one case (separation of duties).
    separate: tuple[tuple[str, str], ...]
    model: Model = field(repr=False)
    #: Path of a slip template → its content.
    templates: Mapping[str, bytes] = field(repr=False)
    #: Path of a scenario → its content.
    scenarios: Mapping[str, bytes] = field(repr=False)
    #: README.md: what the auditor reads.
    documentation: str = field(repr=False)

    @property
    def facts(self) -> ModelFacts:
        """Names, lanes, documentation and flows of the model."""
        return self.model.facts

    @property
    def capabilities(self) -> frozenset[str]:
        """Names of everything the model may cause."""
        return frozenset(use.capability for use in self.calls.values())

    def form_of(self, element: str) -> Form:
        """The form of a step."""
        return self.forms[self.steps[element].form]

    def message_form(self, name: str) -> Form | None:
        """The form of a message; None where it carries no answers, or only starts cases."""
        message = self.messages.get(name)
        return self.forms[message.form] if message is not None and message.form else None

    def takes(self, name: str, open_elements: Iterable[str]) -> bool:
        """Whether a case that waits for this message takes it while these steps are open."""
        message = self.messages.get(name)
        return message is None or not message.closed_while.intersection(open_elements)

    def start_values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The routing values a case starts with: the declared ones, overlaid with ``given``."""
        return {**self.start.values, **given}

    def status_of(self, elements: Iterable[str]) -> str | None:
        """The status of a case that has these steps open and waits at these events: the furthest in the order of progress."""
        order = list(self.statuses)
        found = [status for element in elements if (status := self._status(element)) is not None]
        return max(found, key=order.index, default=None)

    def _status(self, element: str) -> str | None:
        if element in self.steps:
            return self.steps[element].status
        facts = self.facts.elements.get(element)
        return self.waits.get(element) or (self.waits.get(facts.message) if facts is not None and facts.message else None)


class _Cache:
    """Definitions by the folder's hash, and hashes by revision: a revision never changes."""

    def __init__(self) -> None:
        self.definitions: OrderedDict[str, Definition] = OrderedDict()
        self.hashes: dict[uuid.UUID, str] = {}
        self.lock = Lock()

    def get(self, sha256: str | None) -> Definition | None:
        with self.lock:
            found = self.definitions.get(sha256 or "")
            if found is not None:
                self.definitions.move_to_end(sha256 or "")
            return found

    def keep(self, revision: ProcedureRevision, definition: Definition) -> Definition:
        with self.lock:
            kept = self.definitions.setdefault(revision.sha256, definition)
            self.hashes[revision.id] = revision.sha256
            while len(self.definitions) > _CACHE_SIZE:
                self.definitions.popitem(last=False)
            return kept


_CACHE = _Cache()


def read(folder: Folder, bpmn: bytes | None = None) -> Definition:
    """The definition a folder gives. ``bpmn``: the executable model, where it is not the folder's own file.

    ``ProcedureRejected`` with every finding of the sheets, the forms and the model together.
    """
    definition, findings = examine(folder, bpmn)
    if findings or definition is None:
        raise ProcedureRejected(findings)
    return definition


def examine(folder: Folder, bpmn: bytes | None = None) -> tuple[Definition | None, list[Finding]]:
    """The definition as far as it can be read (None: the model cannot), and every finding on the way."""
    findings: list[Finding] = []
    sheets = assembling.read_sheets(folder, findings)
    try:
        model = models.load(bpmn or folder.files.get(f"{sheets.sheet.code}.bpmn", b""), folder.sha256)
    except ProcedureRejected as refusal:
        return None, findings + refusal.findings
    return _assembled(sheets, model, findings), findings


def _assembled(sheets: Sheets, model: Model, findings: list[Finding]) -> Definition:
    sheet = sheets.sheet
    return Definition(
        code=sheet.code,
        title=sheet.title,
        iso_clauses=sheet.iso_clauses,
        legal_basis=sheet.legal_basis,
        owner_role=sheet.owner_role,
        record_class=sheet.record_class,
        retention_years=sheet.retention_years,
        register_columns=sheet.register_columns,
        public_services=sheet.public_services,
        statuses=sheet.statuses,
        start=sheet.start,
        lanes=sheet.lanes,
        steps=assembling.steps_of(sheet, model.facts, findings),
        waits=sheet.waits,
        messages=sheet.messages,
        ends=sheet.ends,
        calls=assembling.calls_of(model.facts, findings),
        decisions=sheets.decisions,
        asks=assembling.asks_of(model.facts, sheets.decisions, findings),
        slips=sheet.slips,
        forms=sheets.forms,
        coverage=sheet.coverage,
        separate=sheet.separate,
        model=model,
        templates=sheets.templates,
        scenarios=sheets.scenarios,
        documentation=sheets.documentation,
    )


def of(revision: ProcedureRevision) -> Definition:
    """The definition of a revision: read once in a process, then kept."""
    known = _CACHE.get(revision.sha256)
    if known is not None:
        return _CACHE.keep(revision, known)
    return _CACHE.keep(revision, read(Folder(folders.unpacked(revision.files), revision.sha256), revision.bpmn))


def of_id(revision_id: uuid.UUID) -> Definition:
    """The definition of the revision with this id; the database is asked once in a process. ``NotFound`` where there is none."""
    known = _CACHE.get(_CACHE.hashes.get(revision_id))
    if known is not None:
        return known
    revision = session().get(ProcedureRevision, revision_id)
    if revision is None:
        raise NotFound("Không tìm thấy lần ban hành này của quy trình.")
    return of(revision)
