"""A business rule task waits for its decision table, however the tool that drew it names the table."""

import pytest

from engine.errors import ProcedureRejected
from engine.flow.moves import Waiting
from tests.bench.model import Process
from tests.flow.walker import Walk, make_model

_CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
_ZEEBE = "http://camunda.org/schema/zeebe/1.0"


def _rule(attributes: str = "", inner: str = "") -> Process:
    """A rule task, then a step."""
    process = Process().element("startEvent", "s").element("userTask", "a").element("endEvent", "e").chain("s", "rule", "a", "e")
    process.parts.append(f'<bpmn:businessRuleTask id="rule" {attributes}>{inner}</bpmn:businessRuleTask>')
    return process


def _zeebe(attributes: str) -> str:
    return f'<bpmn:extensionElements><z:calledDecision xmlns:z="{_ZEEBE}" {attributes}/></bpmn:extensionElements>'


@pytest.mark.parametrize(
    ("process", "expected", "codes"),
    [
        pytest.param(_rule('qt:decision="fee" qt:result="due"'), ("fee", "due"), [], id="ours"),
        pytest.param(_rule('qt:decision="fee"'), ("fee", None), [], id="without-result"),
        pytest.param(
            _rule(f'xmlns:c="{_CAMUNDA}" c:decisionRef="fee" c:resultVariable="due" c:decisionRefBinding="latest"'),
            ("fee", "due"),
            ["decision_named"],
            id="camunda",
        ),
        pytest.param(_rule("", _zeebe('decisionId="fee" resultVariable="due"')), ("fee", "due"), ["decision_named"], id="zeebe"),
        pytest.param(
            _rule(f'qt:decision="fee" xmlns:c="{_CAMUNDA}" c:decisionRef="other"'),
            ("fee", None),
            ["foreign_extension"],
            id="ours-beside-another",
        ),
    ],
)
def test_task_names_its_table(process: Process, expected: tuple[str, str | None], codes: list[str]) -> None:
    model = make_model(process)
    facts = model.facts.elements["rule"]
    assert ((facts.decision, facts.result), [change.code for change in model.changes]) == (expected, codes)


def test_case_waits_for_the_table_and_goes_on() -> None:
    walk = Walk(make_model(_rule('qt:decision="fee"')))
    assert walk.waiting == (Waiting(1, "rule", "decision"),)
    assert walk.complete("rule").waiting == (Waiting(2, "a", "user"),)


def test_rule_task_with_a_capability_is_a_service() -> None:
    assert Walk(make_model(_rule('qt:capability="issue_slip"'))).waiting == (Waiting(1, "rule", "service"),)


def test_table_is_asked_for_each_element_of_a_list() -> None:
    repeated = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>parts</bpmn:loopDataInputRef>"
        '<bpmn:inputDataItem id="part"/></bpmn:multiInstanceLoopCharacteristics>'
    )
    walk = Walk(make_model(_rule('qt:decision="fee"', repeated)), {"parts": ["x", "y"]})
    assert [(waiting.kind, waiting.items["part"]) for waiting in walk.waiting] == [("decision", "x"), ("decision", "y")]


@pytest.mark.parametrize(
    ("process", "code"),
    [
        pytest.param(_rule(), "no_decision", id="neither"),
        pytest.param(_rule('qt:decision="fee" qt:capability="issue_slip"'), "no_decision", id="both"),
        pytest.param(_rule('qt:decision=""'), "no_decision", id="empty"),
        pytest.param(_rule("", _zeebe("")), "no_decision", id="zeebe-without-id"),
        pytest.param(
            Process().element("startEvent", "s").element("userTask", "a", **{"qt:decision": "fee"}).chain("s", "a"),
            "decision_place",
            id="not-a-rule-task",
        ),
    ],
)
def test_task_without_one_clear_table_is_refused(process: Process, code: str) -> None:
    with pytest.raises(ProcedureRejected) as refusal:
        make_model(process)
    assert [finding.code for finding in refusal.value.findings] == [code]
