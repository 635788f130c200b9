"""Headers, hosts and sizes (R47, R53)."""

import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from engine.settings import Settings
from tests.web.conftest import Browser
from web import security
from web.app import create_app


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/nowhere", "/healthz", "/api/v1/nowhere", "/static/css/app.css"])
def test_every_answer_carries_the_security_headers(app: Flask, path: str) -> None:
    headers = app.test_client().get(path).headers
    assert {name: headers.get(name) for name in security.HEADERS} == security.HEADERS


def test_private_pages_are_not_kept_and_files_are(browse: Callable[..., Browser]) -> None:
    browser = browse("clerk")
    assert browser.get("/account").headers["Cache-Control"] == "no-store"
    assert "max-age=86400" in browser.get("/static/css/app.css").headers["Cache-Control"]


def test_the_policy_allows_nothing_inline() -> None:
    assert "unsafe" not in security.CONTENT_SECURITY_POLICY
    assert security.CONTENT_SECURITY_POLICY.startswith("default-src 'none'; script-src 'self'; style-src 'self'")


@pytest.mark.parametrize(
    ("host", "status"), [("localhost", 200), ("127.0.0.1:8000", 200), ("evil.example", 400), ("localhost.evil.example", 400)]
)
def test_only_our_own_host_names_are_answered(app: Flask, host: str, status: int) -> None:
    assert app.test_client().get("/sign-in", headers={"Host": host}).status_code == status


def test_over_https_the_cookie_belongs_to_this_host_alone(app: Flask, demo_settings: Settings) -> None:
    secure = create_app(replace(demo_settings, base_url="https://quytrinh.example"))
    answer = secure.test_client().get("/sign-in", base_url="https://quytrinh.example")
    cookie = answer.headers["Set-Cookie"]
    assert (cookie.startswith("__Host-quytrinh="), "; Secure; HttpOnly; Path=/; SameSite=Lax" in cookie) == (True, True)
    assert answer.headers["Strict-Transport-Security"] == security.STRICT_TRANSPORT


@pytest.mark.parametrize(
    ("near", "far"), [("127.0.0.1", "9.9.9.9"), ("10.0.0.4", "8.8.8.8")], ids=["loopback", "private network"]
)
def test_the_proxys_headers_count_from_nearby_only(app: Flask, demo_settings: Settings, near: str, far: str) -> None:
    seen: list[str] = []

    def inner(environ: dict[str, str], _start: object) -> list[bytes]:
        seen.append(environ["REMOTE_ADDR"])
        return []

    wrapped = security.behind_proxy(inner, replace(demo_settings, base_url="https://quytrinh.example"))
    for peer in (near, far):
        wrapped({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": "198.51.100.7", "wsgi.url_scheme": "http"}, None)
    assert seen == ["198.51.100.7", far]


@pytest.mark.parametrize(
    ("size", "parts"), [(security.MAX_FORM_MEMORY + 1, 0), (1, security.MAX_FORM_PARTS)], ids=["bytes", "parts"]
)
@pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_over_the_limits_is_refused(browse: Callable[..., Browser], size: int, parts: int, media_type: str) -> None:
    browser = browse("clerk")
    browser.get("/account")
    answer = browser.post(
        "/drafts", {"subject": "x", "answers": "y" * size} | dict.fromkeys(map(str, range(parts)), ""), content_type=media_type
    )
    assert answer.status_code == 413
    assert "Nội dung gửi lên quá lớn" in answer.text


@pytest.mark.parametrize(
    ("body", "depth"),
    [
        (b"{}", 1),
        (b'{"a": [1, {"b": 2}]}', 3),
        (b'{"a": "[[[[", "b": "\\"{{{"}', 1),
        (b"[" * 40 + b"]" * 40, 40),
        (b"]]]][", 0),
        (b"", 0),
    ],
    ids=["flat", "nested", "brackets in texts", "deep", "unbalanced", "empty"],
)
def test_json_depth(body: bytes, depth: int) -> None:
    assert security.json_depth(body) == max(depth, 0)


def test_deep_json_is_refused_before_it_is_parsed(app: Flask) -> None:
    answer = app.test_client().post("/api/v1/nowhere", data="[" * 33 + "]" * 33, content_type="application/json")
    assert (answer.status_code, answer.json["detail"]) == (400, "JSON lồng quá 32 lớp; hãy gửi dữ liệu phẳng hơn.")  # type: ignore[index]


def test_looking_up_dossiers_is_limited_for_each_address(app: Flask) -> None:
    client = app.test_client()
    guessing = {"environ_base": {"REMOTE_ADDR": "198.51.100.9"}}
    statuses = [client.get(f"/tra-cuu/{number:022d}", **guessing).status_code for number in range(31)]
    assert statuses == [404] * 30 + [429]
    assert client.get("/tra-cuu/" + "x" * 22, environ_base={"REMOTE_ADDR": "198.51.100.10"}).status_code == 404


def test_a_body_over_the_limit_is_refused(browse: Callable[..., Browser]) -> None:
    browser = browse()
    browser.get("/sign-in")
    answer = browser.post(
        "/sign-in", {"file": (io.BytesIO(b"x" * (security.MAX_BODY + 1)), "a.pdf")}, content_type="multipart/form-data"
    )
    assert (answer.status_code, "Nội dung gửi lên quá lớn" in answer.text) == (413, True)
