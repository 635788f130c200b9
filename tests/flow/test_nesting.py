"""Errors through several levels, loops with limits, and what the flow refuses to evaluate."""

import pytest

from engine.errors import ProcedureRejected
from engine.flow import model as models
from engine.flow import run, unfold
from engine.flow.errors import FlowFailed, Runaway
from engine.flow.reading import Closed, Values
from tests.bench.model import Process, document, each, timer
from tests.flow.walker import Walk, linear, make_model

ERROR = '<bpmn:errorEventDefinition errorRef="e1"/>'
ERRORS = '<bpmn:error id="e1" name="thiếu" errorCode="E1"/>'


def failing(id_: str, tag: str = "process") -> Process:
    process = (
        Process(id_, tag).element("startEvent", f"{id_}_s").element("userTask", f"{id_}_a").element("endEvent", f"{id_}_e", ERROR)
    )
    return process.chain(f"{id_}_s", f"{id_}_a", f"{id_}_e")


def test_error_climbs_out_of_a_sub_process_and_a_called_process() -> None:
    called = (
        Process("called").element("startEvent", "cs").add(failing("deep")).element("endEvent", "ce").chain("cs", "deep", "ce")
    )
    main = Process().element("startEvent", "s").element("callActivity", "call", calledElement="called").chain("s", "call")
    main.element("boundaryEvent", "on", ERROR, attachedToRef="call").element("userTask", "mend").flow("on", "mend")
    walk = Walk(make_model(main, called, extra=ERRORS)).complete("deep_a")
    assert (walk.open, walk.move.closed, walk.move.cancelled) == (["mend"], (2,), ())


def test_error_of_one_instance_ends_them_all() -> None:
    main = Process().element("startEvent", "s").add(failing("each_"), each("people", "person")).chain("s", "each_")
    main.element("boundaryEvent", "on", ERROR, attachedToRef="each_").element("userTask", "mend").flow("on", "mend")
    walk = Walk(make_model(main, extra=ERRORS), {"people": ["x", "y"]}).complete("each__a")
    assert (walk.open, walk.move.closed, walk.move.cancelled) == (["mend"], (2, 3), (3,))


def test_error_passes_a_boundary_event_of_another_code() -> None:
    outer = (
        Process("outer").element("startEvent", "os").add(failing("inner")).element("endEvent", "oe").chain("os", "inner", "oe")
    )
    outer.element("boundaryEvent", "wrong", '<bpmn:errorEventDefinition errorRef="e2"/>', attachedToRef="inner").element(
        "endEvent", "we"
    )
    main = Process().element("startEvent", "s").add(outer.flow("wrong", "we")).chain("s", "outer")
    main.element("boundaryEvent", "on", ERROR, attachedToRef="outer").element("userTask", "mend").flow("on", "mend")
    extra = ERRORS + '<bpmn:error id="e2" name="khác" errorCode="E2"/>'
    assert Walk(make_model(main, extra=extra)).complete("inner_a").open == ["mend"]


def standard(attributes: str, condition: str) -> Process:
    inner = f"<bpmn:standardLoopCharacteristics {attributes}>{condition}</bpmn:standardLoopCharacteristics>"
    return Process().element("startEvent", "s").element("userTask", "a", inner).element("userTask", "z").chain("s", "a", "z")


def test_standard_loop_stops_at_its_maximum() -> None:
    walk = Walk(make_model(standard('loopMaximum="2"', "")))
    assert walk.find("a").items == {"loopCounter": 0}
    assert walk.complete("a").find("a").items == {"loopCounter": 1}
    assert walk.complete("a").open == ["z"]


def test_standard_loop_may_test_before() -> None:
    model = make_model(standard('testBefore="true"', "<bpmn:loopCondition>more</bpmn:loopCondition>"))
    assert (Walk(model, {"more": False}).open, Walk(model, {"more": True}).open) == (["z"], ["a"])


def counted(text: str) -> Process:
    inner = f"<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>{text}</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    return Process().element("startEvent", "s").element("userTask", "a", inner).chain("s", "a")


def test_number_of_instances_is_computed_and_their_item_is_their_index() -> None:
    assert [wait.item for wait in Walk(make_model(counted("n + 1")), {"n": 2}).waiting] == [0, 1, 2]


@pytest.mark.parametrize("count", [-1, 1.5, "3", True, None], ids=repr)
def test_number_of_instances_must_be_a_number(count: object) -> None:
    with pytest.raises(FlowFailed):
        Walk(make_model(counted("n")), {"n": count})


def test_absurd_number_of_instances_is_refused_before_any_is_made() -> None:
    with pytest.raises(Runaway):
        Walk(make_model(counted("1000000000000")))


@pytest.mark.parametrize("people", ["text", 5, None], ids=repr)
def test_what_is_repeated_over_must_be_a_list(people: object) -> None:
    process = Process().element("startEvent", "s").element("userTask", "a", each("people", "p")).chain("s", "a")
    with pytest.raises(FlowFailed):
        Walk(make_model(process), {"people": people})


def test_inclusive_gateway_without_a_true_condition_is_an_incident() -> None:
    process = (
        Process().element("startEvent", "s").element("inclusiveGateway", "g").element("userTask", "a").element("userTask", "b")
    )
    with pytest.raises(FlowFailed) as failure:
        Walk(make_model(process.chain("s", "g").flow("g", "a", "n").flow("g", "b", "n")), {"n": False})
    assert failure.value.element == "g"


def test_timer_expression_must_give_a_moment() -> None:
    process = Process().element("startEvent", "s").element("intermediateCatchEvent", "t", timer("=han")).chain("s", "t")
    model = make_model(process)
    assert Walk(model, {"han": "PT8H"}).find("t").timer is None
    assert Walk(model, {"han": "PT8H"}).move.opened[0].timer == "PT8H"
    with pytest.raises(FlowFailed):
        Walk(model, {"han": 5})


def test_calls_nest_ten_deep_and_no_deeper() -> None:
    def nested(levels: int) -> Process:
        inner = linear("a", id_="p0")
        for level in range(1, levels):
            inner = Process(f"p{level}").element("startEvent", f"s{level}").add(inner).chain(f"s{level}", inner.id)
        return Process().element("startEvent", "s").add(inner).chain("s", inner.id)

    assert Walk(make_model(nested(10))).open == ["a"]
    with pytest.raises(Runaway):
        Walk(make_model(nested(11)))


def test_nothing_but_compiled_expressions_is_evaluated() -> None:
    closed, model = Closed(), make_model(linear("a"))
    for refused in (closed.evaluate, closed.execute):
        with pytest.raises(FlowFailed):
            refused("1", {})
    with pytest.raises(FlowFailed):
        closed.call_service({})
    case = unfold.case(model, run.start(model, {}).marking, Values(model.vocabulary, {}))
    with pytest.raises(FlowFailed):
        case.script_engine.call_service(unfold.find(case, 1))


def test_unknown_process_is_named() -> None:
    with pytest.raises(FlowFailed) as failure:
        run.start(make_model(linear("a")), {}, process_id="other")
    assert failure.value.element == "other"


def test_what_the_parser_cannot_build_is_refused_and_not_a_crash() -> None:
    process = Process().element("startEvent", "s").chain("s", "a")
    process.element("userTask", "a", f'<bpmn:standardLoopCharacteristics loopMaximum="{"9" * 5000}"/>')
    with pytest.raises(ProcedureRejected) as refusal:
        models.load(document(process), "x")
    assert [finding.code for finding in refusal.value.findings] == ["unreadable"]
