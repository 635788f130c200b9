"""What a move has brought about: compare the case before and after, number what is new."""

from dataclasses import replace
from typing import Any

import orjson

from engine.flow import marking, timers
from engine.flow.events import timer_text
from engine.flow.memo import LateTimer, Outcome
from engine.flow.moves import Move, Waiting
from engine.flow.reading import Values
from engine.flow.scopes import Case
from engine.flow.tokens import Token


def numbers(case: Case) -> tuple[frozenset[int], frozenset[int]]:
    """Numbers in use, and those of them that wait."""
    tokens = _tokens(case)
    return frozenset(token.number for token in tokens), frozenset(token.number for token in tokens if token.is_waiting)


def of(case: Case, before: tuple[frozenset[int], frozenset[int]], main: str) -> Outcome:
    """The outcome of a case that has come to rest; ``before`` are its ``numbers`` before the act."""
    used, waited = before
    _number(case, used)
    waits = waiting(case)
    now = {found.token for found, _ in waits}
    opened = sorted(((found, late) for found, late in waits if found.token not in waited), key=lambda pair: pair[0].token)
    closed = sorted(waited - now)
    move = Move(
        marking.encode(case, main),
        tuple(found for found, _ in opened),
        tuple(closed),
        tuple(number for number in closed if number in case.cancelled),
        tuple(case.thrown),
        case.is_completed(),
        case.ended_at,
        passed=tuple(case.passed),
    )
    return Outcome(move, tuple(replace(late, position=position) for position, (_, late) in enumerate(opened) if late is not None))


def finish(outcome: Outcome, values: Values) -> Move:
    """The move under these ``values``: changes by scripts, and timers that depend on them. Refuses like an expression."""
    if not outcome.late and not values.changes:
        return outcome.move
    opened = list(outcome.move.opened)
    for late in outcome.late:
        items = orjson.loads(late.items) if late.items else {}
        opened[late.position] = replace(opened[late.position], timer=values.text(late.source, items))
    return replace(outcome.move, opened=tuple(opened), values=values.changes)


def waiting(case: Case) -> list[tuple[Waiting, LateTimer | None]]:
    """Everything the case waits for, by token, with the timers that still must be computed."""
    return sorted((_waiting(token) for token in _tokens(case) if token.is_waiting), key=lambda pair: pair[0].token)


def _tokens(case: Case) -> list[Token]:
    return [token for scope in case.scopes() for token in scope.tasks.values()]


def _number(case: Case, used: frozenset[int]) -> None:
    """Give each new known token the smallest number that is not in use and was not when the move began."""
    new = [token for token in _tokens(case) if token.is_known and token.number == 0]
    taken, number = set(used), 0
    for token in sorted(new, key=lambda token: (token.task_spec.name, token.id)):
        number += 1
        while number in taken:
            number += 1
        token.number = number


def _waiting(token: Token) -> tuple[Waiting, LateTimer | None]:
    spec, timer, late = token.task_spec, None, None
    items = token.overlay
    if spec.kind == "timer":
        timer = timer_text(token)
        if timers.is_expression(timer):
            late = LateTimer(0, timer, orjson.dumps(items, option=orjson.OPT_SORT_KEYS) if items else b"")
            timer = None
    definition = getattr(spec, "event_definition", None)
    name = getattr(definition, "name", None) if spec.kind in ("message", "receive", "signal") else None
    host = token.parent.number if spec.is_boundary else None
    return Waiting(token.number, spec.bpmn_id, spec.kind, _item(token), name, timer, host, items), late


def _item(token: Token | None) -> Any:
    """The innermost loop item around the token; the index where the loop counts only."""
    while token is not None:
        items = [value for name, value in token.items.items() if name != "loopCounter"] or list(token.items.values())
        if items:
            return items[0]
        token = token.parent or token.workflow.host
    return None
