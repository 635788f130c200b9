"""Activities: SpiffWorkflow's specs with a leaner life. No prediction, data or history: a token arrives, waits or runs, goes."""

from typing import Any, ClassVar

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.flow.tokens import Token


class Lean(BpmnTaskSpec):
    """Mixed in before every SpiffWorkflow spec."""

    #: Kind of ``Waiting`` this element causes; empty where nothing outside acts on it.
    kind: str = ""
    #: State of a token that stays here.
    at_rest: ClassVar[int] = TaskState.WAITING
    #: Whether it may fire only when nothing else can reach it (inclusive joins).
    is_patient: ClassVar[bool] = False
    #: Whether its tokens belong to the token of a host.
    is_boundary: ClassVar[bool] = False
    #: Whether its tokens are armed starts of event sub-processes, which keep no scope open.
    is_trigger: ClassVar[bool] = False
    #: Names of the boundary events attached to it.
    boundaries: tuple[str, ...] = ()

    def following(self, my_task: Token) -> list[Any]:
        """The specs a token goes to from here."""
        outputs: list[Any] = self.outputs
        return outputs

    def _predict(self, my_task: Token, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """The future is not drawn up."""

    def _update(self, my_task: Token) -> None:
        for name in self.boundaries:
            my_task.workflow.enter(self._wf_spec.task_specs[name], parent=my_task)
        if self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, my_task: Token) -> bool:
        return True

    def _on_ready(self, my_task: Token) -> None:
        """Nothing to prepare."""

    def _run(self, my_task: Token) -> bool:
        return self._run_hook(my_task)

    def _run_hook(self, my_task: Token) -> bool:
        return True

    def _on_complete(self, my_task: Token) -> None:
        if not my_task.is_alive:
            return
        scope, loop = my_task.workflow, my_task.parent
        following = self.following(my_task)
        scope.leave(my_task)
        for spec in following:
            scope.top_workflow.passed.append((self.bpmn_id, spec.bpmn_id))
            scope.enter(spec, origin=self.name)
        if loop is not None:
            loop.task_spec.instance_done(loop, my_task)
        scope.settle()


class UserTask(Lean, defaults.UserTask):
    """A person fills in a form."""

    kind = "user"
    at_rest = TaskState.READY


class ManualTask(Lean, defaults.ManualTask):
    """A person does something and says so. A task without a type counts as one."""

    kind = "manual"
    at_rest = TaskState.READY


class ServiceTask(Lean, defaults.ServiceTask):
    """A capability of the engine does something; the flow waits until it has answered."""

    kind = "service"
    at_rest = TaskState.READY

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.manual = True


class ScriptTask(Lean, defaults.ScriptTask):
    """Sets routing values."""

    def _run_hook(self, my_task: Token) -> bool:
        my_task.workflow.script_engine.execute(my_task, self.script)
        return True


class _Hosting(Lean):
    """Open until no token is left inside."""

    spec: str
    at_rest = TaskState.STARTED

    def _update_hook(self, my_task: Token) -> bool:
        my_task._set_state(self.at_rest)
        inner = my_task.workflow.top_workflow.open_inner(my_task, self.spec)
        inner.start(_start_of(inner.spec))
        return False


class SubProcess(_Hosting, defaults.SubWorkflowTask):
    """An embedded sub-process, or a transaction: that one may also be cancelled from inside."""


class EventSubProcess(_Hosting, defaults.SubWorkflowTask):
    """Entered when the event it starts with has happened in the scope around it."""


class CallActivity(_Hosting, defaults.CallActivity):
    """Another process of the same file, called by its id."""


def _start_of(process: Any) -> str:
    """The plain start event, else the first."""
    events = process.bpmn_start_events
    return str(next((event for event in events if event.is_plain), events[0]).name)
