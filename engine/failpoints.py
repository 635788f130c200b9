"""Places where a test makes a process die, wait or fail: ``QUYTRINH_FAIL=before_commit:crash:3``.

Heeded only with ``QUYTRINH_TESTING=1``. One aim is written ``point:act:n`` or ``point:sleep:n:seconds``; several stand with
commas between them. It is met at the n-th passage of its point in each process, counted from the process's start (DESIGN.md
section 4). A production start refuses the setting (``settings.refuse_unsafe``).
"""

import os
import re
import signal
import time
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

#: Around the commit of every transaction, around what leaves the machine, after each migration inside its transaction.
POINTS = ("before_commit", "after_commit", "before_effect", "after_effect", "migration_step")
_AIM = re.compile(
    rf"(?P<point>{'|'.join(POINTS)}):(?P<act>crash|sleep|error):(?P<passage>[1-9]\d{{0,8}})"
    r"(?::(?P<seconds>\d{1,4}(?:\.\d+)?))?"
)


class Failed(Exception):
    """A failure somebody aimed at this very place."""


@dataclass(frozen=True)
class Aim:
    """What happens at the ``passage``-th passage (from 1) of ``point``; ``seconds`` is how long a ``sleep`` takes."""

    point: str
    act: str
    passage: int
    seconds: float = 1.0


class _Passages:
    """How often this process came past each point."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._count: Counter[str] = Counter()

    def next(self, point: str) -> int:
        """The number of this passage, from 1."""
        with self._lock:
            self._count[point] += 1
            return self._count[point]


_passages = _Passages()


def at(point: str) -> None:
    """The process comes past ``point``: nothing happens but in a test that aims at it, and there what it aims.

    ``crash`` ends the process as ``kill -9`` does, ``error`` raises ``Failed``.
    """
    if "QUYTRINH_FAIL" not in os.environ:
        return
    text = os.environ["QUYTRINH_FAIL"]
    if not text or os.environ.get("QUYTRINH_TESTING") != "1":
        return
    number = _passages.next(point)
    for aim in read(text):
        if (aim.point, aim.passage) == (point, number):
            _meet(aim)


@lru_cache(maxsize=16)
def read(text: str) -> tuple[Aim, ...]:
    """The aims of a setting; ``ValueError`` names the first that is none."""
    return tuple(_aim(part) for part in text.split(","))


def _aim(text: str) -> Aim:
    found = _AIM.fullmatch(text.strip())
    if found is None or (found["seconds"] and found["act"] != "sleep"):
        raise ValueError(f"no fail point: {text}")
    return Aim(found["point"], found["act"], int(found["passage"]), float(found["seconds"] or 1))


def _meet(aim: Aim) -> None:
    if aim.act == "crash":
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    elif aim.act == "sleep":
        time.sleep(aim.seconds)
    else:
        raise Failed(f"{aim.point} {aim.passage}")
