"""Return a step to an earlier one."""

import pytest

from engine.cases import returning
from engine.errors import AnswersRejected, NotAllowed, PreconditionRequired
from engine.transaction import transaction
from tests.cases.conftest import Office


def test_targets_are_the_earlier_steps_of_the_same_scope(office: Office) -> None:
    case = office.to_sign()
    assert returning.targets(office.step(case, "sign")) == [("draft", "Soạn trả lời")]


def test_there_is_no_way_back_out_of_a_parallel_branch(office: Office) -> None:
    case = office.to_sign()
    office.complete(case, "sign", "leader", decision="sign")
    assert returning.targets(office.step(case, "file")) == []


def test_return_opens_the_earlier_step_for_who_did_it(office: Office) -> None:
    case = office.to_sign()
    with transaction():
        step = office.step_now(case, "sign")
        opened = returning.return_to(step, "draft", " Thiếu căn cứ ", version=step.version, by=office.actor("leader"))
    assert [(step.element, step.visit, step.assignee_id) for step in opened] == [("draft", 2, office.actor("officer").person_id)]
    assert office.open_elements(case) == ["draft"]
    assert office.kinds(case, "step.returned") == ["step.returned"]


@pytest.mark.parametrize(
    ("to", "reason", "version", "login", "refused"),
    [
        ("draft", " ", 1, "leader", AnswersRejected),
        ("register", "Sai sổ", 1, "leader", AnswersRejected),
        ("file", "Chưa tới", 1, "leader", AnswersRejected),
        ("draft", "Thiếu", None, "leader", PreconditionRequired),
        ("draft", "Thiếu", 1, "officer", NotAllowed),
    ],
    ids=["no reason", "outside the sub-process", "never visited", "no version", "another group"],
)
def test_return_refuses(office: Office, to: str, reason: str, version: int | None, login: str, refused: type[Exception]) -> None:
    case = office.to_sign()
    with pytest.raises(refused), transaction():
        returning.return_to(office.step_now(case, "sign"), to, reason, version=version, by=office.actor(login))
    assert office.open_elements(case) == ["sign"]
