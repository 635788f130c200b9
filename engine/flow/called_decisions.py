"""Which decision table a business rule task asks, however the tool that drew the model writes it (BPMN 2.0.2, 10.3.3.5)."""

from collections.abc import Iterator
from typing import Any

from engine.flow.metadata import DECISION, RESULT
from engine.flow.parse import BPMN

_CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
_ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
#: What another tool says beside the decision and what has no meaning here: the table itself fixes version and kind of result.
_PASSED_OVER = ("decisionRefBinding", "decisionRefVersion", "decisionRefTenantId", "mapDecisionResult")


def adopt(root: Any) -> Iterator[str]:
    """Write other tools' names of a decision as ``qt:decision`` and ``qt:result``; the ids of the tasks changed."""
    for task in root.iter(f"{BPMN}businessRuleTask"):
        if task.get(DECISION) is None and (_from_attributes(task) or _from_extension(task)):
            yield task.get("id")


def _from_attributes(task: Any) -> bool:
    decision = task.attrib.pop(f"{_CAMUNDA}decisionRef", None)
    if decision is None:
        return False
    for word in _PASSED_OVER:
        task.attrib.pop(f"{_CAMUNDA}{word}", None)
    _set(task, decision, task.attrib.pop(f"{_CAMUNDA}resultVariable", None))
    return True


def _from_extension(task: Any) -> bool:
    called = next(task.iter(f"{_ZEEBE}calledDecision"), None)
    if called is None:
        return False
    _set(task, called.get("decisionId"), called.get("resultVariable"))
    called.getparent().remove(called)
    return True


def _set(task: Any, decision: str | None, result: str | None) -> None:
    task.set(DECISION, decision or "")
    if result:
        task.set(RESULT, result)
