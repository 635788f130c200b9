"""What every answer carries and every request must keep to: headers, hosts, sizes (R47, R53)."""

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.settings import Settings

MAX_BODY = 25 * 1024 * 1024
MAX_FORM_PARTS = 200
#: Pages that send a whole form sheet or decision table in boxes (500 rows of 40 columns, with their heads).
MAX_DESIGNER_PARTS = 25_000
DESIGNERS = frozenset({"draft_forms.change", "draft_rules.change"})
MAX_FORM_MEMORY = 2 * 1024 * 1024
MAX_JSON_DEPTH = 32

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
#: One year, as browsers ask for it.
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")

#: Checked by ``web.guard`` on every unsafe page request; requests with a bearer token carry no cookie and need none.
csrf = CSRFProtect()


def install(app: Flask, settings: Settings) -> None:
    """Set the limits on ``app`` and add the headers to whatever it answers."""
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_MEMORY,
        TRUSTED_HOSTS=trusted_hosts(settings),
        WTF_CSRF_CHECK_DEFAULT=False,  # the guard calls it, after it knows who asks
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as its session
        WTF_CSRF_SSL_STRICT=True,
    )
    csrf.init_app(app)
    app.before_request(refuse_large_forms)
    app.before_request(refuse_deep_json)
    app.after_request(add_headers)


def is_https(settings: Settings) -> bool:
    """Whether people reach the product over TLS (at the proxy)."""
    return settings.base_url.startswith("https://")


def trusted_hosts(settings: Settings) -> list[str]:
    """The host names answered to: that of ``QUYTRINH_BASE_URL``, and the loopback ones outside production."""
    host = urlsplit(settings.base_url).hostname or "127.0.0.1"
    return [host] if settings.is_production else [host, "127.0.0.1", "localhost", "[::1]"]


def add_headers(response: Response) -> Response:
    """The security headers; private pages are never kept by a cache."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
    return response


def refuse_large_forms() -> None:
    """Texts stay under ``MAX_FORM_MEMORY`` and ``MAX_FORM_PARTS`` however a form is encoded; only files may be larger, and the
    designers' forms have more, small parts.
    """
    if request.mimetype in ("application/x-www-form-urlencoded", "application/json"):
        request.max_content_length = MAX_FORM_MEMORY
    most = MAX_DESIGNER_PARTS if request.endpoint in DESIGNERS else MAX_FORM_PARTS
    if request.mimetype == "application/x-www-form-urlencoded" and sum(1 for _ in request.form.items(multi=True)) > most:
        raise RequestEntityTooLarge()


def refuse_deep_json() -> None:
    """Refuse a JSON body nested deeper than ``MAX_JSON_DEPTH`` before anything parses it."""
    if request.is_json and json_depth(request.get_data(cache=True)) > MAX_JSON_DEPTH:
        raise BadRequest(f"JSON lồng quá {MAX_JSON_DEPTH} lớp; hãy gửi dữ liệu phẳng hơn.")


def json_depth(body: bytes) -> int:
    """How deep the brackets of a JSON text nest, texts inside quotes aside."""
    depth = deepest = 0
    for bracket in _BRACKET.finditer(_STRING.sub(b"", body)):
        depth += 1 if bracket.group() in (b"[", b"{") else -1
        deepest = max(deepest, depth)
    return deepest


def behind_proxy(application: Any, settings: Settings) -> Any:
    """Over TLS a proxy stands before us: its ``X-Forwarded-*`` headers count, from a loopback or private address only."""
    if not is_https(settings):
        return application
    forwarded = ProxyFix(application, x_for=1, x_proto=1, x_host=0)

    def choose(environ: dict[str, Any], start_response: Any) -> Any:
        return (forwarded if _is_near(environ.get("REMOTE_ADDR", "")) else application)(environ, start_response)

    return choose


def _is_near(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return not address  # a Unix socket has no address
