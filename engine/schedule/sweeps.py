"""The sweeps: doors that nobody opens by hand. One bad row never stops the others (R10)."""

import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError

from engine import clock
from engine.cases import broadcasts, clock_starts, delegation_ends, firing, idempotency, migrating, settling, timers
from engine.cases.firing import Fired
from engine.files import cleaning
from engine.journal import anchor
from engine.outbox import delivery, mail, projection
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
        for place, (timer_id, _) in enumerate(due):
            if is_stopping():
                break
            done = _fire(timer_id)
            fired += done is not None
            if done is not None and _comes_first(done.next_at, due[place + 1 :]):
                break
        if fired == before:
            break
    return fired


def _comes_first(made_at: datetime | None, left: Sequence[tuple[uuid.UUID, datetime]]) -> bool:
    """Whether the timer just made is due before the next on the list: then the list is drawn up anew."""
    return made_at is not None and bool(left) and made_at < left[0][1]


def deliver_messages(is_stopping: Callable[[], bool] = _never) -> int:
    """Deliver what cases throw to others, one transaction for each receiver; returns how many rows were settled."""
    return _each_due(broadcasts.due_ids, broadcasts.deliver, broadcasts.note_failure, is_stopping)


def open_due_cases(is_stopping: Callable[[], bool] = _never) -> int:
    """Open the cases whose moment has come; returns how many."""
    new = clock_starts.unarranged()
    session().rollback()
    for revision_id in new:
        with _logged(f"timers of revision {revision_id}"), transaction():
            clock_starts.arrange(revision_id)
    return _each_due(clock_starts.due_ids, clock_starts.open_due, clock_starts.note_failure, is_stopping)


def migrate_cases(is_stopping: Callable[[], bool] = _never) -> int:
    """Bring cases to another revision as acts of migration say, one transaction for each case; returns how many were settled."""
    return _each_due(migrating.waiting_ids, migrating.bring, migrating.note_failure, is_stopping)


def end_delegations(is_stopping: Callable[[], bool] = _never) -> int:
    """Have steps held under delegations that are over wait in their groups again, one transaction each; returns how many."""
    return _each_due(delegation_ends.ended_ids, delegation_ends.give_back, delegation_ends.note_failure, is_stopping)


def deliver_mail() -> int:
    """Send the mail that waits in the outbox; returns how many were sent."""
    return delivery.sweep(kinds=(mail.KIND,), limit=BATCH).sent


def deliver_webhooks() -> int:
    """Write down whom to tell of what happened, then tell them; returns how many messages were sent."""
    projection.sweep()
    return delivery.sweep(kinds=(projection.KIND,), limit=BATCH).sent


def anchor_journal() -> bool:
    """Keep the chains' ends outside the database where it is time (R39); whether it was."""
    path = anchor.usual_path()
    is_due = anchor.is_due(path)
    session().rollback()
    if is_due:
        with transaction():
            anchor.keep(path)
    return is_due


def settle_orphans() -> None:
    """Settle the incidents of timers that nobody waits for any more."""
    with _logged("settling of incidents"), transaction():
        _settle_orphans()


def clean_up() -> None:
    """Forget what has expired: answers to repeated requests, browser sessions, refused sign-ins, dead workers, stray files.

    Incidents of what is over are settled.
    """
    for act in (_forget_answers, sessions.sweep, lockout.sweep, _forget_workers, _settle_orphans):
        with _logged(f"clean-up {act.__name__}"), transaction():
            act()
    with _logged("clean-up of files"):
        cleaning.sweep()


def _fire(timer_id: uuid.UUID) -> Fired | None:
    """One attempt. A database that is busy or away is not the timer's fault and does not count."""
    structlog.contextvars.unbind_contextvars("case_id")  # of the timer before
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
        with _logged(f"timer after {timer_id}"), transaction():
            firing.go_on(timer_id)
    return None


def _each_due(
    look: Callable[[datetime, int], list[uuid.UUID]],
    act: Callable[[uuid.UUID], bool],
    note: Callable[[uuid.UUID, Exception], None],
    is_stopping: Callable[[], bool],
) -> int:
    """Act on everything due until a look at the list changes nothing more; returns on how many."""
    done = 0
    while not is_stopping():
        due = look(clock.now(), BATCH)
        session().rollback()
        before = done
        for row_id in due:
            if is_stopping():
                break
            done += _attempt(row_id, act, note)
        if done == before:
            break
    return done


def _attempt(row_id: uuid.UUID, act: Callable[[uuid.UUID], bool], note: Callable[[uuid.UUID, Exception], None]) -> bool:
    """One attempt. A database that is busy or away does not count."""
    structlog.contextvars.unbind_contextvars("case_id")  # of the row before
    try:
        with transaction():
            return act(row_id)
    except OperationalError:
        _log.warning("row %s: database busy or away", row_id, exc_info=True)
    except Exception as error:
        _log.exception("row %s failed", row_id)
        with _logged(f"record of failed row {row_id}"), transaction():
            note(row_id, error)
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


def _settle_orphans() -> None:
    while settling.settle_orphans(BATCH) == BATCH:
        pass


def _forget_workers() -> None:
    heartbeats.forget(clock.now())
