"""The database: one typed ``Base``, column types that behave alike on SQLite and PostgreSQL, and a safe engine."""

import os
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import JSON, DateTime, TypeDecorator

from engine import clock

#: PostgreSQL refuses to hold a statement, a lock or an idle transaction longer than this (R19), in milliseconds.
PG_OPTIONS = (
    "-c statement_timeout=30000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000"
    " -c timezone=UTC -c datestyle=ISO -c bytea_output=hex"
)

#: A server that is gone without a word is noticed within half a minute (R27).
PG_WATCH = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
#: What every SQLite connection is set to (R18). The log is copied into the file every 32 MB: it holds the same pages many times.
SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "wal_autocheckpoint=8000",
    "cache_size=-32000",
)

#: After this a PostgreSQL connection is asked whether it still lives.
_IDLE_SECONDS = 5.0

#: ``2026-11-24 08:30:00.000000``, what SQLAlchemy itself writes.
_LENGTH = 26


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored as UTC. SQLite drops zones silently, so naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: use engine.clock")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """The whole way into SQLite's text in one call: instants are the commonest value there is."""
        return _as_sqlite_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """The whole way back."""
        return _from_sqlite_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def utc_text(value: datetime) -> str:
    """An aware instant as text without its zone, which is UTC; a naive one is refused (``ValueError``)."""
    if value.tzinfo is not UTC:
        if value.tzinfo is None:
            raise ValueError("naive datetime: use engine.clock")
        value = value.astimezone(UTC)
    return value.isoformat(" ", "microseconds")[:_LENGTH]


def _as_sqlite_text(value: datetime | None) -> str | None:
    return None if value is None else utc_text(value)


def _from_sqlite_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


class Base(DeclarativeBase):
    """Every table of the product."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        uuid.UUID: sa.Uuid(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        list[str]: JSON(),
        str: sa.Text(),
    }

    def __repr__(self) -> str:
        identity = sa.inspect(self).identity
        return f"<{type(self).__name__} {identity[0] if identity else 'new'}>"


class _Sequence:
    """Milliseconds and a counter that never go back within one process (RFC 9562 section 6.2, method 1)."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0

    def next(self) -> int:
        """48 bits of milliseconds and 12 bits of counter, larger than every value before."""
        floor = clock.machine_milliseconds() << 12
        with self._lock:
            self._last = max(self._last + 1, floor)
            return self._last


_sequence = _Sequence()


def new_id() -> uuid.UUID:
    """A UUID version 7 (RFC 9562): unique everywhere, in order of time, and in order of making within a process."""
    moment = _sequence.next()
    value = (moment >> 12) << 80 | 0x7 << 76 | (moment & 0xFFF) << 64 | 0x2 << 62 | int.from_bytes(os.urandom(8), "big") >> 2
    return uuid.UUID(int=value)


class Identified:
    """A row known everywhere by a UUID."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)


def create_engine(url: str) -> Engine:
    """An SQLAlchemy engine with the settings the promises rest on: see R18 (SQLite) and R19 (PostgreSQL).

    What it raises never quotes the values of a statement: they are somebody's data (R55).
    """
    if url.startswith("sqlite"):
        options: dict[str, Any] = {"connect_args": {"timeout": 10, "check_same_thread": False}}
    else:
        url = url.replace("postgres://", "postgresql://", 1)
        options = {"connect_args": {"options": PG_OPTIONS, "client_encoding": "utf8", **PG_WATCH}, "pool_size": 10}
    engine = sa.create_engine(url, hide_parameters=True, **options)
    if engine.dialect.name == "postgresql":
        _ask_idle_connections(engine)
    tame(engine)
    return engine


def _ask_idle_connections(engine: Engine) -> None:
    """A connection that lay idle is asked whether it still lives before it is used; a busy one costs no extra round trip."""

    def note(_connection: Any, record: Any) -> None:
        record.info["idle_since"] = time.monotonic()

    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("idle_since", 0.0) < _IDLE_SECONDS:
            return
        try:
            connection.execute("SELECT 1")
            connection.rollback()
        except engine.dialect.loaded_dbapi.Error as fault:
            raise DisconnectionError from fault  # the pool takes a new connection instead

    event.listen(engine, "checkin", note)
    event.listen(engine, "checkout", ask)


def tame(engine: Engine) -> None:
    """Attach the per-connection settings to any engine, ours or Flask-SQLAlchemy's."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_sqlite_pragmas)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _leave_plans_alone)


def _leave_plans_alone(connection: Any, _record: Any) -> None:
    """psycopg keeps no plans: with the first rollback it would have the server forget all, those of ``engine.drivers`` too."""
    connection.prepare_threshold = None


def _set_sqlite_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we emit BEGIN ourselves
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """On the driver itself, at a tenth of the price; a refusal (somebody else writes for too long) is SQLAlchemy's own.

    A session that joins the transaction of its door (``engine.transaction``) finds it begun.
    """
    if connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
        return
    begin = "BEGIN IMMEDIATE" if connection.get_execution_options().get("is_writing", False) else "BEGIN"
    faults = connection.dialect.loaded_dbapi.Error
    try:
        connection.connection.cursor().execute(begin)
    except faults as fault:
        raise DBAPIError.instance(begin, None, fault, faults, dialect=connection.dialect) from fault
