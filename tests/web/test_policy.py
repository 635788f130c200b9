"""Every route × every role × one's own and a foreign agency, against the published permission table (R43)."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.routing import Rule

from engine.people import demo, directory, passwords, policy, positions, tokens
from engine.people.actors import ROLES
from engine.people.models import Person
from engine.people.positions import Appointment
from engine.transaction import session, transaction
from tests.web.conftest import Browser
from tests.web.office import Office
from tests.web.routes import UNSAFE, address, contents, known_values, rules
from web import guard

#: Words of an address that name a row of one agency; ``code`` only where it is a dossier's.
OWNED = {"case_id", "step_id", "slip_id", "attachment_id", "file_id", "person_id", "incident_id", "timer_id"} | {
    "webhook_id",
    "delegation_id",
    "message_id",
}
Browse = Callable[..., Browser]


def hire(office: Office, role: str, colleague: str) -> dict[str, str]:
    """Somebody who holds ``role`` alone, in the agency of ``colleague``; their bearer header. Login ``only``."""
    with office.app.app_context(), transaction():
        known = directory.by_login(colleague)
        assert known is not None
        hash_ = passwords.hash_of(demo.PASSWORD)
        person = Person(agency_id=known.agency_id, login="only", full_name="Chỉ Một Vai", password_hash=hash_)
        session().add(person)
        session().flush()
        positions.give(person, Appointment(known.agency_id, role, frozenset({role})), by=None)
        return {"Authorization": f"Bearer {tokens.create(person)}"}


def ask(browser: Browser, rule: Rule, method: str, path: str, bearer: dict[str, str]) -> int:
    """The status; what would change something is sent so that it stops after the permission: no token, an unknown field."""
    if rule.rule.startswith("/api/v1/"):
        body: dict[str, Any] = {"json": {"khong_co": 1}} if method in UNSAFE else {}
        return browser.client.open(path, method=method, headers=bearer, **body).status_code
    return browser.client.open(path, method=method).status_code


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_the_table_says_and_nothing_else(office: Office, browse: Browse, role: str) -> None:
    values, _ = known_values(office)
    bearer = hire(office, role, "clerk")
    browser = browse("only")
    needed = guard.declared(office.app)
    wrong: dict[str, int] = {}
    for rule, method in rules(office.app, {"GET", *UNSAFE}):
        permission = needed[rule.endpoint, method]
        assert permission is not None
        is_open = permission in (guard.PUBLIC, guard.SIGNED_IN) or role in policy.PERMISSIONS[permission]
        status = ask(browser, rule, method, address(office.app, rule, values), bearer)
        if (status == 403) is is_open or status in (401, 500):
            wrong[f"{method} {rule.endpoint} ({permission})"] = status
    assert wrong == {}


@pytest.mark.parametrize(
    ("role", "database_url"),
    [
        *((role, "sqlite") for role in ROLES),
        pytest.param("clerk", "postgresql", marks=pytest.mark.postgresql),
        pytest.param("admin", "postgresql", marks=pytest.mark.postgresql),
    ],
    indirect=["database_url"],
)
def test_a_role_of_a_foreign_agency_finds_nothing_here(office: Office, browse: Browse, role: str) -> None:
    values, _ = known_values(office)
    bearer = hire(office, role, "clerk2")
    browser = browse("only")
    browser.get("/account")
    needed = guard.declared(office.app)
    before = contents(office.app, but={"journal_entry", "journal_head"})
    wrong: dict[str, int] = {}
    for rule, method in rules(office.app, {"GET", *UNSAFE}):
        if not is_owned(rule):
            continue
        permission = needed[rule.endpoint, method]
        is_open = role in policy.PERMISSIONS.get(permission or "", ())
        status = reach_for(browser, rule, method, address(office.app, rule, values), bearer)
        # a resource reads its arguments before it looks for the row
        expected = {404, 422} if rule.rule.startswith("/api/v1/") and method in UNSAFE else {404}
        if status not in (expected if is_open else {403}):
            wrong[f"{method} {rule.endpoint}"] = status
    assert wrong == {}
    assert contents(office.app, but={"journal_entry", "journal_head"}) == before


def is_owned(rule: Rule) -> bool:
    return bool(OWNED & rule.arguments) or ("code" in rule.arguments and "dossiers" in rule.endpoint)


def reach_for(browser: Browser, rule: Rule, method: str, path: str, bearer: dict[str, str]) -> int:
    """The status of an act sent as it should be: with its token, with a version."""
    if rule.rule.startswith("/api/v1/"):
        sent: dict[str, Any] = {"json": {"version": 1, "reason": "thử", "text": "thử"}} if method in UNSAFE else {}
        return browser.client.open(path, method=method, headers=bearer, **sent).status_code
    if method == "GET":
        return browser.client.get(path).status_code
    return browser.post(path, {"version": "1", "reason": "thử", "to": str(uuid.UUID(int=7))}).status_code
