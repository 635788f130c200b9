"""One line for each request, with its reference number and without personal data (R55)."""

import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from web.log_lines import configure, story

__all__ = ["configure", "error", "install", "reference", "story"]

HEADER = "X-Request-Id"
#: No 0/O, 1/I/L: people read it to a colleague over the telephone.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
#: What a proxy may call a request; digits alone might be somebody's number.
_ACCEPTED = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9-]{8,64}")
_log = structlog.get_logger("web.requests")


def install(app: Flask) -> None:
    """Number every request, and write its line when it is answered."""
    app.before_request(_open)
    app.after_request(_close)


def reference() -> str:
    """The reference number of this request: the proxy's where it gave one, what an error page shows and every line holds."""
    if "reference" not in g:
        given = request.headers.get(HEADER, "")
        g.reference = given if _ACCEPTED.fullmatch(given) else _made()
    found: str = g.reference
    return found


def error(problem: Exception) -> None:
    """Write where an unforeseen error happened, under this request's reference number."""
    _log.error("unexpected error", endpoint=request.endpoint, exc_info=problem)


def _made() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2))


def _open() -> None:
    g.began = time.monotonic()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=reference())
    case_id = (request.view_args or {}).get("case_id")
    if case_id is not None:
        structlog.contextvars.bind_contextvars(case_id=str(case_id))


def _close(response: Response) -> Response:
    response.headers[HEADER] = reference()
    took = round((time.monotonic() - g.get("began", time.monotonic())) * 1000)
    # The rule, not the path: a path may hold a code that opens somebody's dossier.
    rule = str(request.url_rule) if request.url_rule else "-"
    unusual = response.status_code >= 500 and not isinstance(request.routing_exception, HTTPException)
    write = _log.warning if unusual else _log.info
    write("request", method=request.method, route=rule, status=response.status_code, ms=took)
    return response
