"""A worker: APScheduler decides when to look, the sweeps do the work, the database holds all state (R09)."""

import logging
import os
import secrets
import signal
import socket
import threading
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from engine import clock, settings
from engine.cases import timers
from engine.schedule import heartbeats, sweeps
from engine.transaction import session, transaction

#: Seconds between two looks; also under a test clock, which moves in jumps, so there the looks are more frequent.
SWEEP_SECONDS, TEST_SWEEP_SECONDS = 5.0, 0.5
BEAT_SECONDS = 10.0
SETTLE_SECONDS = 60.0
CLEAN_SECONDS = 3600.0
LOOK_UP_SECONDS = 1.0
ANCHOR_SECONDS = 60.0

_log = logging.getLogger(__name__)
#: What every look runs inside, for example an application context.
Context = Callable[[], AbstractContextManager[Any]]


class Worker:
    """The looks of one worker. ``within`` surrounds each: the web gives its application context, commands nothing."""

    def __init__(self, stop: threading.Event, within: Context = nullcontext) -> None:
        self.stop = stop
        self.within = within
        self.scheduler = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(6)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self.id: uuid.UUID | None = None

    def run(self) -> None:
        """Work until ``stop`` is set; then finish what is begun and leave. Blocks."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a sweep that takes longer than its interval is no fault
        self._look(self._enter)
        every = TEST_SWEEP_SECONDS if settings.load().is_testing else SWEEP_SECONDS
        for name, act, seconds in (
            ("timers", self.fire_timers, every),
            ("messages", self.deliver_messages, every),
            ("starts", self.open_due_cases, every),
            ("migrations", self.migrate_cases, every),
            ("delegations", self.end_delegations, every),
            ("mail", sweeps.deliver_mail, every),
            ("webhooks", sweeps.deliver_webhooks, every),
            ("anchor", sweeps.anchor_journal, ANCHOR_SECONDS),
            ("heartbeat", self._beat, BEAT_SECONDS),
            ("incidents", sweeps.settle_orphans, SETTLE_SECONDS),
            ("cleaning", sweeps.clean_up, CLEAN_SECONDS),
        ):
            self.scheduler.add_job(self._look, IntervalTrigger(seconds=seconds), [act], id=name)
        self.scheduler.start()
        self._look(self.fire_timers)
        while not self.stop.wait(LOOK_UP_SECONDS):
            pass  # a signal that another thread of the process took in is only acted on when this one looks up
        self.scheduler.shutdown(wait=True)
        self._look(self._leave)

    def fire_timers(self) -> None:
        """Fire what is due, then have the scheduler look again at the very moment the next timer is due."""
        sweeps.fire_due_timers(self.stop.is_set)
        now = clock.now()
        due = timers.next_due(now)
        if due is None or self.stop.is_set():
            return
        wait = max((due - now).total_seconds(), 0.01)
        if wait < SWEEP_SECONDS:
            trigger = IntervalTrigger(seconds=wait)
            self.scheduler.add_job(self._look, trigger, [self._fire_once], id="next due", replace_existing=True)

    def deliver_messages(self) -> None:
        """Deliver what cases throw to each other."""
        sweeps.deliver_messages(self.stop.is_set)

    def open_due_cases(self) -> None:
        """Open the cases whose moment has come."""
        sweeps.open_due_cases(self.stop.is_set)

    def migrate_cases(self) -> None:
        """Bring cases to another revision, as it was decided."""
        sweeps.migrate_cases(self.stop.is_set)

    def end_delegations(self) -> None:
        """Have steps go back to their groups where the delegation they are held under is over."""
        sweeps.end_delegations(self.stop.is_set)

    def _fire_once(self) -> None:
        if self.scheduler.get_job("next due"):
            self.scheduler.remove_job("next due")
        sweeps.fire_due_timers(self.stop.is_set)

    def _look(self, act: Callable[[], object]) -> None:
        """One look: failures are logged and the next look comes; the thread's session is given back."""
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(look=f"{getattr(act, '__name__', 'look').strip('_')}-{secrets.token_hex(4)}")
        with self.within():
            try:
                act()
            except Exception:
                _log.exception("%s failed", getattr(act, "__name__", act))
            finally:
                session().close()

    def _enter(self) -> None:
        with transaction():
            self.id = heartbeats.enter(f"{socket.gethostname()}:{os.getpid()}")

    def _beat(self) -> None:
        if self.id is not None:
            with transaction():
                heartbeats.beat(self.id)

    def _leave(self) -> None:
        if self.id is not None:
            with transaction():
                heartbeats.leave(self.id)


def run(stop: threading.Event, within: Context = nullcontext) -> None:
    """Keep time until ``stop`` is set. Start as many workers as you like, on as many machines."""
    Worker(stop, within).run()


def stop_on_signals(stop: threading.Event) -> None:
    """Have SIGTERM and SIGINT end the work in order (R26). Call it in the main thread."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
