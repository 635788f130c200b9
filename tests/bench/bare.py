"""The limit: what the database allows. The rows of a step, written by hand through the raw driver, one transaction each.

The tables are the product's own, with their indexes, keys and triggers. Nothing is asked, decided or computed: what is written
stands ready. On average a step of the benchmark model writes these rows; so does the limit.
"""

import sqlite3
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from engine import db
from tests.bench.ours import Ours

_MOMENT = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
_STATEMENTS = {
    "step_done": (
        "UPDATE step SET state = 'completed', assignee_id = {p}, claimed_at = {p}, closed_at = {p}, closed_by_id = {p},"
        " answers = {p}, version = version + 1 WHERE id = {p}"
    ),
    "timers_cancelled": (
        "UPDATE timer SET state = 'cancelled' WHERE case_id = {p} AND state IN ('waiting', 'paused')"
        " AND (step_id = {p} OR token = 1)"
    ),
    "step_opened": (
        "INSERT INTO step (id, agency_id, case_id, element, token, name, role, state, visit, version, opened_at, term_minutes, due_at)"
        " VALUES ({p}, {p}, {p}, 't5', 3, 'Step t5', 'registrar', 'open', 1, 1, {p}, 960, {p})"
    ),
    "timer": (
        "INSERT INTO timer (id, agency_id, case_id, step_id, kind, element, token, due_at, position, state, attempts)"
        " VALUES ({p}, {p}, {p}, {p}, {p}, {p}, 1, {p}, 0, 'waiting', 0)"
    ),
    "case": 'UPDATE "case" SET marking = {p}, visits = {p}, version = version + 1 WHERE id = {p}',
    "entry": (
        "INSERT INTO journal_entry (agency_id, number, at, kind, person_id, case_id, content, previous_hash, hash)"
        " VALUES ({p}, {p}, {p}, {p}, {p}, {p}, {p}, {p}, {p})"
    ),
    "head": "UPDATE journal_head SET number = {p}, hash = {p} WHERE agency_id = {p}",
}
_ANSWERS = '{"again":false}'
_VISITS = '{"t1":[1,"019ab3a0-3c5e-7c00-8000-000000000001"],"t2":[1,"019ab3a0-3c5e-7c00-8000-000000000001"]}'
_MARKING = b'\x01{"t":[{"a":[{"e":"b_t5","n":1}],"e":"t5","n":3}]}'
#: As long as what the journal says of a step.
_CONTENT = "x" * 320
_HASH = "0" * 64


class Bare:
    """A raw connection to a database of its own; ``run(steps)`` commits that many transactions."""

    def __init__(self, url: str, workplace: Path) -> None:
        office = Ours(url, workplace)
        office.run(1)
        office.close()
        address = sa.make_url(url)
        self._is_sqlite = address.get_backend_name() == "sqlite"
        self._connection: Any = sqlite_connection(str(address.database)) if self._is_sqlite else psycopg.connect(libpq(address))
        place = "?" if self._is_sqlite else "%s"
        self._statements = {name: statement.format(p=place) for name, statement in _STATEMENTS.items()}
        self._moment: Any = _MOMENT.isoformat(" ", "microseconds")[:26] if self._is_sqlite else _MOMENT
        self._agency, self._person = self._id(office.by.agency_id), self._id(office.by.person_id)
        self._case = self._id(office.case_id)
        self._step = self._fetch("SELECT id FROM step WHERE state = 'open'")
        self._number = self._fetch(f"SELECT max(number) FROM journal_entry WHERE agency_id = '{self._agency}'")

    def run(self, steps: int) -> int:
        """Commit ``steps`` transactions; returns how many."""
        for _ in range(steps):
            if self._is_sqlite:
                self._connection.execute("BEGIN IMMEDIATE")
            self._step_once()
            self._connection.commit()
        return steps

    def close(self) -> None:
        """Let the database go."""
        self._connection.close()

    def _step_once(self) -> None:
        moment, agency, person, case = self._moment, self._agency, self._person, self._case
        self._execute("step_done", person, moment, moment, person, _ANSWERS, self._step)
        self._execute("timers_cancelled", case, self._step)
        self._step = self._id(db.new_id())
        self._execute("step_opened", self._step, agency, case, moment, moment)
        self._execute("timer", self._id(db.new_id()), agency, case, self._step, "reminder", None, moment)
        self._execute("timer", self._id(db.new_id()), agency, case, None, "flow", "b_t5", moment)
        self._execute("case", _MARKING, _VISITS, case)
        for kind in ("step.completed", "step.opened"):
            self._number += 1
            content = f"{self._number:010d}{_CONTENT}"
            self._execute("entry", agency, self._number, moment, kind, person, case, content, _HASH, _HASH)
        self._execute("head", self._number, _HASH, agency)

    def _execute(self, name: str, *arguments: Any) -> None:
        self._connection.execute(self._statements[name], arguments)

    def _fetch(self, query: str) -> Any:
        found = self._connection.execute(query).fetchone()[0]
        self._connection.commit()
        return found

    def _id(self, value: uuid.UUID | None) -> Any:
        return value.hex if self._is_sqlite and value is not None else value


def sqlite_connection(path: str) -> sqlite3.Connection:
    """A raw connection, set as the product sets its own."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    for pragma in db.SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def libpq(address: sa.URL) -> str:
    """The address as libpq reads it."""
    return address.set(drivername="postgresql").render_as_string(hide_password=False)
