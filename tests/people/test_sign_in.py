"""Signing in, being refused, being locked out."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from engine.journal import queries
from engine.people import agencies, demo, directory, lockout, sign_in
from engine.people.actors import Actor
from engine.people.lockout import Limit, Locked
from engine.transaction import session, transaction
from tests.clocks import StoppedClock

Province = Callable[[str], Actor]
ADDRESS = "10.0.0.7"


def refuse(login: str, address: str = ADDRESS) -> None:
    with pytest.raises(sign_in.Refused):
        sign_in.check_password(login, "sai mật khẩu", address=address)


def kinds(agency_id: UUID) -> list[str]:
    return [entry.kind for entry in queries.page(agency_id).items if entry.kind.startswith("sign_")]


def test_right_password_signs_in_and_is_journalled(province: Province) -> None:
    person = sign_in.check_password(" Clerk ", demo.PASSWORD, address=ADDRESS)
    with transaction():
        actor = sign_in.signed_in(person, address=ADDRESS, second_factor=False)
        sign_in.signed_out(actor)
    assert (actor.login, actor.address, actor.roles) == ("clerk", ADDRESS, frozenset({"clerk"}))
    assert kinds(actor.agency_id) == ["sign_out.done", "sign_in.accepted"]


def test_wrong_password_and_unknown_name_get_the_same_answer(province: Province) -> None:
    answers = []
    for login in ("clerk", "nobody", "", "clerk\x00"):
        with pytest.raises(sign_in.Refused) as refusal:
            sign_in.check_password(login, "sai", address=ADDRESS)
        answers.append(str(refusal.value))
    assert len(set(answers)) == 1


def test_refusal_is_journalled_in_the_persons_agency_or_the_root(province: Province) -> None:
    top = agencies.by_code("H31").id
    refuse("clerk")
    refuse("nobody")
    refuse("Mật khẩu gõ nhầm ô!")
    assert kinds(province("clerk").agency_id) == ["sign_in.refused"]
    entries = [entry for entry in queries.page(top).items if entry.kind == "sign_in.refused"]
    assert [entry.actor for entry in entries] == [
        {"login": "(không hợp lệ)", "address": ADDRESS},
        {"login": "nobody", "address": ADDRESS},
    ]


def test_inactive_person_is_refused(province: Province) -> None:
    with transaction():
        directory.get_person(province("clerk").person_id).is_active = False
    with pytest.raises(sign_in.Refused):
        sign_in.check_password("clerk", demo.PASSWORD, address=ADDRESS)


def test_account_is_locked_after_five_refusals_and_the_wait_grows(province: Province, stopped_clock: StoppedClock) -> None:
    stopped_clock.freeze("2026-11-20T08:00")
    for _ in range(5):
        refuse("clerk")
    for wait in (60, 120, 240):
        for password in ("sai", demo.PASSWORD):
            with pytest.raises(Locked) as refusal:
                sign_in.check_password("clerk", password, address="10.0.0.8")
            assert refusal.value.retry_after == wait + 1
        stopped_clock.advance(seconds=wait + 1)
        refuse("clerk")
    assert sign_in.check_password("clerk_b", demo.PASSWORD, address="10.0.0.8").login == "clerk_b"
    assert kinds(province("clerk").agency_id) == ["sign_in.locked", "sign_in.refused"] * 4 + ["sign_in.refused"] * 4


def test_unknown_account_is_locked_alike(province: Province, stopped_clock: StoppedClock) -> None:
    stopped_clock.freeze("2026-11-20T08:00")
    for _ in range(5):
        refuse("nobody")
    with pytest.raises(Locked):
        sign_in.check_password("nobody", "sai", address=ADDRESS)


def test_success_forgives_the_account(province: Province) -> None:
    for _ in range(3):
        for _ in range(4):
            refuse("clerk")
        sign_in.check_password("clerk", demo.PASSWORD, address=ADDRESS)


def test_address_is_locked_across_accounts(province: Province, stopped_clock: StoppedClock) -> None:
    stopped_clock.freeze("2026-11-20T08:00")
    for number in range(lockout.PER_ADDRESS.free):
        refuse(f"nobody{number}")
    with pytest.raises(Locked):
        sign_in.check_password("clerk", demo.PASSWORD, address=ADDRESS)
    assert sign_in.check_password("clerk", demo.PASSWORD, address="10.0.0.8").login == "clerk"


def test_everything_slows_down_under_a_distributed_attack(
    province: Province, stopped_clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped_clock.freeze("2026-11-20T08:00")
    monkeypatch.setattr(lockout, "ALTOGETHER", Limit(6, timedelta(minutes=5), timedelta(seconds=15), timedelta(seconds=60)))
    for number in range(6):
        refuse(f"nobody{number}", f"10.1.0.{number}")
    with pytest.raises(Locked):
        sign_in.check_password("clerk", demo.PASSWORD, address="10.0.0.8")
    stopped_clock.advance(seconds=16)
    assert sign_in.check_password("clerk", demo.PASSWORD, address="10.0.0.8").login == "clerk"


def test_attempts_at_the_same_moment_count_one_another(province: Province) -> None:
    start = threading.Barrier(12)

    def attempt(_: int) -> str:
        start.wait()
        try:
            sign_in.check_password("clerk", "sai", address=ADDRESS)
        except (sign_in.Refused, Locked) as refusal:
            return refusal.code
        finally:
            session().close()
        return "signed in"

    with ThreadPoolExecutor(12) as pool:
        answers = sorted(pool.map(attempt, range(12)))
    assert answers == ["sign_in_locked"] * 7 + ["sign_in_refused"] * 5


@pytest.mark.parametrize(("refusals", "seconds"), [(4, 0), (5, 60), (6, 120), (8, 480), (9, 900), (10_000, 900)])
def test_wait_doubles_up_to_its_longest(refusals: int, seconds: int) -> None:
    assert lockout.PER_ACCOUNT.wait(refusals) == timedelta(seconds=seconds)


def test_sweep_forgets_what_no_longer_counts(province: Province, stopped_clock: StoppedClock) -> None:
    stopped_clock.freeze("2026-11-20T08:00")
    refuse("clerk")
    stopped_clock.advance(hours=25)
    refuse("clerk")
    with transaction():
        assert lockout.sweep() == 1
