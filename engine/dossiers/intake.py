"""Intake: a citizen's papers become a dossier with a code, a clock and a slip."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import class_mapper, make_transient_to_detached

from engine import clock, rows, text
from engine.cases import starting
from engine.cases.models import Case
from engine.dossiers import components, forms, parties, rules, services
from engine.dossiers.models import Dossier, PublicService
from engine.errors import AnswersRejected
from engine.journal import entries
from engine.people import agencies, policy
from engine.people.actors import Actor
from engine.people.models import Agency, Division
from engine.printing import glyphs
from engine.procedures import catalogue, definition
from engine.procedures.definition import Definition
from engine.registers import numbers
from engine.statements import Statement
from engine.transaction import session

#: The form whose answers decide at the counter: complete, supplement or refuse.
DECISION_FORM = "intake_check"
_STATUS_TOKEN_BYTES = 16
_DIVISION = Statement(
    lambda: sa.select(Division.id).where(Division.agency_id == sa.bindparam("agency_id"), Division.code == sa.bindparam("code"))
)
#: TT 01/2018/TT-VPCP took effect: no form of an earlier receipt is kept, so no earlier receipt can be entered.
EARLIEST_RECEIPT = date(2019, 1, 6)


@dataclass(frozen=True)
class Intake:
    """What the clerk entered. ``decision``: the answers of the intake check; ``received_at`` (aware) only when earlier.

    ``components``: the papers handed in; None where they are those of the service, empty where none came.
    """

    public_service: str
    owner: Mapping[str, Any]
    channel: str = "counter"
    submitter: Mapping[str, Any] | None = None
    components: Sequence[Mapping[str, Any]] | None = None
    received_at: datetime | None = None
    decision: Mapping[str, Any] = field(default_factory=lambda: {"intake_decision": "complete"})
    return_place: str = ""
    note: str = ""


def open_dossier(intake: Intake, *, by: Actor, agency_id: uuid.UUID | None = None) -> Dossier:
    """Open a dossier at ``agency_id`` (the clerk's own): code, case, clock, slip, first steps, all in this transaction.

    An online dossier without a moment of receipt is registered only and waits for the intake check (NĐ 45/2020). Refuses unknown
    services (``NotFound``) and impossible entries (``AnswersRejected`` per field).
    """
    policy.require(by, "dossier.open")
    agency = session().get_one(Agency, agency_id or by.agency_id)
    _refuse_impossible(intake)
    service = services.get(agency.id, intake.public_service)
    revision = catalogue.current(service.procedure_code, agencies.chain(agency.id))
    rule = definition.of(revision)
    values = _routing_values(intake, rule)
    now = clock.now()
    division = _division_of(agency, service)
    generation = forms.generation_on(clock.local(intake.received_at or now).date())
    owner_name = text.clean(str(intake.owner["full_name"]))
    code = _next_code(agency, intake.received_at or now)  # last of what is asked: the office's next dossier waits from here on
    case = starting.create(
        revision,
        agency_id=agency.id,
        title=f"{service.name} – {owner_name}",
        values=values,
        by=by,
        code=code,
        terms=_terms(service, rule),
        division_id=division,
        search_text=_search_text(code, service, intake),
        service_code=service.code,
    )
    dossier = _written(
        case,
        service,
        code=code,
        division_id=division,
        channel=intake.channel,
        status="registered",
        owner=parties.as_kept(intake.owner),
        owner_id_number=parties.as_kept(intake.owner)["id_number"] or None,
        submitter=parties.as_kept(intake.submitter) if intake.submitter else None,
        components=components.as_kept(service.components if intake.components is None else intake.components),
        return_place=text.clean(intake.return_place),
        note=text.clean(intake.note),
        generation=generation,
        registered_at=now,
        received_at=intake.received_at,
        status_token=secrets.token_urlsafe(_STATUS_TOKEN_BYTES),
    )
    entries.append(
        "dossier.registered", agency_id=agency.id, by=by, case_id=case.id, code=code, service=service.code, channel=intake.channel
    )
    starting.begin(case, by=by)
    _forget_answers(case, rule)
    return dossier


def _written(case: Case, service: PublicService, **columns: Any) -> Dossier:
    """A new dossier's row, written together with its case; the session knows it as one it has read."""
    empty = dict.fromkeys(column.key for column in class_mapper(Dossier).column_attrs)
    columns = {**empty, **columns, "case_id": case.id, "agency_id": case.agency_id, "service_id": service.id}
    rows.write(Dossier, [columns])
    dossier = Dossier(case=case, service=service, **columns)
    make_transient_to_detached(dossier)
    session().add(dossier)
    return dossier


def _refuse_impossible(intake: Intake) -> None:
    faults: dict[str, list[str]] = {}
    if not text.clean(str(intake.owner.get("full_name") or "")):
        faults["owner.full_name"] = ["Nhập họ và tên chủ hồ sơ."]
    if intake.channel not in rules.CHANNELS:
        faults["channel"] = ["Hình thức nộp phải là counter (trực tiếp), post (bưu chính) hoặc online (trực tuyến)."]
    if intake.received_at is not None:
        faults |= _impossible_moment(intake.received_at)
    faults |= parties.impossible(intake.owner, "owner.")
    faults |= parties.impossible(intake.submitter or {}, "submitter.")
    if intake.components is not None:
        is_complete = intake.decision.get("intake_decision") == "complete"
        faults |= components.impossible(intake.components, is_complete=is_complete)
    faults |= _unprintable(intake)
    if faults:
        raise AnswersRejected(faults)


def _impossible_moment(received_at: datetime) -> dict[str, list[str]]:
    if received_at > clock.now():
        return {"received_at": ["Thời điểm tiếp nhận không được ở tương lai."]}
    if clock.local(received_at).date() < EARLIEST_RECEIPT:
        said = f"Chỉ nhập hồ sơ tiếp nhận từ ngày {EARLIEST_RECEIPT:%d/%m/%Y} (TT 01/2018/TT-VPCP). Hãy kiểm tra lại ngày."
        return {"received_at": [said]}
    return {}


def _unprintable(intake: Intake) -> dict[str, list[str]]:
    """What the slip could not print (emoji, foreign scripts): better said at the counter than at the printer."""
    people = {"owner": intake.owner, "submitter": intake.submitter or {}}
    texts = {f"{party}.{name}": str(value or "") for party, given in people.items() for name, value in given.items()}
    listed = enumerate(intake.components or ())
    texts |= {f"components.{position}.name": str(row.get("name") or "") for position, row in listed}
    texts["return_place"] = intake.return_place
    refused = {name: glyphs.refusal(text.clean(value)) for name, value in texts.items()}
    return {name: [sentence] for name, sentence in refused.items() if sentence is not None}


def _routing_values(intake: Intake, rule: Definition) -> dict[str, Any]:
    form = rule.forms[DECISION_FORM]
    is_accepted = intake.channel != "online" or intake.received_at is not None
    answers = form.accept(intake.decision) if is_accepted else {}
    return {"channel": intake.channel, "is_accepted": is_accepted, **answers}


def _forget_answers(case: Case, rule: Definition) -> None:
    """Texts of the decision stand on their slip; only what conditions read stays in the case."""
    texts = {field.name for field in rule.forms[DECISION_FORM].fields if not field.routes}
    if texts & case.values.keys():
        rows.change(case, values={name: value for name, value in case.values.items() if name not in texts})


def _terms(service: PublicService, rule: Definition) -> dict[str, int]:
    defaults = {element: step.term_minutes for element, step in rule.steps.items()}
    lenders = {element: step.borrows_from for element, step in rule.steps.items()}
    return rules.plan_terms(service.terms, defaults, lenders)


def _next_code(agency: Agency, at: datetime) -> str:
    day = clock.local(at).date()
    ordinal = numbers.next_number(agency.id, "dossier_code", f"{day:%y%m%d}")
    return rules.dossier_code(agency.code, day, ordinal)


def _division_of(agency: Agency, service: PublicService) -> uuid.UUID | None:
    found = _DIVISION.first(agency_id=agency.id, code=service.division_code) if service.division_code else None
    return found[0] if found else None


def _search_text(code: str, service: PublicService, intake: Intake) -> str:
    people = [party for party in (intake.owner, intake.submitter) if party]
    words = [
        code,
        service.name,
        *(str(party.get(name) or "") for party in people for name in ("full_name", "id_number", "phone")),
    ]
    return " ".join(words)
