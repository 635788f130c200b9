"""SpiffWorkflow as it comes, for comparison: default parser, default gateways, Python conditions, its own serializer."""

from datetime import UTC, datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.util.task import TaskState

_PAST = (datetime.now(UTC) - timedelta(days=1)).isoformat()


class Stock:
    """One stock workflow on the process ``main``."""

    def __init__(self, xml: bytes, values: dict[str, Any]) -> None:
        parser = BpmnParser()
        parser.add_bpmn_str(xml)
        self.workflow = BpmnWorkflow(parser.get_spec("main"), parser.get_subprocess_specs("main"))
        self.workflow.task_tree.data.update(values)
        self.workflow.do_engine_steps()

    @property
    def open(self) -> list[str]:
        """Elements waited for, sorted."""
        return sorted(task.task_spec.bpmn_id for task in self._tasks())

    @property
    def is_completed(self) -> bool:
        """What it says of itself."""
        return bool(self.workflow.is_completed())

    def act(self, element: str, values: dict[str, Any], index: int = 0) -> None:
        """Complete the step there or fire its timer."""
        task = sorted((task for task in self._tasks() if task.task_spec.bpmn_id == element), key=_items)[index]
        task.data.update(values)
        if task.task_spec.manual:
            task.run()
        else:
            task.internal_data["event_value"] = _PAST
        self.workflow.refresh_timers()
        self.workflow.do_engine_steps()

    def save_and_load(self) -> int:
        """Through its serializer and back; the size."""
        serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
        saved = serializer.serialize_json(self.workflow)
        self.workflow = serializer.deserialize_json(saved)
        return len(saved)

    def _tasks(self) -> list[Any]:
        ready = [task for task in self.workflow.get_tasks(state=TaskState.READY) if task.task_spec.manual]
        waits = [task for task in self.workflow.get_tasks(state=TaskState.WAITING) if isinstance(task.task_spec, CatchingEvent)]
        return ready + waits


def _items(task: Any) -> list[tuple[str, str]]:
    return sorted((name, str(value)) for name, value in task.data.items() if name.startswith("i_"))
