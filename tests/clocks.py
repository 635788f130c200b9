"""A clock that tests hold in their hand; every process that inherits the environment sees the same time."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from engine import clock


@dataclass(frozen=True)
class StoppedClock:
    """The product's clock, read from ``file`` at each look."""

    file: Path

    def freeze(self, instant: str | datetime) -> datetime:
        """Stand still at ``instant`` (ISO; the office's zone when it names none); returns it in UTC."""
        self._write(instant if isinstance(instant, str) else instant.isoformat())
        return clock.now()

    def advance(self, **amounts: float) -> datetime:
        """Move on by ``timedelta(**amounts)`` and stand still there."""
        return self.freeze(clock.now() + timedelta(**amounts))

    def run(self, offset: str) -> None:
        """Run, shifted by ``offset``, for example ``+72h``."""
        self._write(offset)

    def _write(self, text: str) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(text, encoding="ascii")
        os.replace(new, self.file)  # noqa: PTH105 - other processes read it at any moment
