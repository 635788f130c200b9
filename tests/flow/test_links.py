"""Link events, ends that throw a signal, and ends that end only their own scope."""

from engine.flow import metadata, normalise, parse, run
from engine.flow.changes import Change
from engine.flow.moves import Thrown
from tests.bench.model import Process, document
from tests.flow.stock import Stock
from tests.flow.walker import Walk, linear, make_model

SIGNALS = '<bpmn:signal id="g" name="go"/>'
SIGNAL = '<bpmn:signalEventDefinition signalRef="g"/>'


def link(label: str) -> str:
    return f'<bpmn:linkEventDefinition name="{label}"/>'


def make_linked() -> Process:
    """Two ways that are both continued at the same link, and from there back to the first step or on."""
    process = Process().element("startEvent", "s").element("exclusiveGateway", "m").element("userTask", "a")
    process.element("exclusiveGateway", "x").chain("s", "m", "a", "x")
    process.element("intermediateThrowEvent", "t1", link("tiếp")).element("userTask", "b").element(
        "intermediateThrowEvent", "t2", link("tiếp")
    )
    process.flow("x", "t1", "short").flow("x", "b", "not short").flow("b", "t2")
    process.element("intermediateCatchEvent", "c", link("tiếp"), name="Tiếp").element("userTask", "z").element("endEvent", "e")
    return process.chain("c", "z", "e")


def test_a_link_goes_on_where_it_is_caught() -> None:
    model = make_model(make_linked())
    assert Walk(model).complete("a", short=True).open == ["z"]
    found = Walk(model).complete("a", short=False)
    assert found.complete("b").open == ["z"]
    assert found.complete("z").move.ended_at == "e"


def test_a_link_is_shown_to_the_author_as_a_line() -> None:
    _, changes = normalise.normalise(parse.read(document(make_linked())))
    message = "Sự kiện liên kết “Tiếp” được nối bằng đường đi."
    assert changes == [Change("t1", "link_drawn", message), Change("t2", "link_drawn", message)]


def test_links_of_one_name_in_two_scopes_do_not_mix() -> None:
    inner = Process("inside").element("startEvent", "is").element("intermediateThrowEvent", "it", link("x")).chain("is", "it")
    inner.element("intermediateCatchEvent", "ic", link("x")).element("userTask", "ib").chain("ic", "ib")
    process = Process().element("startEvent", "s").add(inner).element("intermediateThrowEvent", "t", link("x"))
    process.chain("s", "inside", "t").element("intermediateCatchEvent", "c", link("x")).element("userTask", "b").chain("c", "b")
    found = Walk(make_model(process))
    assert found.open == ["ib"]
    assert found.complete("ib").open == ["b"]


def test_stock_silently_ends_at_a_link() -> None:
    """The reason for links of our own."""
    process = Process().element("startEvent", "s").element("intermediateThrowEvent", "t", link("x")).chain("s", "t")
    process.element("intermediateCatchEvent", "c", link("x")).element("userTask", "b").element("endEvent", "e").chain(
        "c", "b", "e"
    )
    assert Stock(document(process), {}).is_completed
    found = Walk(make_model(process))
    assert (found.open, found.move.is_completed) == (["b"], False)


def make_signalling() -> Process:
    process = Process().element("startEvent", "s").element("parallelGateway", "p").chain("s", "p")
    process.element("userTask", "a").element("endEvent", "calls", SIGNAL).chain("p", "a", "calls")
    process.element("intermediateCatchEvent", "hears", SIGNAL).element("userTask", "b").element("endEvent", "e")
    return process.chain("p", "hears", "b", "e")


def test_an_end_event_throws_its_signal() -> None:
    found = Walk(make_model(make_signalling(), extra=SIGNALS)).complete("a")
    assert (found.open, found.move.thrown, found.move.ended_at) == (["b"], (Thrown("signal", "go", "calls", True),), "calls")


def test_stock_throws_nothing_there() -> None:
    """The reason for reading end events ourselves."""
    stock = Stock(document(make_signalling(), extra=SIGNALS), {})
    stock.act("a", {})
    assert stock.open == ["hears"]


def test_a_terminate_end_in_a_called_process_ends_only_that_call() -> None:
    called = Process("called").element("startEvent", "cs").element("parallelGateway", "cp").chain("cs", "cp")
    called.element("userTask", "ca").element("userTask", "cb").element("endEvent", "stop", "<bpmn:terminateEventDefinition/>")
    called.flow("cp", "ca").flow("cp", "cb").flow("ca", "stop")
    process = Process().element("startEvent", "s").element("parallelGateway", "p").chain("s", "p").element("userTask", "other")
    process.element("callActivity", "call", calledElement="called").element("userTask", "after").chain("p", "call", "after").flow(
        "p", "other"
    )
    found = Walk(make_model(process, called)).complete("ca")
    assert (found.open, found.move.ended_at) == (["after", "other"], None)


def test_a_process_may_begin_by_hand_or_by_any_of_several_messages() -> None:
    process = linear("a").element("exclusiveGateway", "m").element("userTask", "b").chain("m", "b")
    for number in (1, 2):
        process.element("startEvent", f"s{number}", f'<bpmn:messageEventDefinition messageRef="m{number}"/>').flow(
            f"s{number}", "m"
        )
    extra = '<bpmn:message id="m1" name="one"/><bpmn:message id="m2" name="two"/>'
    model = make_model(process, extra=extra)
    assert Walk(model).open == ["a"]
    assert [Walk(model, start_event=start).open for start in ("s1", "s2")] == [["b"], ["b"]]
    assert [(start.id, start.message) for start in model.facts.case_starts] == [("s1", "one"), ("s2", "two")]


def test_lanes_inside_lanes_name_the_innermost() -> None:
    lanes = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="Xã"><bpmn:flowNodeRef>a</bpmn:flowNodeRef><bpmn:flowNodeRef>b</bpmn:flowNodeRef>'
        '<bpmn:childLaneSet id="cls"><bpmn:lane id="l2" name="Một cửa"><bpmn:flowNodeRef>b</bpmn:flowNodeRef></bpmn:lane>'
        "</bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>"
    )
    process = linear("a", "b")
    process.parts.insert(0, lanes)
    facts = metadata.read(parse.read(document(process)))
    assert ({id_: facts.elements[id_].lane for id_ in "ab"}, facts.lanes) == ({"a": "Xã", "b": "Một cửa"}, ("Xã", "Một cửa"))
    assert run.start(make_model(process), {}).opened[0].element == "a"
