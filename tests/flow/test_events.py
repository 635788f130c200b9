"""Messages, timers, signals, errors and escalations: what catches them, what they end."""

import pytest

from engine.errors import Conflict
from engine.flow import run
from engine.flow.moves import Thrown, Waiting
from tests.bench.model import Process, document, timer
from tests.flow.stock import Stock
from tests.flow.walker import Walk, linear, make_model


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


ERRORS = '<bpmn:error id="e1" name="thiếu" errorCode="E1"/>'


def make_caught_twice() -> Process:
    """An error that one boundary event catches by its code and another with all others."""
    inner = linear("a", id_="inside")
    inner.parts[1] = '<bpmn:endEvent id="inside_end"><bpmn:errorEventDefinition errorRef="e1"/></bpmn:endEvent>'
    process = Process().element("startEvent", "s").add(inner).element("endEvent", "e").chain("s", "inside", "e")
    process.element("boundaryEvent", "any", "<bpmn:errorEventDefinition/>", attachedToRef="inside").element("userTask", "other")
    process.element("boundaryEvent", "own", '<bpmn:errorEventDefinition errorRef="e1"/>', attachedToRef="inside")
    process.element("userTask", "mend").element("endEvent", "e2").element("endEvent", "e3")
    return process.chain("any", "other", "e2").chain("own", "mend", "e3")


def test_error_end_is_caught_by_its_code_first() -> None:
    walk = Walk(make_model(make_caught_twice(), extra=ERRORS))
    assert [found.element for found in walk.waiting] == ["a"]
    assert walk.complete("a").open == ["mend"]


def test_stock_fires_both_events_that_catch_an_error() -> None:
    """The reason for choosing ourselves."""
    stock = Stock(document(make_caught_twice(), extra=ERRORS), {})
    stock.act("a", {})
    assert stock.open == ["mend", "other"]


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


def test_signal_reaches_every_waiting_event_and_the_outside() -> None:
    process = Process().element("startEvent", "s").element("parallelGateway", "p").chain("s", "p")
    for name in ("x", "y"):
        process.element("intermediateCatchEvent", name, '<bpmn:signalEventDefinition signalRef="g"/>').element(
            "userTask", f"after_{name}"
        )
        process.chain("p", name, f"after_{name}")
    process.element("userTask", "a").element("intermediateThrowEvent", "t", '<bpmn:signalEventDefinition signalRef="g"/>').chain(
        "p", "a", "t"
    )
    model = make_model(process, extra='<bpmn:signal id="g" name="go"/>')
    walk = Walk(model).complete("a")
    assert (walk.open, walk.move.thrown) == (["after_x", "after_y"], (Thrown("signal", "go", "t", True),))
    walk = Walk(model)
    walk.move = run.send_signal(model, walk.move.marking, "go", {})
    assert walk.open == ["a", "after_x", "after_y"]
    with pytest.raises(Conflict):
        run.send_signal(model, walk.move.marking, "go", {})


def test_receive_task_takes_its_message_or_is_completed_by_hand() -> None:
    process = (
        Process()
        .element("startEvent", "s")
        .element("receiveTask", "r", messageRef="m")
        .element("userTask", "a")
        .chain("s", "r", "a")
    )
    model = make_model(process, extra='<bpmn:message id="m" name="paid"/>')
    assert Walk(model).waiting == (Waiting(1, "r", "receive", name="paid"),)
    assert Walk(model).message("paid").open == Walk(model).complete("r").open == ["a"]


def test_escalation_nobody_catches_is_told_outside() -> None:
    process = Process().element("startEvent", "s").element("userTask", "a").chain("s", "a", "up")
    process.element("endEvent", "up", '<bpmn:escalationEventDefinition escalationRef="c"/>')
    walk = Walk(make_model(process, extra='<bpmn:escalation id="c" name="quá hạn" escalationCode="C"/>')).complete("a")
    assert (walk.move.thrown, walk.move.ended_at) == ((Thrown("escalation", "quá hạn", "up"),), "up")


def test_send_task_with_a_capability_waits_for_it_and_then_sends() -> None:
    process = (
        Process()
        .element("startEvent", "s")
        .element("sendTask", "t", messageRef="m", **{"qt:capability": "notify"})
        .chain("s", "t")
    )
    walk = Walk(make_model(process, extra='<bpmn:message id="m" name="told"/>'))
    assert walk.waiting == (Waiting(1, "t", "send"),)
    assert walk.complete("t").move.thrown == (Thrown("message", "told", "t"),)


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


def test_boundary_cycle_rings_as_often_as_it_says_while_its_host_is_open() -> None:
    cycle = "<bpmn:timerEventDefinition><bpmn:timeCycle>R3/2026-12-01T08:00:00+07:00/PT8H</bpmn:timeCycle></bpmn:timerEventDefinition>"
    process = linear("a", "z").element("boundaryEvent", "late", cycle, attachedToRef="a", cancelActivity="false")
    process.element("userTask", "remind").flow("late", "remind")
    walk = Walk(make_model(process))
    moments = []
    for count in (1, 2, 3):
        moments.append(walk.find("late").timer)
        walk.fire("late")
        assert walk.open.count("remind") == count
    assert (moments, walk.open) == (["2026-12-01T08:00:00+07:00", "PT8H", "PT8H"], ["a", "remind", "remind", "remind"])
    walk = Walk(make_model(process)).fire("late").complete("a")
    assert (walk.open, walk.move.closed) == (["remind", "z"], (1, 3))
