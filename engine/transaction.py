"""One door, one transaction. Services use ``session()``; only a door opens ``transaction()``; nobody else commits."""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from sqlalchemy.pool import PoolProxiedConnection

from engine import bundles, failpoints
from engine.drivers import Call, Driver, driver_of, driver_on

_at_begin: list[Callable[[Session], None]] = []


class Kept(Protocol):
    """A change the database has not heard of yet."""

    def calls(self) -> list[Call]:
        """The statements that make it."""


@dataclass(slots=True)
class _Work:
    """An open transaction of this thread, on a connection ``taken`` from the pool of ``engine``.

    SQLAlchemy's session joins it when somebody asks it for something: then ``joined`` is its view of the connection. ``kept``
    are changes in the order they were made, by what they change.
    """

    session: Session
    engine: Engine
    taken: PoolProxiedConnection
    driver: Driver = field(init=False)
    joined: Connection | None = None
    kept: dict[Hashable, Kept] = field(default_factory=dict)
    scratch: dict[str, Any] = field(default_factory=dict)
    last_acts: list[Callable[[Session], None]] = field(default_factory=list)
    aftermath: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.driver = driver_on(self, self.taken.dbapi_connection, self.engine.dialect)

    @property
    def info(self) -> dict[Any, Any]:
        """Notes that live as long as the connection (``drivers.Handle``)."""
        return self.taken.info

    def invalidate(self, e: BaseException | None = None) -> None:
        """The connection is lost (``drivers.Handle``)."""
        (self.joined or self.taken).invalidate(e)

    def give_back(self) -> None:
        """The connection goes back to the pool, which rolls back what was not committed."""
        if self.joined is not None:
            self.joined.close()
        else:
            self.taken.close()


class Joining(Session):
    """A session that works on the connection of its thread's open transaction, where there is one."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        """See SQLAlchemy."""
        work = _here.work
        if work is None or work.session is not self:
            return super().get_bind(*args, **kwargs)
        if work.joined is None:
            work.joined = Connection(work.engine, work.taken)
        _send_kept()
        return work.joined


class _Here(threading.local):
    """What this thread is doing."""

    work: _Work | None = None


class _Registry:
    """Where the current session comes from: the web's Flask-SQLAlchemy session, or a worker's own."""

    current: Callable[[], Session] | None = None


_here = _Here()


def use(sessions: Callable[[], Session]) -> None:
    """Take sessions from ``sessions``: a ``scoped_session``, or anything that returns this thread's ``Joining`` session."""
    _Registry.current = sessions


def use_engine(engine: Engine) -> scoped_session[Session]:
    """Take sessions from ``engine``, one for each thread: for commands, workers and tests without a web application."""
    sessions = sessions_of(engine)
    use(sessions)
    return sessions


def sessions_of(engine: Engine) -> scoped_session[Session]:
    """Sessions on ``engine``, one for each thread."""
    return scoped_session(sessionmaker(engine, class_=Joining, expire_on_commit=False))


def session() -> Session:
    """The session of this thread or request."""
    work = _here.work
    if work is not None:
        return work.session
    if _Registry.current is None:
        raise RuntimeError("no database: call transaction.use() first")
    return _Registry.current()


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one writing transaction of a door: commits at the end, rolls everything back on any exception.

    What was read before is read afresh inside. Does not nest (``RuntimeError``).
    """
    work = _begin()
    aftermath = work.aftermath
    try:
        yield work.session
        _commit(work)
        aftermath = []
        failpoints.at("after_commit")
    except BaseException:
        work.kept.clear()
        _roll_back(work.session)
        raise
    finally:
        _here.work = None
        work.give_back()
        for act in aftermath:
            with transaction():
                act()


def _begin() -> _Work:
    if _here.work is not None:
        raise RuntimeError("transactions do not nest: the door opens one")
    current = session()
    _roll_back(current)
    engine = current.get_bind()
    if not isinstance(engine, Engine):
        raise TypeError("a session on a connection of somebody else's")
    taken = _take(engine)
    work = _Work(current, engine, taken)
    try:
        work.driver.begin()
    except BaseException:
        taken.close()
        raise
    _here.work = work
    try:
        for begin in _at_begin:
            begin(work.session)
    except BaseException:  # a connection that was cut is noticed here first: this thread must be able to begin again
        _here.work = None
        work.give_back()
        raise
    return work


def _take(engine: Engine) -> PoolProxiedConnection:
    """A connection of the pool; a database that is away is SQLAlchemy's ``OperationalError`` here too."""
    faults = engine.dialect.loaded_dbapi.Error
    try:
        return engine.raw_connection()
    except faults as fault:
        raise DBAPIError.instance("", None, fault, faults, dialect=engine.dialect) from fault


def _commit(work: _Work) -> None:
    """Write everything, then what wants to be last, then commit: one answer from the disk for all of it."""
    current = work.session
    current.flush()
    for last_act in work.last_acts:
        last_act(current)
    current.flush()
    failpoints.at("before_commit")
    work.driver.commit(take_kept())
    if current.in_transaction():
        current.commit()


def _roll_back(current: Session) -> None:
    """End what the session is in the middle of; nothing it has read or written is known any more."""
    if current.in_transaction():
        current.rollback()
    current.expire_all()


def at_begin(act: Callable[[Session], None]) -> None:
    """Have ``act`` run whenever a writing transaction begins (``engine.fence``)."""
    if act not in _at_begin:
        _at_begin.append(act)


def before_commit(act: Callable[[Session], None]) -> None:
    """Have ``act`` run once, as the last thing before this transaction commits (the journal seals its rows there)."""
    acts = _open_work().last_acts
    if act not in acts:
        acts.append(act)


def after_rollback(act: Callable[[], None]) -> None:
    """Have ``act`` run in a transaction of its own if this one is rolled back: what failed is recorded, all else is undone."""
    _open_work().aftermath.append(act)


def scratch() -> dict[str, Any]:
    """A dictionary that lives exactly as long as this transaction, whatever its end."""
    return _open_work().scratch


def is_open() -> bool:
    """Whether this thread is inside a writing transaction."""
    return _here.work is not None


def driver() -> Driver:
    """The driver's connection this session works on, for ``engine.statements`` alone."""
    work = _here.work
    return work.driver if work is not None else driver_of(session().connection())


def keep(key: Hashable, change: Kept) -> None:
    """Have a change sent with the next question, flush or commit, after all that was kept before (``engine.rows``)."""
    _open_work().kept[key] = change


def take_back(key: Hashable) -> Kept | None:
    """A change that was kept under ``key`` and not sent: whoever takes it back keeps it again, with more in it."""
    return _open_work().kept.pop(key, None)


def take_kept() -> list[Call]:
    """What is to be sent before anything else, in order; nothing outside a transaction."""
    work = _here.work
    if work is None or not work.kept:
        return []
    kept, work.kept = work.kept, {}
    calls = [call for change in kept.values() for call in change.calls()]
    return bundles.bundled(calls) if work.driver.dialect.name == "postgresql" else calls


def _open_work() -> _Work:
    work = _here.work
    if work is None:
        raise RuntimeError("outside a transaction")
    return work


def _send_kept(*_: Any) -> None:
    """The unit of work is about to speak to the database: what was kept back comes first."""
    work = _here.work
    kept = take_kept()
    if work is not None and kept:
        work.driver.send(kept)


event.listen(Session, "before_flush", _send_kept)
event.listen(Session, "do_orm_execute", _send_kept)
