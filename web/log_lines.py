"""How a line of the log is written: one JSON object or one line of text, whichever library speaks, without personal data (R55).

Every line has ``ts`` (UTC), ``level``, ``logger`` and ``message``, and what is known of the work it belongs to: ``request_id`` or
``look`` (one look of a worker), ``person_id``, ``agency_id``, ``case_id``. An exception is told by its kinds and by the places of
our own code it went through, never by its words: a database's error quotes the statement and its values.
"""

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog

from engine.settings import ROOT, Settings

Line = MutableMapping[str, Any]


class _Here(logging.StreamHandler[TextIO]):
    """Writes to the standard output as it is at that moment."""

    @property
    def stream(self) -> TextIO:
        return sys.stdout

    @stream.setter
    def stream(self, value: TextIO) -> None:
        """The standard output it stays."""


def configure(settings: Settings) -> None:
    """Set up this process's log, for ``structlog`` and ``logging`` alike.

    ``QUYTRINH_LOG`` chooses JSON or text; without it, JSON lines in production and only problems, as text, in the demo.
    """
    is_json = settings.log == "json" or (not settings.log and settings.is_production)
    level = logging.INFO if settings.log or settings.is_production else logging.WARNING
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        place_error,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = _Here()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(is_json)],
        )
    )
    _replace_handlers(handler, level)


def story(problem: BaseException) -> str:
    """The kinds of an error, from the outermost to its cause, and the places of our own code it went through; never its words."""
    chain = list(_causes(problem))
    return f"{' < '.join(type(link).__name__ for link in chain)} @ {' > '.join(_places(chain[-1]))}"


def place_error(_logger: Any, _method: str, event: Line) -> Line:
    """In place of an exception: its kinds, from the outermost to its cause, and the places of our own code it went through."""
    problem = event.pop("exc_info", None)
    if isinstance(problem, tuple):
        problem = problem[1]
    elif problem is True:
        problem = sys.exception()
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):  # of ``logging``: it would be written again, with its words
        problem = problem or (record.exc_info[1] if isinstance(record.exc_info, tuple) else None)
        record.exc_info = record.exc_text = None
    if isinstance(problem, BaseException):
        chain = list(_causes(problem))
        event["error"] = " < ".join(type(link).__name__ for link in chain)
        event["place"] = " > ".join(_places(chain[-1]))
    return event


def _renderers(is_json: bool) -> list[Any]:
    rename = structlog.processors.EventRenamer("message")
    if is_json:
        return [rename, structlog.processors.JSONRenderer(ensure_ascii=False)]
    return [_without_empty, structlog.dev.ConsoleRenderer(colors=False, timestamp_key="ts", pad_event_to=1)]


def _without_empty(_logger: Any, _method: str, event: Line) -> Line:
    return {name: value for name, value in event.items() if value is not None}


def _replace_handlers(handler: logging.Handler, level: int) -> None:
    root = logging.getLogger()
    for former in [former for former in root.handlers if isinstance(former, _Here)]:
        root.removeHandler(former)
    root.addHandler(handler)
    root.setLevel(level)
    for loud in ("fontTools", "PIL", "apscheduler", "werkzeug", "alembic"):
        logging.getLogger(loud).setLevel(logging.ERROR)


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
