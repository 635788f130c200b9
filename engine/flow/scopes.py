"""Where tokens live: the case itself, and one inner scope for each open sub-process or called process."""

import math
import time
from collections import Counter, deque
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.flow import catching
from engine.flow.errors import FlowFailed, Runaway
from engine.flow.moves import Thrown
from engine.flow.tokens import Token

#: Bounds of one move (R11). Seconds are those this thread has computed: a machine that is busy or stands still makes no
#: runaway of a sound case.
MAX_STEPS, MAX_TOKENS, MAX_DEPTH, MAX_SECONDS = 500, 2_000, 10, 0.7
#: What counts at most between two looks at the clock: what an expression may do takes less (``engine.language.effort``), and
#: a pause that is not the case's own (memory being tidied) must not be laid to it.
_MAX_GAP = 0.1


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
        """Arm the event sub-processes, then put the first token on the start event ``element``."""
        for name in self.spec.triggers:
            self.enter(self.spec.task_specs[name])
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
        """If no token is left but armed event sub-processes, the scope is finished and its host goes on."""
        if not all(token.task_spec.is_trigger for token in self.tasks.values()):
            return
        if self.host is not None and self.top_workflow.subprocesses.get(self.host.id) is not self:
            return
        self.clear()
        if self.host is not None:
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
        #: Sequence flows taken in this move: from, to.
        self.passed: list[tuple[str, str]] = []
        #: Whether values may have changed since the conditions were read last.
        self.is_stirred = True
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
        self._spent, self._looked_at = 0.0, time.thread_time()
        self.is_stirred = True
        self.cancelled.clear()
        self.thrown.clear()
        self.passed.clear()
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
        self._refuse_delay(spec)
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
        while self._heed_conditions() or self.queue or self._release_joins():
            token = self.queue.popleft() if self.queue else None
            if token is None or not token.is_alive or token._state != TaskState.READY:
                continue
            self._count(token)
            token.run()
        self._refuse_crowd()
        self._refuse_standstill()

    def is_completed(self) -> bool:
        """Whether no token is left at any depth."""
        return not any(scope.tasks for scope in self.scopes())

    def _count(self, token: Token) -> None:
        self._steps += 1
        spec = token.task_spec
        if self._steps > MAX_STEPS:
            raise Runaway(f"Quy trình lặp không dừng quanh “{spec.bpmn_name or spec.bpmn_id}”.", element=spec.bpmn_id)
        self._refuse_delay(spec)

    def _refuse_delay(self, spec: Any) -> None:
        now = time.thread_time()
        self._spent += min(now - self._looked_at, _MAX_GAP)
        self._looked_at = now
        if self._spent > MAX_SECONDS:
            raise Runaway(f"Quy trình tính quá lâu quanh “{spec.bpmn_name or spec.bpmn_id}”.", element=spec.bpmn_id)

    def _heed_conditions(self) -> bool:
        """Let conditional events fire whose condition holds now; whether one did."""
        if not self.is_stirred:
            return False
        self.is_stirred = False
        return catching.fire_conditions(self)

    def _release_joins(self) -> bool:
        """Let inclusive joins fire that nothing can reach any more; whether one did."""
        for scope in sorted(self.scopes(), key=_turn):
            patient = {token.task_spec: token for token in scope.tasks.values() if token.task_spec.is_patient}
            for spec, token in sorted(patient.items(), key=lambda found: str(found[0].name)):
                self._refuse_delay(spec)
                if token._state == TaskState.WAITING and spec.release(token):
                    return True
        return False

    def _refuse_crowd(self) -> None:
        """What could not be read back within the bounds of a move is not written."""
        places = Counter(token.task_spec.bpmn_id for scope in self.scopes() for token in scope.tasks.values())
        if places.total() > MAX_TOKENS:
            place = min(places, key=lambda name: (-places[name], name))
            raise Runaway(f"Hồ sơ có quá {MAX_TOKENS} việc mở cùng lúc.", element=place)

    def _refuse_standstill(self) -> None:
        left = [token for scope in self.scopes() for token in scope.tasks.values()]
        if left and not any(token.is_waiting for token in left):
            place = min((token.workflow.depth, token.task_spec.bpmn_id) for token in left)[1]
            raise FlowFailed("Quy trình đứng lại ở điểm gộp vì có nhánh không bao giờ tới.", element=place)


def _turn(scope: Any) -> tuple[int, float, int]:
    """The order in which scopes are served: the same whether a case lives on or was read back."""
    numbers = [token.number for token in scope.tasks.values() if token.number]
    return scope.depth, min(numbers, default=math.inf), scope.host.id if scope.host is not None else 0
