"""Event sub-processes: armed while the scope around them is open; they interrupt it or run beside it."""

import pytest

from engine.errors import Conflict
from engine.flow import run
from engine.flow.migrate import migrate
from engine.flow.moves import Waiting
from tests.bench.model import Process, document, each, timer
from tests.flow.stock import Stock
from tests.flow.walker import Walk, handler, linear, make_model

MESSAGE = '<bpmn:messageEventDefinition messageRef="m"/>'
SIGNAL = '<bpmn:signalEventDefinition signalRef="g"/>'
ERROR = '<bpmn:errorEventDefinition errorRef="x"/>'
ESCALATION = '<bpmn:escalationEventDefinition escalationRef="c"/>'
CYCLE = "<bpmn:timerEventDefinition><bpmn:timeCycle>R3/PT8H</bpmn:timeCycle></bpmn:timerEventDefinition>"
EXTRA = (
    '<bpmn:message id="m" name="withdraw"/><bpmn:signal id="g" name="go"/><bpmn:error id="x" name="thiếu" errorCode="X"/>'
    '<bpmn:escalation id="c" name="leo thang" escalationCode="C"/>'
)


def walk(process: Process, *more: Process, **values: object) -> Walk:
    return Walk(make_model(process, *more, extra=EXTRA), dict(values))


def test_an_interrupting_one_ends_everything_else_and_then_the_process() -> None:
    process = handler(handler(linear("a", "b"), "stop", MESSAGE, "close"), "late", timer("P9D"), "remind", beside=True)
    found = walk(process)
    assert found.waiting == (
        Waiting(1, "a", "user"),
        Waiting(2, "late_start", "timer", timer="P9D"),
        Waiting(3, "stop_start", "message", name="withdraw"),
    )
    found.message("withdraw")
    assert (found.open, found.move.closed, found.move.cancelled) == (["close"], (1, 2, 3), (1, 2))
    found.complete("close")
    assert (found.move.is_completed, found.move.ended_at) == (True, "stop_end")


def test_stock_does_not_interrupt() -> None:
    """The reason for event sub-processes of our own: were this to fail after an upgrade, they might be dropped."""
    process = handler(linear("a"), "stop", timer("'PT1S'"), "close")
    stock = Stock(document(process), {})
    stock.act("stop_start", {})
    assert "a" in stock.open
    assert walk(handler(linear("a"), "stop", timer("PT1S"), "close")).fire("stop_start").open == ["close"]


def test_one_beside_may_start_again_and_again_and_keeps_the_process_open_only_while_it_runs() -> None:
    found = walk(handler(linear("a"), "asked", MESSAGE, "answer", beside=True))
    before = found.find("asked_start")
    for count in (1, 2):
        found.message("withdraw")
        assert (found.open, found.move.closed) == (["a", *["answer"] * count, "asked_start"], ())
        assert found.find("asked_start") == before
    found.complete("a")
    assert (found.move.is_completed, found.open) == (False, ["answer", "answer", "asked_start"])
    found.complete("answer").complete("answer")
    assert (found.move.is_completed, found.move.closed) == (True, (2, 4))


@pytest.mark.parametrize("end", ["a", "b"])
def test_an_armed_one_never_keeps_a_finished_scope_open(end: str) -> None:
    inner = handler(linear("b", id_="inside"), "asked", MESSAGE, "answer", beside=True)
    process = Process().element("startEvent", "s").add(inner).element("userTask", "a").chain("s", "inside", "a")
    found = walk(process).complete("b")
    assert found.open == ["a"]
    with pytest.raises(Conflict):
        found.message("withdraw")
    assert found.complete("a").move.is_completed


def test_inside_a_sub_process_it_ends_only_that_one() -> None:
    inner = handler(linear("b", id_="inside"), "stop", SIGNAL, "close")
    process = Process().element("startEvent", "s").element("parallelGateway", "p").chain("s", "p").add(inner)
    process.element("userTask", "other").element("userTask", "after").chain("p", "inside", "after").chain("p", "other")
    found = walk(process)
    found.move = run.send_signal(found.model, found.move.marking, "go", {})
    assert found.open == ["close", "other"]
    assert found.complete("close").open == ["after", "other"]


def test_inside_each_instance_it_ends_only_that_instance() -> None:
    inner = handler(linear("b", id_="inside"), "stop", timer("P3D"), "close")
    process = Process().element("startEvent", "s").add(inner, each("people", "person")).element("userTask", "after")
    found = walk(process.chain("s", "inside", "after"), people=["x", "y"])
    assert [(w.element, w.item) for w in found.waiting] == [("b", "x"), ("b", "y"), ("stop_start", "x"), ("stop_start", "y")]
    found.act(found.find("stop_start", 1))
    assert [(w.element, w.item) for w in found.waiting] == [("b", "x"), ("stop_start", "x"), ("close", "y")]
    assert found.complete("close").complete("b").open == ["after"]


def test_an_error_in_the_scope_is_handled_there_and_the_scope_ends_well() -> None:
    inner = Process("inside").element("startEvent", "is").element("userTask", "b").element("endEvent", "fails", ERROR)
    handler(inner.chain("is", "b", "fails"), "mend", ERROR, "repair")
    process = Process().element("startEvent", "s").add(inner).element("userTask", "after").chain("s", "inside", "after")
    process.element("boundaryEvent", "outer", "<bpmn:errorEventDefinition/>", attachedToRef="inside")
    process.element("userTask", "wrong").flow("outer", "wrong")
    found = walk(process).complete("b")
    assert (found.open, found.move.thrown) == (["repair"], ())
    assert found.complete("repair").open == ["after"]


def test_an_error_thrown_by_the_handler_goes_outwards() -> None:
    inner = Process("inside").element("startEvent", "is").element("userTask", "b").element("endEvent", "fails", ERROR)
    inner.chain("is", "b", "fails")
    mend = Process("mend").element("startEvent", "ms", ERROR).element("userTask", "repair").element("endEvent", "again", ERROR)
    inner.parts.append(
        f'<bpmn:subProcess id="mend" triggeredByEvent="true">{"".join(mend.chain("ms", "repair", "again").parts)}</bpmn:subProcess>'
    )
    process = Process().element("startEvent", "s").add(inner).chain("s", "inside")
    process.element("boundaryEvent", "outer", ERROR, attachedToRef="inside").element("userTask", "above").flow("outer", "above")
    found = walk(process).complete("b")
    assert found.open == ["repair"]
    assert found.complete("repair").open == ["above"]


def test_an_escalation_is_handled_beside_the_work_that_raised_it() -> None:
    process = Process().element("startEvent", "s").element("userTask", "a").element("intermediateThrowEvent", "up", ESCALATION)
    process.element("userTask", "b").chain("s", "a", "up", "b")
    found = walk(handler(process, "told", ESCALATION, "help", beside=True)).complete("a")
    assert (found.open, [thrown.is_caught for thrown in found.move.thrown]) == (["b", "help"], [True])


def test_a_cycle_starts_it_as_often_as_it_says() -> None:
    found = walk(handler(linear("a"), "nag", CYCLE, "remind", beside=True))
    for count in (1, 2, 3):
        assert found.find("nag_start").timer == "PT8H"
        found.fire("nag_start")
        assert found.open == ["a", *(["nag_start"] if count < 3 else []), *["remind"] * count]


def test_a_terminate_end_of_the_scope_disarms_it() -> None:
    process = Process().element("startEvent", "s").element("userTask", "a")
    process.element("endEvent", "e", "<bpmn:terminateEventDefinition/>").chain("s", "a", "e")
    found = walk(handler(process, "stop", MESSAGE, "close")).complete("a")
    assert (found.move.is_completed, found.move.ended_at, found.move.closed) == (True, "e", (1, 2))


def test_one_in_an_event_sub_process_is_armed_while_that_runs() -> None:
    outer = Process("asked").element("startEvent", "asked_start", MESSAGE).element("userTask", "answer")
    handler(outer.chain("asked_start", "answer"), "late", timer("P1D"), "hurry")
    process = linear("a")
    process.parts.append(f'<bpmn:subProcess id="asked" triggeredByEvent="true">{"".join(outer.parts)}</bpmn:subProcess>')
    found = walk(process)
    assert found.open == ["a", "asked_start"]
    assert found.message("withdraw").open == ["answer", "late_start"]
    assert found.fire("late_start").open == ["hurry"]
    assert found.complete("hurry").move.is_completed


def test_a_new_revision_arms_what_is_new_and_keeps_what_was_armed() -> None:
    old = make_model(handler(linear("a"), "asked", MESSAGE, "answer", beside=True), extra=EXTRA)
    new = make_model(
        handler(handler(linear("a"), "asked", MESSAGE, "answer", beside=True), "late", timer("P1D"), "hurry", beside=True),
        extra=EXTRA,
    )
    before = run.start(old, {})
    moved = migrate(old, before.marking, new, {})
    assert moved.opened == (Waiting(3, "late_start", "timer", timer="P1D"),)
    assert migrate(new, moved.marking, old, {}).marking == before.marking
