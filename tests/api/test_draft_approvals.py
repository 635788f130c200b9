"""Drafts submitted, reviewed and approved by programs: the password goes with each signature and is kept nowhere."""

import hashlib
import json
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from engine.people import demo, directory
from engine.procedures import catalogue
from engine.transaction import session
from tests.api.conftest import Office, told
from tests.documents.approving import Ward, make_ward


@pytest.fixture
def ward(office: Office) -> Ward:
    """The small procedure in force at the ward of the API's tests."""
    with office.app.app_context():
        return make_ward(office.clock)


REQUEST = {"change_reason": "Luật mới", "summary": "Thêm giờ soạn", "reviewers": ["head", "deputy"], "approver": "leader"}


def submit(office: Office, draft_id: uuid.UUID, password: str | None = demo.PASSWORD, key: str | None = None) -> Any:
    body = {"answers": REQUEST} | ({"password": password} if password is not None else {})
    return office("secretary").post(f"/procedures/drafts/{draft_id}/submit", body, key=key)


def complete(office: Office, login: str, element: str, **answers: Any) -> Any:
    """Complete the step of this person as a program, with the password."""
    caller = office(login)
    listed = [step for scope in ("mine", "group") for step in told(caller.get("/steps", scope=scope))["items"]]
    step = next(step for step in listed if step["element"] == element)
    body = {"answers": answers, "version": step["version"], "password": demo.PASSWORD}
    return caller.post(f"/steps/{step['id']}/complete", body)


def test_programs_take_a_draft_through_its_approval(office: Office, ward: Ward) -> None:
    with office.app.app_context():
        draft_id = ward.draft()
    secretary = office("secretary")
    assert secretary.get(f"/procedures/drafts/{draft_id}/approval").status_code == 404
    made = submit(office, draft_id)
    assert made.status_code == 200, made.json
    assert (made.json["draft_state"], made.json["round"]) == ("submitted", 1)
    assert [one["meaning"] for one in made.json["signatures"]] == ["author"]
    for login in ("head", "deputy"):
        assert complete(office, login, "review", verdict="agree").status_code == 200
    answer = complete(office, "leader", "approve", decision="approve", effective_on="2026-11-18")
    assert (answer.status_code, [step["element"] for step in answer.json["opened"]]) == (200, ["number"])
    assert complete(office, "registrar", "number", decision_symbol="QĐ-UBND").status_code == 200
    with office.app.app_context():
        ward.fire()
        assert ward.revisions() == [(2, "effective"), (1, "obsolete")]
    stands = told(secretary.get(f"/procedures/drafts/{draft_id}/approval"))
    assert [one["meaning"] for one in stands["signatures"]] == ["author", "review", "review", "approve"]
    assert (stands["draft_state"], stands["case_state"], stands["open_steps"]) == ("approved", "completed", [])


@pytest.mark.parametrize("password", [None, "", "sai"], ids=["none", "empty", "wrong"])
def test_submitting_without_the_right_password_is_refused(office: Office, ward: Ward, password: str | None) -> None:
    with office.app.app_context():
        draft_id = ward.draft()
    answer = submit(office, draft_id, password)
    assert (answer.status_code, list(json.loads(answer.data)["errors"])) == (422, ["password"])


@pytest.mark.parametrize("password", [None, "sai"], ids=["none", "wrong"])
def test_a_step_that_is_signed_is_refused_without_the_right_password(office: Office, ward: Ward, password: str | None) -> None:
    with office.app.app_context():
        submitted = submit(office, ward.draft())
    [step] = [one for one in submitted.json["open_steps"] if one["holder"]["full_name"] == name_of(office, "head")]
    head = office("head")
    assert told(head.get(f"/steps/{step['id']}"))["signs"] == "review"
    body = {"answers": {"verdict": "agree"}, "version": step["version"]} | ({"password": password} if password else {})
    answer = head.post(f"/steps/{step['id']}/complete", body)
    assert (answer.status_code, list(json.loads(answer.data)["errors"])) == (422, ["password"])


def name_of(office: Office, login: str) -> str:
    with office.app.app_context():
        person = directory.by_login(login)
        assert person is not None
        return person.full_name


def test_a_repeat_gets_the_answer_already_given_whatever_its_password_was_hashed_to(office: Office, ward: Ward) -> None:
    with office.app.app_context():
        draft_id = ward.draft()
    first, second = (submit(office, draft_id, key="một lần") for _ in range(2))
    assert (first.status_code, second.data) == (200, first.data)
    other = office("secretary").post(
        f"/procedures/drafts/{draft_id}/submit", {"answers": {}, "password": demo.PASSWORD}, key="một lần"
    )
    assert other.status_code == 422
    with office.app.app_context():
        [kept] = session().execute(sa.text("SELECT body_hash FROM idempotency_key")).scalars()
    assert kept == without_password()


def without_password() -> str:
    """What the kept hash must be: of the request without its password."""
    body = json.dumps({"answers": REQUEST}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def test_opening_an_approval_by_hand_is_refused(office: Office, ward: Ward) -> None:
    answer = office("secretary").post("/cases", {"procedure": "document_approval", "title": "x", "answers": {}})
    assert (answer.status_code, list(json.loads(answer.data)["errors"])) == (422, ["procedure"])
    with office.app.app_context():
        assert catalogue.listing([ward.agency_id])[0].code == "three_steps"
