"""One's own account: password, second factor, sessions, duties."""

import re
from collections.abc import Callable
from dataclasses import replace

import pyotp
import pytest
from flask import Flask

from engine import clock
from engine.people import directory
from engine.settings import Settings
from engine.transaction import transaction
from tests.web.conftest import Browser
from web.app import create_app

Browse = Callable[..., Browser]
NEW = "sông-Cấm-chảy-chậm"


def change(browser: Browser, former: str = "quytrinh", new: str = NEW, again: str = NEW) -> int:
    browser.get("/account/password")
    fields = {"former_password": former, "password": new, "password_again": again}
    return browser.post("/account/password", fields).status_code


def test_a_new_password_counts_and_ends_the_other_sessions(browse: Browse) -> None:
    other, browser = browse("clerk"), browse("clerk")
    assert change(browser) == 303
    assert browser.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    assert [browse().sign_in("clerk", password).status_code for password in ("quytrinh", NEW)] == [422, 303]


@pytest.mark.parametrize(
    ("former", "new", "again", "sentence"),
    [
        ("wrong", NEW, NEW, "Mật khẩu hiện tại không đúng."),
        ("quytrinh", "short", "short", "Mật khẩu dài từ 10 đến 200 ký tự."),
        ("quytrinh", NEW, NEW + "?", "Hai lần nhập mật khẩu mới chưa giống nhau."),
        ("quytrinh", "quytrinh", "quytrinh", "Mật khẩu mới phải khác mật khẩu hiện tại."),
    ],
    ids=["former", "weak", "differs", "same"],
)
def test_a_bad_new_password_is_refused_with_its_reason(browse: Browse, former: str, new: str, again: str, sentence: str) -> None:
    browser = browse("clerk")
    assert change(browser, former, new, again) == 422
    assert sentence in browser.page


def test_a_one_time_password_is_changed_before_anything_else(app: Flask, browse: Browse) -> None:
    with app.app_context(), transaction():
        person = directory.by_login("clerk")
        assert person is not None
        person.must_change_password = True
    browser = browse("clerk")
    assert browser.get("/account").location == "/account/password"
    assert change(browser) == 303
    assert browser.get("/account").status_code == 200


def test_a_leader_outside_the_demo_enrols_before_anything_else(
    app: Flask, demo_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUYTRINH_ENV", "staging")
    browser = Browser(create_app(replace(demo_settings, environment="staging")))
    browser.sign_in("leader")
    assert browser.get("/account").location == "/account/second-factor"
    secret = secret_of(browser.get("/account/second-factor").text)
    wrong = browser.post("/account/second-factor", {"code": "000000"})
    assert (wrong.status_code, secret_of(wrong.text)) == (422, secret)
    done = browser.post("/account/second-factor", {"code": pyotp.TOTP(secret).at(clock.now())})
    codes = re.findall(r"<li>([A-Z2-7-]{19})</li>", done.text)
    assert (done.status_code, len(codes)) == (200, 10)
    assert browser.get("/account").status_code == 200
    browser.get("/account")
    browser.post("/sign-in/leave")
    assert browser.sign_in("leader").location == "/sign-in/second-factor"
    browser.get("/sign-in/second-factor")
    assert browser.post("/sign-in/second-factor", {"code": codes[0].lower()}).location == "/"


def test_the_other_sessions_are_ended_on_request(browse: Browse) -> None:
    other, browser = browse("clerk"), browse("clerk")
    browser.get("/account")
    assert browser.post("/account/sessions").status_code == 303
    assert [page.get("/account").status_code for page in (browser, other)] == [200, 303]


def test_drafts_are_kept_for_their_author(app: Flask, browse: Browse) -> None:
    browser = browse("clerk")
    browser.get("/account")
    assert browser.post("/drafts", {"subject": "step:1", "answers": '{"note": "Ánh"}'}).status_code == 204
    assert browser.post("/drafts", {"subject": "step:1", "answers": "[]"}).status_code == 422
    from engine.cases import drafts
    from engine.people.actors import actor_of

    with app.app_context():
        clerk, officer = (directory.by_login(login) for login in ("clerk", "officer"))
        assert clerk is not None and officer is not None
        assert drafts.get("step:1", by=actor_of(clerk)) == {"note": "Ánh"}
        assert drafts.get("step:1", by=actor_of(officer)) == {}


def secret_of(page: str) -> str:
    found = re.search(r'<span class="secret">([A-Z2-7 ]+)</span>', page)
    assert found is not None
    return found[1].replace(" ", "")
