"""Everything a model can come to: each act tried in each situation by the engine itself, breadth first, within a bound."""

from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import orjson

from engine.errors import EngineError
from engine.flow import run, shapes
from engine.flow.errors import FlowFailed
from engine.flow.moves import Move, Waiting
from engine.procedures import live_names, possible_acts, possible_answers
from engine.procedures.definition import Definition
from engine.procedures.lint import CapabilityFacts
from engine.procedures.possible_acts import Deed
from engine.procedures.possible_answers import Known, Outcomes

#: Situations looked at; what lies beyond is said to be unexplored.
MOST_STATES = 2_000
#: Tokens at one element of one scope: an event that may happen again and again is looked at so often.
MOST_TOGETHER = 2
#: Spaces kept by one process.
KEPT = 16
_Values = Mapping[str, Any]


@dataclass(frozen=True)
class State:
    """A situation. ``before`` and ``deed`` are the shortest way to it; ``standing`` the elements with tokens."""

    number: int
    marking: bytes
    values: _Values
    standing: tuple[str, ...]
    waiting: tuple[Waiting, ...]
    is_completed: bool
    ended_at: str | None
    before: int | None
    deed: Deed


@dataclass(frozen=True)
class Stopped:
    """An act after which the model cannot go on, and what the engine says of it."""

    state: int
    deed: Deed
    failure: FlowFailed


@dataclass
class Space:
    """What was found. ``ways`` lead from one situation (number) by a deed to another; ``is_whole``: nothing lies beyond.

    ``refused`` is why a case could not be begun with some values; ``visited`` are elements a token came to, ``passed`` the
    sequence flows taken (from, to), ``beyond`` the situations from which something leads on that was not looked at.
    ``is_exact``: conditions only compare, so that every outcome of each was tried.
    """

    is_exact: bool
    states: list[State] = field(default_factory=list)
    ways: list[tuple[int, Deed, int]] = field(default_factory=list)
    stopped: list[Stopped] = field(default_factory=list)
    refused: list[FlowFailed] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)
    passed: set[tuple[str, str]] = field(default_factory=set)
    beyond: set[int] = field(default_factory=set)
    is_whole: bool = True

    def path_to(self, number: int) -> list[Deed]:
        """The shortest way from the beginning, as deeds."""
        deeds: list[Deed] = []
        at: int | None = number
        while at is not None:
            deeds.append(self.states[at].deed)
            at = self.states[at].before
        return deeds[::-1]


def explore(definition: Definition, outcomes: Outcomes, most: int = MOST_STATES) -> Space:
    """Try everything, capabilities succeeding or failing in an error the model catches; at most ``most`` situations.

    ``outcomes``: what capabilities may give back. A value nobody types and no capability gives (set by intake, by another case)
    is one of those conditions ask for, the same all the time. A step returned to a former one is not an act of the model.
    """
    read = possible_answers.known(definition, outcomes)
    return _Search(definition, read, Space(read.is_exact), most).done()


class _Cache:
    """Spaces by the folder's hash: a folder never changes, and the drawing board asks after every stroke."""

    def __init__(self) -> None:
        self.spaces: OrderedDict[str, Space] = OrderedDict()
        self.lock = Lock()


_CACHE = _Cache()


def explored(definition: Definition, sha256: str, capabilities: Mapping[str, CapabilityFacts]) -> Space:
    """``explore``, kept in this process for the folder of this hash; not to be changed."""
    with _CACHE.lock:
        known = _CACHE.spaces.get(sha256)
    if known is not None:
        return known
    found = explore(definition, {name: one.outcomes for name, one in capabilities.items()})
    with _CACHE.lock:
        _CACHE.spaces[sha256] = found
        while len(_CACHE.spaces) > KEPT:
            _CACHE.spaces.popitem(last=False)
    return found


class _Search:
    def __init__(self, definition: Definition, read: Known, space: Space, most: int) -> None:
        self.definition, self.read, self.space, self.most = definition, read, space, most
        self.model = definition.model
        self.live = live_names.Live(definition, read)
        self.known: dict[bytes, int] = {}
        self.todo: deque[State] = deque()

    def done(self) -> Space:
        for start in (None, *(event.id for event in self.definition.facts.case_starts)):
            if start is None and not self.definition.facts.begins_by_hand:
                continue
            for given in possible_answers.of_start(self.definition, self.read):
                self._begin(start, given)
        while self.todo:
            state = self.todo.popleft()
            for deed, values, act in possible_acts.of(self.definition, self.read, state.marking, state.values, state.waiting):
                self._try(state, deed, values, act)
        self._note_scopes()
        return self.space

    def _note_scopes(self) -> None:
        """What something inside was visited of has been visited itself."""
        facts = self.definition.facts
        for element in list(self.space.visited & facts.elements.keys()):
            scope = facts.elements[element].scope
            while scope in facts.elements:
                self.space.visited.add(scope)
                scope = facts.elements[scope].scope

    def _begin(self, event: str | None, values: _Values) -> None:
        try:
            move = run.start(self.model, values, start_event=event)
        except FlowFailed as failure:
            self.space.refused.append(failure)  # whoever opens a case so is refused, nothing begins
            return
        self._meet(None, Deed("start", event or "", values), move, {**values, **move.values}, ())

    def _try(self, state: State, deed: Deed, values: _Values, act: Callable[[], Move]) -> None:
        try:
            move = act()
        except FlowFailed as failure:
            self.space.visited.update(filter(None, [failure.element]))
            if failure.element is None:
                self._leave_out(state)  # a moment that cannot be computed from what is tried here
            elif deed.kind != "fail":
                self.space.stopped.append(Stopped(state.number, deed, failure))
        except EngineError:
            self._leave_out(state)
        else:
            self._meet(state, deed, move, {**values, **move.values}, state.waiting)

    def _leave_out(self, state: State | None) -> None:
        self.space.is_whole = False
        self.space.beyond.update(() if state is None else (state.number,))

    def _meet(self, before: State | None, deed: Deed, move: Move, values: _Values, waited: tuple[Waiting, ...]) -> None:
        space, standing = self.space, shapes.elements(move.marking)
        space.passed.update(move.passed)
        space.visited.update(standing, (element for pair in move.passed for element in pair), filter(None, [move.ended_at]))
        if shapes.crowd(move.marking) > MOST_TOGETHER:
            space.beyond.update(() if before is None else (before.number,))
            return
        kept = {name: values.get(name) for name in self.live.at(standing)}
        key = shapes.shape(move.marking) + orjson.dumps([move.ended_at if move.is_completed else "", kept])
        number = self.known.setdefault(key, len(space.states))
        if number == len(space.states):
            if number >= self.most:
                del self.known[key]
                self._leave_out(before)
                return
            waiting = (*(one for one in waited if one.token not in move.closed), *move.opened)
            at = before.number if before is not None else None
            state = State(number, move.marking, values, standing, waiting, move.is_completed, move.ended_at, at, deed)
            space.states.append(state)
            self.todo.append(state)
        if before is not None:
            space.ways.append((before.number, deed, number))
