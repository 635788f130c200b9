"""Every refusal has its status, a page for people and RFC 9457 for programs."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from engine import errors
from engine.cases.troubles import ActFailed
from engine.people import lockout, sign_in
from tests.web.conftest import Browser
from web import guard, problems

REFUSALS: dict[str, tuple[Exception, int, str]] = {
    "not-found": (errors.NotFound("Không có."), 404, "not_found"),
    "not-allowed": (errors.NotAllowed("Không được."), 403, "not_allowed"),
    "conflict": (errors.Conflict("Đã xong.", who="Trần Văn Bình", at="2026-11-20T01:30:00+00:00", version=3), 409, "conflict"),
    "precondition": (errors.PreconditionRequired("Thiếu."), 428, "precondition_required"),
    "answers": (errors.AnswersRejected({"note": ["Nhập ghi chú."]}), 422, "answers_rejected"),
    "procedure": (errors.ProcedureRejected([errors.Finding("a.bpmn", "x", "Sửa.")]), 422, "procedure_rejected"),
    "other": (errors.EngineError("Không."), 400, "engine_error"),
    "act-failed": (ActFailed("Không xong. Sự cố 1A2B3C4D.", element="sign", reference="1A2B3C4D"), 500, "act_failed"),
    "sign-in": (sign_in.Refused(), 401, "sign_in_refused"),
    "locked": (lockout.Locked(90), 429, "sign_in_locked"),
    "database": (OperationalError("", {}, Exception()), 503, "database_unavailable"),
    "mistake": (ZeroDivisionError("secret detail"), 500, "unexpected"),
}


@pytest.fixture
def refusing_app(app: Flask) -> Iterator[Flask]:
    """The application with a page and a resource that refuse in every way."""
    for prefix in ("/refuse/", "/api/v1/refuse/"):

        @app.route(f"{prefix}<name>", endpoint=f"refuse{len(prefix)}", methods=["GET", "POST"])
        @guard.public
        def refuse(name: str) -> ResponseReturnValue:
            raise REFUSALS[name][0]

    yield app


@pytest.mark.parametrize("name", REFUSALS)
def test_the_api_answers_a_refusal_as_rfc_9457(refusing_app: Flask, name: str) -> None:
    _refusal, status, code = REFUSALS[name]
    answer = refusing_app.test_client().get(f"/api/v1/refuse/{name}")
    body: dict[str, Any] = answer.get_json(force=True)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:quytrinh:problem:{code}")
    assert body["reference"] == answer.headers["X-Request-Id"]
    assert "secret detail" not in answer.text
    assert body.get("errors") == {"answers": {"note": ["Nhập ghi chú."]}, "procedure": {"a.bpmn": ["Sửa."]}}.get(name)
    told = {"conflict": ("Trần Văn Bình", "2026-11-20T08:30:00+07:00", 3)}.get(name, (None, None, None))
    assert (body.get("who"), body.get("at"), body.get("version")) == told


@pytest.mark.parametrize("name", REFUSALS)
def test_people_get_a_page_with_a_reference_number(refusing_app: Flask, name: str) -> None:
    _refusal, status, _code = REFUSALS[name]
    answer = refusing_app.test_client().get(f"/refuse/{name}", headers={"Accept": "text/html,*/*"})
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert answer.headers["X-Request-Id"] in answer.text
    assert "secret detail" not in answer.text


def test_a_refused_form_is_kept_for_the_way_back(refusing_app: Flask, browse: Callable[..., Browser]) -> None:
    browser = browse("clerk")
    browser.get("/account/password")
    answer = browser.post("/refuse/conflict", {"note": "Đủ hồ sơ"})
    assert answer.status_code == 409
    assert "Trần Văn Bình · 08:30, 20/11/2026" in answer.text
    assert '<a class="btn btn-primary" href="/account/password">' in answer.text
    with browser.client:
        browser.client.get("/account/password")
        from web import typed

        assert typed.again().to_dict() == {"note": "Đủ hồ sơ"}


def test_a_form_sent_again_is_not_offered_again(refusing_app: Flask, browse: Callable[..., Browser]) -> None:
    browser = browse("clerk")
    browser.get("/account/password")
    browser.post("/refuse/conflict", {"note": "Đủ hồ sơ"})
    browser.get("/account/password")
    browser.post("/drafts", {"subject": "x", "answers": "{}"})
    with browser.client:
        browser.client.get("/account/password")
        from web import typed

        assert typed.again().to_dict() == {}


def test_every_refusal_of_the_engine_has_a_status() -> None:
    def all_kinds(kind: type[errors.EngineError]) -> Iterator[type[errors.EngineError]]:
        yield kind
        for narrower in kind.__subclasses__():
            yield from all_kinds(narrower)

    plain = [kind for kind in all_kinds(errors.EngineError) if problems.status_of(kind.__new__(kind)) == 400]
    assert [kind.__name__ for kind in plain if kind.__module__ == "engine.errors"] == ["EngineError"]


@pytest.mark.parametrize(("path", "method", "status"), [("/nowhere", "GET", 404), ("/healthz", "POST", 405)])
def test_an_unknown_address_has_a_page_too(app: Flask, path: str, method: str, status: int) -> None:
    answer = app.test_client().open(path, method=method, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert (answer.headers.get("Allow") is not None) == (status == 405)
