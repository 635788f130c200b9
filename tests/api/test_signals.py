"""Signals and messages that start procedures, through the API."""

from typing import Any

import pytest
import sqlalchemy as sa

from engine.cases.models import CaseMessage
from engine.people import agencies, directory
from engine.schedule import sweeps
from engine.transaction import session
from tests.api.conftest import Office, told
from tests.cases.drawn import publish
from tests.cases.test_broadcasts import EXTRA, make_answering, make_watch


@pytest.fixture
def ready(office: Office) -> Office:
    """The office where one procedure is interrupted by the signal ``flood`` and another begins with the message ``ask``."""
    with office.app.app_context():
        root = agencies.root()
        assert root is not None
        publish(root.id, make_watch(), extra=EXTRA)
        publish(root.id, make_answering(), extra=EXTRA)
    return office


def watched(office: Office, login: str = "registrar") -> str:
    """A case that waits for the signal."""
    case: dict[str, Any] = told(office(login).post("/cases", {"procedure": "watch", "title": "Trực lũ"}), 201)
    return str(case["id"])


def agency_of(office: Office, login: str) -> str:
    with office.app.app_context():
        person = directory.by_login(login)
        assert person is not None
        return str(person.agency_id)


def elements(office: Office, case_id: str, login: str = "registrar") -> list[str]:
    return [step["element"] for step in told(office(login).get(f"/cases/{case_id}"))["open_steps"]]


def deliver(office: Office) -> int:
    with office.app.app_context():
        return sweeps.deliver_messages()


def test_signal_reaches_the_cases_of_the_agency_and_no_other(ready: Office) -> None:
    own, foreign = watched(ready), watched(ready, "registrar2")
    answer = ready("secretary").post("/signals", {"name": "flood", "values": {"level": "cao"}})
    assert told(answer, 202) == {"name": "flood", "receiver_count": 1}
    assert (elements(ready, own), deliver(ready)) == (["watch_a"], 1)
    assert (elements(ready, own), elements(ready, foreign, "registrar2")) == (["watch_act"], ["watch_a"])
    assert told(ready("registrar").get(f"/cases/{own}"))["values"]["level"] == "cao"


def test_signal_sent_again_under_its_key_is_given_once(ready: Office) -> None:
    watched(ready)
    first, again = (ready("secretary").post("/signals", {"name": "flood"}, key="s-1") for _ in range(2))
    assert (first.status_code, again.status_code, again.data) == (202, 202, first.data)
    with ready.app.app_context():
        assert sorted(session().scalars(sa.select(CaseMessage.state))) == ["spread", "waiting"]


def test_an_administrator_names_the_agency(ready: Office) -> None:
    watched(ready)
    assert told(ready("admin").post("/signals", {"name": "flood"}), 202)["receiver_count"] == 0
    agency = agency_of(ready, "registrar")
    assert told(ready("admin").post("/signals", {"name": "flood", "agency": agency}), 202)["receiver_count"] == 1
    told(ready("secretary2").post("/signals", {"name": "flood", "agency": agency}), 404)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"name": "fire"}, ["name"]),
        ({"name": " "}, ["name"]),
        ({}, ["name"]),
        ({"name": "flood", "values": {"mức": 1}}, ["mức"]),
        ({"name": "flood", "values": 3}, ["values"]),
        ({"name": "flood", "to": "x"}, ["to"]),
    ],
    ids=["unknown", "no words", "no name", "no value name", "values are a number", "unknown field"],
)
def test_impossible_signals_are_refused_by_field(ready: Office, body: dict[str, Any], fields: list[str]) -> None:
    assert list(told(ready("secretary").post("/signals", body), 422)["errors"]) == fields


def test_only_the_secretary_and_the_administrator_give_signals(ready: Office) -> None:
    told(ready("leader").post("/signals", {"name": "flood"}), 403)


def test_a_case_is_opened_by_the_message_its_procedure_starts_with(ready: Office) -> None:
    body = {"procedure": "answering", "title": "Hỏi miệng", "message": "ask", "answers": {"question": "Ở đâu?"}}
    case = told(ready("registrar").post("/cases", body, key="m-1"), 201)
    assert (case["procedure"], case["values"]["question"], [step["element"] for step in case["open_steps"]]) == (
        "answering",
        "Ở đâu?",
        ["think"],
    )
    assert told(ready("registrar").post("/cases", body, key="m-1"), 201) == case
    told(ready("clerk").post("/cases", body), 403)
    told(ready("registrar2").get(f"/cases/{case['id']}"), 404)


@pytest.mark.parametrize(
    ("given", "status", "errors"),
    [
        (
            {"message": "reply"},
            422,
            {"message": ["Quy trình này không bắt đầu bằng thông báo “reply”. Hãy chọn một trong: ask."]},
        ),
        (
            {"message": "ask", "procedure": "watch"},
            422,
            {"message": ["Quy trình này không bắt đầu bằng thông báo “ask”. Hãy bỏ mục này để mở bằng tay."]},
        ),
        ({}, 422, {"procedure": ["Quy trình này tự bắt đầu theo lịch, thông báo hoặc tín hiệu, không mở bằng tay."]}),
        ({"message": "ask", "answers": {"câu": 1}}, 422, {"câu": ["Tên giá trị chỉ gồm chữ không dấu, số, gạch dưới."]}),
        ({"message": ""}, 422, {"message": ["Phải dài từ 1 đến 100 ký tự."]}),
        ({"message": "ask", "procedure": "nothing"}, 404, None),
    ],
    ids=["another message", "no message starts it", "by hand", "no value name", "empty", "unknown procedure"],
)
def test_impossible_messages_are_refused_by_field(
    ready: Office, given: dict[str, Any], status: int, errors: dict[str, list[str]] | None
) -> None:
    body = {"procedure": "answering", "title": "Hỏi", **given}
    assert told(ready("registrar").post("/cases", body), status).get("errors") == errors


def test_a_dossier_is_opened_by_no_message(ready: Office) -> None:
    body = {"procedure": "dossier", "title": "Hồ sơ", "message": "withdrawal_requested"}
    assert list(told(ready("clerk").post("/cases", body), 422)["errors"]) == ["procedure"]
