"""One door, one transaction. Services use ``session()``; only a door opens ``transaction()``; nobody else commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker

_PENDING = "before_commit"
_SCRATCH = "scratch"
_AFTERMATH = "after_rollback"
_OPEN = "transaction"
_DRIVER = "driver"


@dataclass(frozen=True, slots=True)
class Driver:
    """The database driver's connection, in the session's transaction: ``cursor`` makes a cursor, ``faults`` is what it raises."""

    dialect: Dialect
    cursor: Callable[[], Any]
    faults: type[Exception]


class _Registry:
    """Where the current session comes from: the web's Flask-SQLAlchemy session, or a worker's own."""

    current: Callable[[], Session] | None = None


def use(sessions: Callable[[], Session]) -> None:
    """Take sessions from ``sessions`` (a ``scoped_session`` or anything callable that returns this thread's session)."""
    _Registry.current = sessions


def use_engine(engine: Engine) -> scoped_session[Session]:
    """Take sessions from ``engine``, one for each thread: for commands, workers and tests without a web application."""
    sessions = scoped_session(sessionmaker(engine, expire_on_commit=False))
    use(sessions)
    return sessions


def session() -> Session:
    """The session of this thread or request."""
    if _Registry.current is None:
        raise RuntimeError("no database: call transaction.use() first")
    return _Registry.current()


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one writing transaction of a door: commits at the end, rolls everything back on any exception.

    What was read before is read afresh inside. Does not nest (``RuntimeError``).
    """
    current = session()
    if current.info.get(_OPEN):
        raise RuntimeError("transactions do not nest: the door opens one")
    current.rollback()
    current.info.update({_OPEN: True, _PENDING: [], _AFTERMATH: [], _SCRATCH: {}})
    aftermath: list[Callable[[], None]] = current.info[_AFTERMATH]
    try:
        current.info[_DRIVER] = _driver_of(current.connection(execution_options={"is_writing": True}))
        yield current
        current.flush()
        for last_act in current.info[_PENDING]:
            last_act(current)
        current.commit()
        aftermath = []
    except BaseException:
        current.rollback()
        raise
    finally:
        current.info.update({_OPEN: False, _PENDING: [], _AFTERMATH: [], _SCRATCH: {}, _DRIVER: None})
        for act in aftermath:
            with transaction():
                act()


def before_commit(act: Callable[[Session], None]) -> None:
    """Have ``act`` run once, as the last thing before this transaction commits (the journal seals its rows there)."""
    current = session()
    if not current.info.get(_OPEN):
        raise RuntimeError("outside a transaction")
    if act not in current.info[_PENDING]:
        current.info[_PENDING].append(act)


def after_rollback(act: Callable[[], None]) -> None:
    """Have ``act`` run in a transaction of its own if this one is rolled back: what failed is recorded, all else is undone."""
    current = session()
    if not current.info.get(_OPEN):
        raise RuntimeError("outside a transaction")
    current.info[_AFTERMATH].append(act)


def scratch() -> dict[str, Any]:
    """A dictionary that lives exactly as long as this transaction, whatever its end."""
    current = session()
    if not current.info.get(_OPEN):
        raise RuntimeError("outside a transaction")
    notes: dict[str, Any] = current.info[_SCRATCH]
    return notes


def is_open() -> bool:
    """Whether this thread is inside a writing transaction."""
    return bool(session().info.get(_OPEN))


def driver() -> Driver:
    """The driver's connection this session works on, for ``engine.statements`` alone."""
    current = session()
    known: Driver | None = current.info.get(_DRIVER)
    return known or _driver_of(current.connection())


def _driver_of(connection: Connection) -> Driver:
    return Driver(connection.dialect, connection.connection.cursor, connection.dialect.loaded_dbapi.Error)
