"""The sweeps: doors that nobody opens by hand. One bad row never stops the others (R10)."""

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from engine import clock
from engine.cases import firing, idempotency, timers
from engine.files import cleaning
from engine.outbox import delivery
from engine.people import lockout, sessions
from engine.schedule import heartbeats
from engine.transaction import session, transaction

BATCH = 100
_log = logging.getLogger(__name__)


def _never() -> bool:
    return False


def fire_due_timers(is_stopping: Callable[[], bool] = _never) -> int:
    """Fire everything due, in order, one transaction for each timer; returns how many fired.

    Any number of workers may do so at once. Ends when a look at the list fires nothing more, or between two timers when stopping.
    """
    fired = 0
    while not is_stopping():
        seen_at = clock.now()
        due = timers.due_ids(seen_at, BATCH)
        session().rollback()
        before = fired
        for timer_id in due:
            if is_stopping():
                break
            fired += _fire(timer_id)
        if fired == before:
            break
    return fired


def deliver_outbox() -> int:
    """Send what waits in the outbox; returns how many messages were sent."""
    return delivery.sweep(limit=BATCH).sent


def clean_up() -> None:
    """Forget what has expired: answers to repeated requests, browser sessions, refused sign-ins, dead workers, stray files."""
    for act in (_forget_answers, sessions.sweep, lockout.sweep, _forget_workers):
        with _logged(f"clean-up {act.__name__}"), transaction():
            act()
    with _logged("clean-up of files"):
        cleaning.sweep()


def _fire(timer_id: uuid.UUID) -> bool:
    """One attempt. A database that is busy or away is not the timer's fault and does not count."""
    seen_at = clock.now()
    try:
        with transaction():
            return firing.fire(timer_id, detected_at=seen_at)
    except OperationalError:
        _log.warning("timer %s: database busy or away", timer_id, exc_info=True)
    except Exception as error:
        _log.exception("timer %s failed", timer_id)
        with _logged(f"record of failed timer {timer_id}"), transaction():
            firing.note_failure(timer_id, error, detected_at=seen_at)
    return False


@contextmanager
def _logged(what: str) -> Iterator[None]:
    """The next act comes even if this one fails."""
    try:
        yield
    except Exception:
        _log.exception("%s failed", what)


def _forget_answers() -> None:
    while idempotency.forget(clock.now(), 1000) == 1000:
        pass


def _forget_workers() -> None:
    heartbeats.forget(clock.now())
