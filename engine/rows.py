"""Rows written without the unit of work, their objects kept true: what happens at every step of every case is written so."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.orm import class_mapper, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault

from engine.db import Base
from engine.statements import Statement
from engine.transaction import session

_Row = TypeVar("_Row", bound=Base)
#: The most parameters of one INSERT of several rows: psycopg reads a longer statement anew each time.
_MOST_PARAMETERS = 48


@dataclass(frozen=True)
class _Layout:
    """How rows of a model are written: what stands in a column nobody named, and what is made for each row."""

    table: sa.Table
    columns: tuple[str, ...]
    plain: Mapping[str, Any]
    made: Mapping[str, Callable[[Any], Any]]
    empty: Mapping[str, None]

    def filled(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        """What is to be written for a row: the columns given and the defaults of others."""
        row = {**self.plain, **columns}
        for name, make in self.made.items():
            if name not in row:
                row[name] = make(None)
        return row

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write filled rows, several with one statement, without the columns that stand in none of them."""
        given = set().union(*rows)
        names = tuple(name for name in self.columns if name in given)
        at_once = max(_MOST_PARAMETERS // len(names), 1)
        for start in range(0, len(rows), at_once):
            part = rows[start : start + at_once]
            placed = {f"{name}_{place}": row.get(name) for place, row in enumerate(part) for name in names}
            _insertion(self.table, names, len(part)).run(**placed)


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
    filled = [layout.filled(vars(row)) for row in made]
    layout.write(filled)
    for row, columns in zip(made, filled, strict=True):
        vars(row).update({**layout.empty, **columns})
        make_transient_to_detached(row)
    session().add_all(made)


def write(model: type[Base], made: Sequence[Mapping[str, Any]]) -> None:
    """Write new rows of which nobody wants the objects, with the model's defaults."""
    if made:
        layout = _layout(model)
        layout.write([layout.filled(row) for row in made])


def met(model: type[_Row], columns: Mapping[str, Any]) -> _Row:
    """The session's object of a row just read in full, made or brought up to date."""
    current = session()
    key = class_mapper(model).identity_key_from_primary_key((columns["id"],))
    row = cast("_Row | None", current.identity_map.get(key))
    if row is not None:
        hold(row, **columns)
        return row
    row = new(model, **columns)
    make_transient_to_detached(row)
    current.add(row)
    return row


def change(row: Base, **columns: Any) -> None:
    """Change columns of a row at once, in the database and on the object."""
    hold(row, **columns)
    _update(type(row), tuple(columns)).run(the_row=vars(row)["id"], **columns)


def hold(row: Base, **columns: Any) -> None:
    """Change columns on the object alone: the same act writes them later with ``change``."""
    for name, value in columns.items():
        set_committed_value(row, name, value)


@lru_cache(maxsize=256)
def _layout(model: type[Base]) -> _Layout:
    table = cast(sa.Table, model.__table__)
    defaults = {name: column.default for name, column in table.columns.items()}
    made = {name: default.arg for name, default in defaults.items() if isinstance(default, CallableColumnDefault)}
    plain = {name: default.arg for name, default in defaults.items() if isinstance(default, ScalarElementColumnDefault)}
    return _Layout(table, tuple(defaults), plain, made, dict.fromkeys(defaults))


@lru_cache(maxsize=1_024)
def _insertion(table: sa.Table, names: tuple[str, ...], count: int) -> Statement:
    """One statement for ``count`` rows: a driver that sends each row by itself pays for each."""

    def placed(place: int) -> dict[str, Any]:
        return {name: sa.bindparam(f"{name}_{place}", type_=table.c[name].type) for name in names}

    return Statement(lambda: sa.insert(table).values([placed(place) for place in range(count)]))


@lru_cache(maxsize=256)
def _update(model: type[Base], columns: tuple[str, ...]) -> Statement:
    table = cast(sa.Table, model.__table__)
    return Statement(lambda: sa.update(table).where(table.c.id == sa.bindparam("the_row")), columns)
