"""The database's own clock, which all workers share: leases end by it, whatever a worker's machine says (R05)."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from engine.db import UtcDateTime


class _Moment(FunctionElement[Any]):
    """Now, so many seconds on, by the database's clock; also within one transaction it goes on."""

    type = UtcDateTime()
    name = "moment"
    inherit_cache = True


def now(later: timedelta = timedelta(0)) -> sa.ColumnElement[Any]:
    """The database's present instant, or one that much ``later`` (whole seconds), to stand in a statement."""
    return _Moment(sa.literal(int(later.total_seconds()), sa.Integer()))


@compiles(_Moment, "postgresql")
def _on_postgresql(element: _Moment, compiler: Any, **settings: Any) -> str:
    return f"(clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **settings)}))"


@compiles(_Moment, "sqlite")
def _on_sqlite(element: _Moment, compiler: Any, **settings: Any) -> str:
    """Written as instants are stored: microseconds, of which SQLite knows three digits."""
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {compiler.process(element.clauses, **settings)} || ' seconds')"
