"""SpiffWorkflow's BPMN parser with our specs in it."""

from typing import Any

from SpiffWorkflow.bpmn.parser import event_parsers, task_parsers
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser

from engine.flow import events, gateways, loops, steps
from engine.flow.metadata import CAPABILITY


class _Parsing:
    """Mixed in before each of SpiffWorkflow's element parsers: our loops, and boundary events that simply belong to their host."""

    STANDARD_LOOP_CLASS = loops.StandardLoop
    PARALLEL_MI_CLASS = loops.Parallel
    SEQUENTIAL_MI_CLASS = loops.Sequential
    process_parser: Any
    task: Any

    def _add_boundary_event(self, children: list[Any]) -> Any:
        self.task.boundaries = tuple(self.process_parser.parse_node(event).name for event in children)
        return self.task


class _Activity(_Parsing, TaskParser):  # type: ignore[misc]  # SpiffWorkflow is untyped
    pass


class _Gateway(_Parsing, task_parsers.GatewayParser):  # type: ignore[misc]
    pass


class _Choice(_Parsing, task_parsers.ConditionalGatewayParser):  # type: ignore[misc]
    pass


class _SubProcess(_Parsing, task_parsers.SubWorkflowParser):  # type: ignore[misc]
    pass


class _Call(_Parsing, task_parsers.CallActivityParser):  # type: ignore[misc]
    pass


class _Script(_Parsing, task_parsers.ScriptTaskParser):  # type: ignore[misc]
    pass


class _Start(_Parsing, event_parsers.StartEventParser):  # type: ignore[misc]
    pass


class _End(_Parsing, event_parsers.EndEventParser):  # type: ignore[misc]
    pass


class _Catch(_Parsing, event_parsers.IntermediateCatchEventParser):  # type: ignore[misc]
    pass


class _Throw(_Parsing, event_parsers.IntermediateThrowEventParser):  # type: ignore[misc]
    pass


class _Boundary(_Parsing, event_parsers.BoundaryEventParser):  # type: ignore[misc]
    pass


class _EventGateway(_Parsing, event_parsers.EventBasedGatewayParser):  # type: ignore[misc]
    pass


class _Receive(_Parsing, event_parsers.ReceiveTaskParser):  # type: ignore[misc]
    pass


class _Send(_Parsing, event_parsers.SendTaskParser):  # type: ignore[misc]
    """A send task with a capability waits for it; without, it sends its message by itself."""

    node: Any

    def create_task(self) -> Any:
        task = super().create_task()
        task.manual = self.node.get(CAPABILITY) is not None
        if not task.manual:
            task.kind = ""
        return task


class Parser(BpmnParser):  # type: ignore[misc]
    """Knows exactly the elements of the executable subset."""

    PARSER_CLASSES = {  # noqa: RUF012 - SpiffWorkflow's extension point
        full_tag("startEvent"): (_Start, events.StartEvent),
        full_tag("endEvent"): (_End, events.EndEvent),
        full_tag("intermediateCatchEvent"): (_Catch, events.IntermediateCatchEvent),
        full_tag("intermediateThrowEvent"): (_Throw, events.IntermediateThrowEvent),
        full_tag("boundaryEvent"): (_Boundary, events.BoundaryEvent),
        full_tag("eventBasedGateway"): (_EventGateway, events.EventBasedGateway),
        full_tag("receiveTask"): (_Receive, events.ReceiveTask),
        full_tag("sendTask"): (_Send, events.SendTask),
        full_tag("userTask"): (_Activity, steps.UserTask),
        full_tag("manualTask"): (_Activity, steps.ManualTask),
        full_tag("task"): (_Activity, steps.ManualTask),
        full_tag("serviceTask"): (_Activity, steps.ServiceTask),
        full_tag("scriptTask"): (_Script, steps.ScriptTask),
        full_tag("subProcess"): (_SubProcess, steps.SubProcess),
        full_tag("callActivity"): (_Call, steps.CallActivity),
        full_tag("exclusiveGateway"): (_Choice, gateways.ExclusiveGateway),
        full_tag("inclusiveGateway"): (_Choice, gateways.InclusiveGateway),
        full_tag("parallelGateway"): (_Gateway, gateways.ParallelGateway),
    }
