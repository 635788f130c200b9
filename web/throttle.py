"""How often one address may ask for something open to all."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from engine import clock

#: Addresses remembered at once; the longest silent one is forgotten first.
MOST_ADDRESSES = 10_000


@dataclass
class Limit:
    """At most ``most`` askings within ``seconds`` from one address, counted by this process."""

    most: int
    seconds: int
    _seen: OrderedDict[str, deque[datetime]] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def allows(self, address: str) -> bool:
        """Whether this asking is still within the limit; counts it if so."""
        now = clock.now()
        with self._lock:
            asked = self._seen.setdefault(address, deque(maxlen=self.most))
            self._seen.move_to_end(address)
            if len(self._seen) > MOST_ADDRESSES:
                self._seen.popitem(last=False)
            if len(asked) == self.most and now - asked[0] < timedelta(seconds=self.seconds):
                return False
            asked.append(now)
            return True
