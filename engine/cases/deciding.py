"""Ask a decision table with the values of a case, and write down what it said and by which rules."""

from collections.abc import Mapping
from typing import Any

from engine.cases.acts import Act
from engine.cases.models import Case
from engine.flow.errors import FlowFailed
from engine.flow.moves import Waiting
from engine.journal import entries
from engine.procedures.decision_policies import DecisionFailed
from engine.procedures.definition import Definition


def decide(case: Case, rule: Definition, waiting: Waiting, act: Act) -> Mapping[str, Any]:
    """The routing values that the decision of the business rule task ``waiting`` sets; each table asked is journalled.

    ``FlowFailed`` at the task where a table has no valid answer.
    """
    use = rule.asks[waiting.element]
    try:
        answers = use.decision.answers({**case.values, **waiting.items})
    except DecisionFailed as failure:
        raise FlowFailed(str(failure), element=waiting.element) from failure
    for decision_id, answer in answers.items():
        facts = {"decision": decision_id, "inputs": answer.inputs, "rules": list(answer.matched), "outputs": answer.outputs}
        entries.append("decision.made", agency_id=case.agency_id, by=act.by, case_id=case.id, element=waiting.element, **facts)
    return use.changes(answers[use.decision.id])
