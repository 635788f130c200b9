"""A case that is only played: where its tokens stand, what was called, which flows were taken. No database, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Conflict, EngineError
from engine.flow import run
from engine.flow.errors import FlowFailed
from engine.flow.moves import Move, Waiting
from engine.procedures.decision_policies import DecisionFailed
from engine.procedures.definition import Definition
from engine.procedures.scenarios import Act

#: Kinds of ``Waiting`` that are steps of people, and those that capabilities and decision tables do.
STEPS, AUTOMATIC = ("user", "manual"), ("service", "send", "decision")
MOST_CALLS = 50


class Differs(EngineError):
    """The model does something else than the story says."""


@dataclass(frozen=True)
class Call:
    """What one automatic task did: the capability or decision asked, with what, what it gave back, and the error it ended in.

    ``rules``: the rows of the decision table that matched, by number; None where no table was asked.
    """

    element: str
    name: str
    given: Mapping[str, Any]
    returned: Mapping[str, Any]
    error: str | None = None
    rules: tuple[int, ...] | None = None


@dataclass
class Stage:
    """A case being played; ``calls`` and ``passed`` (flows taken: from, to) are those of the last act.

    ``finished`` are the steps completed or returned so far, in their order.
    """

    definition: Definition
    values: dict[str, Any]
    marking: bytes = b""
    waiting: dict[int, Waiting] = field(default_factory=dict)
    visited: set[str] = field(default_factory=set)
    calls: list[Call] = field(default_factory=list)
    passed: list[tuple[str, str]] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    ended_at: str | None = None
    is_completed: bool = False

    @property
    def ran(self) -> list[str]:
        """Capabilities called in the last act."""
        return [call.name for call in self.calls if call.element in self.definition.calls]

    @property
    def slips(self) -> list[str]:
        """Kinds of slips issued in the last act."""
        return [str(call.given.get("kind")) for call in self.calls if call.name == "issue_slip"]

    @property
    def end(self) -> str | None:
        """The end event the case is over at."""
        return self.ended_at if self.is_completed else None

    @property
    def status(self) -> str | None:
        """The status the case has."""
        elements = [waiting.element for waiting in self.waiting.values()]
        return self.definition.status_of(elements) or self.definition.ends.get(self.end or "")

    def take(self, move: Move) -> None:
        """Stand where ``move`` leads."""
        self.marking = move.marking
        for token in move.closed:
            self.waiting.pop(token, None)
        self.waiting.update({waiting.token: waiting for waiting in move.opened})
        self.visited |= {waiting.element for waiting in move.opened}
        self.passed += move.passed
        self.values.update(move.values)
        self.is_completed, self.ended_at = move.is_completed, move.ended_at or self.ended_at

    def settle(self, act: Act, answers: Mapping[str, Any]) -> None:
        """Run every service task the act leads to."""
        for _ in range(MOST_CALLS):
            service = next((waiting for waiting in self.waiting.values() if waiting.kind in AUTOMATIC), None)
            if service is None:
                return
            if service.kind == "decision":
                self._decide(service)
            else:
                self._call(service, act, answers)
            self.take(self._after(service, act.fails.get(service.element)))
        raise Differs(f"Một thao tác gọi quá {MOST_CALLS} khả năng.")

    def token_of(self, element: str, kinds: tuple[str, ...]) -> int:
        """The open token at ``element``."""
        found = [token for token, w in self.waiting.items() if w.element == element and w.kind in kinds]
        if not found:
            raise Differs(f"“{element}” không mở lúc này; đang mở: {', '.join(self.open()) or 'không có bước nào'}.")
        return min(found)

    def open(self) -> list[str]:
        """Steps of people that are open."""
        return sorted(waiting.element for waiting in self.waiting.values() if waiting.kind in STEPS)

    def waits(self) -> list[str]:
        """Messages waited for."""
        found = {str(w.name) for w in self.waiting.values() if w.kind in ("message", "receive")}
        return sorted(name for name in found if self.definition.takes(name, self.open()))

    def targets(self, element: str) -> list[str]:
        """Where the open step may be returned to, as in a case: steps done before, the latest first, where the flow allows it."""
        token = self.token_of(element, STEPS)
        done = (step for step in dict.fromkeys(reversed(self.finished)) if step != element)
        return [step for step in done if self._can_return(token, step)]

    def _can_return(self, token: int, element: str) -> bool:
        try:
            run.return_to(self.definition.model, self.marking, token, element, self.values)
        except Conflict:
            return False
        return True

    def _call(self, service: Waiting, act: Act, answers: Mapping[str, Any]) -> None:
        use = self.definition.calls[service.element]
        given = use.evaluate({**self.values, **answers})
        returned = act.returns.get(service.element, {})
        self.calls.append(Call(service.element, use.capability, given, returned, act.fails.get(service.element)))
        self.values.update(returned)

    def _after(self, service: Waiting, error: str | None) -> Move:
        """The move that follows: on from the task, or from where its business error is caught."""
        if error is not None:
            return run.fail(self.definition.model, self.marking, service.token, error, self.values)
        return run.complete(self.definition.model, self.marking, service.token, self.values)

    def _decide(self, waiting: Waiting) -> None:
        use = self.definition.asks[waiting.element]
        try:
            answers = use.decision.answers({**self.values, **waiting.items})
        except DecisionFailed as failure:
            raise FlowFailed(str(failure), element=waiting.element) from failure
        for name, answer in answers.items():
            self.calls.append(Call(waiting.element, name, answer.inputs, answer.outputs, rules=answer.matched))
        self.values.update(use.changes(answers[use.decision.id]))
