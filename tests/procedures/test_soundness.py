"""What the proof finds by trying everything: ways that stop, wait forever, never end, are never taken; and what it does not claim."""

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from engine.errors import Finding
from engine.procedures import definition, soundness, state_space
from engine.procedures.definition import Definition
from engine.procedures.folder import Folder
from engine.procedures.verdicts import Verdict
from tests.bench.model import Process, each, timer
from tests.procedures.proved import NO, YES, YES_NO, defined, straight

MESSAGE = '<bpmn:message id="m" name="tin"/>'
ON_MESSAGE = '<bpmn:messageEventDefinition messageRef="m"/>'
ERROR = '<bpmn:error id="er" errorCode="short"/>'
ON_ERROR = '<bpmn:errorEventDefinition errorRef="er"/>'


def judged(rule: Definition, outcomes: Mapping[str, Any] | None = None) -> Verdict:
    return soundness.check(rule, state_space.explore(rule, outcomes or {}))


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.place, finding.code) for finding in findings]


def choosing(*conditions: str, default: bool = False) -> Process:
    """A step, then a choice with a step of its own behind each condition."""
    process = Process().element("startEvent", "s").element("userTask", "ask", name="Hỏi ý kiến")
    process.element("exclusiveGateway", "gw", name="Sao?", **({"default": "otherwise"} if default else {}))
    process.chain("s", "ask", "gw")
    for number, condition in enumerate(conditions):
        process.element("userTask", f"t{number}", name=f"Làm {number}").element("endEvent", f"e{number}")
        process.flow("gw", f"t{number}", condition, id_=f"f{number}").flow(f"t{number}", f"e{number}")
    if default:
        process.element("endEvent", "other").flow("gw", "other", id_="otherwise")
    return process


def joined(split: str) -> Process:
    """Two branches behind a gateway of kind ``split``, joined by a parallel gateway."""
    process = Process().element("startEvent", "s").element("userTask", "ask", name="Hỏi ý kiến").element(split, "gw")
    process.element("userTask", "a", name="Làm a").element("userTask", "b", name="Làm b").element("parallelGateway", "join")
    process.element("endEvent", "e").chain("s", "ask", "gw")
    process.flow("gw", "a", YES if split == "exclusiveGateway" else "").flow("gw", "b", NO if split == "exclusiveGateway" else "")
    return process.flow("a", "join").flow("b", "join").flow("join", "e")


def turning(*, has_way_out: bool) -> Process:
    """Two steps that lead to each other, with or without a way out."""
    process = Process().element("startEvent", "s").element("userTask", "ask", name="Hỏi ý kiến")
    process.element("exclusiveGateway", "gw", name="Xong?").element("endEvent", "e")
    process.element("userTask", "again", name="Làm lại").chain("s", "ask", "gw").flow("again", "ask")
    process.flow("gw", "again", YES if has_way_out else 'answer in ["yes", "no"]')
    return process.flow("gw", "e", NO if has_way_out else 'answer == "never"')


def on_border(definition: str, *, cancels: bool = True, handled: str = "userTask") -> Process:
    """A step with an event on its border that leads to another."""
    process = straight("a").element("boundaryEvent", "on", definition, attachedToRef="a", cancelActivity=str(cancels).lower())
    return process.element(handled, "b", name="Làm b").element("endEvent", "eb").chain("on", "b", "eb")


@pytest.mark.parametrize(
    ("process", "extra", "errors", "warnings"),
    [
        pytest.param(straight("a", "b"), "", [], [], id="straight"),
        pytest.param(choosing(YES, NO), "", [], [], id="every answer has a way"),
        pytest.param(choosing(YES), "", [("gw", "flow.no_way")], [], id="only one way out"),
        pytest.param(choosing(YES, 'answer == "maybe"'), "", [("gw", "flow.no_way"), ("t1", "flow.dead")], [], id="an answer without a way"),
        pytest.param(choosing(YES, NO, default=True), "", [("other", "flow.dead")], [], id="a default nobody takes"),
        pytest.param(joined("parallelGateway"), "", [], [], id="parallel branches joined"),
        pytest.param(joined("exclusiveGateway"), "", [("join", "flow.stuck"), ("e", "flow.dead")], [], id="a join that waits for the other way"),
        pytest.param(turning(has_way_out=True), "", [], [], id="rework"),
        pytest.param(turning(has_way_out=False), "", [("ask", "flow.endless"), ("e", "flow.dead")], [], id="no way out of rework"),
        pytest.param(on_border(timer("P3D")), "", [], [], id="a timer that interrupts"),
        pytest.param(on_border(ON_MESSAGE, cancels=False), MESSAGE, [], [], id="a message again and again"),
        pytest.param(on_border(ON_ERROR), ERROR, [("b", "flow.dead")], [], id="an error no person can make"),
    ],
)  # fmt: skip
def test_the_proof_tells(process: Process, extra: str, errors: list[tuple[str, str]], warnings: list[tuple[str, str]]) -> None:
    found = judged(defined(process, extra=extra))
    assert (told(found.errors), told(found.warnings)) == (errors, warnings)


def test_a_wait_takes_every_message_it_waits_for() -> None:
    process = Process().element("startEvent", "s").element("intermediateCatchEvent", "wait", ON_MESSAGE).element("endEvent", "e")
    rule = defined(process.chain("s", "wait", "e"), extra=MESSAGE)
    space = state_space.explore(rule, {})
    assert [(deed.kind, deed.element) for _, deed, _ in space.ways] == [("message", "wait")]
    assert judged(rule) == Verdict()


def test_the_way_to_a_standstill_is_told_with_the_steps_done() -> None:
    found = judged(defined(joined("exclusiveGateway")))
    assert "Đường tới đó: xong “Hỏi ý kiến” → xong “Làm b”." in found.errors[0].message


def test_a_condition_that_never_holds_keeps_the_case_for_ever() -> None:
    event = "<bpmn:conditionalEventDefinition><bpmn:condition>answer == &quot;never&quot;</bpmn:condition></bpmn:conditionalEventDefinition>"
    process = Process().element("startEvent", "s").element("userTask", "ask", name="Hỏi ý kiến").element("endEvent", "e")
    process.element("intermediateCatchEvent", "wait", event, name="Chờ mãi").chain("s", "ask", "wait", "e")
    found = judged(defined(process))
    assert told(found.errors) == [("wait", "flow.stuck"), ("e", "flow.dead")]
    assert "“Chờ mãi”" in found.errors[0].message


def test_the_answer_that_leads_nowhere_is_named() -> None:
    found = judged(defined(choosing(YES, 'answer == "maybe"')))
    assert found.errors[0].message.startswith("Xong “Hỏi ý kiến” và trả lời answer = no thì hồ sơ không đi tiếp được: ")


NUMBER = {"name": "answer", "type": "number", "label": "Số ngày", "required": True, "routes": True}


@pytest.mark.parametrize(
    ("conditions", "codes"),
    [
        pytest.param(("answer > 5", "answer <= 5"), [], id="both sides of a limit"),
        pytest.param(("answer > 5", "answer < 5"), ["flow.no_way"], id="the limit itself is forgotten"),
        pytest.param(("answer > 5", "answer > 3"), ["flow.no_way"], id="below both"),
    ],
)
def test_numbers_are_tried_beside_what_they_are_compared_with(conditions: tuple[str, str], codes: list[str]) -> None:
    found = judged(defined(choosing(*[one.replace("<", "&lt;") for one in conditions]), fields=[NUMBER]))
    assert [finding.code for finding in found.errors] == codes


def test_what_is_calculated_is_a_warning_not_an_error() -> None:
    found = judged(defined(choosing("answer * 2 == 1001", "answer * 2 != 1001"), fields=[NUMBER]))
    assert (told(found.errors), told(found.warnings)) == ([], [("t0", "flow.dead")])


def test_a_value_given_by_whoever_opens_the_case_is_tried_in_every_way() -> None:
    process = Process().element("startEvent", "s").element("exclusiveGateway", "gw", name="Kênh?", default="f_no")
    process.element("endEvent", "e1").element("endEvent", "e2").flow("s", "gw")
    process.flow("gw", "e1", 'channel == "online"').flow("gw", "e2", id_="f_no")
    start = {"form": None, "roles": ["registrar"], "values": {"channel": "counter"}}
    assert judged(defined(process, start=start)) == Verdict()


def calling(name: str = "test_pay") -> Process:
    """A service whose answer ``paid`` decides."""
    process = Process().element("startEvent", "s").element("serviceTask", "pay", **{"qt:capability": name, "name": "Thu tiền"})
    process.element("exclusiveGateway", "gw", name="Đủ?").element("endEvent", "e1").element("endEvent", "e2").chain(
        "s", "pay", "gw"
    )
    return process.flow("gw", "e1", "paid").flow("gw", "e2", "not paid")


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        pytest.param([{"paid": True}, {"paid": False}], [], id="both"),
        pytest.param([{"paid": True}], [("e2", "flow.dead")], id="never refused"),
    ],
)
def test_what_a_capability_may_give_back_is_tried(outcomes: list[dict[str, Any]], expected: list[tuple[str, str]]) -> None:
    start = {"form": None, "roles": ["registrar"], "values": {"paid": False}}
    assert told(judged(defined(calling(), start=start), {"test_pay": outcomes}).errors) == expected


def test_a_business_error_that_is_caught_is_tried() -> None:
    process = (
        calling().element("boundaryEvent", "on", ON_ERROR, attachedToRef="pay").element("userTask", "mend", name="Bổ sung tiền")
    )
    process.element("endEvent", "e3").chain("on", "mend", "e3")
    start = {"form": None, "roles": ["registrar"], "values": {"paid": False}}
    rule = defined(process, extra=ERROR, start=start)
    assert "mend" in state_space.explore(rule, {}).visited
    assert judged(rule) == Verdict()


def test_each_of_several_people_is_waited_for() -> None:
    process = Process().element("startEvent", "s").element("userTask", "vote", each("[1, 2]", "one"), name="Bỏ phiếu kín")
    assert judged(defined(process.element("endEvent", "e").chain("s", "vote", "e"))) == Verdict()


def test_a_model_too_wide_says_so_and_claims_nothing_of_the_rest() -> None:
    rule = defined(choosing(YES, NO))
    found = soundness.check(rule, state_space.explore(rule, {}, most=2))
    assert (told(found.errors), told(found.warnings)) == ([], [("main", "flow.unexplored")])


def test_the_carried_dossier_procedure_is_proved_whole(dossier: Folder, known: Mapping[str, Any]) -> None:
    rule = definition.read(dossier)
    space = state_space.explored(rule, dossier.sha256, known)
    assert (space.is_whole, space.is_exact, soundness.check(rule, space)) == (True, True, Verdict())
    assert set(rule.steps) | set(rule.calls) <= space.visited
    assert state_space.explored(rule, dossier.sha256, known) is space


def test_a_question_that_is_not_asked_is_not_answered() -> None:
    hidden = {**copy.deepcopy(YES_NO), "name": "more", "visible_when": 'answer == "yes"'}
    process = choosing('more == "yes"', 'more == "no"', "more == null")
    found = judged(defined(process, fields=[YES_NO, hidden]))
    assert (told(found.errors), told(found.warnings)) == ([], [])


@pytest.mark.parametrize(
    ("source", "beyond"),
    [pytest.param("=at", False, id="a moment"), pytest.param("=at + 5", True, id="a sum nobody can compute here")],
)
def test_a_moment_that_is_computed_is_taken_to_come(source: str, beyond: bool) -> None:
    process = (
        Process().element("startEvent", "s").element("intermediateCatchEvent", "wait", timer(source)).element("endEvent", "e")
    )
    process.element("userTask", "a", name="Làm a").chain("s", "a", "wait", "e")
    start = {"form": None, "roles": ["registrar"], "values": {"at": None}}
    found = judged(defined(process, start=start))
    assert (told(found.errors), told(found.warnings)) == ([], [("main", "flow.unexplored")] if beyond else [])
