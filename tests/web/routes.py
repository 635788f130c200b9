"""Every route of the application with something to show at its address, and what the database holds before and after."""

import hashlib
import io
import uuid
from collections.abc import Iterator, Set
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from engine import clock
from engine.cases import attachments, incidents, queries
from engine.cases.migration_models import MigrationAct
from engine.cases.models import Case, Incident, Step, Timer
from engine.cases.troubles import Trouble
from engine.dossiers.models import Dossier, Slip
from engine.outbox.models import OutboxMessage, Webhook
from engine.people import directory, tokens
from engine.people.actors import actor_of
from engine.people.models import Position
from engine.procedures import decision_writing, drafts, folder
from engine.tables import metadata
from engine.transaction import session, transaction
from tests.files import samples
from tests.people.delegating import give
from tests.printing import word
from tests.web.drafted import FOLDER as DOSSIER
from tests.web.office import SERVICE, Office

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
#: Resources that take no JSON: a form with a file, a folder as it is.
TAKES_BYTES = {"api_files.upload", "api_procedures.check", "api_procedure_drafts.make"}
#: Who is at the keyboard and when they were last seen: kept by the session itself.
UNCOUNTED = {"web_session"}
OTHER_WORDS: dict[str, Any] = {
    "static:filename": "css/app.css",
    "section": "phieu",
    "procedure_state.change:act": "suspend",
    "api_exports.table:name": "cases",
    "api_registers.one:name": "dossiers",
    "cases.message:name": "withdrawal_requested",
    "cases.new:procedure": "dossier",
    "admin_procedures.file:name": "procedure.yaml",
    "admin_calendar_days.change:day": "2026-11-24",
    "admin_forms.change:generation": "2025",
    "draft_forms.edit:name": "sign",
    "draft_rules.edit:file": "phi",
    "draft_rules.edit:decision_id": "phi",
    **{f"draft_scenarios.{page}:name": "straight" for page in ("show", "repeat", "rename", "remove")},
    "draft_slips.edit:name": "2025_mau_02",
    "draft_slips.paper:name": "2025_mau_02",
    **{f"draft_word_slips.{page}:name": "2025_mau_02" for page in ("show", "template", "filled")},
    **{
        f"{endpoint}:code": "dossier"
        for endpoint in (
            "admin_procedures.diagram",
            "admin_procedures.file",
            "admin_procedures.revision",
            "admin_procedures.show",
            "api_procedure_drafts.make",
            "procedure_drafts.begin",
            "api_procedures.bpmn",
            "api_procedures.packed",
            "api_procedures.diff",
            "api_procedures.revision",
            "api_procedures.revisions",
            "draft_diff.revisions",
            "procedure_drafts.begin",
            "procedure_print.revision_docx",
            "procedure_print.revision_pdf",
            "api_procedures.docx",
            "api_procedures.pdf",
            "procedure_migration.plan",
            "procedure_migration.show",
            "procedure_migration.undo",
            "procedure_state.change",
        )
    },
    **{
        f"{endpoint}:code": SERVICE
        for endpoint in ("admin_service_edit.change", "admin_services.show", "api_public_services.one")
    },
}


def rules(app: Flask, methods: set[str]) -> Iterator[tuple[Rule, str]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule)):
        for method in sorted((rule.methods or set()) & methods):
            yield rule, method


def address(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    """The rule's address with known values, and invented ones of the right kind elsewhere."""
    given = {name: values.get(f"{rule.endpoint}:{name}", values.get(name, _invented(rule, name))) for name in rule.arguments}
    with app.test_request_context():
        built = rule.build(given)
        assert built is not None
        return built[1]


def _invented(rule: Rule, name: str) -> Any:
    kind = type(rule._converters[name]).__name__
    return {"UUIDConverter": uuid.UUID(int=7), "IntegerConverter": 1}.get(kind, "x")


def contents(app: Flask, *, but: Set[str] = frozenset()) -> dict[str, str]:
    """A digest of every row of every table except ``but``."""
    with app.app_context():
        return {
            table.name: hashlib.sha256(
                repr(session().execute(sa.select(table).order_by(*table.primary_key)).all()).encode()
            ).hexdigest()
            for table in metadata.sorted_tables
            if table.name not in UNCOUNTED | but
        }


def _outgoing(case: Case) -> dict[str, uuid.UUID]:
    """A system that is told, and a message that could not be sent."""
    now, address = clock.now(), {"url": "https://nhan.example.vn/", "receiver": "nhan.example.vn:443"}
    with transaction():
        system = Webhook(agency_id=case.agency_id, name="Cổng tỉnh", events=["clock.stopped"], created_at=now, **address)
        letter = OutboxMessage(agency_id=case.agency_id, key="một thư", kind="mail", payload={}, next_at=now, created_at=now)
        letter.state = "dead"
        session().add_all([system, letter])
        session().flush()
    return {"webhook_id": system.id, "message_id": letter.id}


def _incident(case: Case) -> Incident:
    """Something went wrong with the case."""
    with transaction():
        return incidents.record(Trouble(case.agency_id, "Mô hình không đi tiếp được.", "", case.id, "hand_over"))


def _migration_act(case: Case) -> uuid.UUID:
    """A decision to bring cases to the revision in force; none is left to bring."""
    told: dict[str, Any] = {
        "year": 2026,
        "number": 1,
        "reason": "Bản mới",
        "mapping": {},
        "terms": "keep",
        "made_at": clock.now(),
    }
    with transaction():
        act = MigrationAct(agency_id=case.agency_id, to_revision_id=case.revision_id, **told)
        session().add(act)
        session().flush()
        return act.id


def _draft(agency_id: uuid.UUID) -> uuid.UUID:
    """A draft of the carried dossier procedure, with a decision table and a Word template beside it."""
    secretary = directory.by_login("secretary")
    assert secretary is not None
    beside = {"rules/phi.dmn": decision_writing.new("phi", "Phí"), "slips/2025_mau_02.docx": word.template("{{ number }}")}
    files = {**folder.read(DOSSIER).files, **beside}
    with transaction():
        return drafts.create(agency_id, folder.of(files.items()), base=None, by=actor_of(secretary)).id


def known_values(office: Office) -> tuple[dict[str, Any], dict[str, str]]:
    """What stands for each word of an address, so that every page has something to show; and a bearer token."""
    code = office.open()
    case_id = uuid.UUID(office.case_id(code))
    with office.app.app_context():
        clerk = directory.by_login("clerk")
        assert clerk is not None
        with transaction():
            token = tokens.create(clerk)
            case = queries.get_case(case_id, for_=actor_of(clerk))
            attachment = attachments.add(case, io.BytesIO(samples.PDF), "quet.pdf", by=actor_of(clerk))
        dossier = session().scalars(sa.select(Dossier).where(Dossier.code == code)).one()
        values: dict[str, Any] = {
            "code": code,
            "case_id": case.id,
            "token": dossier.status_token,
            "step_id": session().scalars(sa.select(Step.id).where(Step.case_id == case.id)).first(),
            "slip_id": session().scalars(sa.select(Slip.id).where(Slip.case_id == case.id)).first(),
            "attachment_id": attachment.id,
            "file_id": attachment.id,
            "person_id": clerk.id,
            "position_id": session().scalars(sa.select(Position.id).where(Position.person_id == clerk.id)).first(),
            "service_code": SERVICE,
            "incident_id": _incident(case).id,
            **_outgoing(case),
            "timer_id": session().scalars(sa.select(Timer.id).where(Timer.case_id == case.id)).first(),
            "number": 1,
            "draft_id": _draft(case.agency_id),
            "delegation_id": give("clerk", "registrar", starts_on=clock.today(), ends_on=clock.today()).id,
            "act_id": _migration_act(case),
        }
    return values | OTHER_WORDS, {"Authorization": f"Bearer {token}"}
