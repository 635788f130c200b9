"""Random models, random walks: the engine against three other accounts of the same case.

``blocks`` says what the model means without tokens; ``Plain`` keeps one case in memory, remembers no transition and never reads
a marking; stock SpiffWorkflow is asked where it is known to be right (no joins inside loops).
"""

import random
from typing import Any

import pytest

from engine.flow import model as models
from engine.flow import outcome, run, unfold
from engine.flow.memo import Memo
from engine.flow.model import Model
from engine.flow.moves import Move
from engine.flow.reading import Reading, Values
from engine.flow.scopes import Case
from tests.flow.blocks import VALUES, Block, Grower, Open, Scope, choices, choose, model_xml

SEEDS, WALKS, MAX_ACTS = 60, 3, 60


class Plain:
    """One case kept in memory from act to act."""

    def __init__(self, model: Model, values: dict[str, Any]) -> None:
        self.model, self.engine = model, Reading(Values(model.vocabulary, values))
        self.case = Case(model.processes[model.facts.process_id], model.processes, self.engine)
        self.move = self._after(lambda: self.case.start("start"))

    def act(self, token: int, values: dict[str, Any]) -> None:
        """Complete a step or fire a timer."""
        self.engine.values = Values(self.model.vocabulary, values)
        found = unfold.find(self.case, token)
        self.move = self._after(found.run if found.task_spec.manual else lambda: found.task_spec.catch(found))

    def _after(self, act: Any) -> Move:
        before = outcome.numbers(self.case)
        self.case.begin()
        act()
        self.case.do_engine_steps()
        return outcome.finish(outcome.of(self.case, before, self.model.facts.process_id), self.engine.values)


def make_walk(block: Block, model: Model, seed: int) -> int:
    """Walk one case; every act is checked against both other accounts. The number of states seen."""
    chance, kinds, values = random.Random(seed), choices(block), dict(VALUES)
    plain, meaning = Plain(model, values), Scope(block, None, values)
    move = run.start(model, values)
    for seen in range(MAX_ACTS):
        waits = run.waiting(model, move.marking)
        opened: list[Open] = sorted(((w.element, w.item, w.kind == "timer") for w in waits), key=repr)
        assert opened == sorted(meaning.open(), key=repr)
        assert move.marking == plain.move.marking
        assert (move.opened, move.closed, move.cancelled) == (plain.move.opened, plain.move.closed, plain.move.cancelled)
        assert move.is_completed is plain.move.is_completed is meaning.is_done
        if move.is_completed:
            return seen
        chosen = chance.choice(waits)
        if chosen.element in kinds:
            values = values | {f"c_{chosen.element[2:]}": choose(chance, *kinds[chosen.element])}
        act = run.fire_timer if chosen.kind == "timer" else run.complete
        move = act(model, move.marking, chosen.token, values)
        plain.act(chosen.token, values)
        assert meaning.act((chosen.element, chosen.item, chosen.kind == "timer"), values)
    return MAX_ACTS


@pytest.mark.parametrize("seed", range(SEEDS))
def test_engine_agrees_with_the_meaning_and_with_memory(seed: int) -> None:
    block = Grower(seed).block(3)
    model = models.load(model_xml(block), str(seed))
    walks = [make_walk(block, model, walk) for walk in range(WALKS)]
    remembered = len(model.memo._roots)
    assert [make_walk(block, model, walk) for walk in range(WALKS)] == walks
    assert len(model.memo._roots) == remembered


def test_memory_makes_no_difference() -> None:
    block = Grower(7).block(3)
    model = models.load(model_xml(block), "off")
    model.memo.size = 0
    assert make_walk(block, model, 1) > 0
    assert (len(model.memo._roots), Memo().size) == (0, 4096)
