"""Let the flow run on through its service tasks until it waits for people, messages or time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine import rows
from engine.cases import capabilities, deciding
from engine.cases.acts import Act
from engine.cases.capabilities import BusinessError, CapabilityCall
from engine.cases.models import Case
from engine.flow import run
from engine.flow.errors import Runaway, Uncaught
from engine.flow.moves import Move, Thrown, Waiting
from engine.procedures.definition import Definition

#: Capabilities one act may call: more is a loop in the model.
MOST_CALLS = 50
SERVICE_KINDS = frozenset({"service", "send", "decision"})


@dataclass
class Progress:
    """Several moves of one act, seen as one: what waits now that did not before, which earlier tokens are gone."""

    marking: bytes = b""
    opened: dict[int, Waiting] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    thrown: list[Thrown] = field(default_factory=list)
    is_completed: bool = False
    ended_at: str | None = None

    def add(self, move: Move) -> None:
        """Take up one more move."""
        for token in move.closed:
            if self.opened.pop(token, None) is None:
                self.closed.add(token)
        self.opened.update({waiting.token: waiting for waiting in move.opened})
        self.thrown.extend(move.thrown)
        self.marking, self.is_completed = move.marking, move.is_completed
        self.ended_at = move.ended_at or self.ended_at

    def next_service(self) -> Waiting | None:
        """The service task to run next: the one reached first."""
        return next((waiting for waiting in self.opened.values() if waiting.kind in SERVICE_KINDS), None)


def settle(case: Case, rule: Definition, move: Move, act: Act) -> Progress:
    """Run every service task ``move`` leads to, one after another, merging what each returns into the case's values.

    Raises what a capability refuses with, and ``Runaway`` after 50 calls: then nothing of the act may stay.
    """
    progress = Progress()
    _take(case, progress, move)
    for _ in range(MOST_CALLS):
        service = progress.next_service()
        if service is None:
            return progress
        _take(case, progress, _serve(case, rule, service, act))
    raise Runaway(f"Quy trình gọi quá {MOST_CALLS} khả năng trong một thao tác.", element=service.element if service else None)


def merge(case: Case, changes: Mapping[str, Any]) -> None:
    """Add ``changes`` to the case's routing values."""
    if changes:
        rows.hold(case, values={**case.values, **changes})


def _take(case: Case, progress: Progress, move: Move) -> None:
    progress.add(move)
    rows.hold(case, marking=move.marking)
    merge(case, move.values)


def _serve(case: Case, rule: Definition, service: Waiting, act: Act) -> Move:
    """Do what ``service`` asks for; the move it leads to, be it along the error event that catches its business error."""
    try:
        merge(case, (deciding.decide if service.kind == "decision" else _call)(case, rule, service, act))
    except BusinessError as error:
        return _fail(case, rule, service, error)
    return run.complete(rule.model, case.marking, service.token, case.values)


def _fail(case: Case, rule: Definition, service: Waiting, error: BusinessError) -> Move:
    merge(case, error.values)
    try:
        move = run.fail(rule.model, case.marking, service.token, error.error, case.values)
    except Uncaught as uncaught:
        raise Uncaught(str(error), element=service.element) from uncaught
    return replace(move, thrown=(Thrown("error", error.error, service.element, is_caught=True), *move.thrown))


def _call(case: Case, rule: Definition, service: Waiting, act: Act) -> Mapping[str, Any]:
    use = rule.calls[service.element]
    capability = capabilities.get(use.capability, service.element)
    parameters = use.evaluate({**case.values, **act.answers, **service.items})
    return capabilities.perform(capability, CapabilityCall(case, parameters, act.by, service.element))
