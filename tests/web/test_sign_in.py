"""Sign in, second factor, sign out; what was typed comes back after an expired session."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from flask import Flask

from engine import clock
from engine.journal.models import JournalEntry
from engine.people import directory, sessions
from engine.people.models import WebSession
from engine.transaction import session, transaction
from tests.clocks import StoppedClock
from tests.web.conftest import ON_BOTH, Browser

pytestmark = ON_BOTH
Browse = Callable[..., Browser]


def journal_kinds(app: Flask) -> list[str]:
    with app.app_context():
        return [e.kind for e in session().query(JournalEntry).order_by(JournalEntry.agency_id, JournalEntry.number)]


def enrol(app: Flask, login: str) -> str:
    with app.app_context(), transaction():
        person = directory.by_login(login)
        assert person is not None
        person.totp_secret = pyotp.random_base32()
        return person.totp_secret


def test_sign_in_leads_to_the_page_that_was_asked_for(browse: Browse) -> None:
    browser = browse()
    assert browser.get("/account?tab=1").location == "/sign-in?next=/account?tab%3D1"
    browser.get("/sign-in?next=/account?tab%3D1")
    answer = browser.post("/sign-in", {"login": " Clerk ", "password": "quytrinh", "next": "/account?tab=1"})
    assert (answer.status_code, answer.location) == (303, "/account?tab=1")
    assert browser.get("/account").status_code == 200


def test_sign_in_gives_a_new_session_and_a_hardened_cookie(app: Flask, browse: Browse) -> None:
    browser = browse()
    browser.get("/sign-in")
    before = browser.client.get_cookie("quytrinh")
    browser.sign_in("clerk")
    after = browser.client.get_cookie("quytrinh")
    assert before is not None and after is not None
    assert before.value != after.value
    assert (after.http_only, after.same_site, after.path) == (True, "Lax", "/")
    with app.app_context():
        assert sessions.find(before.value) is None


@pytest.mark.parametrize(
    ("login", "password"), [("clerk", "wrong"), ("nobody", "quytrinh"), ("clerk", "Quytrinh")], ids=["password", "login", "case"]
)
def test_sign_in_refuses_without_saying_which_was_wrong(browse: Browse, login: str, password: str) -> None:
    browser = browse()
    answer = browser.sign_in(login, password)
    assert answer.status_code == 422
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in answer.text
    assert f'value="{login}"' in answer.text


def test_sign_in_asks_for_what_is_missing(browse: Browse) -> None:
    browser = browse()
    answer = browser.sign_in("", "")
    assert answer.status_code == 422
    assert [text in answer.text for text in ("Nhập tên đăng nhập.", "Nhập mật khẩu.")] == [True, True]


def test_sign_in_is_locked_after_too_many_refusals(browse: Browse) -> None:
    browser = browse()
    statuses = [browser.sign_in("clerk", "wrong").status_code for _ in range(6)]
    assert statuses == [422, 422, 422, 422, 422, 429]
    assert browser.sign_in("clerk").status_code == 429


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1", "/a\nb"])
def test_sign_in_never_leads_to_another_host(browse: Browse, target: str) -> None:
    browser = browse()
    browser.get("/sign-in")
    assert browser.post("/sign-in", {"login": "clerk", "password": "quytrinh", "next": target}).location == "/"


def test_second_factor_is_asked_for_where_enrolled(app: Flask, browse: Browse) -> None:
    secret = enrol(app, "leader")
    browser = browse()
    assert browser.sign_in("leader").location == "/sign-in/second-factor"
    assert browser.get("/account").status_code == 303
    browser.get("/sign-in/second-factor")
    wrong = browser.post("/sign-in/second-factor", {"code": "000000"})
    assert wrong.status_code == 422
    code = pyotp.TOTP(secret).at(clock.now())
    assert browser.post("/sign-in/second-factor", {"code": code}).location == "/"
    assert browser.get("/account").status_code == 200
    assert "second_factor.accepted" in journal_kinds(app)


def test_second_factor_waits_five_minutes(app: Flask, browse: Browse, stopped_clock: StoppedClock) -> None:
    enrol(app, "leader")
    stopped_clock.freeze("2027-01-20T08:00")
    browser = browse()
    browser.sign_in("leader")
    stopped_clock.freeze("2027-01-20T08:06")
    assert browser.get("/sign-in/second-factor").location == "/sign-in"


def test_sign_out_ends_the_session_for_every_copy_of_its_cookie(app: Flask, browse: Browse) -> None:
    browser = browse("clerk")
    cookie = browser.client.get_cookie("quytrinh")
    assert cookie is not None
    browser.get("/account")
    assert browser.post("/sign-in/leave").location == "/sign-in"
    thief = browse()
    thief.client.set_cookie("quytrinh", cookie.value)
    assert thief.get("/account").status_code == 303
    assert journal_kinds(app)[-1:] != [] and "sign_out.done" in journal_kinds(app)


def test_session_ends_when_idle(browse: Browse, stopped_clock: StoppedClock) -> None:
    stopped_clock.freeze("2027-01-20T08:00")
    browser = browse("clerk")
    stopped_clock.freeze("2027-01-20T08:29")
    assert browser.get("/account").status_code == 200
    stopped_clock.freeze("2027-01-20T08:58")
    assert browser.get("/account").status_code == 200
    stopped_clock.freeze("2027-01-20T09:29")
    assert browser.get("/account").status_code == 303


def test_session_of_somebody_deactivated_ends_at_once(app: Flask, browse: Browse) -> None:
    browser = browse("clerk")
    with app.app_context(), transaction():
        person = directory.by_login("clerk")
        assert person is not None
        person.is_active = False
    assert browser.get("/account").status_code == 303


def test_typed_fields_come_back_after_the_session_expired(app: Flask, browse: Browse) -> None:
    browser = browse("clerk")
    browser.get("/account/password")
    with app.app_context(), transaction():
        session().query(WebSession).update({"seen_at": clock.now() - timedelta(hours=1)})
    fields = {"note": 'Nguyễn "Ánh" <b>', "papers": ["1", "3"], "password": "secret", "version": "7"}
    refused = browser.post("/drafts", fields)
    assert refused.status_code == 401
    assert "nội dung vừa nhập vẫn còn" in refused.text
    assert "secret" not in refused.text
    again = browser.client.post("/sign-in", data=hidden_fields(refused.text) | {"login": "clerk", "password": "quytrinh"})
    assert (again.status_code, again.location) == (303, "/account/password")
    with browser.client:
        browser.client.get("/account/password")
        from web import typed

        assert typed.again().to_dict(flat=False) == {"note": ['Nguyễn "Ánh" <b>'], "papers": ["1", "3"]}


def test_typed_fields_of_a_strangers_page_are_not_kept(browse: Browse) -> None:
    browser = browse()
    headers = {"Origin": "http://evil.example", "Referer": "http://evil.example/", "Sec-Fetch-Site": "cross-site"}
    refused = browser.client.post("/drafts", data={"note": "planted"}, headers=headers)
    assert refused.status_code == 401
    assert "planted" not in refused.text


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden fields of the form in the page's main part, as a browser would send them."""
    import html
    import re

    form = page[page.index("<main") : page.index("</main>")]
    return {name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)}
