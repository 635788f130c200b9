"""The words a million cases are found by: their lexemes from parts made once, and their index made once at the end."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from sqlalchemy.engine import Engine

from engine.cases import search_words

_TRIGGER = "case_search_written"
_INDEX = "ix_case_search_words"


def line(agency_id: uuid.UUID, code: str, said: Sequence[str], stretch: int) -> str:
    """The lexemes of a case (``search_words.lexemes``): ``code`` is its own, the texts ``said`` are those of many."""
    key = search_words.key_of(agency_id)
    parts = {f"t{stretch}"}.union(_parts(code), *map(_known_parts, said))
    return " ".join(key + part for part in parts)


@contextmanager
def unindexed(engine: Engine) -> Iterator[None]:
    """While rows are filled in by the million the full-text index is away; it is as it was afterwards."""
    is_sqlite = engine.dialect.name == "sqlite"
    lookup = (
        f"SELECT sql FROM sqlite_master WHERE name = '{_TRIGGER}'"
        if is_sqlite
        else f"SELECT indexdef FROM pg_indexes WHERE indexname = '{_INDEX}'"
    )
    with engine.begin() as connection:
        made_by = str(connection.exec_driver_sql(lookup).scalar_one())
        connection.exec_driver_sql(f"DROP TRIGGER {_TRIGGER}" if is_sqlite else f"DROP INDEX {_INDEX}")
    yield
    with engine.connect().execution_options(is_writing=True) as connection, connection.begin():
        if is_sqlite:
            connection.exec_driver_sql("INSERT INTO case_search_fts (case_search_fts) VALUES ('rebuild')")
        connection.exec_driver_sql(made_by)


@cache
def _known_parts(text: str) -> frozenset[str]:
    return _parts(text)


def _parts(text: str) -> frozenset[str]:
    """What follows the key in the lexemes of a text."""
    words = search_words.of(text)
    return frozenset({f"w{word.bare}" for word in words} | {word.exact for word in words})
