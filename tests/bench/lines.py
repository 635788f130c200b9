"""Rows as lines of text, a fraction of the price of objects: one real row of a table is the pattern of many."""

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

#: How a line says that nothing stands in a column, and what lies between two columns: as PostgreSQL's COPY reads them.
NOTHING, GAP = r"\N", "\t"


class Pattern:
    """The lines of one table: what ``row`` says stands in every line, except in the columns named ``varied``."""

    def __init__(self, table: sa.Table, row: Mapping[str, Any], varied: Iterable[str]) -> None:
        self.table, self.varied = table, frozenset(varied)
        self.columns = [column.name for column in table.columns]
        parts = ["%s" if name in self.varied else text_of(row[name]).replace("%", "%%") for name in self.columns]
        self._line = GAP.join(parts)
        self._order = [name for name in self.columns if name in self.varied]

    def line(self, **values: str) -> str:
        """One line; ``values`` are the varied columns, as ``text_of`` gives them."""
        return self._line % tuple([values[name] for name in self._order])


def text_of(value: Any) -> str:
    """A value as a line holds it. Bytes are written in hex."""
    if value is None:
        return NOTHING
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, bytes):
        return r"\\x" + value.hex()
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    return str(value).replace("\\", r"\\").replace("\t", " ").replace("\n", r"\n")


def moment(at: datetime) -> str:
    """An instant, as both databases write it in UTC."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def load(connection: Connection, pattern: Pattern, lines: list[str]) -> None:
    """Write lines into their table: COPY on PostgreSQL (by the administrator), many INSERTs at once on SQLite."""
    names = ", ".join(f'"{name}"' for name in pattern.columns)
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "postgresql":
        with driver.cursor().copy(f'COPY "{pattern.table.name}" ({names}) FROM STDIN') as copy:
            copy.write("\n".join(lines) + "\n")
        return
    places = ", ".join("?" * len(pattern.columns))
    into = [isinstance(column.type, sa.LargeBinary) for column in pattern.table.columns]
    rows = ([_value(part, is_bytes) for part, is_bytes in zip(line.split(GAP), into, strict=True)] for line in lines)
    driver.executemany(f'INSERT INTO "{pattern.table.name}" ({names}) VALUES ({places})', rows)


def _value(part: str, is_bytes: bool) -> str | bytes | None:
    if part == NOTHING:
        return None
    if is_bytes:
        return bytes.fromhex(part.removeprefix(r"\\x"))
    return part.replace(r"\n", "\n").replace(r"\\", "\\") if "\\" in part else part
