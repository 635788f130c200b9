"""Events: what is waited for, what is thrown, and who catches it. SpiffWorkflow reads the definitions; the catching is ours."""

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs import event_definitions as definitions
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.flow.errors import FlowFailed
from engine.flow.moves import Thrown
from engine.flow.steps import Lean
from engine.flow.tokens import Token

#: What an event definition is called outside.
KINDS: dict[type, str] = {
    definitions.MessageEventDefinition: "message",
    definitions.SignalEventDefinition: "signal",
    definitions.ErrorEventDefinition: "error",
    definitions.EscalationEventDefinition: "escalation",
    definitions.TimeDateEventDefinition: "timer",
    definitions.DurationTimerEventDefinition: "timer",
    definitions.TerminateEventDefinition: "terminate",
}


class _Catching(Lean):
    """Waits until it is fired."""

    event_definition: Any

    def __init__(self, wf_spec: Any, bpmn_id: str, event_definition: Any, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, event_definition=event_definition, **kwargs)
        self.kind = self.kind or KINDS.get(type(event_definition), "")

    def _update_hook(self, my_task: Token) -> bool:
        my_task._set_state(self.at_rest)
        return False

    def catch(self, my_task: Token, event: Any = None) -> None:
        """It has happened: the token goes on."""
        gateway = my_task.parent
        if gateway is not None:
            my_task.release()
            gateway.workflow.cancel(gateway)
        my_task._ready()

    def _run_hook(self, my_task: Token) -> bool:
        return True

    def _on_cancel(self, my_task: Token) -> None:
        """Nothing is kept elsewhere."""


class IntermediateCatchEvent(_Catching, defaults.IntermediateCatchEvent):
    """The case waits here for a message, a signal or a moment."""


class ReceiveTask(_Catching, defaults.ReceiveTask):
    """The case waits here for a message."""

    kind = "receive"


class StartEvent(_Catching, defaults.StartEvent):
    """Where a case begins; what it was waiting for has happened already."""

    def __init__(self, wf_spec: Any, bpmn_id: str, event_definition: Any, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, event_definition=event_definition, **kwargs)
        self.kind = ""

    @property
    def is_plain(self) -> bool:
        """Whether a case may begin here without anything having happened."""
        return isinstance(self.event_definition, definitions.NoneEventDefinition)

    def _update_hook(self, my_task: Token) -> bool:
        return True


class BoundaryEvent(_Catching, defaults.BoundaryEvent):
    """Armed while its host is open. Not interrupting: a message may come again, a timer fires once."""

    is_boundary = True

    def catch(self, my_task: Token, event: Any = None) -> None:
        """It has happened: an interrupting event ends its host."""
        host = my_task.parent
        my_task.release()
        if self.cancel_activity:
            host.workflow.cancel(host)
        elif not isinstance(self.event_definition, TimerEventDefinition):
            host.workflow.enter(self, parent=host)
        my_task._ready()


class EventBasedGateway(Lean, defaults.EventBasedGateway):
    """Waits for the first of several events; each waits for itself, so that each timer has its own moment."""

    at_rest = TaskState.STARTED

    def connect(self, child: Any) -> None:
        TaskSpec.connect(self, child)

    def _update_hook(self, my_task: Token) -> bool:
        my_task._set_state(self.at_rest)
        for spec in self.outputs:
            my_task.workflow.enter(spec, parent=my_task)
        return False


class _Throwing(Lean):
    """Throws when a token passes."""

    event_definition: Any

    def _run_hook(self, my_task: Token) -> bool:
        kind = KINDS.get(type(self.event_definition), "")
        if kind in ("message", "signal"):
            is_caught = deliver(my_task.workflow.top_workflow, kind, self.event_definition.name)
            _tell(my_task, kind, is_caught=is_caught)
        elif kind == "escalation":
            _tell(my_task, kind, is_caught=_raise_to_host(my_task, kind))
        return True


class IntermediateThrowEvent(_Throwing, defaults.IntermediateThrowEvent):
    """Sends a message, a signal or an escalation."""


class SendTask(_Throwing, defaults.SendTask):
    """Sends its message by itself, or waits for the capability that sends it."""

    kind = "send"
    at_rest = TaskState.READY


class EndEvent(_Throwing, defaults.EndEvent):
    """The token ends here; an error or terminate end takes others with it."""

    def following(self, my_task: Token) -> list[Any]:
        """Nowhere."""
        return []

    def _on_complete_hook(self, my_task: Token) -> None:
        """Ended in ``_run_hook``."""

    def _run_hook(self, my_task: Token) -> bool:
        scope, kind = my_task.workflow, KINDS.get(type(self.event_definition), "")
        if scope.host is None:
            scope.top_workflow.ended_at = self.bpmn_id
        super()._run_hook(my_task)
        if kind == "terminate":
            for token in list(scope.tasks.values()):
                if token is not my_task and token.is_alive:
                    scope.cancel(token)
        elif kind == "error" and not _raise_to_host(my_task, kind):
            code = self.event_definition.code or self.event_definition.name
            raise FlowFailed(f"Lỗi “{code}” phát ra mà không có sự kiện biên nào bắt.", element=self.bpmn_id)
        return True


def deliver(case: Any, kind: str, name: str | None) -> bool:
    """Hand a message or signal to every token that waits for it, outer scopes first; whether one took it."""
    waiting = [token for scope in case.scopes() for token in scope.tasks.values() if _awaits(token, kind, name)]
    for token in waiting:
        if token.is_alive and token._state == TaskState.WAITING:
            token.task_spec.catch(token)
    return bool(waiting)


def _awaits(token: Token, kind: str, name: str | None) -> bool:
    if token._state != TaskState.WAITING or token.task_spec.kind not in (kind, "receive" if kind == "message" else kind):
        return False
    return bool(token.task_spec.event_definition.name == name)


def _tell(token: Token, kind: str, *, is_caught: bool) -> None:
    spec = token.task_spec
    token.workflow.top_workflow.thrown.append(Thrown(kind, spec.event_definition.name, spec.bpmn_id, is_caught))


def _raise_to_host(token: Token, kind: str) -> bool:
    """Fire the nearest boundary event that catches this error or escalation: its own code first, then one without code."""
    code, scope = token.task_spec.event_definition.code, token.workflow
    while scope.host is not None:
        for host in (scope.host, scope.host.parent):
            armed = [event for event in host.attached() if event.task_spec.kind == kind] if host is not None else []
            for wanted in (code, None):
                for event in armed:
                    if event.task_spec.event_definition.code == wanted:
                        event.task_spec.catch(event)
                        return True
        scope = scope.host.workflow
    return False
