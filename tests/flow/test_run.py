"""A case walks through its model."""

import pytest

from engine.errors import Conflict
from engine.flow import model as models
from engine.flow import run
from engine.flow.errors import FlowFailed
from engine.flow.moves import Waiting
from tests.bench.model import VALUES, Process, benchmark
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


def test_first_true_condition_in_the_file_wins() -> None:
    parts = (
        Process()
        .element("startEvent", "s")
        .element("exclusiveGateway", "x")
        .element("userTask", "one")
        .element("userTask", "two")
    )
    model = make_model(parts.chain("s", "x").flow("x", "two", "n &gt; 1").flow("x", "one", "n &gt; 0"))
    assert (Walk(model, {"n": 2}).open, Walk(model, {"n": 1}).open) == (["two"], ["one"])


def test_no_true_condition_is_an_incident_at_the_gateway() -> None:
    parts = (
        Process()
        .element("startEvent", "s")
        .element("exclusiveGateway", "x")
        .element("userTask", "one")
        .element("userTask", "two")
    )
    model = make_model(parts.chain("s", "x").flow("x", "two", "n &gt; 1").flow("x", "one", "n &gt; 0"))
    with pytest.raises(FlowFailed) as failure:
        Walk(model, {"n": 0})
    assert failure.value.element == "x"


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
