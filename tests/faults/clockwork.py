"""The one clock of an installation under test: it runs, shifted; every process reads the same file."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from engine.clock import LOCAL_ZONE

#: A Wednesday morning, shortly after the demo agencies open.
MORNING = datetime(2026, 11, 18, 8, 0, tzinfo=LOCAL_ZONE)


class Clockwork:
    """Shows ``start`` now and runs from there; ``advance`` makes it jump. Instants are aware."""

    def __init__(self, file: Path, start: datetime = MORNING) -> None:
        self.file = file
        self._lock = Lock()
        self._shift = start - datetime.now(UTC)
        self._write()

    def now(self) -> datetime:
        """What every process of the installation believes, in the office's zone."""
        return (datetime.now(UTC) + self._shift).astimezone(LOCAL_ZONE)

    def advance(self, amount: timedelta) -> None:
        """Jump forward, or back where ``amount`` is negative."""
        with self._lock:
            self._shift += amount
            self._write()

    def work_on(self, amount: timedelta) -> None:
        """Jump forward inside office hours: an evening or a weekend is passed over in one jump."""
        self.advance(amount)
        now = self.now()
        if now.hour >= 17 or now.weekday() >= 5:
            days = 1 if now.weekday() < 4 else 7 - now.weekday()
            opening = (now + timedelta(days=days)).replace(hour=7, minute=30, second=0)
            self.advance(opening - now)

    def _write(self) -> None:
        seconds = self._shift.total_seconds()
        new = self.file.with_suffix(f".{os.getpid()}.{time.monotonic_ns()}")
        new.write_text(f"{'+' if seconds >= 0 else '-'}{abs(seconds):.6f}s", encoding="ascii")
        new.replace(self.file)  # other processes read it at any moment
