"""Signing: the password again, one meaning for each person, void when the content changes."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest

from engine import clock
from engine.errors import AnswersRejected, Conflict, NotAllowed
from engine.journal import queries
from engine.people import demo, lockout, signatures
from engine.people.actors import Actor
from engine.people.signatures import Proof, Subject
from engine.transaction import transaction
from tests.clocks import StoppedClock

Province = Callable[[str], Actor]
CONTENT, OTHER = "a" * 64, "b" * 64


def make_subject(by: Actor, sha256: str = CONTENT, id: uuid.UUID | None = None) -> Subject:
    return Subject("procedure_draft", id or uuid.uuid4(), by.agency_id, sha256)


def sign(subject: Subject, meaning: str, by: Actor) -> None:
    proof = signatures.prove(by, demo.PASSWORD)
    with transaction():
        signatures.sign(subject, meaning, role="clerk", proof=proof, by=by)


def shown(subject: Subject) -> list[tuple[str, str, str, str, str, str]]:
    with transaction():
        return [
            (s.name, s.title, s.meaning, s.sha256, s.method, s.address) for s in signatures.standing(subject.kind, subject.id)
        ]


def test_signature_keeps_name_title_meaning_hash_method_and_address(province: Province) -> None:
    clerk = province("clerk")
    subject = make_subject(clerk)
    sign(subject, "author", clerk)
    assert shown(subject) == [(clerk.full_name, clerk.title_as("clerk"), "author", CONTENT, "password", "127.0.0.1")]
    assert queries.page(clerk.agency_id).items[0].kind == "signature.made"


@pytest.mark.parametrize("password", ["", "sai mật khẩu"], ids=["missing", "wrong"])
def test_signing_refuses_a_password(province: Province, password: str) -> None:
    with pytest.raises(AnswersRejected) as refusal:
        signatures.prove(province("clerk"), password)
    assert list(refusal.value.fields) == ["password"]


def test_wrong_passwords_lock_signing_too(province: Province) -> None:
    for _ in range(lockout.PER_ACCOUNT.free):
        with pytest.raises(AnswersRejected):
            signatures.prove(province("clerk"), "sai mật khẩu")
    with pytest.raises(lockout.Locked):
        signatures.prove(province("clerk"), demo.PASSWORD)


@pytest.mark.parametrize("meaning", ["author", "review", "approve", "issue"])
def test_one_person_never_signs_one_content_twice(province: Province, meaning: str) -> None:
    clerk = province("clerk")
    subject = make_subject(clerk)
    sign(subject, "author", clerk)
    with pytest.raises(NotAllowed):
        sign(subject, meaning, clerk)
    assert len(shown(subject)) == 1


def test_signers_of_different_content_are_refused(province: Province) -> None:
    clerk, leader = province("clerk"), province("leader")
    subject = make_subject(clerk)
    sign(subject, "author", clerk)
    with pytest.raises(Conflict):
        sign(make_subject(clerk, OTHER, subject.id), "approve", leader)


def test_proof_of_somebody_else_is_refused(province: Province) -> None:
    clerk, leader = province("clerk"), province("leader")
    proof = signatures.prove(clerk, demo.PASSWORD)
    with pytest.raises(NotAllowed), transaction():
        signatures.sign(make_subject(clerk), "approve", role="leader", proof=proof, by=leader)


@pytest.mark.parametrize("age", [signatures.FRESH + timedelta(seconds=1), timedelta(seconds=-1)], ids=["old", "future"])
def test_proof_of_another_time_is_refused(province: Province, stopped_clock: StoppedClock, age: timedelta) -> None:
    clerk = province("clerk")
    with pytest.raises(NotAllowed), transaction():
        signatures.sign(make_subject(clerk), "author", role="clerk", proof=Proof(clerk.person_id, clock.now() - age), by=clerk)


def test_voiding_frees_the_signers_and_tells_why(province: Province) -> None:
    clerk, leader = province("clerk"), province("leader")
    subject = make_subject(clerk)
    sign(subject, "author", clerk)
    with transaction():
        assert signatures.void(subject.kind, subject.id, "Sửa thời hạn bước 2", by=clerk) == 1
    assert shown(subject) == []
    sign(make_subject(clerk, OTHER, subject.id), "author", leader)
    assert [entry[3] for entry in shown(subject)] == [OTHER]


def test_voiding_needs_a_reason(province: Province) -> None:
    clerk = province("clerk")
    with pytest.raises(AnswersRejected), transaction():
        signatures.void("procedure_draft", uuid.uuid4(), "  ", by=clerk)
