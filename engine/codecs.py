"""Values in the words of a database, for statements that go to its driver bare: the same rows as SQLAlchemy writes and reads.

SQLite takes what ``sqlite3`` takes; PostgreSQL takes and gives text. Nothing is NULL, also in a JSON column.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from engine.db import UtcDateTime, utc_text

Conversion = Callable[[Any], Any]


def into(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Conversion | None:
    """What makes the driver's value of one for a column of this type; None: it is one. Never called with None."""
    if dialect.name == "sqlite":
        return _found(kind, _INTO_SQLITE) or kind.dialect_impl(dialect).bind_processor(dialect)
    return _found(kind, _INTO_POSTGRESQL) or _plain_text


def out_of(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Conversion | None:
    """What makes a value of the driver's; None: it is one. Never called with None."""
    if dialect.name == "sqlite":
        return _found(kind, _OUT_OF_SQLITE) or kind.dialect_impl(dialect).result_processor(dialect, None)
    known = _found(kind, _OUT_OF_POSTGRESQL)
    if known is None:
        raise TypeError(f"no way to read {kind!r}")
    return known


def _found(kind: sa.types.TypeEngine[Any], known: Mapping[type, Conversion]) -> Conversion | None:
    return next((known[base] for base in type(kind).__mro__ if base in known), None)


def _json(value: Any) -> bytes:
    """JSON as short as it can be; what is beyond the fast writer (a number past 64 bits) takes the standard one."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value).encode()


def _json_text(value: Any) -> str:
    return _json(value).decode()


def _parsed(value: bytes | str) -> Any:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return json.loads(value)


def _plain_text(value: Any) -> bytes:
    return str(value).encode()


def _whole_text(value: str) -> bytes:
    if "\0" in value:
        raise ValueError("a text with a NUL")
    return value.encode()


_INTO_SQLITE: Mapping[type, Conversion] = {
    sa.Uuid: lambda value: value.hex,
    sa.JSON: _json_text,
}
_OUT_OF_SQLITE: Mapping[type, Conversion] = {
    sa.Uuid: uuid.UUID,
    sa.JSON: _parsed,
}
_INTO_POSTGRESQL: Mapping[type, Conversion] = {
    sa.JSON: _json,
    sa.String: _whole_text,
    UtcDateTime: lambda value: utc_text(value).encode() + b"+00",
    sa.LargeBinary: lambda value: b"\\x" + value.hex().encode(),
    sa.Boolean: lambda value: b"t" if value else b"f",
}
_OUT_OF_POSTGRESQL: Mapping[type, Conversion] = {
    sa.Uuid: lambda value: uuid.UUID(value.decode()),
    sa.JSON: _parsed,
    sa.String: bytes.decode,
    UtcDateTime: lambda value: datetime.fromisoformat(value.decode()).astimezone(UTC),
    sa.Date: lambda value: date.fromisoformat(value.decode()),
    sa.LargeBinary: lambda value: bytes.fromhex(value[2:].decode()),
    sa.Boolean: lambda value: value == b"t",
    sa.Integer: int,
    sa.Float: float,
    sa.Numeric: lambda value: Decimal(value.decode()),
}
