"""A circuit breaker: after a few failures in a row nobody is called for a while (R27)."""

import time
from dataclasses import dataclass


@dataclass
class Breaker:
    """Opens after ``most`` failures in a row, for ``pause`` seconds; then one call may try. One per process and receiver."""

    most: int = 3
    pause: float = 60.0
    failures: int = 0
    _until: float = 0.0

    def is_open(self) -> bool:
        """Whether calls must wait."""
        return self.failures >= self.most and time.monotonic() < self._until

    def failed(self) -> None:
        """The receiver did not answer."""
        self.failures += 1
        self._until = time.monotonic() + self.pause

    def worked(self) -> None:
        """The receiver answered, kindly or not."""
        self.failures = 0
