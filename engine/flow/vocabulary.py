"""Compile every expression a model holds, so that the author hears of a mistake at publishing and nobody at run time."""

from collections.abc import Callable, Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.conditional import ConditionalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from engine.errors import Finding
from engine.flow import timers
from engine.flow.loops import Instances, StandardLoop
from engine.flow.reading import Vocabulary
from engine.language.errors import ExpressionError
from engine.language.expressions import compile_expression
from engine.language.functions import Functions
from engine.language.scripts import compile_script


def compile_all(processes: dict[str, Any], functions: Functions) -> tuple[Vocabulary, list[Finding]]:
    """Everything the specs may evaluate, and a finding for each text that does not compile."""
    vocabulary, findings = Vocabulary(), list[Finding]()
    for process in processes.values():
        for spec in process.task_specs.values():
            place = getattr(spec, "bpmn_id", None) or spec.name
            for text in _expressions(spec):
                _compile(text, place, lambda source: compile_expression(source, functions), vocabulary.expressions, findings)
            for text in _scripts(spec):
                _compile(text, place, lambda source: compile_script(source, functions), vocabulary.scripts, findings)
    return vocabulary, findings


def _compile(text: str, place: str, compiler: Callable[[str], Any], known: dict[str, Any], findings: list[Finding]) -> None:
    try:
        known[text] = known.get(text) or compiler(text)
    except ExpressionError as error:
        findings.append(Finding(place, "expression", str(error)))


def _expressions(spec: Any) -> Iterator[str]:
    for condition, _ in getattr(spec, "cond_task_specs", ()):
        if condition is not None:
            yield condition.args[0]
    definition = getattr(spec, "event_definition", None)
    if isinstance(definition, TimerEventDefinition) and timers.is_expression(timers.bare(definition.expression)):
        yield timers.bare(definition.expression)
    if isinstance(definition, ConditionalEventDefinition):
        yield definition.expression
    if isinstance(spec, StandardLoop | Instances) and spec.condition:
        yield spec.condition
    if isinstance(spec, Instances):
        yield spec.data_input.bpmn_id if spec.data_input is not None else spec.cardinality or ""
        if spec.result is not None:
            yield spec.result


def _scripts(spec: Any) -> Iterator[str]:
    if getattr(spec, "script", None) is not None:
        yield spec.script
    if isinstance(spec, Instances):
        yield from spec.scripts()
