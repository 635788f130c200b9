"""Blocks with boundary events: what may happen while they are under way, and what is done then."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.bench.model import Process
from tests.flow.blocks import Block, Wait, opened
from tests.flow.live import Leaf, Place, Then


@dataclass
class Guard:
    """One boundary event: what it waits for, whether it interrupts, and what follows it."""

    event: Wait
    interrupts: bool
    handler: Block

    @property
    def end(self) -> str:
        """The end event of a handler that runs beside."""
        return f"e_{self.event.id}"


@dataclass
class Guarded(Block):
    """A block of one activity, with events on its boundary. Handlers of interrupting ones join the way out."""

    id: str
    host: Block
    guards: Sequence[Guard]

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        first, last = self.host.write(process, more)
        assert first == last, "only an activity has a boundary"
        process.element("exclusiveGateway", f"m_{self.id}").flow(last, f"m_{self.id}")
        for guard in self.guards:
            event, mode = guard.event, {} if guard.interrupts else {"cancelActivity": "false"}
            process.element("boundaryEvent", event.id, event.definition, attachedToRef=last, **mode)
            handler_first, handler_last = guard.handler.write(process, more)
            process.flow(event.id, handler_first)
            if not guard.interrupts:
                process.element("endEvent", guard.end)
            if handler_last:
                process.flow(handler_last, f"m_{self.id}" if guard.interrupts else guard.end)
        return first, f"m_{self.id}"

    def begin(self, at: Place, then: Then) -> None:
        arms, body = Place(at), Place(at)

        def done() -> None:
            arms.kill()
            body.kill()
            then()

        for guard in self.guards:
            _arm(guard, arms, body, then)
        self.host.begin(body, done)

    def blocks_inside(self) -> Iterator[Block]:
        yield self.host
        yield from (guard.handler for guard in self.guards)


def _arm(guard: Guard, arms: Place, body: Place, then: Then, rung: int = 0) -> None:
    at = arms.parent
    assert at is not None

    def happened() -> None:
        if guard.interrupts:
            arms.kill()
            body.kill()
            guard.handler.begin(at, then)
        else:
            at.scope.run(guard.handler.begin, guard.end)

    def fired(leaf: Leaf) -> None:
        leaf.kill()
        if not guard.interrupts and (guard.event.kind != "timer" or rung + 1 < guard.event.rings):
            _arm(guard, arms, body, then, rung + 1)
        happened()

    if guard.event.kind in ("error", "escalation", "cancel"):
        body.catchers.append((guard.event.kind, guard.event.name or None, "", happened))
    else:
        opened(guard.event, arms, fired)
