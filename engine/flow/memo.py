"""Remembered transitions: same situation, same act, same answers to the model's questions - same outcome.

During a real move every question asked of the routing values is recorded with its answer. The record becomes a path in a tree
of decisions; next time the questions are asked again in their order, and where the answers lead to an outcome, nothing is run.
Assignments by scripts are part of the path and are made again.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import orjson

from engine.flow.moves import Move
from engine.flow.reading import Question, Values
from engine.language.errors import ExpressionError

#: Situations remembered for one model, and outcomes remembered for one situation.
SIZE, BRANCHES = 4_096, 64
#: A longer answer (a list to repeat over) is not worth remembering.
MAX_ANSWER = 2_000


@dataclass(frozen=True, slots=True)
class LateTimer:
    """A timer of the outcome that depends on the values: its place in ``Move.opened``, the expression, the loop items."""

    position: int
    source: str
    items: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """A move as far as it does not depend on the values, and the timers that do."""

    move: Move
    late: tuple[LateTimer, ...] = ()


@dataclass(slots=True)
class _Node:
    question: Question | None = None
    items: dict[str, Any] = field(default_factory=dict)
    answers: dict[Hashable, "_Node"] = field(default_factory=dict)
    outcome: Outcome | None = None


class Memo:
    """The remembered transitions of one model, shared by threads. ``size`` 0 remembers nothing."""

    def __init__(self, size: int = SIZE) -> None:
        self.size = size
        self._roots: OrderedDict[Hashable, _Node] = OrderedDict()
        self._leaves: dict[Hashable, int] = {}
        self._lock = Lock()

    def recall(self, key: Hashable, values: Values) -> Outcome | None:
        """The outcome of act ``key``, or None if it was not met yet; ``values`` then may be spoilt and must be made afresh."""
        with self._lock:
            node = self._roots.get(key)
            if node is not None:
                self._roots.move_to_end(key)
        try:
            while node is not None and node.question is not None:
                node = node.answers.get(values.answer(node.question, node.items))
        except ExpressionError:
            return None
        return node.outcome if node is not None else None

    def learn(self, key: Hashable, asked: list[tuple[Question, Any]], outcome: Outcome) -> None:
        """Remember that act ``key``, having asked and been answered so, had this outcome."""
        if self.size == 0 or any(isinstance(answer, bytes) and len(answer) > MAX_ANSWER for _, answer in asked):
            return
        with self._lock:
            if self._leaves.get(key, 0) >= BRANCHES:
                return
            node = self._roots.setdefault(key, _Node())
            for question, answer in asked:
                if node.question is None:
                    node.items = orjson.loads(question.items) if question.items else {}
                    node.question = question
                node = node.answers.setdefault(answer, _Node())
            node.outcome = outcome
            self._leaves[key] = self._leaves.get(key, 0) + 1
            self._make_room()

    def _make_room(self) -> None:
        while len(self._roots) > self.size:
            key, _ = self._roots.popitem(last=False)
            del self._leaves[key]
