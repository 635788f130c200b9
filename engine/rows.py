"""Rows written without the unit of work, their objects kept true: what happens at every step of every case is written so.

Changes are kept back and sent together (``transaction.keep``); several changes of one row become one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.orm import class_mapper
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault

from engine import transaction
from engine.db import Base
from engine.drivers import Call
from engine.statements import BY_ID, Statement

_Row = TypeVar("_Row", bound=Base)
#: The most rows of one INSERT: each number of rows is a statement of its own that the database keeps a plan for.
_MOST_ROWS = 8


@dataclass(frozen=True, eq=False)
class _Layout:
    """How rows of a model are written: what stands in a column nobody named, and what is made for each row."""

    table: sa.Table
    columns: tuple[str, ...]
    plain: Mapping[str, Any]
    made: Mapping[str, Callable[[Any], Any]]
    empty: Mapping[str, None]

    def filled(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        """What is to be written for a row: the columns given and the defaults of others."""
        row = {**self.empty, **self.plain, **columns}
        for name, make in self.made.items():
            if row[name] is None:
                row[name] = make(None)
        return row


@dataclass(frozen=True, slots=True)
class _Written:
    """New rows, as many as stand in ``rows``."""

    layout: _Layout
    rows: Sequence[Mapping[str, Any]]

    def calls(self) -> list[Call]:
        """See ``transaction.Kept``."""
        parts = [self.rows[start : start + _MOST_ROWS] for start in range(0, len(self.rows), _MOST_ROWS)]
        return [self._call(part) for part in parts]

    def _call(self, part: Sequence[Mapping[str, Any]]) -> Call:
        placed = part[0] if len(part) == 1 else _placed(part)
        return _insertion(self.layout.table, self.layout.columns, len(part)).call(placed)


@dataclass(frozen=True, slots=True)
class _Changed:
    """New values of a row's columns."""

    model: type[Base]
    row_id: Any
    columns: dict[str, Any]

    def calls(self) -> list[Call]:
        """See ``transaction.Kept``."""
        statement = _update(self.model, tuple(self.columns))
        return [statement.call({"the_row": self.row_id, **self.columns})]


def new(model: type[_Row], **columns: Any) -> _Row:
    """An object like ``model(**columns)``, without the bookkeeping of one that the unit of work will write: for ``insert``."""
    made: _Row = class_mapper(model).class_manager.new_instance()
    vars(made).update(columns)
    return made


def insert(made: Sequence[Base]) -> None:
    """Write new objects of one model at once; from then on the session knows them as if it had read them.

    What was not set gets the model's default, else stays empty.
    """
    if not made:
        return
    layout = _layout(type(made[0]))
    filled = [layout.filled({name: value for name, value in vars(row).items() if name in layout.empty}) for row in made]
    _keep_written(layout, filled)
    for row, columns in zip(made, filled, strict=True):
        vars(row).update(columns)
        _attach(row)


def write(model: type[Base], made: Sequence[Mapping[str, Any]]) -> None:
    """Write new rows of which nobody wants the objects, with the model's defaults."""
    if made:
        layout = _layout(model)
        _keep_written(layout, [layout.filled(row) for row in made])


def met(model: type[_Row], columns: Mapping[str, Any]) -> _Row:
    """The session's object of a row just read in full, made or brought up to date."""
    known = transaction.session().identity_map
    row = cast("_Row | None", known.get(class_mapper(model).identity_key_from_primary_key((columns["id"],))))
    if row is None:
        row = new(model, **columns)
        _attach(row)
        return row
    vars(row).update(columns)
    state = instance_state(row)
    if state.modified or state.expired_attributes:
        state._commit_all(vars(row), known)
    return row


def met_whole(model: type[_Row], values: Sequence[Any]) -> _Row:
    """``met`` with the values of all columns of the model's table, in its order."""
    return met(model, dict(zip(_layout(model).columns, values, strict=True)))


def change(row: Base, **columns: Any) -> None:
    """Change columns of a row, on the object at once and in the database by the end of the transaction."""
    row_id, key = vars(row)["id"], (id(row), "changed")
    kept = cast("_Changed | None", transaction.take_back(key))
    transaction.keep(key, _Changed(type(row), row_id, {**kept.columns, **columns} if kept else columns))
    hold(row, **columns)


def hold(row: Base, **columns: Any) -> None:
    """Change columns on the object alone: the same act writes them later with ``change``."""
    state = instance_state(row)
    if state.modified or state.expired_attributes:
        for name in columns:
            state.committed_state.pop(name, None)
            state.expired_attributes.discard(name)
    vars(row).update(columns)


def _attach(row: Base) -> None:
    """Let the session know a whole object as one it has read."""
    session, state = transaction.session(), instance_state(row)
    if state.modified:
        state._commit_all(vars(row))
    state.key = class_mapper(type(row)).identity_key_from_primary_key((vars(row)["id"],))
    state.session_id = session.hash_key
    session.identity_map.add(state)


def _keep_written(layout: _Layout, filled: Sequence[Mapping[str, Any]]) -> None:
    written = _Written(layout, filled)
    transaction.keep(id(written), written)


def _placed(part: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The parameters of an INSERT of several rows."""
    return {f"{name}_{place}": value for place, row in enumerate(part) for name, value in row.items()}


@lru_cache(maxsize=256)
def _layout(model: type[Base]) -> _Layout:
    table = cast(sa.Table, model.__table__)
    defaults = {name: column.default for name, column in table.columns.items()}
    made = {name: default.arg for name, default in defaults.items() if isinstance(default, CallableColumnDefault)}
    plain = {name: default.arg for name, default in defaults.items() if isinstance(default, ScalarElementColumnDefault)}
    return _Layout(table, tuple(defaults), plain, made, dict.fromkeys(defaults))


@lru_cache(maxsize=1_024)
def _insertion(table: sa.Table, names: tuple[str, ...], count: int) -> Statement:
    """One statement for ``count`` rows."""
    if count == 1:
        return Statement(lambda: sa.insert(table), names)

    def placed(place: int) -> dict[str, Any]:
        return {name: sa.bindparam(f"{name}_{place}", type_=table.c[name].type) for name in names}

    return Statement(lambda: sa.insert(table).values([placed(place) for place in range(count)]))


@lru_cache(maxsize=256)
def _update(model: type[Base], columns: tuple[str, ...]) -> Statement:
    table = cast(sa.Table, model.__table__)
    one = sa.update(table).where(table.c.id == sa.bindparam("the_row"))
    return Statement(lambda: one.execution_options(**{BY_ID: True}), columns)
