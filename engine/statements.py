"""Statements of the hot path: written once with SQLAlchemy, compiled once, then run on the driver itself.

What happens at every step of every case must cost next to nothing. A ``Statement`` costs a tenth of the same one run through
SQLAlchemy; it runs in the session's own transaction, beside the unit of work: what was changed on objects and not flushed yet
it does not see.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from engine import transaction

_Conversion = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """SQL for one kind of database. ``names`` are the parameters in their order; None where the driver takes them by name."""

    sql: str
    names: tuple[str, ...] | None
    fixed: Mapping[str, Any]
    into: Mapping[str, _Conversion]
    out_of: tuple[tuple[int, _Conversion], ...]

    def arguments(self, given: Mapping[str, Any]) -> Any:
        """The parameters as the driver takes them."""
        values = dict(self.fixed)
        for name, value in given.items():
            convert = self.into.get(name)
            values[name] = value if value is None or convert is None else convert(value)
        return [values[name] for name in self.names] if self.names is not None else values

    def row(self, found: Sequence[Any]) -> tuple[Any, ...]:
        """A row of the driver as Python values."""
        values = list(found)
        for place, convert in self.out_of:
            values[place] = convert(values[place])
        return tuple(values)


class Statement:
    """One statement with parameters. ``write`` writes it, at its first use: the types of foreign keys are known only then.

    ``columns`` names the values an INSERT or UPDATE takes. Lists to search in (``in_``) cannot be compiled ahead: their
    length is part of the SQL. Faults are SQLAlchemy's, as everywhere.
    """

    def __init__(self, write: Callable[[], sa.Executable], columns: Sequence[str] | None = None) -> None:
        self._write, self._columns = write, columns
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, **parameters: Any) -> list[tuple[Any, ...]]:
        """Run a query; all rows it finds."""
        driver = transaction.driver()
        compiled, cursor = self._for(driver.dialect), driver.cursor()
        with _faults_translated(compiled.sql, driver.dialect):
            cursor.execute(compiled.sql, compiled.arguments(parameters))
            return [compiled.row(found) for found in cursor.fetchall()]

    def first(self, **parameters: Any) -> tuple[Any, ...] | None:
        """Run a query; the first row, None where it finds none."""
        return next(iter(self.rows(**parameters)), None)

    def run(self, **parameters: Any) -> int:
        """Change something; how many rows it met."""
        driver = transaction.driver()
        compiled, cursor = self._for(driver.dialect), driver.cursor()
        with _faults_translated(compiled.sql, driver.dialect):
            cursor.execute(compiled.sql, compiled.arguments(parameters))
        return int(cursor.rowcount)

    def run_each(self, many: Sequence[Mapping[str, Any]]) -> None:
        """Change something once for each set of parameters."""
        driver = transaction.driver()
        compiled, cursor = self._for(driver.dialect), driver.cursor()
        with _faults_translated(compiled.sql, driver.dialect):
            cursor.executemany(compiled.sql, [compiled.arguments(parameters) for parameters in many])

    def _for(self, dialect: Dialect) -> _Compiled:
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = _compile(self._write(), self._columns, dialect)
        return known


def _compile(statement: sa.Executable, columns: Sequence[str] | None, dialect: Dialect) -> _Compiled:
    assert isinstance(statement, sa.ClauseElement)
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    assert isinstance(compiled, SQLCompiler)
    kinds = {name: bound.type.dialect_impl(dialect).bind_processor(dialect) for name, bound in compiled.binds.items()}
    into = {name: convert for name, convert in kinds.items() if convert is not None}
    asked = {name for name, bound in compiled.binds.items() if bound.required}
    fixed = {name: into[name](own) if name in into else own for name, own in compiled.params.items() if name not in asked}
    names = tuple(compiled.positiontup or ()) if compiled.positional else None
    return _Compiled(compiled.string, names, fixed, into, _conversions_out(statement, dialect))


def _conversions_out(statement: sa.Executable, dialect: Dialect) -> tuple[tuple[int, _Conversion], ...]:
    if not isinstance(statement, sa.Select):
        return ()
    kinds = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in statement.selected_columns]
    return tuple((place, convert) for place, convert in enumerate(kinds) if convert is not None)


@contextmanager
def _faults_translated(sql: str, dialect: Dialect) -> Iterator[None]:
    """What the driver raises, as SQLAlchemy's own exception for it: nobody has to know two."""
    faults = dialect.loaded_dbapi.Error
    try:
        yield
    except faults as fault:
        raise DBAPIError.instance(sql, None, fault, faults, dialect=dialect) from fault
