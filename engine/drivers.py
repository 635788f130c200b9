"""The two database drivers underneath SQLAlchemy, used bare: what every step of every case runs goes straight to them.

Both take compiled statements (``Prepared``) with arguments in the database's own words, work in the transaction of SQLAlchemy's
connection, and raise SQLAlchemy's faults. Several statements sent together cost PostgreSQL one round trip.
"""

import select
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple, Protocol

from psycopg import Error as PostgresqlError
from psycopg import errors, pq
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError, PendingRollbackError

#: Arguments in the order of the statement's places, and rows, as the database writes them.
Arguments = Sequence[Any]
Found = list[Sequence[Any]]

_names = count(1)
_PREPARED = "prepared statements"
_BEGIN, _COMMIT = b"BEGIN", b"COMMIT"
_DONE = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK, pq.ExecStatus.EMPTY_QUERY)


class Change(NamedTuple):
    """Which rows a statement changes: new ones (``insert``), those of given ids (``row``), or whichever it finds (``broad``)."""

    table: str
    kind: str


@dataclass(frozen=True, eq=False, slots=True)
class Prepared:
    """SQL in one database's dialect; ``name`` is what PostgreSQL keeps its plan under."""

    sql: str
    name: bytes
    change: Change | None = None

    @classmethod
    def of(cls, sql: str, change: Change | None = None) -> "Prepared":
        """A statement with a name nobody else has."""
        return cls(sql, b"q%d" % next(_names), change)


Call = tuple[Prepared, Arguments]
_SQLITE_BEGIN: Call = (Prepared.of("BEGIN IMMEDIATE"), ())
_SQLITE_COMMIT: Call = (Prepared.of("COMMIT"), ())


class Driver(Protocol):
    """A driver's connection in the middle of a transaction."""

    dialect: Dialect

    def begin(self) -> None:
        """Begin a transaction that will write."""

    def send(self, calls: Sequence[Call]) -> Found:
        """Run these statements in order; the rows of the last one."""

    def commit(self, calls: Sequence[Call]) -> None:
        """Run these statements and commit. SQLAlchemy's own commit, which follows, then finds nothing to do."""


class Handle(Protocol):
    """What holds a driver's connection: SQLAlchemy's ``Connection``, or the pool's own."""

    @property
    def info(self) -> dict[Any, Any]:
        """Notes that live as long as the driver's connection."""

    def invalidate(self, e: BaseException | None = None) -> None:
        """The driver's connection is lost: the pool takes another."""


def driver_of(connection: Connection) -> Driver:
    """The driver underneath an SQLAlchemy connection."""
    return driver_on(connection, connection.connection.dbapi_connection, connection.dialect)


def driver_on(handle: Handle, bare: Any, dialect: Dialect) -> Driver:
    """The driver whose connection is ``bare``."""
    return Sqlite(bare, dialect) if dialect.name == "sqlite" else Postgresql(handle, bare, dialect)


class Sqlite:
    """The standard library's ``sqlite3``."""

    def __init__(self, bare: Any, dialect: Dialect) -> None:
        self.dialect = dialect
        self._cursor = bare.cursor()
        self._faults = dialect.loaded_dbapi.Error
        self._is_spoilt = False

    def begin(self) -> None:
        """See ``Driver``: nobody else writes from here on."""
        self.send([_SQLITE_BEGIN])

    def send(self, calls: Sequence[Call]) -> Found:
        """See ``Driver``."""
        cursor = self._cursor
        if self._is_spoilt:
            raise PendingRollbackError("a statement of this transaction has failed before: nothing of it is kept")
        for statement, arguments in calls:
            try:
                cursor.execute(statement.sql, arguments)
            except self._faults as fault:
                self._is_spoilt = True
                raise _translated(fault, statement.sql, self.dialect) from fault
        return cursor.fetchall() if calls and cursor.description is not None else []

    def commit(self, calls: Sequence[Call]) -> None:
        """See ``Driver``."""
        self.send([*calls, _SQLITE_COMMIT])


class Postgresql:
    """libpq as psycopg wraps it: arguments and rows as text, statements prepared once for each connection, sent in a pipeline."""

    def __init__(self, handle: Handle, bare: Any, dialect: Dialect) -> None:
        self.dialect = dialect
        self._handle = handle
        self._bare: pq.abc.PGconn = bare.pgconn
        self._known: set[bytes] = handle.info.setdefault(_PREPARED, set())

    def begin(self) -> None:
        """See ``Driver``: goes with the first statement."""

    def send(self, calls: Sequence[Call]) -> Found:
        """See ``Driver``."""
        result = self._run(calls, ending=False)
        if result is None or not result.ntuples:
            return []
        return [[result.get_value(row, column) for column in range(result.nfields)] for row in range(result.ntuples)]

    def commit(self, calls: Sequence[Call]) -> None:
        """See ``Driver``."""
        self._run(calls, ending=True)

    def _run(self, calls: Sequence[Call], *, ending: bool) -> pq.abc.PGresult | None:
        try:
            for statement, _ in calls:
                if statement.name not in self._known:
                    self._prepare(statement)
            is_beginning = self._bare.transaction_status == pq.TransactionStatus.IDLE and bool(calls)
            if len(calls) == 1 and not ending and not is_beginning:
                statement, arguments = calls[0]
                return self._good(self._bare.exec_prepared(statement.name, arguments), statement.sql)
            return self._pipeline(calls, is_beginning=is_beginning, ending=ending)
        except PostgresqlError as fault:
            self._handle.invalidate(fault)
            raise _translated(fault, "", self.dialect) from fault

    def _prepare(self, statement: Prepared) -> None:
        self._good(self._bare.prepare(statement.name, statement.sql.encode()), statement.sql)
        self._known.add(statement.name)

    def _pipeline(self, calls: Sequence[Call], *, is_beginning: bool, ending: bool) -> pq.abc.PGresult | None:
        """Send everything, then read every answer. What follows a failed statement the server does not run."""
        bare = self._bare
        sent = ["BEGIN"] if is_beginning else []
        bare.enter_pipeline_mode()
        try:
            if is_beginning:
                bare.send_query_params(_BEGIN, None)
            for statement, arguments in calls:
                bare.send_query_prepared(statement.name, arguments)
                sent.append(statement.sql)
            if ending:
                bare.send_query_params(_COMMIT, None)
                sent.append("COMMIT")
            bare.pipeline_sync()
            results = self._answers(len(sent))
        except PostgresqlError:
            raise
        except BaseException as cut_off:  # told to end in the middle: nobody knows what the server still answers
            self._handle.invalidate(cut_off)
            raise
        bare.exit_pipeline_mode()
        for result, sql in zip(results, sent, strict=True):
            self._good(result, sql)
        if ending and results[-1].command_status != b"COMMIT":
            raise PendingRollbackError("the transaction had failed before: nothing of it is kept")
        return results[-1] if results and not ending else None

    def _answers(self, wanted: int) -> list[pq.abc.PGresult]:
        """One result for each statement sent; the mark that ends them is read too."""
        found: list[pq.abc.PGresult] = []
        is_busy, next_result = self._bare.is_busy, self._bare.get_result
        while True:
            if is_busy():
                self._wait()
            result = next_result()
            if result is None:
                if self._bare.status != pq.ConnStatus.OK:
                    raise errors.OperationalError("the connection is lost")
                continue
            if result.status == pq.ExecStatus.PIPELINE_SYNC:
                return found
            if len(found) < wanted:
                found.append(result)

    def _wait(self) -> None:
        """Until the next answer is here. Other threads go on meanwhile: one of them may hold the lock that is waited for."""
        bare = self._bare
        while bare.is_busy():
            _until_ready(bare.socket, is_writing=bool(bare.flush()))
            bare.consume_input()

    def _good(self, result: pq.abc.PGresult, sql: str) -> pq.abc.PGresult:
        """The result itself; the fault it tells of otherwise."""
        if result.status in _DONE:
            return result
        if self._bare.status != pq.ConnStatus.OK or not result.error_field(pq.DiagnosticField.SQLSTATE):
            # What the server did not say itself, libpq says of a broken line.
            raise errors.OperationalError("the connection is lost")
        fault = errors.error_from_result(result)
        if isinstance(fault, errors.InvalidSqlStatementName):
            self._known.clear()  # somebody had the server forget them: the next transaction prepares them again
        raise _translated(fault, sql, self.dialect) from fault


def _until_ready(socket: int, *, is_writing: bool) -> None:
    """Until there is something to read from the socket, or room to write more where that is wanted too."""
    if not hasattr(select, "poll"):  # Windows
        select.select([socket], [socket] if is_writing else [], [])
        return
    waiting = select.poll()
    waiting.register(socket, select.POLLIN | select.POLLOUT if is_writing else select.POLLIN)
    waiting.poll()


def _translated(fault: Exception, sql: str, dialect: Dialect) -> BaseException:
    """What the driver raises, as SQLAlchemy's own exception for it: nobody has to know two."""
    return DBAPIError.instance(sql, None, fault, dialect.loaded_dbapi.Error, dialect=dialect)
