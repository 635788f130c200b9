"""One case told four times: moved through bytes with a memory, through bytes without one, kept alive in memory, and as meant.

After every act the four are compared whole: what is open with its events, timers and loop items, what was closed and thrown,
the values, where and whether the case ended.
"""

import random
from dataclasses import replace
from typing import Any

from engine.errors import Conflict
from engine.flow import catching, outcome, regions, run, unfold
from engine.flow.memo import Memo
from engine.flow.model import Model
from engine.flow.moves import Move, Waiting
from engine.flow.reading import Reading, Values
from engine.flow.scopes import Case
from tests.flow import live
from tests.flow.blocks import Block
from tests.flow.grower import MOMENTS, choices, choose, every_block, first_values
from tests.flow.live import Leaf, World

#: An act: what is done, to which token or message.
Act = tuple[str, Any]
#: Acts after which a walk makes for the end, and after which it must have come there.
LONG, TOO_LONG = 40, 600


class Plain:
    """One case kept alive from act to act: it is never written, never read back, and remembers no transition."""

    def __init__(self, model: Model, values: live.Values) -> None:
        self.model, self.values, self.engine = model, dict(values), Reading(Values(model.vocabulary, values))
        self.case = Case(model.processes[model.facts.process_id], model.processes, self.engine)

    def start(self, element: str = "start") -> Move:
        """Begin at this start event."""
        return self._after(lambda: self.case.start(element))

    def act(self, act: Act) -> Move:
        """Do one act."""
        kind, subject = act
        if kind == "look":
            return self._after(lambda: None)
        if kind in ("message", "signal"):
            return self._after(lambda: catching.deliver(self.case, kind, subject))
        if kind == "return":
            return self._after(lambda: self._return(*subject))
        if kind == "fail":
            return self._after(lambda: self._fail(*subject))
        found = unfold.find(self.case, subject)
        return self._after(found.run if found.task_spec.manual else lambda: found.task_spec.catch(found))

    def _fail(self, token: int, code: str) -> None:
        found = unfold.find(self.case, token)
        assert catching.hand_up(found.workflow, "error", code, failed=found)

    def _return(self, token: int, element: str) -> None:
        found = unfold.find(self.case, token)
        refusal = regions.why_not(found, element)
        if refusal is not None:
            raise Conflict(refusal)
        found.workflow.cancel(found)
        found.workflow.enter(found.workflow.spec.task_specs[element])

    def open(self) -> list[tuple[int, str, str, dict[str, Any], int | None]]:
        """What is open, told by the living tokens themselves: number, element, kind, loop items, number of the host."""
        tokens = [token for scope in self.case.scopes() for token in scope.tasks.values() if token.is_waiting]
        found = [
            (t.number, t.task_spec.bpmn_id, t.task_spec.kind, t.overlay, t.parent.number if t.task_spec.is_boundary else None)
            for t in tokens
        ]
        return sorted(found, key=lambda row: row[0])

    def _after(self, act: Any) -> Move:
        self.engine.values = Values(self.model.vocabulary, self.values)
        before = outcome.numbers(self.case)
        self.case.begin()
        act()
        self.case.do_engine_steps()
        move = outcome.finish(outcome.of(self.case, before, self.model.facts.process_id), self.engine.values)
        self.values.update(move.values)
        return move


class Saved:
    """The same case as the product keeps it: bytes and values, unfolded for each act."""

    def __init__(self, model: Model, values: live.Values, *, remembers: bool) -> None:
        self.model = model if remembers else replace(model, memo=Memo(size=0))
        self.values, self.marking = dict(values), b""

    def start(self, element: str = "start") -> Move:
        """Begin at this start event."""
        return self._after(run.start(self.model, self.values, start_event=element))

    def act(self, act: Act) -> Move:
        """Do one act."""
        if act[0] == "look":
            return self._after(run.look_again(self.model, self.marking, self.values))
        acts: dict[str, Any] = {"message": run.send_message, "signal": run.send_signal, "timer": run.fire_timer}
        acts |= {"return": run.return_to, "fail": run.fail}
        subject = act[1] if act[0] in ("return", "fail") else act[1:]
        return self._after(acts.get(act[0], run.complete)(self.model, self.marking, *subject, self.values))

    def _after(self, move: Move) -> Move:
        self.values.update(move.values)
        self.marking = move.marking
        return move


class Meaning:
    """The same case as the blocks mean it, its leaves bound to the tokens of the engine as they open."""

    def __init__(self, block: Block, values: live.Values) -> None:
        self.world, self.block, self.before = World(values), block, list[Leaf]()

    def start(self) -> None:
        """Begin."""
        self.world.run(self.block.begin, "end")

    def act(self, act: Act) -> None:
        """Do one act."""
        self.world.clear()
        self.before = list(self.world.leaves())
        for leaf in self.before:
            leaf.has_happened = False
        if act[0] in ("message", "signal"):
            self.world.deliver(*act)
        elif act[0] == "fail":
            assert self.leaf(act[1][0]).throw("error", act[1][1])
        else:
            self.leaf(act[1]).fire()

    def leaf(self, number: int) -> Leaf:
        """What the engine knows by this number."""
        return next(leaf for leaf in self.world.leaves() if leaf.number == number)

    def bind(self, opened: tuple[Waiting, ...]) -> None:
        """What the engine says it opened is what has opened here, with the same moments; from now on it has those numbers."""
        new = [leaf for leaf in self.world.leaves() if leaf.number == 0]
        there = sorted(((_key(found), found.timer, found.token) for found in opened), key=repr)
        here = sorted(((leaf.key, leaf.timer, leaf) for leaf in new), key=lambda row: repr(row[:2]))
        assert [row[:2] for row in there] == [row[:2] for row in here]
        for (*_, token), (*_, leaf) in zip(there, here, strict=True):
            leaf.number = token

    def check(self, move: Move, values: live.Values) -> None:
        """The engine's move is what was meant."""
        self.bind(move.opened)
        gone = [leaf for leaf in self.before if not leaf.is_alive]
        assert list(move.closed) == sorted(leaf.number for leaf in gone)
        assert list(move.cancelled) == sorted(leaf.number for leaf in gone if not leaf.has_happened)
        assert [(found.kind, found.name, found.element, found.is_caught) for found in move.thrown] == self.world.thrown
        assert move.is_completed is self.world.is_done
        assert move.ended_at in (self.world.ends or [None])
        assert values == self.world.values


def _key(found: Waiting) -> live.Key:
    return found.element, found.kind, found.name, tuple(sorted(found.items.items()))


class Telling:
    """All accounts of one case."""

    def __init__(self, block: Block, model: Model, seed: int) -> None:
        self.chance, self.kinds, self.model, self.seen = random.Random(seed), choices(block), model, 0
        self.starts = {handler.event.id for inner in every_block(block) for handler in getattr(inner, "handlers", ())}
        values = first_values(block, self.chance)
        self.kept, self.fresh = Saved(model, values, remembers=True), Saved(model, values, remembers=False)
        self.plain, self.meaning = Plain(model, values), Meaning(block, values)

    def walk(self) -> int:
        """From the start to the end, comparing after each act. The number of states compared."""
        moves = [self.kept.start(), self.fresh.start(), self.plain.start()]
        self.meaning.start()
        self._compare(moves)
        while not moves[0].is_completed:
            assert self.seen < TOO_LONG, "a well-structured case that cannot end"
            waits = run.waiting(self.model, self.kept.marking)
            act = self._choose(waits)
            moves = [self.kept.act(act), self.fresh.act(act), self.plain.act(act)]
            self.meaning.act(act)
            self._compare(moves)
        return self.seen

    def _compare(self, moves: list[Move]) -> None:
        self.seen += 1
        assert moves[0] == moves[1], "remembered and computed differ"
        assert moves[1] == moves[2], "reloaded and living case differ"
        assert self.kept.values == self.fresh.values == self.plain.values
        waits = run.waiting(self.model, moves[0].marking)
        assert [(w.token, w.element, w.kind, w.items, w.attached_to) for w in waits] == self.plain.open()
        self.meaning.check(moves[2], self.plain.values)
        assert [w.token for w in waits] == sorted(leaf.number for leaf in self.meaning.world.leaves())

    def _choose(self, waits: tuple[Waiting, ...]) -> Act:
        is_long = self.seen > LONG
        tasks = [wait for wait in waits if wait.attached_to is None and wait.element not in self.starts]
        wait = self.chance.choice(tasks if is_long and tasks else waits)
        answers = {name: choose(self.chance, *kind) for name, kind in self.kinds.items() if name[0] != "d"}
        if wait.element in self.kinds:
            answers[f"c_{wait.element[2:]}"] = choose(self.chance, *self.kinds[wait.element])
        answers["han"] = self.chance.choice(MOMENTS)
        if is_long:
            answers.update({name: [0] for name, (kind, _) in self._loops() if name in answers})
        for account in (self.kept, self.fresh, self.plain, self.meaning.world):
            account.values.update(answers)
        code = self.chance.choice(["E1", "E2"])
        if (
            wait.kind in ("service", "decision")
            and self.meaning.leaf(wait.token).catcher("error", code)
            and self.chance.random() < 0.3
        ):
            return "fail", (wait.token, code)
        kind = "message" if wait.kind == "receive" and self.chance.random() < 0.5 else wait.kind
        return (kind, wait.name if kind in ("message", "signal") else wait.token)

    def _loops(self) -> list[tuple[str, tuple[str, int]]]:
        return [(f"c_{name[2:]}", kind) for name, kind in self.kinds.items() if kind[0] in ("loop", "again")]
