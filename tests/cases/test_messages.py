"""Messages to a case."""

import pytest

from engine.cases import messages
from engine.cases.models import Case
from engine.errors import AnswersRejected, Conflict, NotAllowed, NotFound
from engine.transaction import session, transaction
from tests.cases.conftest import Office


def asked(office: Office) -> Case:
    case = office.to_draft("officer")
    office.complete(case, "draft", "officer", decision="ask", text="Xin ý kiến")
    return case


def test_expected_names_what_the_case_waits_for(office: Office) -> None:
    case = office.open_letter()
    assert messages.expected(case) == []
    office.complete(case, "register", "registrar")
    assert messages.expected(case) == ["recall"]
    office.complete(case, "draft", "officer", decision="ask", text="Xin ý kiến")
    assert messages.expected(case) == ["answer_received", "recall"]


def test_a_message_moves_the_case_on(office: Office) -> None:
    case = asked(office)
    assert office.open_elements(case) == []
    with transaction():
        opened = messages.send(case, "answer_received", {"answer": "Đồng ý"}, by=office.actor("registrar"))
    assert [(step.element, step.visit, step.assignee_id) for step in opened] == [("draft", 2, office.actor("officer").person_id)]
    assert case.values["noted"] == "Xin ý kiến"


def test_a_recall_may_be_refused_and_asked_again_and_then_ends_the_case(office: Office) -> None:
    case = office.to_draft("officer")
    for answer in ("reject", "accept"):
        with transaction():
            messages.send(case, "recall", {}, by=office.actor("registrar"))
        assert office.open_elements(case) == ["decide_recall", "draft"]
        office.complete(case, "decide_recall", "leader", recall=answer)
    session().refresh(case)
    assert (case.state, case.ended_at_element, office.open_elements(case)) == ("stopped", "end_recalled", [])
    assert sorted((step.element, step.visit, step.state) for step in case.steps) == [
        ("decide_recall", 1, "completed"),
        ("decide_recall", 2, "completed"),
        ("draft", 1, "cancelled"),
        ("register", 1, "completed"),
    ]
    assert office.kinds(case, "step.cancelled", "case.completed") == ["step.cancelled", "case.completed"]


@pytest.mark.parametrize(
    ("name", "answers", "login", "refused"),
    [
        ("no_such", {}, "registrar", AnswersRejected),
        ("answer_received", {}, "registrar", AnswersRejected),
        ("recall", {"why": "1"}, "registrar", AnswersRejected),
        ("answer_received", {"answer": "Có"}, "officer", NotAllowed),
        ("answer_received", {"answer": "Có"}, "registrar2", NotFound),
    ],
    ids=["unknown", "wrong answers", "answers without a form", "not their message", "foreign agency"],
)
def test_send_refuses(office: Office, name: str, answers: dict[str, str], login: str, refused: type[Exception]) -> None:
    case = asked(office)
    with pytest.raises(refused), transaction():
        messages.send(case, name, answers, by=office.actor(login))
    assert office.open_elements(case) == []


def test_send_refuses_what_nobody_waits_for(office: Office) -> None:
    case = office.to_draft("officer")
    with pytest.raises(Conflict), transaction():
        messages.send(case, "answer_received", {"answer": "Có"}, by=office.actor("registrar"))
