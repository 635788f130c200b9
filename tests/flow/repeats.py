"""Activities done several times: for each element of a list, a number of times, or again while asked to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.bench.model import Process
from tests.flow.blocks import Block, Inner, Step
from tests.flow.live import Place, Then


@dataclass
class Each(Block):
    """An activity for each of ``items`` (without items: ``count`` times), at once or one after another.

    With ``enough`` it is over when so many are done; with ``collects`` the answers ``y_<id>`` are collected in ``out_<id>``.
    """

    id: str
    host: Step | Inner
    items: list[Any] = field(default_factory=list)
    count: int = 0
    is_sequential: bool = False
    enough: int = 0
    collects: bool = False

    def __post_init__(self) -> None:
        self.choice = ("answer", 2) if self.collects else None

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        self.host.loop = self._loop()
        return self.host.write(process, more)

    def _loop(self) -> str:
        parts = [f"<bpmn:loopCardinality>{self.count}</bpmn:loopCardinality>"]
        if self.items:
            parts = [f"<bpmn:loopDataInputRef>{_list(self.items)}</bpmn:loopDataInputRef>"]
        if self.collects:
            parts += [f"<bpmn:loopDataOutputRef>out_{self.id}</bpmn:loopDataOutputRef>"]
        if self.items:
            parts += [f'<bpmn:inputDataItem id="in_{self.id}" name="i_{self.id}"/>']
        if self.collects:
            parts += [f'<bpmn:outputDataItem id="y_{self.id}_item" name="y_{self.id}"/>']
        if self.enough:
            parts += [f"<bpmn:completionCondition>numberOfCompletedInstances &gt;= {self.enough}</bpmn:completionCondition>"]
        order = f'isSequential="{str(self.is_sequential).lower()}"'
        return f"<bpmn:multiInstanceLoopCharacteristics {order}>{''.join(parts)}</bpmn:multiInstanceLoopCharacteristics>"

    def begin(self, at: Place, then: Then) -> None:
        if self.collects:
            at.world.values[f"out_{self.id}"] = []
        self._begin(Place(at), then)

    def _begin(self, group: Place, then: Then) -> None:
        elements = self.items or [None] * self.count
        done, collected = [0], list[Any]()

        def begin(index: int) -> None:
            own = {f"i_{self.id}": elements[index]} if self.items else {}
            self.host.begin(Place(group, {"loopCounter": index, **own}), one_done)

        def one_done() -> None:
            done[0] += 1
            if self.collects:
                collected.append(group.world.values[f"y_{self.id}"])
                group.world.values[f"out_{self.id}"] = list(collected)
            if done[0] in (len(elements), self.enough):
                group.kill()
                then()
            elif self.is_sequential:
                begin(done[0])

        for index in range(1 if self.is_sequential else len(elements)):
            if group.is_alive:
                begin(index)

    def blocks_inside(self) -> Iterator[Block]:
        yield self.host


def _list(items: list[Any]) -> str:
    return "items" if len(items) == 2 else "more"


@dataclass
class Again(Block):
    """An activity with a standard loop: while ``c_<id>`` holds 1, at most ``most`` times; asked first where ``asks_first``."""

    id: str
    host: Step | Inner
    most: int = 0
    asks_first: bool = False
    choice: tuple[str, int] | None = ("again", 2)

    def write(self, process: Process, more: list[Process]) -> tuple[str, str]:
        most = f' loopMaximum="{self.most}"' if self.most else ""
        attributes = f'testBefore="{str(self.asks_first).lower()}"{most}'
        condition = f"<bpmn:loopCondition>1 in c_{self.id}</bpmn:loopCondition>"
        self.host.loop = f"<bpmn:standardLoopCharacteristics {attributes}>{condition}</bpmn:standardLoopCharacteristics>"
        return self.host.write(process, more)

    def begin(self, at: Place, then: Then) -> None:
        if self.asks_first and not self._is_wanted(at):
            then()
        else:
            self._round(Place(at), 0, then)

    def _round(self, group: Place, done: int, then: Then) -> None:
        def over() -> None:
            if done + 1 != self.most and self._is_wanted(group):
                self._round(group, done + 1, then)
            else:
                group.kill()
                then()

        self.host.begin(Place(group, {"loopCounter": done}), over)

    def _is_wanted(self, at: Place) -> bool:
        return 1 in at.world.values[f"c_{self.id}"]

    def blocks_inside(self) -> Iterator[Block]:
        yield self.host
