"""A circuit breaker: after a few failures in a row nobody is called for a while (R27)."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


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


@dataclass
class Breakers:
    """One process's breakers: one for each receiver, named by the mail server's word or by host and port."""

    make: Callable[[], Breaker] = Breaker
    known: dict[str, Breaker] = field(default_factory=dict)

    def of(self, receiver: str) -> Breaker:
        """The receiver's breaker, made at the first failure or call."""
        return self.known.setdefault(receiver, self.make())

    def open_ones(self) -> list[str]:
        """The receivers who must not be called now; whoever worked again is forgotten."""
        for receiver in [receiver for receiver, breaker in self.known.items() if not breaker.failures]:
            del self.known[receiver]
        return sorted(receiver for receiver, breaker in self.known.items() if breaker.is_open())
