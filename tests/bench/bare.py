"""The limit: what the database allows. One transaction of three statements for each step, through the raw driver."""

import json
import sqlite3
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import sqlalchemy as sa

_TABLES = (
    "CREATE TABLE bare_case (id TEXT PRIMARY KEY, state {blob}, version INTEGER NOT NULL)",
    "CREATE TABLE bare_step (id TEXT PRIMARY KEY, case_id TEXT NOT NULL, element TEXT NOT NULL, state TEXT NOT NULL, answers TEXT)",
    "CREATE INDEX bare_step_open ON bare_step (case_id) WHERE state = 'open'",
    "CREATE TABLE bare_journal (id TEXT PRIMARY KEY, case_id TEXT NOT NULL, content TEXT NOT NULL)",
)
_STATEMENTS = (
    "UPDATE bare_case SET state = {p}, version = version + 1 WHERE id = {p}",
    "INSERT INTO bare_step VALUES ({p}, {p}, {p}, 'open', {p})",
    "INSERT INTO bare_journal VALUES ({p}, {p}, {p})",
)
_STATE = b"x" * 600
_ANSWERS = json.dumps({"decision": "submit", "note": "Đủ điều kiện, trình ký."}, ensure_ascii=False)


class Bare:
    """A raw connection to a fresh database; ``run(steps)`` commits that many three-statement transactions."""

    def __init__(self, url: str) -> None:
        address = sa.make_url(url)
        self._is_sqlite = address.get_backend_name() == "sqlite"
        self._connection: Any = sqlite_connection(str(address.database)) if self._is_sqlite else psycopg.connect(libpq(address))
        self._execute: Callable[..., Any] = self._connection.execute
        for statement in _TABLES:
            self._execute(statement.format(blob="BLOB" if self._is_sqlite else "BYTEA"))
        self._statements = [statement.format(p="?" if self._is_sqlite else "%s") for statement in _STATEMENTS]
        self._case = uuid.uuid4().hex
        self._execute(f"INSERT INTO bare_case VALUES ('{self._case}', NULL, 0)")
        self._connection.commit()

    def run(self, steps: int) -> int:
        """Commit ``steps`` transactions; returns how many."""
        move, add, record = self._statements
        for number in range(steps):
            if self._is_sqlite:
                self._execute("BEGIN IMMEDIATE")
            self._execute(move, (_STATE, self._case))
            self._execute(add, (uuid.uuid4().hex, self._case, f"t{number % 8}", _ANSWERS))
            self._execute(record, (uuid.uuid4().hex, self._case, _ANSWERS))
            self._connection.commit()
        return steps

    def close(self) -> None:
        """Let the database go."""
        self._connection.close()


def sqlite_connection(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def libpq(address: sa.URL) -> str:
    return address.set(drivername="postgresql").render_as_string(hide_password=False)
