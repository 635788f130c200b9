"""Over every route of the application: nothing unsafe without its token, nothing changed by reading (R47, R49, R45)."""

import hashlib
import io
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from engine.cases import attachments, queries
from engine.cases.models import Step
from engine.dossiers.models import Dossier, Slip
from engine.people import directory, positions, tokens
from engine.people.actors import ROLES, actor_of
from engine.people.models import Position
from engine.people.positions import Appointment
from engine.tables import metadata
from engine.transaction import session, transaction
from tests.clocks import StoppedClock
from tests.files import samples
from tests.web.conftest import Browser
from tests.web.office import SERVICE, Office
from web import guard

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
#: Reading that leaves something behind, and what: the first print of a paper is kept, an export is journalled (R36).
LEAVES: dict[str, set[str]] = {
    "slips.show": {"slip", "stored_file"},
    "api_slips.pdf": {"slip", "stored_file"},
    "api_exports.table": {"journal_entry", "journal_head"},
}
#: No calendar of the ward's own; no question put; no worker beside the pages.
SHOWN_NOTHING = {"admin_calendar.version": 404, "api_deadlines.preview": 422, "health.ready": 503}
#: Resources that take no JSON: a form with a file, a folder as it is.
TAKES_BYTES = {"api_files.upload", "api_procedures.check"}
#: Who is at the keyboard and when they were last seen: kept by the session itself.
UNCOUNTED = {"web_session"}
#: What weighs enough for fresh proof when it changes something (R45); taking one's own token away does not.
WEIGHTY = {"person.change", "token.manage", "procedure.publish", "export.read"}
WITHOUT_PROOF = {"account_tokens.end"}


@pytest.fixture
def everyman(office: Office) -> Office:
    """The office with a dossier on its way, where the ward's clerk holds every role."""
    with office.app.app_context(), transaction():
        clerk = directory.by_login("clerk")
        assert clerk is not None
        positions.give(clerk, Appointment(clerk.agency_id, "Kiêm nhiệm", frozenset(ROLES)), by=None)
    return office


def rules(app: Flask, methods: set[str]) -> Iterator[tuple[Rule, str]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule)):
        for method in sorted((rule.methods or set()) & methods):
            yield rule, method


def address(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    """The rule's address with known values, and invented ones of the right kind elsewhere."""
    given = {
        name: values.get(f"{rule.endpoint}:{name}", values.get(name, _invented(rule, name))) for name in rule.arguments
    }
    with app.test_request_context():
        built = rule.build(given)
        assert built is not None
        return built[1]


def _invented(rule: Rule, name: str) -> Any:
    kind = type(rule._converters[name]).__name__
    return {"UUIDConverter": uuid.UUID(int=7), "IntegerConverter": 1}.get(kind, "x")


def contents(app: Flask) -> dict[str, str]:
    """A digest of every row of every table."""
    with app.app_context():
        return {
            table.name: hashlib.sha256(repr(session().execute(sa.select(table).order_by(*table.primary_key)).all()).encode()).hexdigest()
            for table in metadata.sorted_tables
            if table.name not in UNCOUNTED
        }


def test_every_unsafe_page_is_refused_without_its_token(everyman: Office, browse: Callable[..., Browser]) -> None:
    browser = browse("clerk")
    before = contents(everyman.app)
    answers = {
        f"{method} {rule.endpoint}": browser.client.open(address(everyman.app, rule, {}), method=method, data={"x": "1"}).status_code
        for rule, method in rules(everyman.app, UNSAFE)
        if not rule.rule.startswith("/api/")
    }
    assert {place: status for place, status in answers.items() if status != 400} == {}
    assert len(answers) > 40
    assert contents(everyman.app) == before


def test_every_unsafe_resource_is_refused_without_a_bearer_token(everyman: Office, browse: Callable[..., Browser]) -> None:
    browser = browse("clerk")
    before = contents(everyman.app)
    answers = {
        f"{method} {rule.endpoint}": browser.client.open(address(everyman.app, rule, {}), method=method, json={}).status_code
        for rule, method in rules(everyman.app, UNSAFE)
        if rule.rule.startswith("/api/")
    }
    assert {place: status for place, status in answers.items() if status != 401} == {}
    assert len(answers) > 10
    assert contents(everyman.app) == before


def test_every_resource_refuses_what_it_does_not_know(everyman: Office) -> None:
    _, bearer = known_values(everyman)
    client = everyman.app.test_client()
    heard: dict[str, tuple[int, bool]] = {}
    for rule, method in rules(everyman.app, UNSAFE):
        if rule.rule.startswith("/api/") and rule.endpoint not in TAKES_BYTES:
            answer = client.open(address(everyman.app, rule, {}), method=method, json={"khong_co": 1}, headers=bearer)
            heard[rule.endpoint] = (answer.status_code, "khong_co" in answer.text)
    assert {endpoint: found for endpoint, found in heard.items() if found != (422, True)} == {}
    assert len(heard) > 10


def test_nothing_is_changed_by_reading(everyman: Office, browse: Callable[..., Browser]) -> None:
    values, bearer = known_values(everyman)
    browser = browse("clerk")
    app = everyman.app
    left: dict[str, set[str]] = {}
    missing: dict[str, int] = {}
    before = contents(app)
    for rule, _ in rules(app, {"GET"}):
        headers = bearer if rule.rule.startswith("/api/v1/") else {}
        answer = browser.client.get(address(app, rule, values), headers=headers)
        answer.get_data()
        if answer.status_code not in (200, 303):
            missing[rule.endpoint] = answer.status_code
        after = contents(app)
        changed = {table for table in after if after[table] != before[table]}
        if changed:
            left.setdefault(rule.endpoint, set()).update(changed)
        before = after
    assert missing == SHOWN_NOTHING
    assert {place: tables for place, tables in left.items() if not tables <= LEAVES.get(place, set())} == {}


def test_whatever_weighs_asks_for_fresh_proof(app: Flask) -> None:
    weighty = [
        (endpoint, method)
        for (endpoint, method), needed in guard.declared(app).items()
        if needed in WEIGHTY and method in UNSAFE and not endpoint.startswith("api_") and endpoint not in WITHOUT_PROOF
    ]
    assert [place for place in weighty if place[1] not in guard.methods_needing_proof(app, place[0])] == []
    assert len(weighty) >= 10


def test_a_weighty_form_comes_back_after_the_proof(
    office: Office, browse: Callable[..., Browser], wednesday: StoppedClock
) -> None:
    browser = browse("admin")
    with office.app.app_context():
        head = directory.by_login("head")
        assert head is not None
        page = f"/admin/people/{head.id}"
    browser.get(page)
    typed = {"full_name": "Tên Vừa Sửa", "email": "", "phone": "", "language": "vi"}
    wednesday.advance(minutes=11)
    answer = browser.post(page, typed)
    assert (answer.status_code, answer.location) == (303, f"/account/prove?next={page}")
    browser.get(answer.location)
    assert browser.post("/account/prove", {"password": "quytrinh", "next": page}).location == page
    assert 'value="Tên Vừa Sửa"' in browser.get(page).text
    assert browser.post(page, typed).location == page
    with office.app.app_context():
        assert directory.get_person(head.id).full_name == "Tên Vừa Sửa"


def known_values(office: Office) -> tuple[dict[str, Any], dict[str, str]]:
    """What stands for each word of an address, so that every page has something to show; and a bearer token."""
    code = office.open()
    with office.app.app_context():
        clerk = directory.by_login("clerk")
        assert clerk is not None
        with transaction():
            token = tokens.create(clerk)
            case = queries.get_case(uuid.UUID(office.case_id(code)), for_=actor_of(clerk))
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
            "number": 1,
        }
    return values | OTHER_WORDS, {"Authorization": f"Bearer {token}"}


OTHER_WORDS: dict[str, Any] = {
    "static:filename": "css/app.css",
    "section": "phieu",
    "api_exports.table:name": "cases",
    "api_registers.one:name": "dossiers",
    "cases.message:name": "withdrawal_requested",
    "cases.new:procedure": "dossier",
    "admin_procedures.file:name": "procedure.yaml",
    "admin_calendar_days.change:day": "2026-11-24",
    "admin_forms.change:generation": "2025",
    **{
        f"{endpoint}:code": "dossier"
        for endpoint in (
            "admin_procedures.diagram",
            "admin_procedures.file",
            "admin_procedures.revision",
            "admin_procedures.show",
            "api_procedures.bpmn",
            "api_procedures.packed",
            "api_procedures.revision",
            "api_procedures.revisions",
        )
    },
    **{
        f"{endpoint}:code": SERVICE
        for endpoint in ("admin_service_edit.change", "admin_services.show", "api_public_services.one")
    },
}
