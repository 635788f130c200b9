"""Building blocks of well-structured models: each draws itself as BPMN, and says, without tokens, what it means.

``write`` draws a block and gives the ids of its first and last element (no last one: nothing follows). ``begin`` runs it at a
place of ``live`` and calls ``then`` when the next block may begin.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tests.bench.model import Process
from tests.flow.live import Leaf, Place, Scope, Then


class Block:
    """A block with one way in and at most one way out."""

    #: For the step ``d_<id>`` that decides: kind of the choice, number of branches.
    choice: tuple[str, int] | None = None
    id: str

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        """Draw it into ``process``, called processes into ``more``; the ids of its first and last element."""
        raise NotImplementedError

    def begin(self, at: Place, then: Then) -> None:
        """Begin it."""
        raise NotImplementedError

    def blocks_inside(self) -> Iterator["Block"]:
        """The blocks it is made of."""
        return iter(())


_CALLED = {"serviceTask": {"qt:capability": "any"}, "businessRuleTask": {"qt:decision": "any"}}
_KINDS = {"businessRuleTask": "decision"}


@dataclass
class Step(Block):
    """A task: ``tag`` as in BPMN. It waits to be completed."""

    id: str
    tag: str = "userTask"
    loop: str = ""

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        process.element(self.tag, self.id, self.loop, **_CALLED.get(self.tag, {}))
        return self.id, self.id

    def begin(self, at: Place, then: Then) -> None:
        def done(leaf: Leaf) -> None:
            leaf.kill()
            then()

        Leaf(at, self.id, _KINDS.get(self.tag, self.tag.removesuffix("Task")), done)


@dataclass
class Script(Block):
    """Adds ``weight`` to the value ``tong``, so that the sum tells how often each script ran."""

    id: str
    weight: int

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        process.element("scriptTask", self.id, f"<bpmn:script>tong = tong + {self.weight}</bpmn:script>")
        return self.id, self.id

    def begin(self, at: Place, then: Then) -> None:
        at.world.values["tong"] += self.weight
        then()


@dataclass
class Series(Block):
    """Blocks one after another."""

    blocks: Sequence[Block]

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        ends = [block.write(process, more) for block in self.blocks]
        for (_, last), (first, _) in pairwise(ends):
            process.flow(last, first)
        return ends[0][0], ends[-1][1]

    def begin(self, at: Place, then: Then) -> None:
        self._begin_from(0, at, then)

    def _begin_from(self, index: int, at: Place, then: Then) -> None:
        if index == len(self.blocks):
            then()
        elif at.is_alive:
            self.blocks[index].begin(at, lambda: self._begin_from(index + 1, at, then))

    def blocks_inside(self) -> Iterator[Block]:
        return iter(self.blocks)


@dataclass
class Branches(Block):
    """Gateway, branches, gateway. ``kind``: exclusive, parallel or inclusive; the choice is a list of indexes under ``c_<id>``."""

    id: str
    kind: str
    blocks: Sequence[Block]
    has_default: bool = False

    def __post_init__(self) -> None:
        self.choice = None if self.kind == "parallel" else (self.kind, len(self.blocks))

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        default = {"default": f"f_{self.id}"} if self.has_default else {}
        process.element(f"{self.kind}Gateway", f"s_{self.id}", **default).element(f"{self.kind}Gateway", f"j_{self.id}")
        for index, block in enumerate(self.blocks):
            first, last = block.write(process, more)
            is_default = self.has_default and index == len(self.blocks) - 1
            condition = "" if self.kind == "parallel" or is_default else f"{index} in c_{self.id}"
            process.flow(f"s_{self.id}", first, condition, f"f_{self.id}" if is_default else "")
            if last:
                process.flow(last, f"j_{self.id}")
        return f"s_{self.id}", f"j_{self.id}"

    def begin(self, at: Place, then: Then) -> None:
        chosen = self._chosen(at)
        left = [len(chosen)]

        def done() -> None:
            left[0] -= 1
            if left[0] == 0 and at.is_alive:
                then()

        for index in chosen:
            if at.is_alive:
                self.blocks[index].begin(at, done)

    def _chosen(self, at: Place) -> list[int]:
        last = len(self.blocks) - 1
        if self.kind == "parallel":
            return list(range(last + 1))
        wanted: list[int] = at.world.values[f"c_{self.id}"]
        return [index for index in wanted if index != last] or [last] if self.has_default else wanted

    def blocks_inside(self) -> Iterator[Block]:
        return iter(self.blocks)


@dataclass
class Loop(Block):
    """A block, then a step that decides whether to do it again: the list ``c_<id>`` holds 1 for again."""

    id: str
    block: Block
    choice: tuple[str, int] | None = ("loop", 2)

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        merge, step, split, out = (f"{letter}_{self.id}" for letter in "mdxo")
        process.element("exclusiveGateway", merge).element("userTask", step)
        process.element("exclusiveGateway", split).element("exclusiveGateway", out)
        first, last = self.block.write(process, more)
        process.chain(merge, first).chain(last, step, split)
        process.flow(split, merge, f"1 in c_{self.id}").flow(split, out, f"0 in c_{self.id}")
        return merge, out

    def begin(self, at: Place, then: Then) -> None:
        def decided() -> None:
            if 1 in at.world.values[f"c_{self.id}"]:
                self.begin(at, then)
            else:
                then()

        self.block.begin(at, lambda: Step(f"d_{self.id}").begin(at, decided))

    def blocks_inside(self) -> Iterator[Block]:
        yield self.block


@dataclass
class Handler:
    """An event sub-process: the event that starts it, whether it interrupts the scope around it, and what it does."""

    id: str
    event: "Wait"
    interrupts: bool
    block: Block

    def write(self, process: Process, more: list[Process]) -> None:
        """Draw it into the scope it belongs to."""
        inner, mode = Process(self.id), {} if self.interrupts else {"isInterrupting": "false"}
        inner.element("startEvent", self.event.id, self.event.definition, **mode)
        first, last = self.block.write(inner, more)
        inner.flow(self.event.id, first)
        if last:
            inner.element("endEvent", f"z_{self.id}").flow(last, f"z_{self.id}")
        process.parts.append(f'<bpmn:subProcess id="{self.id}" triggeredByEvent="true">{"".join(inner.parts)}</bpmn:subProcess>')

    def arm(self, scope: Scope, rung: int = 0) -> None:
        """It may happen from now on."""

        def begin(at: Place, then: Then) -> None:
            inside = Scope(at, then)
            inside.handler = self.id
            inside.run(self.block.begin, f"z_{self.id}")

        def happened() -> None:
            if self.interrupts:
                scope.interrupt()
            scope.run(begin, "")

        def fired(leaf: Leaf) -> None:
            if self.event.kind == "timer":
                leaf.kill()
                if rung + 1 < self.event.rings and not self.interrupts:
                    self.arm(scope, rung + 1)
            happened()

        if self.event.kind in ("error", "escalation"):
            scope.catchers.append((self.event.kind, self.event.name or None, self.id, happened))
        else:
            opened(self.event, scope, fired)


@dataclass
class Inner(Block):
    """A sub-process (``tag``: or transaction) or, with ``is_called``, another process of the file; with event sub-processes."""

    id: str
    block: Block
    is_called: bool = False
    loop: str = ""
    tag: str = "subProcess"
    handlers: Sequence[Handler] = ()

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        inner = Process(f"p_{self.id}" if self.is_called else self.id)
        first, last = self.block.write(inner, more)
        inner.element("startEvent", f"s_{self.id}").flow(f"s_{self.id}", first)
        if last:
            inner.element("endEvent", f"z_{self.id}").flow(last, f"z_{self.id}")
        for handler in self.handlers:
            handler.write(inner, more)
        if self.is_called:
            process.element("callActivity", self.id, self.loop, calledElement=inner.id)
            more.append(inner)
        else:
            process.element(self.tag, self.id, self.loop + "".join(inner.parts))
        return self.id, self.id

    def begin(self, at: Place, then: Then) -> None:
        scope = Scope(at, then)
        for handler in self.handlers:
            handler.arm(scope)
        scope.run(self.block.begin, f"z_{self.id}")

    def blocks_inside(self) -> Iterator[Block]:
        yield self.block
        yield from (handler.block for handler in self.handlers)


@dataclass
class Wait(Block):
    """The case waits for a message, a signal or a moment; ``text`` is the moment as the model has it, ``rings`` how often."""

    id: str
    kind: str
    name: str | None = None
    text: str = "P1D"
    is_task: bool = False
    rings: int = 1

    @property
    def definition(self) -> str:
        """Its event definition."""
        return definition(self.kind, self.name, self.text if self.rings == 1 else f"R{self.rings}/{self.text}")

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        if self.is_task:
            process.element("receiveTask", self.id, messageRef=f"message_{self.name}")
        else:
            process.element("intermediateCatchEvent", self.id, self.definition)
        return self.id, self.id

    def begin(self, at: Place, then: Then) -> None:
        def happened(leaf: Leaf) -> None:
            leaf.kill()
            then()

        opened(self, at, happened)


@dataclass
class First(Block):
    """An event gateway: the first of several events decides how it goes on."""

    id: str
    events: Sequence[Wait]
    blocks: Sequence[Block]

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        process.element("eventBasedGateway", self.id).element("exclusiveGateway", f"j_{self.id}")
        for event, block in zip(self.events, self.blocks, strict=True):
            event.write(process, more)
            first, last = block.write(process, more)
            process.chain(self.id, event.id, first).flow(last, f"j_{self.id}")
        return self.id, f"j_{self.id}"

    def begin(self, at: Place, then: Then) -> None:
        together = Place(at)

        def begin_with(block: Block) -> Any:
            def happened(leaf: Leaf) -> None:
                together.kill()
                block.begin(at, then)

            return happened

        for event, block in zip(self.events, self.blocks, strict=True):
            opened(event, together, begin_with(block))

    def blocks_inside(self) -> Iterator[Block]:
        return iter(self.blocks)


@dataclass
class Throw(Block):
    """Sends a message, a signal or an escalation in passing."""

    id: str
    kind: str
    name: str

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        process.element("intermediateThrowEvent", self.id, definition(self.kind, self.name))
        return self.id, self.id

    def begin(self, at: Place, then: Then) -> None:
        send(at, self.kind, self.name, self.id)
        if at.is_alive:
            then()


@dataclass
class Ending(Block):
    """An end event in the middle of a block: terminate, error, cancel, escalation, message, or plain (``kind`` empty)."""

    id: str
    kind: str
    name: str = ""

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        process.element("endEvent", self.id, definition(self.kind, self.name) if self.kind else "")
        return self.id, ""

    def begin(self, at: Place, then: Then) -> None:
        if at.scope.is_top and self.kind in ("terminate", "error", "cancel"):
            at.world.ends.add(self.id)
        if self.kind == "terminate":
            at.scope.over()
        elif self.kind in ("error", "cancel"):
            assert at.throw(self.kind, self.name), "an error nobody catches was drawn"
        else:
            if self.kind:
                send(at, self.kind, self.name, self.id)
            if at.is_alive:
                at.scope.ended(self.id)


def definition(kind: str, name: str | None = None, text: str = "") -> str:
    """An event definition. References are called ``<kind>_<name>``; an empty name of an error or escalation catches all."""
    if kind == "timer":
        part = "timeCycle" if text.startswith("R") else "timeDuration"
        return f"<bpmn:timerEventDefinition><bpmn:{part}>{text}</bpmn:{part}></bpmn:timerEventDefinition>"
    reference = f' {kind}Ref="{kind}_{name}"' if name and kind not in ("terminate", "cancel") else ""
    return f"<bpmn:{kind}EventDefinition{reference}/>"


def opened(event: Wait, at: Place, happened: Any) -> Leaf:
    """``event`` begins to wait at this place."""
    moment = None
    if event.kind == "timer":
        moment = at.world.values[event.text[1:]] if event.text.startswith("=") else event.text.strip('"')
    kind = "receive" if event.is_task else event.kind
    return Leaf(at, event.id, kind, happened, name=event.name, timer=moment)


def send(at: Place, kind: str, name: str, element: str) -> None:
    """Something is thrown at this place."""
    caught = at.throw(kind, name) if kind == "escalation" else at.world.deliver(kind, name)
    at.world.thrown.append((kind, name, element, caught))


@dataclass
class Names:
    """Names of messages, signals, errors and escalations in a model, to be declared."""

    used: set[tuple[str, str]] = field(default_factory=set)

    def xml(self) -> str:
        """Their declarations."""
        return "".join(_declared(kind, name) for kind, name in sorted(self.used))


def _declared(kind: str, name: str) -> str:
    code = f' {kind}Code="{name}"' if kind in ("error", "escalation") else ""
    return f'<bpmn:{kind} id="{kind}_{name}" name="{name}"{code}/>'
