"""The telephone's code, and the recovery codes."""

from collections.abc import Callable

import pyotp
import pytest

from engine import clock
from engine.errors import AnswersRejected
from engine.journal import queries
from engine.people import directory, second_factor
from engine.people.actors import Actor
from engine.people.lockout import Locked
from engine.people.models import Person
from engine.transaction import transaction
from tests.clocks import StoppedClock

Province = Callable[[str], Actor]
ADDRESS = "10.0.0.7"


@pytest.fixture
def leader(province: Province, stopped_clock: StoppedClock) -> Actor:
    stopped_clock.freeze("2026-11-20T08:00:10")
    return province("leader")


def code(secret: str) -> str:
    return pyotp.TOTP(secret).at(clock.now())


def enrol(actor: Actor) -> tuple[Person, str, list[str]]:
    with transaction():
        person = directory.get_person(actor.person_id)
        enrolment = second_factor.begin(person)
        codes = second_factor.confirm(person, enrolment.secret, code(enrolment.secret), by=actor)
    return person, enrolment.secret, codes


def refuse(person: Person, wrong: str) -> None:
    with pytest.raises(AnswersRejected) as refusal:
        second_factor.check(person, wrong, address=ADDRESS)
    assert list(refusal.value.fields) == ["code"]


def test_enrolment_needs_a_right_code(leader: Actor) -> None:
    with pytest.raises(AnswersRejected), transaction():
        person = directory.get_person(leader.person_id)
        second_factor.confirm(person, second_factor.begin(person).secret, "000000", by=leader)
    assert not second_factor.is_enrolled(directory.get_person(leader.person_id))


def test_enrolment_address_is_for_the_telephone(leader: Actor) -> None:
    enrolment = second_factor.begin(directory.get_person(leader.person_id))
    assert enrolment.uri == f"otpauth://totp/quytrinh:leader?secret={enrolment.secret}&issuer=quytrinh"


def test_code_counts_once(leader: Actor, stopped_clock: StoppedClock) -> None:
    person, secret, _ = enrol(leader)
    refuse(person, code(secret))  # the one shown at enrolment
    stopped_clock.advance(seconds=30)
    second_factor.check(person, code(secret), address=ADDRESS)
    refuse(person, code(secret))
    stopped_clock.advance(seconds=30)
    second_factor.check(person, f" {code(secret)} ", address=ADDRESS)


@pytest.mark.parametrize(("seconds", "is_right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_code_of_a_telephone_half_a_minute_off_is_right(
    leader: Actor, stopped_clock: StoppedClock, seconds: int, is_right: bool
) -> None:
    person, secret, _ = enrol(leader)
    now = stopped_clock.advance(minutes=10)
    shown = pyotp.TOTP(secret).at(now, counter_offset=seconds // 30)
    if is_right:
        second_factor.check(person, shown, address=ADDRESS)
    else:
        refuse(person, shown)


def test_recovery_code_counts_once(leader: Actor) -> None:
    person, _, codes = enrol(leader)
    assert (len(set(codes)), second_factor.remaining_recovery_codes(person)) == (10, 10)
    second_factor.check(person, codes[3].lower(), address=ADDRESS)
    refuse(person, codes[3])
    second_factor.check(person, codes[4].replace("-", " "), address=ADDRESS)
    assert second_factor.remaining_recovery_codes(person) == 8


def test_guessing_is_locked_out(leader: Actor, stopped_clock: StoppedClock) -> None:
    person, secret, _ = enrol(leader)
    stopped_clock.advance(minutes=5)
    for _ in range(5):
        refuse(person, "000000")
    with pytest.raises(Locked):
        second_factor.check(person, code(secret), address=ADDRESS)


def test_person_without_factor_has_no_right_code(leader: Actor) -> None:
    refuse(directory.get_person(leader.person_id), "000000")
    refuse(directory.get_person(leader.person_id), "")


def test_factor_acts_are_journalled(leader: Actor) -> None:
    person, _, codes = enrol(leader)
    second_factor.check(person, codes[0], address=ADDRESS)
    refuse(person, "x")
    with transaction():
        second_factor.remove(person, by=leader)
    found = [entry.kind for entry in queries.page(leader.agency_id).items if entry.kind.startswith("second_factor")]
    assert found == ["second_factor.removed", "second_factor.refused", "second_factor.accepted", "second_factor.enrolled"]
    assert not second_factor.is_enrolled(directory.get_person(leader.person_id))


@pytest.mark.parametrize(
    ("login", "environment", "expected"),
    [
        ("leader", "office", True),
        ("deputy", "office", True),
        ("admin", "office", True),
        ("clerk", "office", False),
        ("leader", "demo", False),
    ],
)
def test_factor_is_obligatory_for_approvers_outside_the_demo(
    province: Province, monkeypatch: pytest.MonkeyPatch, login: str, environment: str, expected: bool
) -> None:
    monkeypatch.setenv("QUYTRINH_ENV", environment)
    assert second_factor.is_obligatory(province(login)) == expected
