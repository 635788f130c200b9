"""Deny by default: what is not declared is refused, pages know sessions only, the API bearer tokens only."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.typing import ResponseReturnValue
from flask.views import MethodView

from engine.journal.models import JournalEntry
from engine.people import directory, policy, tokens
from engine.transaction import session, transaction
from tests.clocks import StoppedClock
from tests.web.conftest import Browser
from web import guard


class _Machine(MethodView):
    @guard.requires("step.read")
    def get(self) -> ResponseReturnValue:
        return guard.current_actor().login

    @guard.requires("person.change")
    def post(self) -> ResponseReturnValue:
        return "changed"

    def delete(self) -> ResponseReturnValue:
        return "gone"


@pytest.fixture
def wide_app(app: Flask) -> Flask:
    """The application with views of every kind of declaration."""

    @app.get("/forgotten")
    def forgotten() -> ResponseReturnValue:
        return "seen"

    @app.get("/staff")
    @guard.requires("person.change")
    def staff() -> ResponseReturnValue:
        return "seen"

    @app.route("/weighty", methods=["GET", "POST"])
    @guard.requires("step.read")
    @guard.freshly_proved
    def weighty() -> ResponseReturnValue:
        return "done"

    app.add_url_rule("/api/v1/machine", view_func=_Machine.as_view("machine"))
    return app


def bearer(app: Flask, login: str) -> dict[str, str]:
    with app.app_context(), transaction():
        person = directory.by_login(login)
        assert person is not None
        return {"Authorization": f"Bearer {tokens.create(person)}"}


def test_a_view_that_declares_nothing_is_refused_to_everybody(wide_app: Flask, browse: Callable[..., Browser]) -> None:
    assert [browse(login).get("/forgotten").status_code for login in ("clerk", "leader", "admin", None)] == [403] * 4


@pytest.mark.parametrize(("login", "status"), [("admin", 200), ("clerk", 403), ("inspector", 403)])
def test_a_page_opens_to_those_whose_role_holds_its_permission(
    wide_app: Flask, browse: Callable[..., Browser], login: str, status: int
) -> None:
    assert browse(login).get("/staff").status_code == status


def test_a_refusal_is_journalled_with_who_and_what(wide_app: Flask, browse: Callable[..., Browser]) -> None:
    browse("clerk").get("/staff")
    with wide_app.app_context():
        entry = session().query(JournalEntry).filter_by(kind="access.refused").one()
        assert ('"login":"clerk"' in entry.content, '"what":"GET /staff"' in entry.content) == (True, True)


def test_the_api_knows_bearer_tokens_and_no_cookie(wide_app: Flask, browse: Callable[..., Browser]) -> None:
    browser = browse("clerk")
    assert browser.get("/api/v1/machine").status_code == 401
    answer = browser.get("/api/v1/machine", headers=bearer(wide_app, "officer"))
    assert (answer.status_code, answer.text) == (200, "officer")
    assert "Set-Cookie" not in answer.headers


def test_pages_know_no_bearer_token(wide_app: Flask) -> None:
    assert wide_app.test_client().get("/staff", headers=bearer(wide_app, "admin")).status_code == 303


@pytest.mark.parametrize(
    ("method", "login", "status"),
    [("get", "clerk", 200), ("post", "clerk", 403), ("post", "admin", 200), ("delete", "admin", 403)],
    ids=["get", "post refused", "post", "undeclared method"],
)
def test_a_method_of_a_resource_has_its_own_permission(wide_app: Flask, method: str, login: str, status: int) -> None:
    answer = wide_app.test_client().open("/api/v1/machine", method=method.upper(), headers=bearer(wide_app, login))
    assert answer.status_code == status


@pytest.mark.parametrize("header", ["Bearer qt_wrong", "Bearer ", "Basic Y2xlcms6cXV5dHJpbmg=", ""])
def test_a_wrong_token_is_answered_with_401_and_how_to_come_in(wide_app: Flask, header: str) -> None:
    answer = wide_app.test_client().get("/api/v1/machine", headers={"Authorization": header})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="quytrinh"')
    assert answer.mimetype == "application/problem+json"


def test_a_form_without_its_token_is_refused_and_its_content_kept(browse: Callable[..., Browser]) -> None:
    browser = browse("clerk")
    browser.get("/account")
    answer = browser.post("/drafts", {"csrf_token": "", "subject": "step:1", "answers": '{"note": "Ánh"}'})
    assert answer.status_code == 400
    assert "Trang đã mở quá lâu" in answer.text
    assert "Quay lại biểu mẫu" in answer.text


def test_a_weighty_act_asks_for_fresh_proof_and_keeps_the_form(
    wide_app: Flask, browse: Callable[..., Browser], stopped_clock: StoppedClock
) -> None:
    stopped_clock.freeze("2027-01-20T08:00")
    browser = browse("leader")
    assert browser.get("/weighty").text == "done"
    stopped_clock.freeze("2027-01-20T08:11")
    assert browser.get("/weighty?a=1").location == "/account/prove?next=/weighty?a%3D1"
    browser.get("/account/prove?next=/weighty?a%3D1")
    assert browser.post("/account/prove", {"password": "wrong", "next": "/weighty?a=1"}).status_code == 422
    assert browser.post("/account/prove", {"password": "quytrinh", "next": "/weighty?a=1"}).location == "/weighty?a=1"
    assert browser.get("/weighty").text == "done"


def test_every_endpoint_declares_what_it_needs(app: Flask) -> None:
    undeclared = [place for place, needed in guard.declared(app).items() if needed is None]
    assert undeclared == []
    known = {*policy.PERMISSIONS, guard.PUBLIC, guard.SIGNED_IN}
    assert set(guard.declared(app).values()) - {None} <= known


def test_what_is_public_is_a_short_list(app: Flask) -> None:
    public = {endpoint for (endpoint, _method), needed in guard.declared(app).items() if needed == guard.PUBLIC}
    ours = {name for name in public if name.partition(".")[0] in ("health", "sign_in", "account", "static", "front", "drafts")}
    assert ours == {
        "health.process",
        "health.ready",
        "health.metrics",
        "sign_in.password",
        "sign_in.code",
        "account.language",
        "static",
    }


def test_an_unknown_permission_is_a_mistake_in_the_code() -> None:
    with pytest.raises(ValueError, match=r"unknown permission: step\.compleet"):
        guard.requires("step.compleet")
