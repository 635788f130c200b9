"""Grows random well-structured models out of ``blocks``, ``guards`` and ``repeats``."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tests.bench.model import Process, document
from tests.flow.blocks import Block, Branches, Ending, First, Handler, Inner, Loop, Names, Script, Series, Step, Throw, Wait
from tests.flow.guards import Guard, Guarded
from tests.flow.live import Values
from tests.flow.repeats import Again, Each

ITEMS = ["một", "hai"]
VALUES: Values = {"items": ITEMS, "more": ["đỏ", "vàng", "xanh"], "tong": 0, "han": "2026-12-01T17:00:00+07:00"}
#: What steps may answer for the moment ``han``.
MOMENTS = ["2026-12-01T17:00:00+07:00", "PT8H", "P3D"]
#: Names made in one model, after which it grows no deeper.
MOST = 22
_PLACES = {"again": "c", "answer": "y"}


@dataclass(frozen=True)
class Where:
    """Where a block grows: how deep it may nest, what it may do there, which error codes are caught around it.

    ``may_end``: a token may end there without being missed at a join. ``may_join``: no second token can come by at the same
    time from another run of the same block, whose tokens a join could not tell apart (handlers that run beside their host).
    ``is_twin``: there may be such runs around; nothing that moves both at once is drawn, or nobody could say which is which.
    """

    depth: int
    in_loop: bool = False
    in_each: bool = False
    may_end: bool = True
    may_join: bool = True
    is_twin: bool = False
    may_cancel: bool = False
    codes: tuple[str, ...] = ()

    def deeper(self, **more: Any) -> "Where":
        """One level down."""
        return replace(self, depth=self.depth - 1, **more)


class Grower:
    """Grows one model. ``is_plain`` keeps to what stock SpiffWorkflow gets right: no joins around loops, timers only."""

    def __init__(self, seed: int, *, is_plain: bool = False) -> None:
        self.random, self.count, self.is_plain = random.Random(seed), 0, is_plain
        self.names = Names()

    def name(self) -> str:
        """A new name."""
        self.count += 1
        return f"b{self.count}"

    def chance(self, share: float) -> bool:
        """Yes in this share of all cases."""
        return self.random.random() < share

    def block(self, depth: int) -> Block:
        """The block of a whole model, nesting at most ``depth`` deep."""
        return self.series(Where(depth))

    def series(self, where: Where, *, first: Block | None = None) -> Series:
        """One to three blocks in a row, after ``first``."""
        where = where if self.count < MOST else replace(where, depth=0)
        kinds = self._kinds(where)
        blocks = [self.random.choice(kinds)(where) for _ in range(self.random.randint(1, 3))]
        return Series([first, *blocks] if first is not None else blocks)

    def _kinds(self, where: Where) -> list[Callable[[Where], Block]]:
        if self.is_plain:
            return self._plain_kinds(where)
        kinds: list[Callable[[Where], Block]] = [self.step, self.script, self.wait, self.throw]
        if where.depth == 0:
            return [self.step, *kinds]
        kinds += [self.step, self.exclusive, self.loop, self.inner, self.first]
        kinds += [self.parallel, self.parallel, self.inclusive] if where.may_join else []
        return [
            *kinds,
            self.guarded_step,
            self.guarded_inner,
            self.guarded_inner,
            self.transaction,
            self.each,
            self.each,
            self.again,
            self.ending,
        ]

    def _plain_kinds(self, where: Where) -> list[Callable[[Where], Block]]:
        kinds: list[Callable[[Where], Block]] = [self.timed_step] * (3 if where.depth else 1)
        if where.depth:
            kinds += [self.loop, self.inner, self.exclusive]
            kinds += [] if where.in_loop else [self.parallel, self.parallel, self.inclusive]
            kinds += [] if where.in_loop or where.in_each else [self.plain_each]
        return kinds

    def step(self, where: Where) -> Block:
        """A task somebody or something completes."""
        tags = ["userTask"] * 3 + ([] if self.is_plain else ["manualTask", "serviceTask", "businessRuleTask"])
        return Step(self.name(), self.random.choice(tags))

    def script(self, where: Where) -> Block:
        """A script that counts how often it runs."""
        return Script(self.name(), 10 ** (self.count % 12) + self.count)

    def wait(self, where: Where) -> Block:
        """An intermediate event or a receive task."""
        return self.event(
            self.random.choice(["timer"] if where.is_twin else ["message", "signal", "timer"]), is_task=self.chance(0.2)
        )

    def event(self, kind: str, *, is_task: bool = False) -> Wait:
        """Something to wait for; a message or signal has its own name or the one everybody uses."""
        id_ = self.name()
        if kind == "timer":
            return Wait(id_, kind, None, self.random.choice(['"P1D"', "PT8H", "=han"]))
        name = "chung" if self.chance(0.4) else id_
        if kind in ("error", "escalation"):
            name = "" if self.chance(0.3) else id_
        if name:
            self.names.used.add((kind, name))
        return Wait(id_, kind, name, is_task=is_task and kind == "message")

    def throw(self, where: Where) -> Block:
        """A step, then something sent in passing."""
        name = self.name()
        kind = self.random.choice(["escalation"] if where.is_twin else ["message", "signal", "escalation"])
        code = self.random.choice(["chung", *where.codes]) if kind == "escalation" else "chung"
        self.names.used.add((kind, code))
        return Series([Step(f"a_{name}"), Throw(name, kind, code)])

    def exclusive(self, where: Where) -> Block:
        """A step that decides, then one of several branches."""
        return self._branches("exclusive", where.deeper())

    def parallel(self, where: Where) -> Block:
        """A step, then several branches at once."""
        return self._branches("parallel", where.deeper(may_end=False))

    def inclusive(self, where: Where) -> Block:
        """A step that decides, then some of several branches."""
        depth = 0 if self.is_plain else where.depth - 1
        return self._branches("inclusive", replace(where, depth=depth, may_end=False))

    def _branches(self, kind: str, where: Where) -> Block:
        name = self.name()
        blocks = [self.series(where) for _ in range(self.random.randint(2, 3))]
        has_default = kind != "parallel" and not self.is_plain and self.chance(0.5)
        return Series([Step(f"d_{name}"), Branches(name, kind, blocks, has_default)])

    def ending(self, where: Where) -> Block:
        """A step that decides whether this is the end."""
        name, kinds = self.name(), ["terminate", *(["error"] if where.codes else []), *(["cancel"] if where.may_cancel else [])]
        kind = self.random.choice([*kinds, *self._quiet_ends(where)])
        code = self.random.choice(where.codes) if kind == "error" else "chung"
        if kind not in ("", "terminate", "cancel"):
            self.names.used.add((kind, code))
        ways = [Ending(f"t_{name}", kind, code), self.series(where.deeper())]
        return Series([Step(f"d_{name}"), Branches(name, "exclusive", ways)])

    def _quiet_ends(self, where: Where) -> list[str]:
        if not where.may_end:
            return []
        return ["", "escalation"] if where.is_twin else ["", "message", "signal", "escalation"]

    def loop(self, where: Where) -> Block:
        """A block that may be done again."""
        return Loop(self.name(), self.series(where.deeper(in_loop=True)))

    def inner(self, where: Where) -> Inner:
        """A sub-process or called process."""
        inside = where.deeper(may_end=True, may_join=True, may_cancel=False)
        handlers: list[Handler] = []
        if not self.is_plain and where.depth and self.chance(0.3):
            handlers = [self.handler(inside) for _ in range(self.random.randint(1, 2))]
            inside = replace(inside, codes=tuple(dict.fromkeys([*_caught(handlers), *where.codes])))
        block = self.series(inside, first=Step(f"i_{self.name()}"))
        return Inner(self.name(), block, self.chance(0.4), handlers=handlers)

    def handler(self, where: Where) -> Handler:
        """An event sub-process; its message or signal is its own, so that nothing else happens at the same time."""
        kind = self.random.choice(["timer", "error", "escalation", *([] if where.is_twin else ["message", "signal"])])
        event = self.event(kind)
        if kind in ("message", "signal"):
            event.name = event.id
        elif kind == "error":
            event.name = self.random.choice(["E1", "E2"])
        if event.name:
            self.names.used.add((kind, event.name))
        interrupts = kind == "error" or self.chance(0.5)
        self._ring(event, interrupts)
        inside = replace(where.deeper(), is_twin=where.is_twin or not interrupts)
        return Handler(self.name(), event, interrupts, self.series(inside, first=Step(f"h_{self.name()}")))

    def _ring(self, event: Wait, interrupts: bool) -> None:
        if event.kind == "timer" and not interrupts and not self.is_plain and self.chance(0.5):
            event.text, event.rings = "PT8H", self.random.choice([2, 3])

    def transaction(self, where: Where) -> Block:
        """A sub-process that may be cancelled from inside."""
        inside = where.deeper(may_end=True, may_join=True, may_cancel=True)
        host = Inner(self.name(), self.series(inside, first=Step(f"i_{self.name()}")), tag="transaction")
        host.block = Series([host.block, self.ending(inside)])
        return Guarded(self.name(), host, [Guard(Wait(self.name(), "cancel"), True, self._handler(where))])

    def first(self, where: Where) -> Block:
        """An event gateway."""
        every = ["timer"] * 3 if where.is_twin else ["message", "signal", "timer", "timer"]
        kinds = self.random.sample(every, self.random.randint(2, 3))
        events = [self.event(kind, is_task=self.chance(0.2)) for kind in kinds]
        return First(self.name(), events, [self.series(where.deeper(may_end=False)) for _ in events])

    def guarded_step(self, where: Where) -> Block:
        """A step with timers, messages or signals on it; one that the engine does may fail."""
        host = Step(self.name(), self.random.choice(["userTask", "userTask", "serviceTask"]))
        guarded = self._guarded(host, where, ["message", "signal", "timer", "timer"])
        if host.tag == "userTask":
            return guarded
        code = self.random.choice(["", "E1", "E2"])
        self.names.used |= {("error", code)} if code else set()
        return replace(guarded, guards=[*guarded.guards, Guard(Wait(self.name(), "error", code), True, self._handler(where))])

    def guarded_inner(self, where: Where) -> Block:
        """A sub-process, perhaps repeated, with any events on it."""
        code = self.random.choice(["E1", "E2"])
        inside = replace(where, codes=(code, *(other for other in where.codes if other != code)))
        host = self._activity(inside) if self.chance(0.3) else self.inner(inside)
        guarded = self._guarded(host, where, ["message", "signal", "timer", "escalation"])
        caught = Wait(self.name(), "error", self.random.choice(["", code]))
        self.names.used.add(("error", code))
        return replace(guarded, guards=[*guarded.guards, Guard(caught, True, self._handler(where))])

    def _guarded(self, host: Block, where: Where, kinds: list[str]) -> Guarded:
        kinds = [kind for kind in kinds if not (where.is_twin and kind in ("message", "signal"))]
        guards: dict[tuple[str, str | None], Guard] = {}
        for kind in self.random.sample(kinds, self.random.randint(1, 2)):
            event, interrupts = self.event(kind), self.chance(0.5)
            self._ring(event, interrupts)
            key = (kind, event.name if kind != "timer" else event.id)
            handler = self._handler(where if interrupts else replace(where, may_join=False, is_twin=True))
            guards[key] = Guard(event, interrupts, handler)
        return Guarded(self.name(), host, list(guards.values()))

    def _handler(self, where: Where) -> Block:
        return self.series(replace(where.deeper(), may_end=False), first=Step(f"h_{self.name()}"))

    def _activity(self, where: Where) -> Block:
        """Something repeated."""
        return self.random.choice([self.each, self.again])(where)

    def each(self, where: Where) -> Each:
        """A step or sub-process for several items."""
        name = self.name()
        enough = self.random.choice([0, 0, 1, 2])
        inside = replace(where, in_each=True, is_twin=where.is_twin or enough > 0)
        host = Step(name) if self.chance(0.5) else self.inner(inside)
        has_list = isinstance(host, Inner) or self.chance(0.7)
        items = self.random.choice([ITEMS, VALUES["more"]]) if has_list else []
        return Each(host.id, host, items, 2, self.chance(0.5), enough, self.chance(0.4))

    def again(self, where: Where) -> Again:
        """A step or sub-process with a standard loop."""
        name = self.name()
        host = Step(name) if self.chance(0.5) else self.inner(where)
        return Again(host.id, host, self.random.choice([0, 2, 3]), self.chance(0.5))

    def timed_step(self, where: Where) -> Block:
        """A step, perhaps with timers."""
        step = Step(self.name())
        timers = [Wait(f"{letter}_{step.id}", "timer", None, '"P1D"') for letter in "rx" if self.chance(0.2)]
        guards = [Guard(timer, timer.id[0] == "x", Step(f"n{timer.id}")) for timer in timers]
        return Guarded(f"g_{step.id}", step, guards) if guards else step

    def plain_each(self, where: Where) -> Block:
        """A step for each of two people at once."""
        step = Step(self.name())
        return Each(step.id, step, ITEMS)


def _caught(handlers: list[Handler]) -> list[str]:
    return [handler.event.name for handler in handlers if handler.event.kind == "error" and handler.event.name]


def model_xml(block: Block, names: Names | None = None) -> bytes:
    """The block as a BPMN file."""
    main, more = Process(), list[Process]()
    first, last = block.write(main, more)
    main.element("startEvent", "start").flow("start", first)
    if last:
        main.element("endEvent", "end").flow(last, "end")
    return document(main, *more, extra=names.xml() if names is not None else "")


def every_block(block: Block) -> Iterator[Block]:
    """The block and all inside it."""
    yield block
    for inner in block.blocks_inside():
        yield from every_block(inner)


def choices(block: Block) -> dict[str, tuple[str, int]]:
    """Kind and number of branches of each choice: by its step ``d_<id>``, or by the value it is read from at any moment."""
    made = [(inner.id, inner.choice) for inner in every_block(block) if inner.choice is not None]
    return {f"{_PLACES.get(choice[0], 'd')}_{id_}": choice for id_, choice in made}


def first_values(block: Block, random_: random.Random) -> Values:
    """What a case of this model knows when it begins."""
    return {**VALUES, **{name: choose(random_, *choice) for name, choice in choices(block).items() if name[0] != "d"}}


def choose(random_: random.Random, kind: str, count: int) -> Any:
    """A random answer to a choice."""
    if kind == "inclusive":
        return sorted(random_.sample(range(count), random_.randint(1, count)))
    if kind in ("loop", "again"):
        return [int(random_.random() < 0.4)]
    return random_.choice("ab") if kind == "answer" else [random_.randrange(count)]
