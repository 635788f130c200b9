"""Statements of the hot path: written once with SQLAlchemy, compiled once, then run on the driver itself.

What happens at every step of every case must cost next to nothing. A ``Statement`` costs a fraction of the same one run through
SQLAlchemy; it runs in the session's own transaction, beside the unit of work: what was changed on objects and not flushed yet
it does not see. What it changes is kept back and sent together with the next question, the next flush, or the commit.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

from engine import codecs, transaction
from engine.codecs import Conversion
from engine.drivers import Call, Change, Prepared

#: Execution option of an UPDATE that names its row by its id.
BY_ID = "by_id"
_PLACE = re.compile(r"%\((\w+)\)s|%%")


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement for one kind of database.

    ``into`` are its arguments in order, each with what makes the driver's value of it; ``fixed`` those the statement brings
    itself; ``out_of`` the places in a row whose values have to be converted.
    """

    prepared: Prepared
    into: tuple[tuple[str, Conversion | None], ...]
    fixed: Mapping[str, Any]
    out_of: tuple[tuple[int, Conversion], ...]

    def call(self, given: Mapping[str, Any]) -> Call:
        """The statement with its arguments as the driver takes them."""
        known = {**self.fixed, **given} if self.fixed else given
        return self.prepared, [
            value if (value := known[name]) is None or convert is None else convert(value) for name, convert in self.into
        ]

    def row(self, found: Sequence[Any]) -> tuple[Any, ...]:
        """A row of the driver as Python values."""
        values = list(found)
        for place, convert in self.out_of:
            if values[place] is not None:
                values[place] = convert(values[place])
        return tuple(values)


class Statement:
    """One statement with parameters. ``write`` writes it, at its first use: the types of foreign keys are known only then.

    ``columns`` names the values an INSERT or UPDATE takes. Lists to search in (``in_``) cannot be compiled ahead: their
    length is part of the SQL. Faults are SQLAlchemy's, as everywhere; those of a change come when it is sent.
    """

    __slots__ = ("_columns", "_compiled", "_write")

    def __init__(self, write: Callable[[], sa.Executable], columns: Sequence[str] | None = None) -> None:
        self._write, self._columns = write, columns
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, **parameters: Any) -> list[tuple[Any, ...]]:
        """Run a query; all rows it finds."""
        driver = transaction.driver()
        compiled = self._for(driver.dialect)
        question = compiled.call(parameters)
        found = driver.send([*transaction.take_kept(), question])
        return [compiled.row(one) for one in found]

    def first(self, **parameters: Any) -> tuple[Any, ...] | None:
        """Run a query; the first row, None where it finds none."""
        found = self.rows(**parameters)
        return found[0] if found else None

    def run(self, **parameters: Any) -> None:
        """Change something, by the end of the transaction at the latest."""
        self.run_each([parameters])

    def run_each(self, many: Sequence[Mapping[str, Any]]) -> None:
        """Change something once for each set of parameters."""
        compiled = self._for(transaction.driver().dialect)
        run = _Run([compiled.call(parameters) for parameters in many])
        transaction.keep(id(run), run)

    def call(self, parameters: Mapping[str, Any]) -> Call:
        """The statement with these parameters, for the database of the session."""
        return self._for(transaction.driver().dialect).call(parameters)

    def _for(self, dialect: Dialect) -> _Compiled:
        known = self._compiled.get(dialect.name)
        if known is None:
            known = self._compiled[dialect.name] = _compile(self._write(), self._columns, dialect)
        return known


@dataclass(frozen=True, slots=True)
class _Run:
    """Statements to be run as they are."""

    made: list[Call]

    def calls(self) -> list[Call]:
        """See ``transaction.Kept``."""
        return self.made


def _compile(statement: sa.Executable, columns: Sequence[str] | None, dialect: Dialect) -> _Compiled:
    compiled = cast(SQLCompiler, cast(sa.ClauseElement, statement).compile(dialect=dialect, column_keys=columns))
    bound = {name: parameter for parameter, name in compiled.bind_names.items()}
    sql, order = _numbered(compiled)
    arguments = tuple((name, codecs.into(bound[name].type, dialect)) for name in order)
    fixed = {name: compiled.params[name] for name, parameter in bound.items() if not parameter.required}
    return _Compiled(Prepared.of(sql, _change(statement)), arguments, fixed, _out_of(statement, dialect))


def _change(statement: sa.Executable) -> Change | None:
    """What the statement changes, where it changes one table and answers nothing."""
    if not isinstance(statement, sa.Insert | sa.Update | sa.Delete) or not isinstance(statement.table, sa.Table):
        return None
    if statement._returning:
        return None
    if isinstance(statement, sa.Insert):
        return Change(statement.table.name, "insert") if statement._post_values_clause is None else None
    return Change(statement.table.name, "row" if BY_ID in statement.get_execution_options() else "broad")


def _numbered(compiled: SQLCompiler) -> tuple[str, list[str]]:
    """The SQL as the bare driver reads it, and its parameters in their order. PostgreSQL's places are ``$1``, ``$2`` …"""
    if compiled.positional:
        return compiled.string, list(compiled.positiontup or ())
    order: list[str] = []

    def numbered(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            return "%"
        if name not in order:
            order.append(name)
        return f"${order.index(name) + 1}"

    return _PLACE.sub(numbered, compiled.string), order


def _out_of(statement: sa.Executable, dialect: Dialect) -> tuple[tuple[int, Conversion], ...]:
    if not isinstance(statement, sa.Select):
        return ()
    kinds = [codecs.out_of(column.type, dialect) for column in statement.selected_columns]
    return tuple((place, convert) for place, convert in enumerate(kinds) if convert is not None)
