"""The second wall (R43): on PostgreSQL the database itself hides the rows of agencies the asker does not reach.

The policies of migration 0002 compare ``agency_id`` with the setting ``quytrinh.agencies``. Whoever serves one person puts the
fence up; workers, commands and what is open before sign-in have none and reach every row. SQLite has the first wall alone.
"""

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from engine import transaction
from engine.drivers import Call, Prepared, driver_of
from engine.transaction import session

SETTING = "quytrinh.agencies"
_KEY = "fence"
#: Local to the transaction: a connection given back to the pool carries no fence.
_SET = Prepared.of(f"SELECT set_config('{SETTING}', $1, true)")


def watch(sessions: Any) -> None:
    """Have the sessions of this factory (a ``scoped_session`` or ``sessionmaker``) keep the fence in each transaction."""
    event.listen(sessions, "after_begin", _keep)
    transaction.at_begin(_keep_at_door)


def put_up(agency_ids: Collection[uuid.UUID]) -> None:
    """From now on this session reaches the rows of ``agency_ids`` alone. Refuses (``ValueError``) none: that would mean all."""
    if not agency_ids:
        raise ValueError("a fence around nothing")
    if session().get_bind().dialect.name == "postgresql":
        _change(",".join(sorted(str(agency_id) for agency_id in agency_ids)))


def take_down() -> None:
    """This session reaches every row again; what it was reading ends here, also where the database is gone meanwhile."""
    if session().info.pop(_KEY, ""):
        with suppress(SQLAlchemyError):
            session().rollback()


@contextmanager
def lowered() -> Iterator[None]:
    """Look over the fence for one question whose answer tells nothing of the row: is this name taken, whose is this number."""
    kept: str = session().info.get(_KEY, "")
    if not kept:
        yield
        return
    session().flush()
    _change("")
    try:
        yield
    except BaseException:
        session().info[_KEY] = kept
        with suppress(SQLAlchemyError):  # a transaction the database gave up: the next one is fenced again
            _change(kept)
        raise
    _change(kept)


def is_up() -> bool:
    """Whether this session is fenced in."""
    return bool(session().info.get(_KEY))


def keep_on(connection: Connection) -> None:
    """Put this session's fence around another connection, for the transaction it has begun or begins now."""
    agencies = session().info.get(_KEY)
    if agencies:
        _tell(connection, agencies)


def _change(agencies: str) -> None:
    current = session()
    current.info[_KEY] = agencies
    if transaction.is_open():
        _keep_for(agencies)
    elif current.in_transaction():
        _tell(current.connection(), agencies)


def _keep(current: Session, _transaction: Any, connection: Connection) -> None:
    agencies = current.info.get(_KEY)
    if agencies and not transaction.is_open():
        _tell(connection, agencies)


def _keep_at_door(current: Session) -> None:
    agencies = current.info.get(_KEY)
    if agencies:
        _keep_for(agencies)


def _keep_for(agencies: str) -> None:
    """For the open transaction, with whatever it sends next."""
    told = _Told(agencies)
    transaction.keep(id(told), told)


@dataclass(frozen=True)
class _Told:
    agencies: str

    def calls(self) -> list[Call]:
        """See ``transaction.Kept``."""
        return [(_SET, [self.agencies.encode()])]


def _tell(connection: Connection, agencies: str) -> None:
    driver_of(connection).send([(_SET, [agencies.encode()])])
