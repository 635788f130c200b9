"""Where tokens live: the case itself, and one inner scope for each open sub-process or called process."""

import time
from collections import deque
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.flow.errors import FlowFailed, Runaway
from engine.flow.moves import Thrown
from engine.flow.tokens import Token

#: Bounds of one move (R11).
MAX_STEPS, MAX_TOKENS, MAX_DEPTH, MAX_SECONDS = 500, 2_000, 10, 2.0


class _Tokens:
    """What both kinds of scope do with tokens. There is no tree of the past: a token that has passed is gone."""

    tasks: dict[int, Token]
    spec: Any
    top_workflow: Any
    depth: int
    items: dict[str, Any]
    host: Token | None

    def enter(self, spec: Any, *, origin: str = "", parent: Token | None = None, items: dict[str, Any] | None = None) -> Token:
        """Put a token before ``spec`` and let it arrive."""
        token: Token = self.top_workflow.new_token(self, spec, parent)
        token.origin, token.items = origin, items or {}
        spec._update(token)
        return token

    def start(self, element: str) -> None:
        """Put the first token on the start event ``element``."""
        self.enter(self.spec.task_specs[element])

    def leave(self, token: Token) -> None:
        """The token has passed: it goes, and what was attached to it is cancelled."""
        for other in token.attached():
            self.cancel(other)
        token.release()
        del self.tasks[token.id]

    def cancel(self, token: Token) -> None:
        """The token will not be acted on any more: it goes, with all that belongs to it, inner scopes included."""
        for other in token.attached():
            self.cancel(other)
        inner = self.top_workflow.subprocesses.pop(token.id, None)
        if inner is not None:
            inner.clear()
        if token.is_alive:
            token.release()
            del self.tasks[token.id]
            token._state = TaskState.CANCELLED
            self.top_workflow.cancelled.add(token.number)

    def clear(self) -> None:
        """Cancel every token of this scope."""
        for token in list(self.tasks.values()):
            if token.is_alive:
                self.cancel(token)

    def settle(self) -> None:
        """If no token is left, the scope is finished and its host goes on."""
        if self.tasks or self.host is None or self.top_workflow.subprocesses.get(self.host.id) is not self:
            return
        del self.top_workflow.subprocesses[self.host.id]
        self.host.complete()


class Inner(_Tokens, BpmnSubWorkflow):
    """The inside of an open sub-process or called process; ``host`` is its token outside."""

    def __init__(self, spec: Any, host: Token) -> None:
        self.host: Token = host
        self.items = host.overlay
        super().__init__(spec, host.id, host.workflow.top_workflow, deserializing=True)

    @property
    def parent_workflow(self) -> Any:
        return self.host.workflow

    def _calculate_depth(self) -> int:
        return int(self.host.workflow.depth) + 1


class Case(_Tokens, BpmnWorkflow):
    """One case during one move: its tokens, the queue of automatic steps, and what the move has brought about."""

    depth = 0
    host = None

    def __init__(self, spec: Any, subprocess_specs: dict[str, Any], script_engine: Any) -> None:
        self.queue: deque[Token] = deque()
        self.items: dict[str, Any] = {}
        self.cancelled: set[int] = set()
        self.thrown: list[Thrown] = []
        self.ended_at: str | None
        self._ids = 0
        super().__init__(spec, subprocess_specs, script_engine=script_engine, deserializing=True)
        self.begin()

    @property
    def top_workflow(self) -> "Case":
        return self

    def begin(self) -> None:
        """A move begins: its bounds count from here, and it has brought about nothing yet."""
        self._created = self._steps = 0
        self._until = time.monotonic() + MAX_SECONDS
        self.cancelled.clear()
        self.thrown.clear()
        self.ended_at = None

    def next_id(self) -> int:
        """A number for a new token, unique during this move."""
        self._ids += 1
        return self._ids

    def new_token(self, scope: Any, spec: Any, parent: Token | None) -> Token:
        """A token in ``scope``. ``Runaway`` past the bounds."""
        self._created += 1
        if self._created > MAX_TOKENS:
            raise Runaway(f"Quy trình sinh quá {MAX_TOKENS} việc trong một lần chạy.", element=spec.bpmn_id)
        return Token(scope, spec, parent)

    def open_inner(self, host: Token, name: str) -> Inner:
        """The inside of ``host``, empty. ``Runaway`` where calls nest too deep."""
        if host.workflow.depth >= MAX_DEPTH:
            raise Runaway(f"Quy trình con gọi nhau quá {MAX_DEPTH} tầng.", element=host.task_spec.bpmn_id)
        inner = Inner(self.subprocess_specs[name], host)
        self.subprocesses[host.id] = inner
        return inner

    def scopes(self) -> list[Any]:
        """The case and every open inner scope."""
        return [self, *self.subprocesses.values()]

    def do_engine_steps(self, will_complete_task: Any = None, did_complete_task: Any = None) -> None:
        """Run automatic steps until only people, messages and timers are waited for. ``Runaway`` past the bounds."""
        while self.queue or self._release_joins():
            token = self.queue.popleft() if self.queue else None
            if token is None or not token.is_alive or token._state != TaskState.READY:
                continue
            self._count(token)
            token.run()
        self._refuse_standstill()

    def is_completed(self) -> bool:
        """Whether no token is left at any depth."""
        return not any(scope.tasks for scope in self.scopes())

    def _count(self, token: Token) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS or time.monotonic() > self._until:
            element = token.task_spec.bpmn_id
            raise Runaway(f"Quy trình lặp không dừng quanh “{token.task_spec.bpmn_name or element}”.", element=element)

    def _release_joins(self) -> bool:
        """Let inclusive joins fire that nothing can reach any more; whether one did."""
        for scope in self.scopes():
            for token in list(scope.tasks.values()):
                if token._state == TaskState.WAITING and token.task_spec.is_patient and token.task_spec.release(token):
                    return True
        return False

    def _refuse_standstill(self) -> None:
        left = [token for scope in self.scopes() for token in scope.tasks.values()]
        if left and not any(token.is_waiting for token in left):
            raise FlowFailed("Quy trình đứng lại ở điểm gộp vì có nhánh không bao giờ tới.", element=left[0].task_spec.bpmn_id)
