"""Rows written without the unit of work, their objects kept true: what happens at every step of every case is written so."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import manager_of_class, set_committed_value
from sqlalchemy.orm.util import identity_key

from engine.db import Base
from engine.statements import Statement
from engine.transaction import session

_Row = TypeVar("_Row", bound=Base)


@dataclass(frozen=True)
class _Layout:
    """How rows of a model are written: what stands in a column nobody named, and what is made for each row."""

    insertion: Statement
    plain: Mapping[str, Any]
    made: Mapping[str, Callable[[Any], Any]]

    def filled(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        """A complete row."""
        row = {**self.plain, **columns}
        for name, make in self.made.items():
            if name not in row:
                row[name] = make(None)
        return row


def insert(new: Sequence[Base]) -> None:
    """Write new objects of one model at once; from then on the session knows them as if it had read them.

    What was not set gets the model's default, else stays empty.
    """
    if not new:
        return
    layout = _layout(type(new[0]))
    for row in new:
        vars(row).update(layout.filled(vars(row)))
    layout.insertion.run_each([vars(row) for row in new])
    for row in new:
        make_transient_to_detached(row)
    session().add_all(new)


def write(model: type[Base], new: Sequence[Mapping[str, Any]]) -> None:
    """Write new rows of which nobody wants the objects, with the model's defaults."""
    if new:
        layout = _layout(model)
        layout.insertion.run_each([layout.filled(row) for row in new])


def met(model: type[_Row], columns: Mapping[str, Any]) -> _Row:
    """The session's object of a row just read in full, made or brought up to date."""
    current = session()
    row = cast("_Row | None", current.identity_map.get(identity_key(model, columns["id"])))
    if row is not None:
        hold(row, **columns)
        return row
    new = cast(_Row, manager_of_class(model).new_instance())
    vars(new).update(columns)
    make_transient_to_detached(new)
    current.add(new)
    return new


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
    made = {name: default.arg for name, default in defaults.items() if default is not None and default.is_callable}
    plain = {name: getattr(default, "arg", None) for name, default in defaults.items() if name not in made}
    return _Layout(Statement(lambda: sa.insert(table), list(defaults)), plain, made)


@lru_cache(maxsize=256)
def _update(model: type[Base], columns: tuple[str, ...]) -> Statement:
    table = cast(sa.Table, model.__table__)
    return Statement(lambda: sa.update(table).where(table.c.id == sa.bindparam("the_row")), columns)
