"""Statements of the hot path: written once with SQLAlchemy, compiled once, then run on the driver itself.

What happens at every step of every case must cost next to nothing. A ``Statement`` costs a fraction of the same one run through
SQLAlchemy; it runs in the session's own transaction, beside the unit of work: what was changed on objects and not flushed yet
it does not see.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from engine import transaction
from engine.transaction import Driver

_Conversion = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """SQL for one kind of database.

    ``into`` are the parameters in the order of the SQL, each with what makes the driver's value of it; ``fixed`` those the
    statement brings itself; ``out_of`` the places in a row whose values have to be converted.
    """

    sql: str
    is_positional: bool
    into: tuple[tuple[str, _Conversion | None], ...]
    fixed: Mapping[str, Any]
    out_of: tuple[tuple[int, _Conversion], ...]

    def arguments(self, given: Mapping[str, Any]) -> Any:
        """The parameters as the driver takes them."""
        known = {**self.fixed, **given} if self.fixed else given
        values = [known[name] if convert is None else convert(known[name]) for name, convert in self.into]
        return values if self.is_positional else {name: value for (name, _), value in zip(self.into, values, strict=True)}

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
        try:
            cursor.execute(compiled.sql, compiled.arguments(parameters))
            return [compiled.row(found) for found in cursor.fetchall()]
        except driver.faults as fault:
            raise _translated(fault, compiled.sql, driver) from fault

    def first(self, **parameters: Any) -> tuple[Any, ...] | None:
        """Run a query; the first row, None where it finds none."""
        found = self.rows(**parameters)
        return found[0] if found else None

    def run(self, **parameters: Any) -> None:
        """Change something."""
        driver = transaction.driver()
        compiled = self._for(driver.dialect)
        try:
            driver.cursor().execute(compiled.sql, compiled.arguments(parameters))
        except driver.faults as fault:
            raise _translated(fault, compiled.sql, driver) from fault

    def run_each(self, many: Sequence[Mapping[str, Any]]) -> None:
        """Change something once for each set of parameters."""
        driver = transaction.driver()
        compiled = self._for(driver.dialect)
        try:
            driver.cursor().executemany(compiled.sql, [compiled.arguments(parameters) for parameters in many])
        except driver.faults as fault:
            raise _translated(fault, compiled.sql, driver) from fault

    def _for(self, dialect: Dialect) -> _Compiled:
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = _compile(self._write(), self._columns, dialect)
        return known


def _compile(statement: sa.Executable, columns: Sequence[str] | None, dialect: Dialect) -> _Compiled:
    compiled = cast(SQLCompiler, cast(sa.ClauseElement, statement).compile(dialect=dialect, column_keys=columns))
    bound = {name: parameter for parameter, name in compiled.bind_names.items()}
    order = compiled.positiontup if compiled.positional and compiled.positiontup is not None else list(bound)
    into = tuple((name, _into(bound[name].type, dialect)) for name in order)
    fixed = {name: compiled.params[name] for name, parameter in bound.items() if not parameter.required}
    return _Compiled(compiled.string, compiled.positional, into, fixed, _out_of(statement, dialect))


def _into(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> _Conversion | None:
    """Nothing is NULL, also in a JSON column."""
    convert = kind.dialect_impl(dialect).bind_processor(dialect)
    if convert is None or not isinstance(kind, sa.JSON):
        return convert
    return lambda value: None if value is None else convert(value)


def _out_of(statement: sa.Executable, dialect: Dialect) -> tuple[tuple[int, _Conversion], ...]:
    if not isinstance(statement, sa.Select):
        return ()
    kinds = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in statement.selected_columns]
    return tuple((place, convert) for place, convert in enumerate(kinds) if convert is not None)


def _translated(fault: Exception, sql: str, driver: Driver) -> BaseException:
    """What the driver raises, as SQLAlchemy's own exception for it: nobody has to know two."""
    return DBAPIError.instance(sql, None, fault, driver.faults, dialect=driver.dialect)
