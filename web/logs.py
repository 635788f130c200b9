"""One line for each request, with its reference number and without personal data (R55)."""

import logging
import secrets
import time
import traceback
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from engine.settings import ROOT, Settings

#: No 0/O, 1/I/L: people read it to a colleague over the telephone.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_log = structlog.get_logger("web")


def configure(settings: Settings) -> None:
    """Set up structured logs for this process: JSON lines in production, plain lines (problems only) in the demo."""
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.is_production
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _place_error,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if settings.is_production else logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )


def install(app: Flask) -> None:
    """Number every request, and write its line when it is answered."""
    app.before_request(_open)
    app.after_request(_close)


def reference() -> str:
    """The reference number of this request: what an error page shows and the log holds."""
    if "reference" not in g:
        g.reference = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2))
    found: str = g.reference
    return found


def error(problem: Exception) -> None:
    """Write where an unforeseen error happened, under this request's reference number."""
    _log.error("unexpected error", reference=reference(), endpoint=request.endpoint, exc_info=problem)


def story(problem: BaseException) -> str:
    """The kinds of an error, from the outermost to its cause, and the places of our own code it went through; never its words."""
    chain = list(_causes(problem))
    return f"{' < '.join(type(link).__name__ for link in chain)} @ {' > '.join(_places(chain[-1]))}"


def _place_error(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """In place of an exception: its kinds, from the outermost to its cause, and the places of our own code it went through.

    Never its message: a database's error quotes the statement and its values, a conversion's the value that did not fit.
    """
    problem = event.pop("exc_info", None)
    if isinstance(problem, BaseException):
        chain = list(_causes(problem))
        event["error"] = " < ".join(type(link).__name__ for link in chain)
        event["place"] = " > ".join(_places(chain[-1]))
    return event


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    while problem is not None:
        yield problem
        problem = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)


def _places(problem: BaseException) -> Iterator[str]:
    """``web/pages/steps.py:41`` of each call that is ours, and of the last one whoever's it is."""
    steps = traceback.extract_tb(problem.__traceback__)
    for number, step in enumerate(steps, 1):
        path = Path(step.filename)
        if path.is_relative_to(ROOT / "web") or path.is_relative_to(ROOT / "engine"):
            yield f"{path.relative_to(ROOT).as_posix()}:{step.lineno}"
        elif number == len(steps):
            yield f"{path.name}:{step.lineno}"


def _open() -> None:
    g.began = time.monotonic()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(reference=reference())


def _close(response: Response) -> Response:
    response.headers["X-Request-Id"] = reference()
    took = round((time.monotonic() - g.get("began", time.monotonic())) * 1000)
    # The rule, not the path: a path may hold a code that opens somebody's dossier.
    rule = str(request.url_rule) if request.url_rule else "-"
    unusual = response.status_code >= 500 and not isinstance(request.routing_exception, HTTPException)
    write = _log.warning if unusual else _log.info
    write("request", method=request.method, rule=rule, status=response.status_code, milliseconds=took)
    return response
