"""A running case is brought to another revision, or the open steps that cannot be are named."""

import pytest

from engine.errors import Conflict
from engine.flow import model as models
from engine.flow.migrate import migrate
from engine.flow.model import Model
from engine.flow.moves import Move, Waiting
from tests.bench.model import Process, each, timer
from tests.flow.accounts import Telling
from tests.flow.grower import Grower, model_xml
from tests.flow.walker import Walk, linear, make_model


def timed(*steps: str, text: str = "P3D", event: str = "late") -> Process:
    process = linear(*steps).element("boundaryEvent", event, timer(text), attachedToRef=steps[0], cancelActivity="false")
    return process.element("endEvent", f"{event}_end").flow(event, f"{event}_end")


def carry(walk: Walk, new: Model, **renamed: str) -> Walk:
    walk.move = migrate(walk.model, walk.move.marking, new, walk.values, renamed)
    walk.model = new
    return walk


def test_open_step_keeps_its_token_and_gets_the_new_way() -> None:
    walk = carry(Walk(make_model(linear("a", "b"))).complete("a"), make_model(linear("a", "b", "c")))
    assert walk.waiting == (Waiting(2, "b", "user"),)
    assert (walk.move.opened, walk.move.closed) == ((), ())
    assert walk.complete("b").open == ["c"]


def test_added_boundary_timer_is_opened_and_a_removed_one_closed() -> None:
    plain, watched = make_model(linear("a")), make_model(timed("a"))
    walk = carry(Walk(plain), watched)
    assert walk.move.opened == (Waiting(2, "late", "timer", timer="P3D", attached_to=1),)
    carry(walk, plain)
    assert (walk.move.closed, walk.open) == ((2,), ["a"])
    assert walk.complete("a").move.is_completed


def test_armed_timer_stays_armed_and_a_fired_one_stays_fired() -> None:
    old, new = make_model(timed("a")), make_model(timed("a", text="P9D"))
    walk = carry(Walk(old), new)
    assert (walk.move.opened, walk.move.closed) == ((), ())
    assert carry(Walk(old).fire("late"), new).open == ["a"]


def test_renamed_step_is_mapped() -> None:
    walk = Walk(make_model(linear("a", "b")))
    with pytest.raises(Conflict, match="a"):
        carry(walk, make_model(linear("x", "b")))
    assert carry(walk, make_model(linear("x", "b")), a="x").waiting == (Waiting(1, "x", "user"),)


def test_changed_kind_is_named() -> None:
    process = Process().element("startEvent", "s").element("receiveTask", "a", messageRef="m").chain("s", "a")
    with pytest.raises(Conflict, match="a"):
        carry(Walk(make_model(linear("a"))), make_model(process, extra='<bpmn:message id="m" name="m"/>'))


def test_step_moved_into_a_parallel_block_is_named() -> None:
    process = (
        Process().element("startEvent", "s").element("parallelGateway", "p").element("userTask", "a").element("userTask", "b")
    )
    process.element("parallelGateway", "j").chain("s", "p", "a", "j").chain("p", "b", "j").element("endEvent", "e").flow("j", "e")
    with pytest.raises(Conflict, match="a"):
        carry(Walk(make_model(linear("a"))), make_model(process))


def forked(*branches: tuple[str, ...]) -> Process:
    process = Process().element("startEvent", "s").element("parallelGateway", "p").element("parallelGateway", "j")
    for branch in branches:
        for step in branch:
            process.element("userTask", step)
        process.chain("p", *branch, "j")
    return process.element("endEvent", "e").flow("s", "p").flow("j", "e")


@pytest.mark.parametrize(
    "later",
    [[("a",), ("b",), ("c",)], [("a",), ("c",)], [("a", "b"), ("c",)], [("a",), ("b",), ()]],
    ids=["one more", "another", "joined", "an empty one more"],
)
def test_branches_that_were_not_begun_are_named(later: list[tuple[str, ...]]) -> None:
    with pytest.raises(Conflict, match="a"):
        carry(Walk(make_model(forked(("a",), ("b",)))), make_model(forked(*later)))


def test_longer_branches_are_kept_and_their_join_passes() -> None:
    walk = carry(Walk(make_model(forked(("a",), ("b",)))).complete("b"), make_model(forked(("x", "a", "y"), ("b",))))
    assert walk.complete("a").complete("y").move.is_completed


def test_inner_scopes_instances_and_items_are_carried() -> None:
    def outer(*steps: str) -> Process:
        inner = linear(*steps, id_="inside")
        return (
            Process()
            .element("startEvent", "s")
            .add(inner, each("people", "person"))
            .element("endEvent", "e")
            .chain("s", "inside", "e")
        )

    walk = Walk(make_model(outer("a", "b")), {"people": ["x", "y"]}).complete("a")
    carry(walk, make_model(outer("a", "b", "c")))
    assert sorted((wait.element, wait.item) for wait in walk.waiting) == [("a", "y"), ("b", "x")]
    walk.complete("a").complete("b").complete("b").complete("c").complete("c")
    assert walk.move.is_completed


class Migrated(Telling):
    """A walk that brings the case to an equal model of another revision after every act."""

    def _compare(self, moves: list[Move]) -> None:
        super()._compare(moves)
        moved = migrate(self.model, self.kept.marking, self.model, self.kept.values)
        assert (moved.marking, moved.opened, moved.closed) == (self.kept.marking, (), ())


@pytest.mark.parametrize("seed", range(60))
def test_same_model_under_another_revision_changes_nothing(seed: int) -> None:
    grower = Grower(seed)
    block = grower.block(3)
    assert Migrated(block, models.load(model_xml(block, grower.names), str(seed)), seed).walk() > 0
