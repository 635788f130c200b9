"""Whoever processed a dossier neither checks nor signs it: at claiming, completing, giving; over rework; not in other dossiers."""

from datetime import date

import pytest

from engine.cases import steps
from engine.cases.models import Step
from engine.dossiers.models import Dossier
from engine.errors import NotAllowed
from engine.people import directory, positions
from engine.people.positions import Appointment
from engine.transaction import session, transaction
from tests.dossiers.conftest import Counter

WHY = "Người đã làm bước “Thẩm định, giải quyết” không được làm bước “Kiểm tra, trình ký” của cùng hồ sơ"


def give(login: str, *roles: str) -> None:
    """Further roles of somebody in the whole ward."""
    with transaction():
        person = directory.by_login(login)
        assert person is not None
        positions.give(
            person, Appointment(person.agency_id, "Kiêm nhiệm", frozenset(roles), valid_from=date(2026, 1, 1)), by=None
        )


@pytest.fixture
def checked(counter: Counter) -> Dossier:
    """A dossier processed by the officer, who is a head, too; it waits to be checked."""
    give("officer", "head")
    dossier = counter.open()
    counter.do(dossier, "hand_over", "clerk")
    counter.do(dossier, "assign", "head")
    counter.do(dossier, "process", "officer", decision="submit", result_kind="granted")
    return dossier


def state(counter: Counter, dossier: Dossier) -> tuple[str, str | None]:
    step = counter.step(dossier, "check")
    return step.state, directory.get_person(step.assignee_id).login if step.assignee_id else None


def test_whoever_processed_cannot_take_the_check(counter: Counter, checked: Dossier) -> None:
    with pytest.raises(NotAllowed, match=WHY), transaction():
        steps.claim(counter.step(checked, "check"), by=counter.actor("officer"))
    assert state(counter, checked) == ("open", None)


def test_whoever_processed_cannot_complete_the_check(counter: Counter, checked: Dossier) -> None:
    with pytest.raises(NotAllowed, match=WHY):
        counter.do(checked, "check", "officer", decision="approve")
    assert state(counter, checked) == ("open", None)


def test_the_check_cannot_be_given_to_whoever_processed(counter: Counter, checked: Dossier) -> None:
    step: Step = counter.step(checked, "check")
    with pytest.raises(NotAllowed, match=WHY), transaction():
        officer = directory.by_login("officer")
        assert officer is not None
        steps.reassign(step, officer.id, "Trưởng phòng đi họp", version=step.version, by=counter.actor("leader"))
    assert state(counter, checked) == ("open", None)


def test_somebody_else_checks_and_the_processor_may_do_what_is_not_kept_apart(counter: Counter, checked: Dossier) -> None:
    give("officer", "registrar")
    counter.do(checked, "check", "head", decision="approve")
    counter.do(checked, "sign", "leader", decision="sign")
    assert counter.do(checked, "number_seal", "officer") == ["receive_result"]


def test_whoever_checked_cannot_process_after_a_return(counter: Counter, checked: Dossier) -> None:
    counter.do(checked, "check", "head", decision="return", reason="Thiếu giấy tờ")
    give("head", "officer")
    step = counter.step(checked, "process")
    head = directory.by_login("head")
    assert head is not None
    with pytest.raises(NotAllowed, match="Kiểm tra, trình ký"), transaction():
        steps.reassign(step, head.id, "Chuyên viên nghỉ ốm", version=step.version, by=counter.actor("leader"))
    assert counter.do(checked, "process", "officer", decision="submit", result_kind="granted") == ["check"]


def test_another_dossier_is_another_matter(counter: Counter, checked: Dossier) -> None:
    give("head", "officer")
    other = counter.open()
    counter.do(other, "hand_over", "clerk")
    counter.do(other, "assign", "head")
    counter.do(other, "process", "head", decision="submit", result_kind="granted")
    assert counter.do(other, "check", "officer", decision="approve") == ["sign"]
    session().rollback()
