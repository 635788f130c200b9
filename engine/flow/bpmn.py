"""SpiffWorkflow's BPMN parser with our specs in it."""

from typing import Any

from SpiffWorkflow.bpmn.parser import event_parsers, task_parsers
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser

from engine.flow import events, gateways, loops, steps
from engine.flow.metadata import CAPABILITY


class _Parsing:
    """Mixed in before SpiffWorkflow's element parsers: our loops, and boundary events that simply belong to their host."""

    STANDARD_LOOP_CLASS = loops.StandardLoop
    PARALLEL_MI_CLASS = loops.Parallel
    SEQUENTIAL_MI_CLASS = loops.Sequential
    process_parser: Any
    task: Any

    def _add_boundary_event(self, children: list[Any]) -> Any:
        self.task.boundaries = tuple(self.process_parser.parse_node(event).name for event in children)
        return self.task


class _Activity(_Parsing, TaskParser):
    pass


class _Gateway(_Parsing, task_parsers.GatewayParser):
    pass


class _Choice(_Parsing, task_parsers.ConditionalGatewayParser):
    pass


class _SubProcess(_Parsing, task_parsers.SubWorkflowParser):
    pass


class _Call(_Parsing, task_parsers.CallActivityParser):
    pass


class _Script(_Parsing, task_parsers.ScriptTaskParser):
    pass


class _Start(_Parsing, event_parsers.StartEventParser):
    pass


class _End(_Parsing, event_parsers.EndEventParser):
    pass


class _Catch(_Parsing, event_parsers.IntermediateCatchEventParser):
    pass


class _Throw(_Parsing, event_parsers.IntermediateThrowEventParser):
    pass


class _Boundary(_Parsing, event_parsers.BoundaryEventParser):
    pass


class _EventGateway(_Parsing, event_parsers.EventBasedGatewayParser):
    pass


class _Receive(_Parsing, event_parsers.ReceiveTaskParser):
    pass


class _Send(_Parsing, event_parsers.SendTaskParser):
    """A send task with a capability waits for it; without, it sends its message by itself."""

    node: Any

    def create_task(self) -> Any:
        task = super().create_task()
        task.manual = self.node.get(CAPABILITY) is not None
        if not task.manual:
            task.kind = ""
        return task


class _Process(ProcessParser):
    """Several start events are alternatives: the one named by the caller begins, the others stay unused."""

    def add_tasks(self) -> None:
        for node in self.xpath("./bpmn:startEvent"):
            self.parse_node(node)


class Parser(BpmnParser):
    """Knows exactly the elements of the executable subset."""

    PROCESS_PARSER_CLASS = _Process
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
        full_tag("businessRuleTask"): (_Activity, steps.ServiceTask),
        full_tag("scriptTask"): (_Script, steps.ScriptTask),
        full_tag("subProcess"): (_SubProcess, steps.SubProcess),
        full_tag("callActivity"): (_Call, steps.CallActivity),
        full_tag("exclusiveGateway"): (_Choice, gateways.ExclusiveGateway),
        full_tag("inclusiveGateway"): (_Choice, gateways.InclusiveGateway),
        full_tag("parallelGateway"): (_Gateway, gateways.ParallelGateway),
    }
