"""A case as a tree of places, without tokens, gateways or markings: what the walks hold the engine against.

A block of ``blocks`` begins at a place and is given what to do ``then``. What is open is a ``Leaf``; an interruption kills a
place with everything below it; a ``Scope`` (process, sub-process, called process) is over when its last thread has ended.
"""

from collections.abc import Callable, Iterator
from typing import Any

Values = dict[str, Any]
Then = Callable[[], None]
#: Element, kind, name of the message or signal, loop items in order of their names.
Key = tuple[str, str, str | None, tuple[tuple[str, Any], ...]]


class Place:
    """A place in a running case. ``items`` are the loop items seen from there, ``catchers`` what errors thrown below meet:
    kind, code (None: any), what happens then.
    """

    def __init__(self, parent: "Place", items: Values | None = None) -> None:
        self.parent: Place | None = parent
        self.world: World = parent.world
        self.scope: Scope = parent.scope
        self.items: Values = {**parent.items, **(items or {})}
        self.below: list[Place] = []
        self.catchers: list[tuple[str, str | None, str, Then]] = []
        #: The event sub-process whose inside this is.
        self.handler = ""
        self.is_alive = True
        parent.below.append(self)

    def kill(self) -> None:
        """Nothing below goes on."""
        self.is_alive = False
        for place in self.below:
            place.kill()
        self.below = []
        if self.parent is not None:
            self.parent.below = [place for place in self.parent.below if place is not self]

    def leaves(self) -> Iterator["Leaf"]:
        """Everything open at or below this place."""
        for place in self.below:
            yield from place.leaves()

    def throw(self, kind: str, code: str) -> bool:
        """Hand an error, escalation or cancellation to the nearest place around that catches it; whether one did."""
        act = self.catcher(kind, code)
        if act is not None:
            act()
        return act is not None

    def catcher(self, kind: str, code: str) -> Then | None:
        """What catches it: the nearest around, of two there the one with its code. A handler does not catch what it throws."""
        place: Place | None = self
        handler = ""
        while place is not None:
            for wanted in (code, None):
                for caught, caught_code, by, act in place.catchers:
                    if (caught, caught_code) == (kind, wanted) and not (by and by == handler):
                        return act
            handler, place = place.handler if isinstance(place, Scope) else handler, place.parent
        return None


class Leaf(Place):
    """Something open. ``timer`` is what its moment was when it opened, ``number`` what the engine calls it."""

    def __init__(self, parent: Place, element: str, kind: str, act: Callable[["Leaf"], None], **more: Any) -> None:
        super().__init__(parent, more.get("items"))
        self.name: str | None = more.get("name")
        self.timer: str | None = more.get("timer")
        self.element, self.kind, self.act, self.number = element, kind, act, 0
        self.has_happened = False

    @property
    def key(self) -> Key:
        """What tells it from others."""
        return self.element, self.kind, self.name, tuple(sorted(self.items.items()))

    def leaves(self) -> Iterator["Leaf"]:
        yield self

    def fire(self) -> None:
        """It has been done or has happened."""
        if self.is_alive:
            self.has_happened = True
            self.act(self)


class Scope(Place):
    """A process or sub-process under way; ``then`` follows when its last thread has ended."""

    def __init__(self, parent: Place, then: Then, items: Values | None = None) -> None:
        super().__init__(parent, items)
        self.depth: int = parent.scope.depth + 1
        self.scope, self.then, self.threads = self, then, 0

    def run(self, begin: Callable[[Place, Then], None], end: str) -> None:
        """A thread of its own, which ends at the element ``end``."""
        self.threads += 1
        thread = Place(self)
        begin(thread, lambda: self.ended(end) if thread.is_alive else None)

    @property
    def is_top(self) -> bool:
        """Whether the case itself ends at its end events: the process, and event sub-processes of it."""
        return self.depth == 0 or (self.handler != "" and self.parent is not None and self.parent.scope.is_top)

    def interrupt(self) -> None:
        """Everything under way inside is given up; the scope goes on with what is begun next."""
        for place in list(self.below):
            place.kill()
        self.threads, self.catchers = 0, []

    def ended(self, end: str) -> None:
        """One thread has come to the end event ``end`` (empty: to the end of an event sub-process)."""
        if not self.is_alive:
            return
        self.threads -= 1
        if self.is_top and end:
            self.world.ends.add(end)
        if self.threads == 0:
            self.over()

    def over(self) -> None:
        """Everything inside ends, at once if need be."""
        self.kill()
        self.then()


class World(Scope):
    """The whole case: its values, what it has thrown, the end events it came to during the last act."""

    def __init__(self, values: Values) -> None:
        self.parent, self.world, self.scope, self.depth = None, self, self, 0
        self.items, self.below, self.catchers, self.is_alive, self.handler = {}, [], [], True, ""
        self.values, self.threads, self.is_done = dict(values), 0, False
        self.then = self._done
        self.clear()

    def clear(self) -> None:
        """A new act begins."""
        self.thrown: list[tuple[str, str, str, bool]] = []
        self.ends: set[str] = set()

    def _done(self) -> None:
        self.is_done = True

    def deliver(self, kind: str, name: str) -> bool:
        """Hand a message or signal to everything that waits for it now, outer scopes first; whether anything did."""
        kinds = ("message", "receive") if kind == "message" else (kind,)
        found = [leaf for leaf in self.leaves() if leaf.kind in kinds and leaf.name == name]
        for leaf in sorted(found, key=lambda leaf: leaf.scope.depth):
            leaf.fire()
        return bool(found)
