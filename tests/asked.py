"""What an act asks the database, read from the drivers themselves: the product goes past SQLAlchemy where speed matters."""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

#: The frame of a transaction, and whether a connection still lives: no questions.
_FRAME = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|PRAGMA|SELECT 1$)")
#: What goes to PostgreSQL ("F") in libpq's trace: a statement to be kept by a name, one to be run at once, a kept one to be run.
_SENT = re.compile(
    r'\tF\t\d+\t(?:Parse\t "(?P<name>\w*)" "(?P<kept>.*?)" \d+(?: \d+)*\n|Query\t "(?P<plain>.*?)"\n|Bind\t "\w*" "(?P<run>\w*)")',
    re.DOTALL,
)


def asked(engine: Engine, act: Callable[[], object]) -> list[str]:
    """The SQL that ``act`` sends through new connections of ``engine``, in order, without begin, commit and rollback."""
    engine.dispose()
    is_sqlite = engine.dialect.name == "sqlite"
    with _sqlite(engine) if is_sqlite else _postgresql(engine) as read:
        act()
        engine.dispose()
        sent = read()
    return [statement for statement in sent if not _FRAME.match(statement)]


@contextmanager
def _sqlite(engine: Engine) -> Iterator[Callable[[], list[str]]]:
    seen: list[str] = []

    def trace(connection: Any, _record: Any) -> None:
        connection.set_trace_callback(seen.append)

    event.listen(engine, "connect", trace)
    try:
        yield lambda: seen
    finally:
        event.remove(engine, "connect", trace)


@contextmanager
def _postgresql(engine: Engine) -> Iterator[Callable[[], list[str]]]:
    with tempfile.NamedTemporaryFile("r", encoding="utf-8", errors="replace") as file:

        def trace(connection: Any, _record: Any) -> None:
            connection.pgconn.trace(file.fileno())

        def finish(connection: Any, _record: Any) -> None:
            connection.pgconn.untrace()  # only now does libpq write the rest of it down

        def read() -> list[str]:
            file.seek(0)
            return list(_statements(file.read()))

        event.listen(engine, "connect", trace)
        event.listen(engine, "close", finish)
        try:
            yield read
        finally:
            event.remove(engine, "connect", trace)
            event.remove(engine, "close", finish)


def _statements(trace: str) -> Iterator[str]:
    known: dict[str, str] = {}
    for found in _SENT.finditer(trace):
        if found["kept"] is not None:
            known[found["name"]] = found["kept"]
        else:
            yield known.get(found["run"], "") if found["plain"] is None else found["plain"]
