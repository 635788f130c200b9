"""Over every route of the application: nothing unsafe without its token, nothing changed by reading (R47, R49, R45)."""

from collections.abc import Callable

import pytest
from flask import Flask

from engine.people import directory, positions
from engine.people.actors import ROLES
from engine.people.positions import Appointment
from engine.transaction import transaction
from tests.clocks import StoppedClock
from tests.web.conftest import Browser
from tests.web.office import Office
from tests.web.routes import TAKES_BYTES, UNSAFE, address, contents, known_values, rules
from web import guard

#: Reading that leaves something behind, and what: the first print of a paper is kept, an export is journalled (R36).
LEAVES: dict[str, set[str]] = {
    "slips.show": {"slip", "stored_file"},
    "api_slips.pdf": {"slip", "stored_file"},
    "api_exports.table": {"journal_entry", "journal_head"},
    # The procedure is the province's: what is refused is journalled.
    "procedure_state.change": {"journal_entry", "journal_head"},
}
#: No calendar of the ward's own; no question put; no worker beside the pages; no Word template for the slip.
SHOWN_NOTHING = {
    "admin_calendar.version": 404,
    "api_draft_approvals.approval": 404,
    "api_deadlines.preview": 422,
    "api_operator.preview": 422,
    "api_procedures.diff": 422,
    "api_slips.docx": 404,
    "health.ready": 503,
    "procedure_state.change": 404,
    "slips.word": 404,
}
#: What weighs enough for fresh proof when it changes something (R45); taking one's own token away does not.
WEIGHTY = {"person.change", "delegation.give", "token.manage", "procedure.publish", "export.read", "webhook.change"}
WITHOUT_PROOF = {"account_tokens.end"}


@pytest.fixture
def everyman(office: Office) -> Office:
    """The office with a dossier on its way, where the ward's clerk holds every role."""
    with office.app.app_context(), transaction():
        clerk = directory.by_login("clerk")
        assert clerk is not None
        positions.give(clerk, Appointment(clerk.agency_id, "Kiêm nhiệm", frozenset(ROLES)), by=None)
    return office


def test_every_unsafe_page_is_refused_without_its_token(everyman: Office, browse: Callable[..., Browser]) -> None:
    browser = browse("clerk")
    before = contents(everyman.app)
    answers = {
        f"{method} {rule.endpoint}": browser.client.open(
            address(everyman.app, rule, {}), method=method, data={"x": "1"}
        ).status_code
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
