"""Lock-out: refused sign-ins counted in the database, per account, per address and altogether, before any hashing (R46)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine import clock
from engine.db import new_id
from engine.errors import NotAllowed
from engine.people.models import SignInAttempt
from engine.transaction import session

#: Attempts older than this no longer count and are forgotten.
REMEMBERED = timedelta(hours=24)
#: Number of the database lock under which attempts are counted.
_LOCK = 0x51A1


@dataclass(frozen=True)
class Limit:
    """After ``free`` refusals within ``window`` each further one doubles the wait, from ``first`` up to ``longest``."""

    free: int
    window: timedelta
    first: timedelta
    longest: timedelta

    def wait(self, refusals: int) -> timedelta:
        """How long after the last of ``refusals`` nobody may try."""
        if refusals < self.free:
            return timedelta(0)
        doubled: int = 1 << min(refusals - self.free, 20)
        return min(self.first * doubled, self.longest)


PER_ACCOUNT = Limit(5, REMEMBERED, timedelta(minutes=1), timedelta(minutes=15))
PER_ADDRESS = Limit(30, timedelta(minutes=15), timedelta(minutes=1), timedelta(minutes=15))
ALTOGETHER = Limit(500, timedelta(minutes=5), timedelta(seconds=15), timedelta(seconds=60))


class Locked(NotAllowed):
    """Too many refusals: nobody may try for ``retry_after`` seconds, whatever the password, whether or not the account exists."""

    code = "sign_in_locked"

    def __init__(self, retry_after: int) -> None:
        minutes = max(1, -(-retry_after // 60))
        super().__init__(f"Đã nhập sai quá nhiều lần, tạm khóa đăng nhập. Thử lại sau {minutes} phút.")
        self.retry_after = retry_after


def reserve(login: str, address: str) -> SignInAttempt:
    """Count one attempt before its password is looked at; ``Locked`` while the account, address or everything must wait.

    A row is a refusal until ``forgive`` takes it away, so attempts at the same moment count one another.
    """
    _one_at_a_time()
    seconds = remaining(login, address)
    if seconds:
        raise Locked(seconds)
    attempt = SignInAttempt(id=new_id(), login=login, address=address, at=clock.now())
    session().add(attempt)
    session().flush()
    return attempt


def remaining(login: str, address: str) -> int:
    """For how many seconds from now an attempt with this account name from this address is locked out; 0 when it is not."""
    now = clock.now()
    counted = (
        (PER_ACCOUNT, SignInAttempt.login == login),
        (PER_ADDRESS, SignInAttempt.address == address),
        (ALTOGETHER, sa.true()),
    )
    until = max(_locked_until(limit, which, now) for limit, which in counted)
    return int((until - now).total_seconds()) + 1 if until > now else 0


def forgive(login: str) -> None:
    """The person proved who they are: the account's refusals no longer count. The address's other refusals do."""
    session().execute(sa.delete(SignInAttempt).where(SignInAttempt.login == login))


def sweep() -> int:
    """Forget attempts that no longer count; answers how many."""
    old = sa.delete(SignInAttempt).where(SignInAttempt.at < clock.now() - REMEMBERED)
    return len(session().execute(old.returning(SignInAttempt.id).execution_options(synchronize_session=False)).all())


def _one_at_a_time() -> None:
    """Attempts count one another: on PostgreSQL by a lock that ends with this short transaction; SQLite has one writer anyway."""
    if session().get_bind().dialect.name == "postgresql":
        session().execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def _locked_until(limit: Limit, which: sa.ColumnElement[bool], now: datetime) -> datetime:
    query = sa.select(sa.func.count(), sa.func.max(SignInAttempt.at)).where(which, SignInAttempt.at > now - limit.window)
    refusals, last = session().execute(query).one()
    return last + limit.wait(refusals) if refusals else now
