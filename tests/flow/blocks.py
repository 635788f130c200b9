"""Random well-structured models: as BPMN, and as a second, independent account of what they mean.

``Block.write`` draws a block; ``Block.begin`` gives its run. A run knows what is open (``Open`` triples) and what happens when
one of them is acted on. It knows nothing of tokens, gateways or markings, so that it can judge the engine.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tests.bench.model import Process, document, each, timer

#: Element, loop item, whether it is a timer.
Open = tuple[str, Any, bool]
Values = dict[str, Any]


class Scope:
    """A process or sub-process under way: its block, and what non-interrupting events have started beside it."""

    def __init__(self, block: "Block", item: Any, values: Values) -> None:
        self.beside: list[Run] = []
        self.main = block.begin(self, item, values)

    def open(self) -> list[Open]:
        """What is open inside."""
        return [found for run in (self.main, *self.beside) for found in run.open()]

    def act(self, on: Open, values: Values) -> bool:
        """Act inside; whether it was found there."""
        return any(run.act(on, values) for run in (self.main, *self.beside))

    @property
    def is_done(self) -> bool:
        """Whether nothing is open any more."""
        return not self.open()


class Run:
    """A block under way."""

    def open(self) -> list[Open]:
        """What is open in it."""
        raise NotImplementedError

    def act(self, on: Open, values: Values) -> bool:
        """Act on one open thing; whether it was found here."""
        raise NotImplementedError

    @property
    def is_done(self) -> bool:
        """Whether the next block may begin."""
        return not self.open()


class Block:
    """A block with one way in and one way out."""

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        """Draw it; the ids of its first and last element."""
        raise NotImplementedError

    def begin(self, scope: Scope, item: Any, values: Values) -> Run:
        """Begin it."""
        raise NotImplementedError


@dataclass
class Step(Block):
    """One user task, perhaps with timers; ``answers`` says what completing it may set."""

    id: str
    remind: bool = False
    expire: bool = False

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        process.element("userTask", self.id)
        if self.remind:
            process.element("boundaryEvent", f"r_{self.id}", timer('"P1D"'), attachedToRef=self.id, cancelActivity="false")
            process.element("userTask", f"n_{self.id}").element("endEvent", f"e_{self.id}").chain(
                f"r_{self.id}", f"n_{self.id}", f"e_{self.id}"
            )
        if not self.expire:
            return self.id, self.id
        process.element("boundaryEvent", f"x_{self.id}", timer('"P2D"'), attachedToRef=self.id).element(
            "userTask", f"late_{self.id}"
        )
        process.element("exclusiveGateway", f"m_{self.id}").chain(f"x_{self.id}", f"late_{self.id}", f"m_{self.id}")
        process.flow(self.id, f"m_{self.id}")
        return self.id, f"m_{self.id}"

    def begin(self, scope: Scope, item: Any, values: Values) -> Run:
        return StepRun(self, scope, item)


class StepRun(Run):
    def __init__(self, step: Step, scope: Scope, item: Any) -> None:
        self.step, self.scope, self.item = step, scope, item
        self.left: list[Open] = [(step.id, item, False)]
        self.left += [(f"r_{step.id}", item, True)] if step.remind else []
        self.left += [(f"x_{step.id}", item, True)] if step.expire else []

    def open(self) -> list[Open]:
        return self.left

    def act(self, on: Open, values: Values) -> bool:
        if on not in self.left:
            return False
        if on[0] == f"r_{self.step.id}":
            self.left = [found for found in self.left if found != on]
            self.scope.beside.append(StepRun(Step(f"n_{self.step.id}"), self.scope, self.item))
        else:
            self.left = [(f"late_{self.step.id}", self.item, False)] if on[0] == f"x_{self.step.id}" else []
        return True


@dataclass
class Sequence(Block):
    """Blocks one after another."""

    blocks: list[Block]

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        ends = [block.write(process, more) for block in self.blocks]
        for (_, last), (first, _) in pairwise(ends):
            process.flow(last, first)
        return ends[0][0], ends[-1][1]

    def begin(self, scope: Scope, item: Any, values: Values) -> Run:
        return SequenceRun(self.blocks, scope, item, values)


class SequenceRun(Run):
    def __init__(self, blocks: list[Block], scope: Scope, item: Any, values: Values) -> None:
        self.left, self.scope, self.item = list(blocks), scope, item
        self.now = self.left.pop(0).begin(scope, item, values)
        self._go_on(values)

    def _go_on(self, values: Values) -> None:
        while self.now.is_done and self.left:
            self.now = self.left.pop(0).begin(self.scope, self.item, values)

    def open(self) -> list[Open]:
        return self.now.open()

    def act(self, on: Open, values: Values) -> bool:
        found = self.now.act(on, values)
        self._go_on(values)
        return found


@dataclass
class Branches(Block):
    """Gateway, branches, gateway. ``kind``: exclusive, parallel or inclusive; the choice is a list of indexes under ``c_<id>``."""

    id: str
    kind: str
    blocks: list[Block]

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        process.element(f"{self.kind}Gateway", f"s_{self.id}").element(f"{self.kind}Gateway", f"j_{self.id}")
        for index, block in enumerate(self.blocks):
            first, last = block.write(process, more)
            process.flow(f"s_{self.id}", first, "" if self.kind == "parallel" else f"{index} in c_{self.id}").flow(
                last, f"j_{self.id}"
            )
        return f"s_{self.id}", f"j_{self.id}"

    def begin(self, scope: Scope, item: Any, values: Values) -> Run:
        chosen = range(len(self.blocks)) if self.kind == "parallel" else values[f"c_{self.id}"]
        return TogetherRun([self.blocks[index].begin(scope, item, values) for index in chosen])


class TogetherRun(Run):
    def __init__(self, runs: list[Run]) -> None:
        self.runs = runs

    def open(self) -> list[Open]:
        return [found for run in self.runs for found in run.open()]

    def act(self, on: Open, values: Values) -> bool:
        return any(run.act(on, values) for run in self.runs)


@dataclass
class Loop(Block):
    """A block, then a step that decides whether to do it again: the list ``c_<id>`` holds 1 for again."""

    id: str
    block: Block

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        process.element("exclusiveGateway", f"m_{self.id}").element("userTask", f"d_{self.id}").element(
            "exclusiveGateway", f"x_{self.id}"
        )
        process.element("exclusiveGateway", f"o_{self.id}")
        first, last = self.block.write(process, more)
        process.flow(f"m_{self.id}", first).flow(last, f"d_{self.id}").flow(f"d_{self.id}", f"x_{self.id}")
        process.flow(f"x_{self.id}", f"m_{self.id}", f"1 in c_{self.id}").flow(
            f"x_{self.id}", f"o_{self.id}", f"0 in c_{self.id}"
        )
        return f"m_{self.id}", f"o_{self.id}"

    def begin(self, scope: Scope, item: Any, values: Values) -> Run:
        return LoopRun(self, scope, item, values)


class LoopRun(Run):
    def __init__(self, loop: Loop, scope: Scope, item: Any, values: Values) -> None:
        self.loop, self.scope, self.item = loop, scope, item
        self.now = self._round(values)

    def _round(self, values: Values) -> Run:
        return SequenceRun([self.loop.block, Step(f"d_{self.loop.id}")], self.scope, self.item, values)

    def open(self) -> list[Open]:
        return self.now.open()

    def act(self, on: Open, values: Values) -> bool:
        found = self.now.act(on, values)
        if found and self.now.is_done and 1 in values[f"c_{self.loop.id}"]:
            self.now = self._round(values)
        return found


@dataclass
class Inner(Block):
    """A sub-process (once or for each of ``items``) or, with ``is_called``, another process of the file."""

    id: str
    block: Block
    items: list[Any] = field(default_factory=list)
    is_called: bool = False

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        inner = Process(f"p_{self.id}" if self.is_called else self.id)
        first, last = self.block.write(inner, more)
        inner.element("startEvent", f"s_{self.id}").element("endEvent", f"z_{self.id}").flow(f"s_{self.id}", first).flow(
            last, f"z_{self.id}"
        )
        if self.is_called:
            process.element("callActivity", self.id, calledElement=inner.id)
            more.append(inner)
        else:
            process.add(inner, each("items", f"i_{self.id}") if self.items else "")
        return self.id, self.id

    def begin(self, scope: Scope, item: Any, values: Values) -> Run:
        return InnerRun([Scope(self.block, own, values) for own in (self.items or [item])])


class InnerRun(Run):
    def __init__(self, scopes: list[Scope]) -> None:
        self.scopes = scopes

    def open(self) -> list[Open]:
        return [found for scope in self.scopes for found in scope.open()]

    def act(self, on: Open, values: Values) -> bool:
        return any(scope.act(on, values) for scope in self.scopes)


@dataclass
class Each(Block):
    """One user task for each of ``items``, at once or one after another."""

    id: str
    items: list[Any]
    is_sequential: bool

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        process.element("userTask", self.id, each("items", f"i_{self.id}", sequential=self.is_sequential))
        return self.id, self.id

    def begin(self, scope: Scope, item: Any, values: Values) -> Run:
        runs: list[Run] = [StepRun(Step(self.id), scope, own) for own in self.items]
        return _Chain(runs) if self.is_sequential else TogetherRun(runs)


class _Chain(TogetherRun):
    def open(self) -> list[Open]:
        return next((run.open() for run in self.runs if not run.is_done), [])

    def act(self, on: Open, values: Values) -> bool:
        return next((run.act(on, values) for run in self.runs if not run.is_done), False)


ITEMS = ["một", "hai"]
VALUES: Values = {"items": ITEMS}


class Grower:
    """Grows a random block. ``is_plain`` keeps to what stock SpiffWorkflow gets right: no joins around loops."""

    def __init__(self, seed: int, *, is_plain: bool = False) -> None:
        self.random, self.count, self.is_plain = random.Random(seed), 0, is_plain

    def name(self) -> str:
        """A new name."""
        self.count += 1
        return f"b{self.count}"

    def block(self, depth: int, *, in_loop: bool = False, in_each: bool = False) -> Block:
        """A block nesting at most ``depth`` deep."""
        depth = depth if self.count < 25 else 0
        kinds: list[Callable[[], Block]] = [self.step] * (3 if depth else 1)
        if depth:
            kinds += [lambda: self.loop(depth, in_each=in_each), lambda: self.inner(depth, in_loop=in_loop, in_each=in_each)]
            kinds += [lambda: self.branches("exclusive", depth, in_loop=in_loop, in_each=in_each)]
            if not (in_loop and self.is_plain):
                kinds += [lambda: self.branches("parallel", depth, in_loop=in_loop, in_each=in_each)] * 2
                kinds += [lambda: self.branches("inclusive", depth, in_loop=in_loop, in_each=in_each)]
            if not in_each and not (in_loop and self.is_plain):
                kinds += [lambda: Each(self.name(), ITEMS, self.random.random() < 0.5 and not self.is_plain)]
        return Sequence([self.random.choice(kinds)() for _ in range(self.random.randint(1, 3))])

    def step(self) -> Block:
        """A user task."""
        return Step(self.name(), remind=self.random.random() < 0.2, expire=self.random.random() < 0.2)

    def branches(self, kind: str, depth: int, *, in_loop: bool, in_each: bool) -> Block:
        """A step that decides, then branches."""
        name = self.name()
        depth = 0 if kind == "inclusive" and self.is_plain else depth - 1
        blocks = [self.block(depth, in_loop=in_loop, in_each=in_each) for _ in range(self.random.randint(2, 3))]
        return Sequence([Step(f"d_{name}"), Branches(name, kind, blocks)])

    def loop(self, depth: int, *, in_each: bool) -> Block:
        """A block that may be done again."""
        return Loop(self.name(), self.block(depth - 1, in_loop=True, in_each=in_each))

    def inner(self, depth: int, *, in_loop: bool, in_each: bool) -> Block:
        """A sub-process, repeated sub-process or called process."""
        is_repeated = not in_each and not (in_loop and self.is_plain) and self.random.random() < 0.4
        block = self.block(depth - 1, in_loop=in_loop, in_each=in_each or is_repeated)
        is_called = not is_repeated and self.random.random() < 0.4
        return Inner(self.name(), block, ITEMS if is_repeated else [], is_called)


def model_xml(block: Block) -> bytes:
    """The block as a BPMN file."""
    main, more = Process(), list[Process]()
    first, last = block.write(main, more)
    main.element("startEvent", "start").element("endEvent", "end").flow("start", first).flow(last, "end")
    return document(main, *more)


def choices(block: Block) -> dict[str, tuple[str, int]]:
    """For each deciding step ``d_<id>``: kind of the choice and number of branches."""
    if isinstance(block, Sequence):
        return {name: found for inner in block.blocks for name, found in choices(inner).items()}
    if isinstance(block, Branches):
        own = {f"d_{block.id}": (block.kind, len(block.blocks))}
        return own | {name: found for inner in block.blocks for name, found in choices(inner).items()}
    if isinstance(block, Loop):
        return {f"d_{block.id}": ("loop", 2)} | choices(block.block)
    return choices(block.block) if isinstance(block, Inner) else {}


def choose(random_: random.Random, kind: str, count: int) -> list[int]:
    """A random answer to a choice."""
    if kind == "inclusive":
        return sorted(random_.sample(range(count), random_.randint(1, count)))
    if kind == "loop":
        return [int(random_.random() < 0.4)]
    return [random_.randrange(count)]
