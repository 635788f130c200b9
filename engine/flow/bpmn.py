"""SpiffWorkflow's BPMN parser with our specs in it."""

from typing import Any

from SpiffWorkflow.bpmn.parser import event_parsers, task_parsers
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser

from engine.flow import events, gateways, loops, steps, throwing
from engine.flow.metadata import CAPABILITY, DECISION

#: Every event definition the engine runs, as SpiffWorkflow's parsers look for them. Its own lists have gaps: it reads an end
#: event that throws a signal as a plain one.
_DEFINITIONS = [
    event_parsers.MESSAGE_EVENT_XPATH,
    event_parsers.SIGNAL_EVENT_XPATH,
    event_parsers.TIMER_EVENT_XPATH,
    event_parsers.CONDITIONAL_EVENT_XPATH,
    event_parsers.ERROR_EVENT_XPATH,
    event_parsers.ESCALATION_EVENT_XPATH,
    event_parsers.CANCEL_EVENT_XPATH,
    event_parsers.TERMINATION_EVENT_XPATH,
]


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


class _Event(_Parsing, event_parsers.EventDefinitionParser):
    def get_event_definition(self, xpaths: Any) -> Any:
        return super().get_event_definition(_DEFINITIONS)


class _Activity(_Parsing, TaskParser):
    pass


class _Rule(_Parsing, TaskParser):
    """A business rule task waits for its decision table, or else for its capability."""

    node: Any

    def create_task(self) -> Any:
        task = super().create_task()
        if self.node.get(DECISION) is not None:
            task.kind = "decision"
        return task


class _Gateway(_Parsing, task_parsers.GatewayParser):
    pass


class _Choice(_Parsing, task_parsers.ConditionalGatewayParser):
    pass


class _SubProcess(_Parsing, task_parsers.SubWorkflowParser):
    node: Any

    def create_task(self) -> Any:
        """What is embedded, or an event sub-process, for which SpiffWorkflow has a class of its own."""
        kind = self.spec_class if self.node.get("triggeredByEvent") != "true" else steps.EventSubProcess
        inside = task_parsers.SubprocessParser.get_subprocess_spec(self)
        return kind(self.spec, self.bpmn_id, subworkflow_spec=inside, **self.bpmn_attributes)


class _Call(_Parsing, task_parsers.CallActivityParser):
    pass


class _Script(_Parsing, task_parsers.ScriptTaskParser):
    pass


class _Start(_Event, event_parsers.StartEventParser):
    pass


class _End(_Event, event_parsers.EndEventParser):
    pass


class _Catch(_Event, event_parsers.IntermediateCatchEventParser):
    pass


class _Throw(_Event, event_parsers.IntermediateThrowEventParser):
    pass


class _Boundary(_Event, event_parsers.BoundaryEventParser):
    pass


class _EventGateway(_Event, event_parsers.EventBasedGatewayParser):
    pass


class _Receive(_Event, event_parsers.ReceiveTaskParser):
    pass


class _Send(_Event, event_parsers.SendTaskParser):
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
        handlers = [self.parse_node(node) for node in self.xpath("./bpmn:subProcess[@triggeredByEvent='true']")]
        self.spec.triggers = tuple(self._trigger(handler) for handler in handlers)

    def _trigger(self, handler: Any) -> str:
        """Put what the event sub-process ``handler`` waits for into the scope around it; the name of that spec."""
        inner: _Process = self.parser.process_parsers[handler.spec]
        start = inner.get_spec().bpmn_start_events[0]
        trigger = events.Trigger(self.spec, start.bpmn_id, event_definition=start.event_definition, bpmn_name=start.bpmn_name)
        trigger.handler = handler.name
        trigger.cancel_activity = inner.get_node_by_id(start.bpmn_id).get("isInterrupting", "true") == "true"
        return str(trigger.name)


class Parser(BpmnParser):
    """Knows exactly the elements of the executable subset."""

    PROCESS_PARSER_CLASS = _Process
    PARSER_CLASSES = {  # noqa: RUF012 - SpiffWorkflow's extension point
        full_tag("startEvent"): (_Start, events.StartEvent),
        full_tag("endEvent"): (_End, throwing.EndEvent),
        full_tag("intermediateCatchEvent"): (_Catch, events.IntermediateCatchEvent),
        full_tag("intermediateThrowEvent"): (_Throw, throwing.IntermediateThrowEvent),
        full_tag("boundaryEvent"): (_Boundary, events.BoundaryEvent),
        full_tag("eventBasedGateway"): (_EventGateway, events.EventBasedGateway),
        full_tag("receiveTask"): (_Receive, events.ReceiveTask),
        full_tag("sendTask"): (_Send, throwing.SendTask),
        full_tag("userTask"): (_Activity, steps.UserTask),
        full_tag("manualTask"): (_Activity, steps.ManualTask),
        full_tag("task"): (_Activity, steps.ManualTask),
        full_tag("serviceTask"): (_Activity, steps.ServiceTask),
        full_tag("businessRuleTask"): (_Rule, steps.ServiceTask),
        full_tag("scriptTask"): (_Script, steps.ScriptTask),
        full_tag("subProcess"): (_SubProcess, steps.SubProcess),
        full_tag("transaction"): (_SubProcess, steps.SubProcess),
        full_tag("callActivity"): (_Call, steps.CallActivity),
        full_tag("exclusiveGateway"): (_Choice, gateways.ExclusiveGateway),
        full_tag("inclusiveGateway"): (_Choice, gateways.InclusiveGateway),
        full_tag("parallelGateway"): (_Gateway, gateways.ParallelGateway),
    }
