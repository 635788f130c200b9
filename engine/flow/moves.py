"""What a move of the flow brings about, in plain values."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something a case waits for.

    ``kind``: ``user``, ``manual``, ``service``, ``send`` (to be completed), ``receive``, ``message``, ``signal``, ``timer`` (to be
    fired), ``error`` and ``escalation`` (armed, fired only from inside). ``name`` is the message, signal, error or escalation.
    ``timer`` is an ISO 8601 duration or instant; ``run.waiting`` cannot know one that was computed from values and says None.
    ``attached_to`` is the token of the host of a boundary event.
    """

    token: int
    element: str
    kind: str
    item: Any = None
    name: str | None = None
    timer: str | None = None
    attached_to: int | None = None


@dataclass(frozen=True, slots=True)
class Thrown:
    """A message, signal or escalation sent out by ``element``; ``is_caught``: something inside the same case took it."""

    kind: str
    name: str | None
    element: str
    is_caught: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """The outcome of one act. Apply ``closed`` before ``opened``; ``values`` are only the changes made by scripts."""

    marking: bytes
    opened: tuple[Waiting, ...] = ()
    closed: tuple[int, ...] = ()
    cancelled: tuple[int, ...] = ()
    thrown: tuple[Thrown, ...] = ()
    is_completed: bool = False
    ended_at: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
