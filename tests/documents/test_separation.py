"""Author, reviewers and approver of one content differ, whoever acts for whom; at claim, completion and reassignment alike."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from engine.cases.models import Case
from engine.people import demo, directory, positions, signatures
from engine.people.actors import Actor
from engine.people.positions import Appointment
from engine.settings import Settings
from engine.transaction import transaction
from tests.api.conftest import Office
from tests.clocks import StoppedClock
from tests.documents.approving import Ward, make_ward
from tests.people.delegating import give
from tests.web.conftest import Browser
from web.app import create_app
from web.database import database


@dataclass(frozen=True)
class Scene:
    """The ward's pages and API with a draft at its approval; ``step`` of the approval waits for the leader."""

    app: Flask
    ward: Ward
    case: Case
    step_id: uuid.UUID
    version: int

    def page(self, login: str, act: str, **sent: Any) -> int:
        """What a page answers to this person's act on the approval."""
        browser = Browser(self.app)
        assert browser.sign_in(login).status_code == 303
        browser.get("/account")
        suffix = {"claim": "/nhan-viec", "complete": "", "reassign": "/phan-cong-lai"}[act]
        return browser.post(f"/buoc/{self.step_id}{suffix}", {"version": self.version, **sent}).status_code

    def program(self, login: str, act: str, **sent: Any) -> int:
        """What the API answers."""
        return (
            Office(self.app, self.ward.clock, {})(login)
            .post(f"/steps/{self.step_id}/{act}", {"version": self.version, **sent})
            .status_code
        )

    def holders(self) -> list[tuple[str, str]]:
        """What is open and who holds it."""
        with self.app.app_context():
            return self.ward.open_steps(self.case)


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The whole application."""
    monkeypatch.setenv("QUYTRINH_TEST_CHEAP_PASSWORDS", "1")
    monkeypatch.setenv("QUYTRINH_TESTING", "1")
    made = create_app(Settings(database_url=sqlite_url, data_dir=tmp_path / "data", is_testing=True))
    yield made
    with made.app_context():
        database.session.remove()
        database.engine.dispose()


@pytest.fixture
def database_content() -> str:
    """The demo province."""
    return "province"


@pytest.fixture
def scene(app: Flask, stopped_clock: StoppedClock) -> Scene:
    """Written by the secretary, reviewed by head and deputy, waiting for the leader."""
    with app.app_context():
        ward = make_ward(stopped_clock)
        case = ward.submit(ward.draft())
        ward.to_approve(case)
        step = ward.step(case, "approve")
        return Scene(app, ward, case, step.id, step.version)


APPROVAL = {"decision": "approve", "effective_on": "2026-11-20"}


def appoint(ward: Ward, login: str, role: str) -> Actor:
    """Give this person one more position."""
    person = ward.actor(login)
    with transaction():
        appointment = Appointment(person.agency_id, "Kiêm nhiệm", frozenset({role}))
        positions.give(directory.get_person(person.person_id), appointment, by=None)
    return person


#: Today and the days after.
AWAY: dict[str, Any] = {"starts_on": date(2026, 11, 18), "ends_on": date(2026, 11, 30)}


@pytest.mark.parametrize("login", ["secretary", "deputy"], ids=["author for the leader", "reviewer for the leader"])
def test_nobody_approves_what_they_signed_for_another(scene: Scene, login: str) -> None:
    with scene.app.app_context():
        appoint(scene.ward, login, "deputy")
        give("leader", login, **AWAY)
    assert [scene.page(login, "claim"), scene.program(login, "claim")] == [403, 403]
    assert scene.page(login, "complete", **APPROVAL, password=demo.PASSWORD) == 403
    assert scene.program(login, "complete", answers=APPROVAL, password=demo.PASSWORD) == 403
    assert scene.holders() == [("approve", "leader")]


@pytest.mark.parametrize("login", ["head", "secretary"])
def test_nobody_who_signed_is_given_the_approval(app: Flask, scene: Scene, login: str) -> None:
    with app.app_context():
        person = appoint(scene.ward, login, "leader")
    for answer in (
        scene.page("leader", "reassign", to=str(person.person_id), reason="Đi vắng"),
        scene.program("leader", "reassign", to=login, reason="Đi vắng"),
    ):
        assert answer == 403
    assert scene.holders() == [("approve", "leader")]


def test_a_delegate_who_did_not_sign_approves_and_says_for_whom(app: Flask, stopped_clock: StoppedClock) -> None:
    with app.app_context():
        ward = make_ward(stopped_clock)
        draft_id = ward.draft()
        case = ward.submit(draft_id, reviewers=ward.ids("head"))
        ward.do(case, "review", "head", verdict="agree")
        give("leader", "deputy", **AWAY)
        ward.do(case, "approve", "deputy", **APPROVAL)
        last = signatures.standing("procedure_draft", draft_id)[-1]
        assert (last.person_id, last.on_behalf_of_id) == (ward.actor("deputy").person_id, ward.actor("leader").person_id)
        assert last.title == "KT. Chủ tịch, Phó Chủ tịch"
