"""Whole rows found by a statement that is compiled once: objects of the session without the price of its own queries."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import class_mapper

from engine import rows, transaction
from engine.db import Base
from engine.statements import Statement

_Row = TypeVar("_Row", bound=Base)
_Query = sa.Select[*tuple[Any, ...]]


class Reading(Generic[_Row]):
    """Rows of ``model`` with all columns that are not read on demand. ``narrow`` says which: it is given the query of all.

    What was changed on objects is flushed before, as by a query of the session's own.
    """

    def __init__(self, model: type[_Row], narrow: Callable[[_Query], _Query]) -> None:
        self._model, self._narrow = model, narrow
        self._statement = Statement(self._write)

    def all(self, **parameters: Any) -> list[_Row]:
        """The objects found, in the order of the query; those the session knows are brought up to date."""
        transaction.session().flush()
        found = self._statement.rows(**parameters)
        return [rows.met(self._model, dict(zip(self._names, row, strict=True))) for row in found]

    def first(self, **parameters: Any) -> _Row | None:
        """The first object found, None where there is none."""
        found = self.all(**parameters)
        return found[0] if found else None

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """Known only once all models are."""
        return tuple(column.key for column in class_mapper(self._model).column_attrs if not column.deferred)

    def _write(self) -> _Query:
        return self._narrow(sa.select(*(getattr(self._model, name) for name in self._names)))
