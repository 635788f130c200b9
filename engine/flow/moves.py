"""What a move of the flow brings about, in plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something a case waits for.

    ``kind``: ``user``, ``manual``, ``service``, ``send``, ``decision`` are to be completed; ``receive``, ``message``, ``signal``,
    ``timer`` and ``conditional`` wait for something to happen. ``item`` is the innermost loop item, ``items`` all of them by the
    names the model gives them. ``name`` is that of the message or signal, ``attached_to`` the token of the host of a boundary
    event. ``timer`` is an ISO 8601 duration or instant; None in ``run.waiting`` where it was computed from values: it was told
    when the timer opened.
    """

    token: int
    element: str
    kind: str
    item: Any = None
    name: str | None = None
    timer: str | None = None
    attached_to: int | None = None
    items: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Thrown:
    """A message, signal or escalation sent out by ``element``; ``is_caught``: something inside the same case took it.

    ``items`` are the loop items seen from there.
    """

    kind: str
    name: str | None
    element: str
    is_caught: bool = False
    items: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Move:
    """The outcome of one act. Apply ``closed`` before ``opened``; ``values`` are only the changes made by scripts.

    ``passed`` are the sequence flows taken, in their order, each as the element left and the element reached (BPMN ids).
    """

    marking: bytes
    opened: tuple[Waiting, ...] = ()
    closed: tuple[int, ...] = ()
    cancelled: tuple[int, ...] = ()
    thrown: tuple[Thrown, ...] = ()
    is_completed: bool = False
    ended_at: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    passed: tuple[tuple[str, str], ...] = field(default=(), compare=False)
