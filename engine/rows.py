"""Rows written without the unit of work, their objects kept true: what happens at every step of every case is written so."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault

from engine.db import Base
from engine.statements import Statement
from engine.transaction import session


def insert(new: Sequence[Base]) -> None:
    """Write new objects of one model at once; from then on the session knows them as if it had read them.

    What was not set gets the model's default, else stays empty.
    """
    if not new:
        return
    written = write(type(new[0]), [vars(row) for row in new])
    for row, columns in zip(new, written, strict=True):
        make_transient_to_detached(row)
        hold(row, **columns)
    session().add_all(new)


def write(model: type[Base], new: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Write new rows at once, of which nobody wants the objects. Answers them complete, with the defaults."""
    if not new:
        return []
    table = cast(sa.Table, model.__table__)
    filled = [{name: row[name] if name in row else _default(column) for name, column in table.columns.items()} for row in new]
    _insertion(table).run_each(filled)
    return filled


def change(row: Base, **columns: Any) -> None:
    """Change columns of a row at once, in the database and on the object."""
    hold(row, **columns)
    _update(cast(sa.Table, row.__table__), tuple(columns)).run(the_row=vars(row)["id"], **columns)


def hold(row: Base, **columns: Any) -> None:
    """Change columns on the object alone: the same act writes them later with ``change``."""
    for name, value in columns.items():
        set_committed_value(row, name, value)


@lru_cache(maxsize=256)
def _insertion(table: sa.Table) -> Statement:
    return Statement(lambda: sa.insert(table), list(table.columns.keys()))


@lru_cache(maxsize=256)
def _update(table: sa.Table, columns: tuple[str, ...]) -> Statement:
    own = table.c.id == sa.bindparam("the_row", type_=sa.Uuid())
    return Statement(lambda: sa.update(table).where(own), columns)


def _default(column: sa.Column[Any]) -> Any:
    default = column.default
    if isinstance(default, CallableColumnDefault):
        return default.arg(None)
    return default.arg if isinstance(default, ScalarElementColumnDefault) else None
