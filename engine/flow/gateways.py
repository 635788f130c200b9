"""Gateways. A join consumes tokens: what arrived in an earlier round of a rework loop never counts again."""

from collections import Counter
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.flow.errors import FlowFailed
from engine.flow.steps import Lean
from engine.flow.tokens import Token


class ExclusiveGateway(Lean, defaults.ExclusiveGateway):
    """One way out: the first whose condition holds, in the order of the file; else the default."""

    def following(self, my_task: Token) -> list[Any]:
        """The chosen way. ``FlowFailed`` where none is open."""
        for condition, name in self.cond_task_specs:
            if condition is not None and condition._matches(my_task):
                return [self._wf_spec.task_specs[name]]
        if self.default_task_spec is None:
            raise FlowFailed(f"Không nhánh nào của “{self.bpmn_name or self.bpmn_id}” có điều kiện đúng.", element=self.bpmn_id)
        return [self._wf_spec.task_specs[self.default_task_spec]]


class _Join(Lean):
    """Waits for tokens of several incoming flows and consumes them."""

    def _update_hook(self, my_task: Token) -> bool:
        if len(self._inputs) < 2:
            return True
        my_task._set_state(self.at_rest)
        return False

    def arrivals(self, my_task: Token) -> dict[str, list[Token]]:
        """Tokens waiting at this join in this scope, by the element they came from, in order of arrival."""
        arrived: dict[str, list[Token]] = {}
        for token in my_task.workflow.tasks.values():
            if token.task_spec is self and token._state == TaskState.WAITING:
                arrived.setdefault(token.origin, []).append(token)
        return arrived

    def consume(self, tokens: list[Token]) -> None:
        """One token goes on for all ``tokens``."""
        first, *others = tokens
        for token in others:
            token.workflow.leave(token)
        first._ready()

    def _run_hook(self, my_task: Token) -> bool:
        return True


class ParallelGateway(_Join, defaults.ParallelGateway):
    """Goes on when each incoming flow has brought a token; what is in excess stays for the next round."""

    def _update(self, my_task: Token) -> None:
        super()._update(my_task)
        if my_task._state != TaskState.WAITING:
            return
        arrived, needed = self.arrivals(my_task), Counter[str](self._inputs)
        if all(len(arrived.get(name, [])) >= count for name, count in needed.items()):
            self.consume([token for name, count in needed.items() for token in arrived[name][:count]])


class InclusiveGateway(_Join, defaults.InclusiveGateway):
    """Goes on when no token elsewhere can still bring one to a flow that is empty (BPMN 2.0.2, 13.4.3)."""

    is_patient = True
    _reach: dict[str, frozenset[str]] | None = None

    def release(self, my_task: Token) -> bool:
        """Fire if it may; whether it did."""
        arrived = self.arrivals(my_task)
        for token in my_task.workflow.tasks.values():
            if token.task_spec is not self and self._blocks(token, set(arrived)):
                return False
        self.consume([tokens[0] for tokens in arrived.values()])
        return True

    def following(self, my_task: Token) -> list[Any]:
        """Every way whose condition holds, else the default. ``FlowFailed`` where none is open."""
        matches, defaults_ = self._get_matching_outputs(my_task)
        if not matches and not defaults_:
            raise FlowFailed(f"Không nhánh nào của “{self.bpmn_name or self.bpmn_id}” có điều kiện đúng.", element=self.bpmn_id)
        return list(matches or defaults_)

    def _blocks(self, token: Token, full: set[str]) -> bool:
        reach, name = self._reached_from(), token.task_spec.name
        can_fill = any(name in reach[source] for source in self._inputs if source not in full)
        return can_fill and not any(name in reach[source] for source in full)

    def _reached_from(self) -> dict[str, frozenset[str]]:
        """For each incoming element: every element of the scope from which a token can get there, not through this join."""
        if self._reach is None:
            back = _backwards(self._wf_spec)
            self._reach = {source: _ancestors(back, source, self.name) for source in self._inputs}
        return self._reach


def _backwards(process: Any) -> dict[str, list[str]]:
    back = {name: list(spec._inputs) for name, spec in process.task_specs.items()}
    for name, spec in process.task_specs.items():
        for boundary in getattr(spec, "boundaries", ()):
            back[boundary].append(name)
    return back


def _ancestors(back: dict[str, list[str]], source: str, barrier: str) -> frozenset[str]:
    seen: set[str] = set()
    todo = [source]
    while todo:
        name = todo.pop()
        if name not in seen and name != barrier:
            seen.add(name)
            todo.extend(back[name])
    return frozenset(seen)
