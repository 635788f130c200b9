"""Activities done several times: for each element of a list, a number of times, or until a condition holds."""

from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.util.task import TaskState

from engine.flow.errors import Runaway
from engine.flow.steps import Lean
from engine.flow.tokens import Token

#: Instances of one activity (R11).
MAX_INSTANCES = 1_000


class StandardLoop(Lean, defaults.StandardLoopTask):
    """Again while the condition holds, at most ``maximum`` times."""

    at_rest = TaskState.STARTED

    def _update_hook(self, my_task: Token) -> bool:
        my_task.loop = {"done": 0}
        if self.test_before and not self._goes_on(my_task):
            return True
        my_task._set_state(self.at_rest)
        self._begin(my_task)
        return False

    def instance_done(self, my_task: Token, instance: Token) -> None:
        """One round is over."""
        my_task.loop["done"] += 1
        if self._goes_on(my_task):
            self._begin(my_task)
        else:
            my_task.complete()

    def _begin(self, my_task: Token) -> None:
        items = {"loopCounter": my_task.loop["done"]}
        my_task.workflow.enter(my_task.workflow.spec.task_specs[self.task_spec], parent=my_task, items=items)

    def _goes_on(self, my_task: Token) -> bool:
        if self.maximum is not None and my_task.loop["done"] >= self.maximum:
            return False
        return self.condition is None or bool(my_task.workflow.script_engine.evaluate(my_task, self.condition))


class Instances(Lean):
    """For each element of a list or index of a number.

    Results are collected for each group by itself, in its bookkeeping, and shown in the values after each instance: the group
    that was done something for last is the one seen there. The completion condition reads its own group's.
    """

    task_spec: str
    data_input: Any
    data_output: Any
    input_item: Any
    output_item: Any
    cardinality: str | None
    condition: str | None
    at_rest = TaskState.STARTED

    @property
    def result(self) -> str | None:
        """The name of each instance's result, where the model asks for the results of all."""
        return None if self.data_output is None or self.output_item is None else _name(self.output_item)

    def scripts(self) -> list[str]:
        """What is set when the activity begins: no results yet."""
        return [] if self.result is None else [f"{_name(self.data_output)} = []"]

    def _update_hook(self, my_task: Token) -> bool:
        found = self._elements(my_task)
        if len(found) > MAX_INSTANCES:
            raise Runaway(f"Một bước được nhân quá {MAX_INSTANCES} lần.", element=self.bpmn_id)
        for script in self.scripts():
            my_task.workflow.script_engine.execute(my_task, script)
        my_task._set_state(self.at_rest)
        my_task.loop = {"total": len(found), "done": 0}
        self._begin(my_task, found)
        return not found

    def instance_done(self, my_task: Token, instance: Token) -> None:
        """One instance is over: collect its result, then end or go on."""
        loop = my_task.loop
        loop["done"] += 1
        if self.result is not None:
            engine = my_task.workflow.script_engine
            loop["out"] = [*loop.get("out", []), engine.value(instance, self.result)]
            engine.keep(my_task, _name(self.data_output), loop["out"])
        if loop["done"] == loop["total"] or (self.condition is not None and self._is_enough(my_task, instance)):
            my_task.complete()
        else:
            self._next(my_task)

    def _elements(self, my_task: Token) -> list[Any]:
        engine = my_task.workflow.script_engine
        if self.data_input is not None:
            return list(engine.elements(my_task, self.data_input.bpmn_id))
        return list(range(engine.number(my_task, self.cardinality)))

    def _is_enough(self, my_task: Token, instance: Token) -> bool:
        total, done = my_task.loop["total"], my_task.loop["done"]
        instance.items = {
            **instance.items,
            "numberOfInstances": total,
            "numberOfCompletedInstances": done,
            "numberOfActiveInstances": self._active(total - done),
            "numberOfTerminatedInstances": 0,
        }
        return bool(my_task.workflow.script_engine.evaluate(instance, self.condition))

    def _instance(self, my_task: Token, index: int, element: Any) -> None:
        items = {"loopCounter": index}
        if self.input_item is not None:
            items[_name(self.input_item)] = element
        my_task.workflow.enter(my_task.workflow.spec.task_specs[self.task_spec], parent=my_task, items=items)

    def _active(self, left: int) -> int:
        raise NotImplementedError

    def _begin(self, my_task: Token, elements: list[Any]) -> None:
        raise NotImplementedError

    def _next(self, my_task: Token) -> None:
        raise NotImplementedError


class Parallel(Instances, defaults.ParallelMultiInstanceTask):
    """All at once."""

    def _active(self, left: int) -> int:
        return left

    def _begin(self, my_task: Token, elements: list[Any]) -> None:
        for index, element in enumerate(elements):
            self._instance(my_task, index, element)

    def _next(self, my_task: Token) -> None:
        """The others are open already."""


class Sequential(Instances, defaults.SequentialMultiInstanceTask):
    """One after another; the list is taken once, when the activity begins."""

    def _active(self, left: int) -> int:
        return 1

    def _begin(self, my_task: Token, elements: list[Any]) -> None:
        my_task.loop["left"] = elements
        if elements:
            self._next(my_task)

    def _next(self, my_task: Token) -> None:
        element, *left = my_task.loop["left"]
        my_task.loop["left"] = left
        self._instance(my_task, my_task.loop["total"] - len(left) - 1, element)


def _name(reference: Any) -> str:
    return str(reference.bpmn_name or reference.bpmn_id)
