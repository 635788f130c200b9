"""Passwords: how they are hashed and which are refused."""

import time

import pytest

from engine.errors import AnswersRejected
from engine.people import passwords


def test_hash_is_scrypt_of_the_required_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUYTRINH_TEST_CHEAP_PASSWORDS")
    stored = passwords.hash_of("bốn con voi trắng")
    assert stored.split("$")[0] == "scrypt:131072:8:1"
    assert passwords.is_right("bốn con voi trắng", stored)
    assert not passwords.is_right("bốn con voi đen", stored)


def test_cheap_hashes_need_the_testing_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUYTRINH_TESTING")
    assert passwords.hash_of("bốn con voi trắng").startswith("scrypt:131072:8:1$")


def test_composed_and_decomposed_letters_are_one_password() -> None:
    assert passwords.is_right("bo\u0302\u0301n con voi", passwords.hash_of("bốn con voi"))


def test_without_a_hash_the_same_work_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUYTRINH_TEST_CHEAP_PASSWORDS")
    stored = passwords.hash_of("bốn con voi trắng")
    spent = []
    for known in (stored, None):
        started = time.process_time()
        assert not passwords.is_right("sai", known)
        spent.append(time.process_time() - started)
    assert 0.4 < spent[0] / spent[1] < 2.5


@pytest.mark.parametrize(
    ("password", "reasons"),
    [
        pytest.param("bốn con voi trắng", 0, id="good"),
        pytest.param("x7!kQpe9", 1, id="short"),
        pytest.param("voi" * 70, 2, id="long, few letters"),
        pytest.param("aaaaabbbbbb", 1, id="few letters"),
        pytest.param("thuha.ng2026", 1, id="account name"),
        pytest.param("Phượng12345", 1, id="name"),
        pytest.param("Mật khẩu 2026", 1, id="usual word with diacritics"),
        pytest.param("quytrinh99", 1, id="the product"),
        pytest.param("quytrinh nhưng dài hơn nhiều", 0, id="usual word in a long sentence"),
    ],
)
def test_weak_password_is_refused_with_each_reason(password: str, reasons: int) -> None:
    found = []
    try:
        passwords.refuse_weak(password, login="thuha.ng", full_name="Nguyễn Thị Phượng")
    except AnswersRejected as refusal:
        found = refusal.fields["password"]
    assert len(found) == reasons
