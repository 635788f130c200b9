"""Who catches what: messages and signals go to all that wait, errors and escalations to the nearest; conditions are read."""

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.flow.tokens import Token


def in_order(case: Any) -> list[Token]:
    """Every token of the case, outer scopes first, in an order that is the same whether the case was just read or not."""
    tokens = [token for scope in case.scopes() for token in scope.tasks.values()]
    return sorted(tokens, key=lambda token: (token.workflow.depth, token.number == 0, token.number, token.id))


def deliver(case: Any, kind: str, name: str | None) -> bool:
    """Hand a message or signal to every token that waits for it, outer scopes first; whether one took it."""
    waiting = [token for token in in_order(case) if _awaits(token, kind, name)]
    for token in waiting:
        if _is_armed(token):
            token.task_spec.catch(token)
    return bool(waiting)


def hand_up(scope: Any, kind: str, code: str | None, failed: Token | None = None) -> bool:
    """Fire the nearest event that catches this error, escalation or cancellation; whether there is one.

    Thrown in ``scope``, or by the activity ``failed`` in it. Asked are, from inside outwards: boundary events of the activity,
    event sub-processes of the scope around it; of two at the same place the one with this code before the one without any. An
    event sub-process does not catch what it throws itself.
    """
    place = failed
    while True:
        for near in (_on_border(place, kind), _in_scope(scope, kind, place)):
            found = _choose(near, code)
            if found is not None:
                found.task_spec.catch(found)
                return True
        if scope.host is None:
            return False
        place, scope = scope.host, scope.host.workflow


def fire_conditions(case: Any) -> bool:
    """Fire every conditional event whose condition holds; whether one did.

    What interrupts or is passed once fires whenever it holds; what does not interrupt when it begins to hold, which its token
    remembers (``was``).
    """
    fired = False
    for token in in_order(case):
        if token.task_spec.kind != "conditional" or not _is_armed(token):
            continue
        holds = case.script_engine.holds(token, token.task_spec.event_definition.expression)
        was, stays = token.loop.get("was", False), not getattr(token.task_spec, "cancel_activity", True)
        if stays:
            token.loop = {"was": True} if holds else {}
        if holds and not (stays and was):
            token.task_spec.catch(token)
            fired = True
    return fired


def _is_armed(token: Token) -> bool:
    return token.is_alive and bool(token._state == TaskState.WAITING)


def _awaits(token: Token, kind: str, name: str | None) -> bool:
    if token._state != TaskState.WAITING or token.task_spec.kind not in (kind, "receive" if kind == "message" else kind):
        return False
    return bool(token.task_spec.event_definition.name == name)


def _on_border(place: Token | None, kind: str) -> list[Token]:
    """Boundary events on an activity, then on the loop around it, in the order of the file."""
    found: list[Token] = []
    for host in (place, place.parent if place is not None else None):
        if host is not None:
            order = host.task_spec.boundaries.index
            armed = [event for event in host.attached() if event.task_spec.is_boundary and event.task_spec.kind == kind]
            found.extend(sorted(armed, key=lambda event: order(event.task_spec.name)))
    return found


def _in_scope(scope: Any, kind: str, place: Token | None) -> list[Token]:
    """Armed event sub-processes of a scope, in the order of the file, but not the one the error comes out of."""
    armed = {token.task_spec.name: token for token in scope.tasks.values() if token.task_spec.is_trigger}
    handler = place.task_spec.name if place is not None else None
    return [
        armed[name]
        for name in scope.spec.triggers
        if name in armed and armed[name].task_spec.kind == kind and armed[name].task_spec.handler != handler
    ]


def _choose(events: Iterable[Token], code: str | None) -> Token | None:
    known = list(events)
    for wanted in (code, None):
        for event in known:
            if getattr(event.task_spec.event_definition, "code", None) == wanted:
                return event
    return None
