"""A step is returned to an earlier one: one recorded token move, refused where it would leave somebody waiting for ever."""

import random

import pytest

from engine.errors import Conflict
from engine.flow import model as models
from engine.flow import regions, run
from engine.flow.errors import FlowFailed
from engine.flow.moves import Waiting
from tests.bench.model import Process, each, timer
from tests.flow.grower import VALUES, Grower, choices, choose, model_xml
from tests.flow.walker import Walk, linear, make_model


def test_return_closes_this_step_and_opens_the_earlier_one() -> None:
    walk = Walk(make_model(linear("a", "b", "c"))).complete("a").complete("b")
    walk.back("c", "a")
    assert (walk.move.closed, walk.move.opened) == ((1,), (Waiting(2, "a", "user"),))
    assert walk.complete("a").complete("b").complete("c").move.is_completed


def test_return_disarms_and_arms_boundary_timers() -> None:
    process = linear("a", "b").element("boundaryEvent", "ta", timer("P1D"), attachedToRef="a", cancelActivity="false")
    process.element("boundaryEvent", "tb", timer("P2D"), attachedToRef="b", cancelActivity="false")
    process.element("endEvent", "e2").flow("ta", "e2").flow("tb", "e2")
    walk = Walk(make_model(process)).complete("a")
    assert walk.open == ["b", "tb"]
    assert walk.back("b", "a").open == ["a", "ta"]


def branches() -> Process:
    process = Process().element("startEvent", "s").element("userTask", "first").element("parallelGateway", "split")
    process.element("userTask", "a1").element("userTask", "a2").element("userTask", "b").element("parallelGateway", "join")
    process.chain("s", "first", "split", "a1", "a2", "join", "last").chain("split", "b", "join").element("userTask", "last")
    inner = linear("in1", "in2", id_="inside")
    process.add(inner).element("userTask", "vote", each("voters", "voter")).element("endEvent", "e")
    process.element("boundaryEvent", "asked", timer("P1D"), attachedToRef="inside", cancelActivity="false")
    process.element("userTask", "aside").flow("asked", "aside")
    return process.chain("last", "inside", "vote", "e")


def test_return_stays_inside_its_parallel_branch() -> None:
    walk = Walk(make_model(branches()), {"voters": ["x"]}).complete("first").complete("a1")
    assert walk.back("a2", "a1").open == ["a1", "b"]
    for source, target in (
        ("a1", "first"),
        ("a1", "b"),
        ("b", "a2"),
        ("b", "last"),
        ("a1", "join"),
        ("a1", "nowhere"),
        ("a1", "in1"),
    ):
        with pytest.raises(Conflict):
            walk.back(source, target)
    assert walk.complete("a1").complete("a2").complete("b").open == ["last"]
    assert walk.back("last", "first").open == ["first"]


def test_return_stays_inside_its_scope_and_out_of_repeated_steps() -> None:
    walk = Walk(make_model(branches()), {"voters": ["x", "y"]})
    for step in ("first", "a1", "a2", "b", "last", "in1"):
        walk.complete(step)
    assert walk.back("in2", "in1").open == ["asked", "in1"]
    walk.fire("asked")
    for source, target in (("in1", "last"), ("aside", "last"), ("aside", "inside")):
        with pytest.raises(Conflict):
            walk.back(source, target)
    walk.complete("in1").complete("in2").complete("aside")
    with pytest.raises(Conflict):
        walk.back("vote", "last")


def test_return_of_a_closed_step_is_refused() -> None:
    walk = Walk(make_model(linear("a", "b")))
    after = run.complete(walk.model, walk.move.marking, 1, {})
    with pytest.raises(Conflict):
        run.return_to(walk.model, after.marking, 1, "a", {})


def test_unbalanced_branches_have_no_certain_region() -> None:
    process = (
        Process().element("startEvent", "s").element("parallelGateway", "p").element("userTask", "a").element("userTask", "b")
    )
    process.element("exclusiveGateway", "m").element("userTask", "c").chain("s", "p", "a", "m", "c").flow("p", "b").flow("b", "m")
    assert regions.regions(make_model(process).processes["main"])["c"] is None


@pytest.mark.parametrize("seed", range(40))
def test_random_returns_never_leave_a_case_standing(seed: int) -> None:
    block = Grower(seed, is_plain=True).block(3)
    model = models.load(model_xml(block), str(seed))
    chance, kinds, values = random.Random(seed), choices(block), dict(VALUES)
    steps = [element.id for element in model.facts.elements.values() if element.kind == "userTask"]
    move = run.start(model, values)
    for turn in range(400):
        if move.is_completed:
            return
        waits = run.waiting(model, move.marking)
        settled = [(found.element, str(found.item)) for found in waits if found.element[:2] != "n_"]
        assert len(settled) == len(set(settled))
        found = chance.choice([wait for wait in waits if wait.kind == "user"])
        if turn < 60 and chance.random() < 0.5:
            try:
                move = run.return_to(model, move.marking, found.token, chance.choice(steps), values)
                continue
            except Conflict:
                pass
        kind, count = kinds.get(found.element, ("", 0))
        choice = ([0] if kind == "loop" and turn > 60 else choose(chance, kind, count)) if kind else []
        values = values | ({f"c_{found.element[2:]}": choice} if kind else {})
        try:
            move = run.complete(model, move.marking, found.token, values)
        except FlowFailed as failure:
            raise AssertionError(failure.element) from failure
    raise AssertionError("not completed")
