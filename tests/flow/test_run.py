"""A case walks through its model."""

import pytest

from engine.errors import Conflict
from engine.flow import model as models
from engine.flow import run
from engine.flow.errors import FlowFailed
from engine.flow.moves import Thrown, Waiting
from tests.bench.model import VALUES, Process, benchmark, each, timer
from tests.flow.walker import Walk, linear, make_model


def test_start_opens_the_first_step() -> None:
    walk = Walk(make_model(linear("a", "b")))
    assert walk.move.opened == (Waiting(1, "a", "user"),)
    assert not walk.move.is_completed


def test_complete_closes_the_step_and_opens_the_next() -> None:
    walk = Walk(make_model(linear("a", "b"))).complete("a")
    assert (walk.move.closed, walk.move.cancelled, walk.move.opened) == ((1,), (), (Waiting(2, "b", "user"),))


def test_last_step_completes_the_case_at_its_end_event() -> None:
    walk = Walk(make_model(linear("a"))).complete("a")
    assert (walk.move.is_completed, walk.move.ended_at, walk.open) == (True, "main_end", [])


def test_complete_twice_is_refused() -> None:
    walk = Walk(make_model(linear("a", "b")))
    after = run.complete(walk.model, walk.move.marking, 1, {})
    with pytest.raises(Conflict):
        run.complete(walk.model, after.marking, 1, {})


def test_given_values_are_never_changed() -> None:
    process = Process().element("startEvent", "s").element("scriptTask", "c", "<bpmn:script>tong = so * 2\nso = 5</bpmn:script>")
    model = make_model(process.element("userTask", "a").element("endEvent", "e").chain("s", "c", "a", "e"))
    values = {"so": 3}
    assert (run.start(model, values).values, values) == ({"tong": 6, "so": 5}, {"so": 3})
    assert (run.start(model, values).values, values) == ({"tong": 6, "so": 5}, {"so": 3})


def test_condition_chooses_the_way() -> None:
    parts = Process().element("startEvent", "s").element("userTask", "a").element("exclusiveGateway", "x", default="d")
    parts.element("userTask", "yes").element("userTask", "no").chain("s", "a", "x")
    model = make_model(parts.flow("x", "yes", "=đạt = true and điểm &gt;= 5").flow("x", "no", id_="d"))
    assert Walk(model).complete("a", đạt=True, điểm=7).open == ["yes"]
    assert Walk(model).complete("a", đạt=True, điểm=4).open == ["no"]


def test_missing_value_fails_by_name_and_keeps_the_marking_good() -> None:
    parts = Process().element("startEvent", "s").element("userTask", "a").element("exclusiveGateway", "x", name="Đủ?")
    model = make_model(
        parts.element("userTask", "b").element("userTask", "c").chain("s", "a", "x").flow("x", "b", "du").flow("x", "c", "not du")
    )
    walk = Walk(model)
    with pytest.raises(FlowFailed, match=r"Đủ.*du") as failure:
        walk.complete("a")
    assert failure.value.element == "x"
    assert walk.complete("a", du=True).open == ["b"]


def test_parallel_branches_join_in_any_order() -> None:
    model = make_model(diamond("parallelGateway"))
    for order in (["a", "b"], ["b", "a"]):
        walk = Walk(model)
        for step in order:
            walk.complete(step)
        assert walk.open == ["after"]


def diamond(kind: str) -> Process:
    process = Process().element("startEvent", "s").element(kind, "split").element(kind, "join").element("userTask", "after")
    process.element("userTask", "a").element("userTask", "b").element("endEvent", "e").chain("s", "split")
    conditions = {"a": "one", "b": "two"} if kind == "inclusiveGateway" else {"a": "", "b": ""}
    for step, condition in conditions.items():
        process.flow("split", step, condition).flow(step, "join")
    return process.chain("join", "after", "e")


@pytest.mark.parametrize(
    ("one", "two", "opened", "left"),
    [(True, False, ["a"], ["after"]), (False, True, ["b"], ["after"]), (True, True, ["a", "b"], ["b"])],
    ids=["first only", "second only", "both"],
)
def test_inclusive_join_waits_only_for_what_can_come(one: bool, two: bool, opened: list[str], left: list[str]) -> None:
    walk = Walk(make_model(diamond("inclusiveGateway")), {"one": one, "two": two})
    assert walk.open == opened
    assert walk.complete(opened[0]).open == left


def test_boundary_timer_fires_beside_or_instead_of_its_host() -> None:
    process = linear("a", "z").element("boundaryEvent", "late", timer("P3D"), attachedToRef="a", cancelActivity="false")
    process.element("userTask", "remind").flow("late", "remind")
    process.element("boundaryEvent", "over", timer("=han"), attachedToRef="a").element("userTask", "escalate").flow(
        "over", "escalate"
    )
    walk = Walk(make_model(process), {"han": "2026-12-01T17:00:00+07:00"})
    assert walk.move.opened == (
        Waiting(1, "a", "user"),
        Waiting(2, "late", "timer", timer="P3D", attached_to=1),
        Waiting(3, "over", "timer", timer="2026-12-01T17:00:00+07:00", attached_to=1),
    )
    walk.fire("late")
    assert (walk.open, walk.move.closed, walk.move.cancelled) == (["a", "over", "remind"], (2,), ())
    walk.fire("over")
    assert (walk.open, walk.move.closed, walk.move.cancelled) == (["escalate", "remind"], (1, 3), (1,))


def test_message_boundary_of_a_sub_process_may_come_again() -> None:
    inner = linear("a", "b", id_="inside")
    process = Process().element("startEvent", "s").add(inner).element("endEvent", "e").chain("s", "inside", "e")
    definition = '<bpmn:messageEventDefinition messageRef="m"/>'
    process.element("boundaryEvent", "asked", definition, attachedToRef="inside", cancelActivity="false")
    process.element("userTask", "decide").flow("asked", "decide")
    walk = Walk(make_model(process, extra='<bpmn:message id="m" name="withdraw"/>'))
    assert walk.open == ["a", "asked"]
    for _ in range(2):
        assert walk.message("withdraw").open == ["a", "asked", "decide"]
        assert walk.complete("decide").open == ["a", "asked"]
    walk.complete("a").message("withdraw").complete("b")
    assert walk.open == ["decide"]
    with pytest.raises(Conflict):
        walk.message("withdraw")
    assert walk.complete("decide").move.is_completed


def test_message_is_caught_inside_a_loop_again_and_again() -> None:
    inner = Process("inside").element("startEvent", "is").element("exclusiveGateway", "m").element("endEvent", "ie")
    inner.element("intermediateCatchEvent", "wait", '<bpmn:messageEventDefinition messageRef="m1"/>').element("userTask", "check")
    inner.element("exclusiveGateway", "x", default="done").chain("is", "m", "wait", "check", "x").flow("x", "m", "not ok").flow(
        "x", "ie", id_="done"
    )
    process = Process().element("startEvent", "s").add(inner).element("endEvent", "e").chain("s", "inside", "e")
    walk = Walk(make_model(process, extra='<bpmn:message id="m1" name="supplement"/>'), {"ok": False})
    for _ in range(5):
        assert walk.waiting == (Waiting(walk.find("wait").token, "wait", "message", name="supplement"),)
        walk.message("supplement").complete("check")
    assert walk.message("supplement").complete("check", ok=True).move.is_completed


def test_message_nobody_waits_for_is_refused() -> None:
    walk = Walk(make_model(linear("a")))
    with pytest.raises(Conflict):
        walk.message("unknown")


def test_terminate_end_takes_every_open_step_with_it() -> None:
    process = Process().element("startEvent", "s").element("parallelGateway", "p").chain("s", "p")
    process.element("userTask", "a").element("userTask", "b").element("endEvent", "stop", "<bpmn:terminateEventDefinition/>")
    process.element("boundaryEvent", "late", timer("P3D"), attachedToRef="b", cancelActivity="false").element(
        "userTask", "c"
    ).flow("late", "c")
    walk = Walk(make_model(process.flow("p", "a").flow("p", "b").flow("a", "stop")))
    assert walk.open == ["a", "b", "late"]
    move = walk.complete("a").move
    assert (move.is_completed, move.ended_at, move.closed, move.cancelled) == (True, "stop", (1, 2, 3), (2, 3))


def test_terminate_end_of_a_sub_process_ends_only_it() -> None:
    inner = (
        Process("inside").element("startEvent", "is").element("parallelGateway", "p").chain("is", "p", "a", "stop").flow("p", "b")
    )
    inner.element("userTask", "a").element("userTask", "b").element("endEvent", "stop", "<bpmn:terminateEventDefinition/>")
    process = Process().element("startEvent", "s").add(inner).element("userTask", "after").chain("s", "inside", "after")
    walk = Walk(make_model(process)).complete("a")
    assert (walk.open, walk.move.ended_at) == (["after"], None)


def test_error_end_is_caught_by_its_code_first() -> None:
    inner = linear("a", id_="inside")
    inner.parts[1] = '<bpmn:endEvent id="inside_end"><bpmn:errorEventDefinition errorRef="e1"/></bpmn:endEvent>'
    process = Process().element("startEvent", "s").add(inner).chain("s", "inside")
    process.element("boundaryEvent", "any", "<bpmn:errorEventDefinition/>", attachedToRef="inside").element(
        "userTask", "other"
    ).flow("any", "other")
    process.element("boundaryEvent", "own", '<bpmn:errorEventDefinition errorRef="e1"/>', attachedToRef="inside")
    process.element("userTask", "mend").flow("own", "mend")
    walk = Walk(make_model(process, extra='<bpmn:error id="e1" name="thiếu" errorCode="E1"/>'))
    assert [found.element for found in walk.waiting] == ["a"]
    assert walk.complete("a").open == ["mend"]


def test_escalation_is_caught_beside_the_running_sub_process() -> None:
    inner = (
        Process("inside").element("startEvent", "is").element("userTask", "a").element("userTask", "b").element("endEvent", "ie")
    )
    inner.element("intermediateThrowEvent", "up", '<bpmn:escalationEventDefinition escalationRef="c1"/>').chain(
        "is", "a", "up", "b", "ie"
    )
    process = Process().element("startEvent", "s").add(inner).chain("s", "inside").element("userTask", "told")
    definition = '<bpmn:escalationEventDefinition escalationRef="c1"/>'
    process.element("boundaryEvent", "on", definition, attachedToRef="inside", cancelActivity="false").flow("on", "told")
    walk = Walk(make_model(process, extra='<bpmn:escalation id="c1" name="leo thang" escalationCode="C1"/>')).complete("a")
    assert (walk.open, walk.move.thrown) == (["b", "told"], (Thrown("escalation", "leo thang", "up", True),))


def test_thrown_message_is_told_outside() -> None:
    process = (
        Process()
        .element("startEvent", "s")
        .element("sendTask", "send", messageRef="m")
        .element("userTask", "a")
        .chain("s", "send", "a")
    )
    walk = Walk(make_model(process, extra='<bpmn:message id="m" name="result_ready"/>'))
    assert (walk.open, walk.move.thrown) == (["a"], (Thrown("message", "result_ready", "send"),))


def test_service_step_waits_for_its_capability() -> None:
    steps = (
        Process()
        .element("startEvent", "s")
        .element("serviceTask", "slip", **{"qt:capability": "issue_slip"})
        .element("endEvent", "e")
    )
    walk = Walk(make_model(steps.chain("s", "slip", "e")))
    assert walk.waiting == (Waiting(1, "slip", "service"),)
    assert walk.complete("slip", so_phieu="01").move.is_completed


def test_event_gateway_takes_the_first_event() -> None:
    process = Process().element("startEvent", "s").element("eventBasedGateway", "g").chain("s", "g")
    process.element("intermediateCatchEvent", "paid", '<bpmn:messageEventDefinition messageRef="m"/>')
    process.element("intermediateCatchEvent", "short", timer("P1D")).element("intermediateCatchEvent", "long", timer("P9D"))
    for event in ("paid", "short", "long"):
        process.element("userTask", f"after_{event}").flow("g", event).flow(event, f"after_{event}")
    model = make_model(process, extra='<bpmn:message id="m" name="paid"/>')
    assert [(found.element, found.timer) for found in Walk(model).waiting] == [("long", "P9D"), ("paid", None), ("short", "P1D")]
    walk = Walk(model).message("paid")
    assert (walk.open, walk.move.closed, walk.move.cancelled) == (["after_paid"], (1, 2, 3), (1, 3))
    assert Walk(model).fire("long").open == ["after_long"]


def test_parallel_instances_carry_their_item_and_stop_when_enough_agree() -> None:
    done = "<bpmn:completionCondition>numberOfCompletedInstances &gt;= 2</bpmn:completionCondition>"
    process = linear("vote", "after")
    process.parts[2] = f'<bpmn:userTask id="vote">{each("voters", "voter", inner=done)}</bpmn:userTask>'
    walk = Walk(make_model(process), {"voters": ["u1", "u2", "u3"]})
    assert [found.item for found in walk.waiting] == ["u1", "u2", "u3"]
    walk.complete("vote", 1)
    assert [found.item for found in walk.waiting] == ["u1", "u3"]
    walk.complete("vote", 1)
    assert (walk.open, walk.move.closed, walk.move.cancelled) == (["after"], (1, 3), (1,))


def test_sequential_instances_collect_their_results_and_may_be_done_again() -> None:
    output = '<bpmn:loopDataOutputRef>ket_qua</bpmn:loopDataOutputRef><bpmn:outputDataItem id="o" name="y_kien"/>'
    loop = each("bac", "b", sequential=True, inner=output)
    process = Process().element("startEvent", "s").element("exclusiveGateway", "m").element("userTask", "hoi", loop)
    process.element("userTask", "xet").element("exclusiveGateway", "x", default="d").element("endEvent", "e")
    process.chain("s", "m", "hoi", "xet", "x").flow("x", "m", "lai").flow("x", "e", id_="d")
    walk = Walk(make_model(process), {"bac": ["xa", "tinh"]})
    for answers in (["có", "không"], ["có", "có"]):
        for item, answer in zip(["xa", "tinh"], answers, strict=True):
            assert walk.find("hoi").item == item
            walk.complete("hoi", y_kien=answer)
        assert walk.values["ket_qua"] == answers
        walk.complete("xet", lai=answers[1] == "không")
    assert walk.move.is_completed


def test_empty_list_is_passed_by() -> None:
    process = linear("vote", "after")
    process.parts[2] = f'<bpmn:userTask id="vote">{each("voters", "voter")}</bpmn:userTask>'
    assert Walk(make_model(process), {"voters": []}).open == ["after"]


def test_standard_loop_goes_on_while_its_condition_holds() -> None:
    process = linear("a", "after")
    loop = "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>thieu</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
    process.parts[2] = f'<bpmn:userTask id="a">{loop}</bpmn:userTask>'
    walk = Walk(make_model(process)).complete("a", thieu=True).complete("a")
    assert walk.open == ["a"]
    assert walk.complete("a", thieu=False).open == ["after"]


def test_items_reach_conditions_inside_a_repeated_sub_process() -> None:
    inner = Process("inside").element("startEvent", "is").element("exclusiveGateway", "x", default="d")
    inner.element("userTask", "big").element("userTask", "small").chain("is", "x").flow("x", "big", "khoan &gt; 100").flow(
        "x", "small", id_="d"
    )
    process = Process().element("startEvent", "s").add(inner, each("khoans", "khoan")).chain("s", "inside")
    walk = Walk(make_model(process), {"khoans": [50, 500]})
    assert sorted((found.element, found.item) for found in walk.waiting) == [("big", 500), ("small", 50)]


def test_benchmark_model_runs_to_its_end_in_twelve_steps() -> None:
    walk, steps = Walk(models.load(benchmark(), "bench"), VALUES), 0
    while not walk.move.is_completed:
        step = next(found for found in walk.waiting if found.kind == "user")
        walk.complete(step.element)
        steps += 1
    assert (steps, walk.move.ended_at) == (12, "e")


def test_start_event_is_chosen_by_name() -> None:
    process = (
        linear("a").element("startEvent", "online", '<bpmn:messageEventDefinition messageRef="m"/>').element("userTask", "check")
    )
    model = make_model(process.chain("online", "check", "a"), extra='<bpmn:message id="m" name="sent"/>')
    assert Walk(model).open == ["a"]
    assert Walk(model, start_event="online").open == ["check"]
    with pytest.raises(FlowFailed):
        Walk(model, start_event="nowhere")


def test_other_process_of_the_file_can_be_started() -> None:
    model = make_model(linear("a"), linear("b", id_="second"))
    walk = Walk(model, process_id="second")
    assert walk.open == ["b"]
    assert walk.complete("b").move.is_completed
