"""Who wants to know that a case moved: domains above (dossiers) keep their own status with it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from engine.cases.models import Case, Step
from engine.flow.moves import Waiting
from engine.people.actors import Actor


@dataclass(frozen=True)
class Moved:
    """One move of a case, told after its rows are written and before anything is committed.

    ``opened`` are the steps opened now, ``waiting`` everything the case waits for after the move; ``ended_at`` is the end event
    reached last. ``by`` is None when a timer moved it.
    """

    case: Case
    opened: list[Step]
    waiting: tuple[Waiting, ...]
    is_completed: bool
    ended_at: str | None
    by: Actor | None

    @property
    def case_id(self) -> uuid.UUID:
        """The case that moved."""
        return self.case.id


Observer = Callable[[Moved], None]
_observers: list[Observer] = []


def register(observer: Observer) -> None:
    """Have ``observer`` called after each move. Registering twice changes nothing."""
    if observer not in _observers:
        _observers.append(observer)


def tell(moved: Moved) -> None:
    """Call every observer in the order of registration; what one raises undoes the whole act."""
    for observer in _observers:
        observer(moved)
