"""A repeated request gets the answer it already got."""

import threading
from dataclasses import replace

import pytest

from engine.cases import idempotency
from engine.cases.idempotency import Answer, Request
from engine.errors import AnswersRejected
from engine.registers import numbers
from engine.transaction import session, transaction
from tests.cases.conftest import Office

ANSWER = Answer(201, "application/json", b'{"code": "H31"}', "/api/v1/dossiers/H31")


def request_of(office: Office) -> Request:
    return Request(office.actor("clerk").person_id, "k-1", "POST /api/v1/dossiers", "a" * 64)


def test_the_same_request_gets_the_same_answer(office: Office) -> None:
    request = request_of(office)
    with transaction():
        assert idempotency.remember(request) is None
        idempotency.store(request, ANSWER)
    with transaction():
        assert idempotency.remember(request) == ANSWER
        assert idempotency.remember(replace(request, person_id=office.actor("leader").person_id)) is None


@pytest.mark.parametrize("change", [{"route": "POST /api/v1/cases"}, {"body_hash": "b" * 64}], ids=["route", "body"])
def test_a_key_used_for_something_else_is_refused(office: Office, change: dict[str, str]) -> None:
    request = request_of(office)
    with transaction():
        idempotency.store(request, ANSWER)
    with pytest.raises(AnswersRejected), transaction():
        idempotency.remember(replace(request, **change))  # type: ignore[arg-type]  # the changed fields are text


@pytest.mark.parametrize("key", ["", "x" * 201, "a\nb"], ids=["empty", "long", "control"])
def test_a_key_must_be_plain(office: Office, key: str) -> None:
    with pytest.raises(AnswersRejected), transaction():
        idempotency.remember(replace(request_of(office), key=key))


def test_twins_act_once(office: Office) -> None:
    request, answers = request_of(office), []
    start = threading.Barrier(4)
    session().close()

    def act() -> None:
        try:
            start.wait()
            with transaction():
                answer = idempotency.remember(request)
                if answer is None:
                    answer = replace(ANSWER, body=str(numbers.next_number(office.agency_id, "twins", "2026")).encode())
                    idempotency.store(request, answer)
            answers.append(answer.body)
        finally:
            session().close()

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [b"1"] * 4


def test_answers_are_kept_four_days(office: Office) -> None:
    request = request_of(office)
    with transaction():
        idempotency.store(request, ANSWER)
    for hours, forgotten in ((95, 0), (2, 1)):
        now = office.clock.advance(hours=hours)
        with transaction():
            assert idempotency.forget(now) == forgotten
    with transaction():
        assert idempotency.remember(request) is None
