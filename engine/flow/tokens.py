"""A token: one thing a case is waiting for, or one automatic step about to run."""

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

#: A SpiffWorkflow state is one bit.
State = int
#: Kinds of elements on which nothing outside acts: passed by themselves, or fired only from inside.
NOT_OUTSIDE = ("", "error", "escalation", "cancel")


class Token(Task):
    """A SpiffWorkflow task that carries no data, keeps no history and writes no log.

    ``number`` is what the outside knows it by: small, stable while it lives, kept in the marking; 0 until the move ends.
    ``parent`` is set only where a token belongs to another: a boundary event to its host, an instance to its loop, a catch
    event to its event gateway.
    """

    def __init__(self, workflow: Any, task_spec: Any, parent: "Token | None" = None) -> None:
        self.id = workflow.top_workflow.next_id()
        self.workflow = workflow
        self.task_spec = task_spec
        self._parent = parent.id if parent is not None else None
        self._children: list[int] = []
        self._state: State = TaskState.FUTURE
        self.triggered = False
        self.number = 0
        #: At a join: the element it came from.
        self.origin = ""
        #: Loop item of this instance, by name.
        self.items: dict[str, Any] = {}
        #: Bookkeeping of a loop: ``total``, ``done`` and, one after another, ``left``.
        self.loop: dict[str, Any] = {}
        workflow.tasks[self.id] = self
        if parent is not None:
            parent._children.append(self.id)

    @property
    def is_alive(self) -> bool:
        """Whether it is still in its scope."""
        return self.workflow.tasks.get(self.id) is self

    @property
    def is_waiting(self) -> bool:
        """Whether somebody or something outside must act on it."""
        if self.task_spec.kind in NOT_OUTSIDE:
            return False
        return bool(self._state == TaskState.WAITING or (self._state == TaskState.READY and self.task_spec.manual))

    @property
    def is_known(self) -> bool:
        """Whether the outside knows it by a number: it waits, or boundary events hang on it."""
        return self.is_waiting or bool(self.task_spec.boundaries)

    @property
    def overlay(self) -> dict[str, Any]:
        """Loop items visible from here, by name; they hide routing values of the same name."""
        scope: dict[str, Any] = self.workflow.items
        return {**scope, **self.items} if self.items else scope

    def attached(self) -> list["Token"]:
        """Tokens that belong to this one."""
        return [self.workflow.tasks[child] for child in self._children if child in self.workflow.tasks]

    def release(self) -> None:
        """Belong to nobody from now on."""
        parent = self.parent
        if parent is not None:
            parent._children.remove(self.id)
            self._parent = None

    def _set_state(self, value: State) -> None:
        self._state = value

    def _ready(self) -> None:
        self._state = TaskState.READY
        if not self.task_spec.manual:
            self.workflow.top_workflow.queue.append(self)
