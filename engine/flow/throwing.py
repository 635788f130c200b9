"""Events that throw: messages, signals, escalations, errors, and the ends of a flow."""

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.flow import catching
from engine.flow.errors import FlowFailed
from engine.flow.events import KINDS
from engine.flow.moves import Thrown
from engine.flow.steps import EventSubProcess, Lean
from engine.flow.tokens import Token


class _Throwing(Lean):
    """Throws when a token passes."""

    event_definition: Any

    def _run_hook(self, my_task: Token) -> bool:
        kind = KINDS.get(type(self.event_definition), "")
        if kind in ("message", "signal"):
            is_caught = catching.deliver(my_task.workflow.top_workflow, kind, self.event_definition.name)
            _tell(my_task, kind, is_caught=is_caught)
        elif kind == "escalation":
            _tell(my_task, kind, is_caught=catching.hand_up(my_task.workflow, kind, self.event_definition.code))
        return True


class IntermediateThrowEvent(_Throwing, defaults.IntermediateThrowEvent):
    """Sends a message, a signal or an escalation."""


class SendTask(_Throwing, defaults.SendTask):
    """Sends its message by itself, or waits for the capability that sends it."""

    kind = "send"
    at_rest = TaskState.READY


class EndEvent(_Throwing, defaults.EndEvent):
    """The token ends here; an error, cancel or terminate end takes others with it."""

    def following(self, my_task: Token) -> list[Any]:
        """Nowhere."""
        return []

    def _on_complete_hook(self, my_task: Token) -> None:
        """Ended in ``_run_hook``."""

    def _run_hook(self, my_task: Token) -> bool:
        scope, kind = my_task.workflow, KINDS.get(type(self.event_definition), "")
        if _ends_case(scope):
            scope.top_workflow.ended_at = self.bpmn_id
        super()._run_hook(my_task)
        if kind == "terminate":
            _end_others(my_task)
        elif kind == "cancel":
            catching.hand_up(scope, kind, None)
        elif kind == "error" and not catching.hand_up(scope, kind, self.event_definition.code):
            code = self.event_definition.code or self.event_definition.name
            raise FlowFailed(f"Lỗi “{code}” phát ra mà không có sự kiện nào bắt.", element=self.bpmn_id)
        return True


def _ends_case(scope: Any) -> bool:
    """Whether the case may end with this scope: it is the process itself, or an event sub-process of it."""
    while scope.host is not None and isinstance(scope.host.task_spec, EventSubProcess):
        scope = scope.host.workflow
    return scope.host is None


def _end_others(my_task: Token) -> None:
    scope = my_task.workflow
    for token in list(scope.tasks.values()):
        if token is not my_task and token.is_alive:
            scope.cancel(token)


def _tell(token: Token, kind: str, *, is_caught: bool) -> None:
    spec, items = token.task_spec, token.overlay
    token.workflow.top_workflow.thrown.append(Thrown(kind, spec.event_definition.name, spec.bpmn_id, is_caught, items))
