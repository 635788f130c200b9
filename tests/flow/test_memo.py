"""Remembered transitions change nothing but the time they take."""

import threading
from typing import Any

import pytest

from engine.flow import memo, run
from engine.flow import model as models
from engine.flow.errors import FlowFailed
from engine.flow.model import Model
from engine.flow.moves import Waiting
from engine.flow.reading import Values
from tests.bench.model import VALUES, Process, benchmark, each, timer
from tests.flow.walker import Walk, linear, make_model


def deciding() -> Process:
    process = (
        Process()
        .element("startEvent", "s")
        .element("userTask", "a")
        .element("scriptTask", "c", "<bpmn:script>tong = gia * 2</bpmn:script>")
    )
    process.element("exclusiveGateway", "x", default="d").element("userTask", "big").element("userTask", "small").chain(
        "s", "a", "c", "x"
    )
    process.flow("x", "big", "tong &gt; 100").flow("x", "small", id_="d")
    return (
        process.element("boundaryEvent", "late", timer("=han"), attachedToRef="small").element("endEvent", "e").flow("late", "e")
    )


def test_same_situation_has_the_same_bytes() -> None:
    process = (
        Process()
        .element("startEvent", "s")
        .element("exclusiveGateway", "m")
        .element("parallelGateway", "p")
        .element("parallelGateway", "j")
    )
    process.element("userTask", "a").element("userTask", "b").element("userTask", "c").element(
        "exclusiveGateway", "x", default="d"
    )
    process.chain("s", "m", "p", "a", "j", "c", "x").chain("p", "b", "j").flow("x", "m", "again").element("endEvent", "e").flow(
        "x", "e", id_="d"
    )
    model = make_model(process)
    one, other = Walk(model).complete("a"), Walk(model).complete("a")
    assert one.move.marking == other.move.marking
    seen = set()
    walk = Walk(model, {"again": True})
    for _ in range(50):
        walk.complete("a").complete("b").complete("c")
        seen.add(walk.move.marking)
    assert len(seen) <= 4


def test_values_that_differ_take_their_own_way_and_their_own_script_results() -> None:
    model = make_model(deciding())
    for _ in range(2):
        for price, opened in ((10, ["late", "small"]), (60, ["big"]), (20, ["late", "small"])):
            walk = Walk(model, {"han": f"2026-12-{price}"}).complete("a", gia=price)
            assert (walk.open, walk.move.values) == (opened, {"tong": price * 2})
            assert [wait.timer for wait in walk.move.opened if wait.kind == "timer"] == [f"2026-12-{price}"] * (price < 50)


def test_a_remembered_way_still_fails_where_a_value_is_missing() -> None:
    model = make_model(deciding())
    Walk(model, {"han": "2026-12-01"}).complete("a", gia=10)
    with pytest.raises(FlowFailed, match="gia"):
        Walk(model).complete("a")
    with pytest.raises(FlowFailed, match="han"):
        Walk(model).complete("a", gia=10)


def test_remembered_items_belong_to_their_list() -> None:
    process = linear("vote", "after")
    process.parts[2] = f'<bpmn:userTask id="vote">{each("voters", "voter")}</bpmn:userTask>'
    model = make_model(process)
    for voters in (["a", "b"], ["c"], ["a", "b"]):
        assert [wait.item for wait in Walk(model, {"voters": voters}).waiting] == voters


def test_memory_is_bounded_and_forgets_what_was_used_least() -> None:
    model = make_model(linear("vote"))
    remembered, outcome = memo.Memo(size=3), memo.Outcome(run.start(model, {}))
    for key in ("a", "b", "c"):
        remembered.learn(key, [], outcome)
    assert remembered.recall("a", Values(model.vocabulary, {})) is outcome
    remembered.learn("d", [], outcome)
    assert list(remembered._roots) == ["c", "a", "d"]


def test_one_model_serves_eight_threads() -> None:
    model = models.load(benchmark(), "shared")
    expected, failures = make_trace(model, VALUES), list[BaseException]()

    def work(size: int) -> None:
        try:
            for _ in range(20):
                model.memo.size = size
                assert make_trace(model, VALUES) == expected
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(size,)) for size in (0, 4096, 2, 4096, 0, 4096, 2, 4096)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def make_trace(model: Model, values: dict[str, Any]) -> list[tuple[Waiting, ...]]:
    walk, trace = Walk(model, values), list[tuple[Waiting, ...]]()
    while not walk.move.is_completed:
        walk.act(next(wait for wait in walk.waiting if wait.kind == "user"))
        trace.append(walk.waiting)
    return trace


def test_cache_loads_a_revision_once_and_makes_room() -> None:
    loaded = []

    def loader() -> Model:
        loaded.append(1)
        return make_model(linear("a"))

    first = models.cached("cache-test", loader)
    assert models.cached("cache-test", loader) is first
    assert loaded == [1]
