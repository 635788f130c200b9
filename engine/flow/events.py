"""Events that catch: what is waited for, what follows when it happens. SpiffWorkflow reads the definitions; the rest is ours."""

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs import event_definitions as definitions
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.flow import timers
from engine.flow.steps import Lean
from engine.flow.tokens import Token

#: What an event definition is called outside.
KINDS: dict[type, str] = {
    definitions.MessageEventDefinition: "message",
    definitions.SignalEventDefinition: "signal",
    definitions.ErrorEventDefinition: "error",
    definitions.EscalationEventDefinition: "escalation",
    definitions.CancelEventDefinition: "cancel",
    definitions.ConditionalEventDefinition: "conditional",
    definitions.TimeDateEventDefinition: "timer",
    definitions.DurationTimerEventDefinition: "timer",
    definitions.CycleTimerEventDefinition: "timer",
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
        if self.kind == "conditional":
            my_task.workflow.top_workflow.is_stirred = True
        return False

    def catch(self, my_task: Token) -> None:
        """It has happened: the token goes on."""
        gateway = my_task.parent
        if gateway is not None:
            my_task.release()
            my_task.workflow.top_workflow.passed.append((gateway.task_spec.bpmn_id, self.bpmn_id))
            gateway.workflow.cancel(gateway)
        my_task._ready()

    def _run_hook(self, my_task: Token) -> bool:
        return True

    def _on_cancel(self, my_task: Token) -> None:
        """Nothing is kept elsewhere."""


class IntermediateCatchEvent(_Catching, defaults.IntermediateCatchEvent):
    """The case waits here for a message, a signal, a moment or a condition."""


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
    """Armed while its host is open. Not interrupting: it may happen again; a timer only where it is drawn as a cycle."""

    is_boundary = True

    def catch(self, my_task: Token) -> None:
        """It has happened: an interrupting event ends its host."""
        host = my_task.parent
        my_task.release()
        if self.cancel_activity:
            host.workflow.cancel(host)
        elif (after := rearmed(self, my_task)) is not None:
            host.workflow.enter(self, parent=host).loop = after
        my_task._ready()


class Trigger(_Catching, defaults.IntermediateCatchEvent):
    """The start of an event sub-process, armed while the scope around it is open. It keeps nothing open by itself."""

    is_trigger = True
    #: The event sub-process it starts.
    handler: str
    cancel_activity: bool

    def catch(self, my_task: Token) -> None:
        """It has happened: an interrupting one ends everything else in the scope, its other event sub-processes included."""
        scope, after = my_task.workflow, rearmed(self, my_task)
        if self.cancel_activity:
            for token in list(scope.tasks.values()):
                if token is not my_task and token.is_alive:
                    scope.cancel(token)
        if self.cancel_activity or isinstance(self.event_definition, TimerEventDefinition):
            scope.leave(my_task)
            if after is not None:
                scope.enter(self).loop = after
        scope.enter(self._wf_spec.task_specs[self.handler])


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


def rearmed(spec: Any, token: Token) -> dict[str, Any] | None:
    """The bookkeeping with which an event that has happened waits for the next time; None where it does not wait again."""
    if spec.cancel_activity:
        return None
    if not isinstance(spec.event_definition, TimerEventDefinition):
        return token.loop
    cycle, rung = timers.cycle(spec.event_definition.expression), int(token.loop.get("rung", 0)) + 1
    return None if cycle is None or rung == cycle.count else {"rung": rung}


def timer_text(token: Token) -> str:
    """The ISO 8601 text, or expression, of the moment at which a waiting timer token fires next."""
    text = timers.bare(token.task_spec.event_definition.expression)
    cycle = timers.cycle(text)
    if cycle is None:
        return text
    return cycle.period if token.loop.get("rung") else cycle.first or cycle.period
