"""Models without any structure: elements thrown together and connected at random, with scripts whose order matters.

Nobody can say what such a model means, and many come to a standstill; but remembered, reloaded and living case must agree on
each of them: in the order of scripts, in steps sent back, and in the refusal too.
"""

import random
from collections.abc import Callable
from typing import Any

from engine.errors import EngineError, ProcedureRejected
from engine.flow import model as models
from engine.flow import run
from engine.flow.errors import Runaway
from engine.flow.model import Model
from engine.flow.moves import Waiting
from tests.bench.model import Process, document
from tests.flow.accounts import Act, Plain, Saved
from tests.flow.blocks import Names, definition

CONDITIONS = ["x % 2 = 0", "x % 3 = 1", "x &gt; 500", "1 in c"]
TAGS = ["userTask"] * 4 + ["scriptTask"] * 3 + ["exclusiveGateway"] * 2 + ["parallelGateway"] * 2 + ["inclusiveGateway"] * 2
TAGS += ["intermediateCatchEvent", "intermediateThrowEvent", "subProcess", "endEvent"]
#: Acts of one walk.
ACTS = 20


class Tangle:
    """Draws one tangle."""

    def __init__(self, seed: int) -> None:
        self.random, self.count, self.names = random.Random(seed), 0, Names()

    def xml(self) -> bytes:
        """The whole file."""
        return document(self._fill(Process(), self.random.randint(5, 14)), extra=self.names.xml())

    def _fill(self, process: Process, size: int) -> Process:
        start, ids, ways = self._id(), list[str](), dict[str, list[str]]()
        process.element("startEvent", start)
        tags = [self.random.choice(TAGS) for _ in range(size)]
        nodes = [(self._id(), tag) for tag in ["userTask", *tags]]
        process.flow(start, nodes[0][0])
        for id_, _ in nodes:
            sources = [other for other, kind in nodes[: len(ids)] if kind != "endEvent"]
            if sources:
                ways.setdefault(self.random.choice(sources), []).append(id_)
            ids.append(id_)
        for id_, tag in nodes:
            if tag != "endEvent" and (id_ not in ways or self.random.random() < 0.3):
                ways.setdefault(id_, []).append(self.random.choice(ids))
            self._draw(process, id_, tag, ways.get(id_, []), ids)
        if self.random.random() < 0.3:
            self._handle(process)
        return process

    def _handle(self, process: Process) -> None:
        """An event sub-process of one step and one script."""
        mode, names = self.random.choice(["true", "false"]), [self._id() for _ in range(4)]
        event = self._event(self.random.choice(["signal", "message", "timer", "conditional"]), repeats=mode == "false")
        inner = Process(self._id()).element("startEvent", names[0], event, isInterrupting=mode).element("userTask", names[1])
        inner.element("scriptTask", names[2], self._inside("scriptTask")).element("endEvent", names[3]).chain(*names)
        process.parts.append(f'<bpmn:subProcess id="{inner.id}" triggeredByEvent="true">{"".join(inner.parts)}</bpmn:subProcess>')

    def _id(self) -> str:
        self.count += 1
        return f"n{self.count}"

    def _draw(self, process: Process, id_: str, tag: str, ways: list[str], ids: list[str]) -> None:
        is_choice = tag in ("exclusiveGateway", "inclusiveGateway") and len(ways) > 1
        for way in ways[:-1]:
            process.flow(id_, way, self.random.choice(CONDITIONS) if is_choice else "")
        for way in ways[-1:]:
            process.flow(id_, way, id_=f"f_{id_}")
        if tag == "subProcess":
            process.add(self._fill(Process(id_), self.random.randint(2, 4)), self._loop() if self.random.random() < 0.4 else "")
        else:
            process.element(tag, id_, self._inside(tag), **({"default": f"f_{id_}"} if is_choice else {}))
        if tag in ("userTask", "subProcess") and self.random.random() < 0.3:
            self._guard(process, id_, ids)

    def _inside(self, tag: str) -> str:
        kind = self.random.choice(["signal", "message", "timer"])
        if tag == "scriptTask":
            return f"<bpmn:script>x = (x * 3 + {self.random.randint(1, 99)}) % 1009</bpmn:script>"
        if tag == "intermediateCatchEvent":
            return self._event(self.random.choice([kind, "conditional"]))
        if tag == "intermediateThrowEvent":
            return self._event(kind.replace("timer", "signal"))
        if tag == "endEvent":
            return self.random.choice(["", "", definition("terminate"), self._event("message")])
        return self._loop() if tag == "userTask" and self.random.random() < 0.15 else ""

    def _event(self, kind: str, *, repeats: bool = False) -> str:
        name = self.random.choice("gh")
        if kind == "conditional":
            condition = f"<bpmn:condition>{self.random.choice(CONDITIONS)}</bpmn:condition>"
            return f"<bpmn:conditionalEventDefinition>{condition}</bpmn:conditionalEventDefinition>"
        if kind != "timer":
            self.names.used.add((kind, name))
        return definition(kind, name, self.random.choice(["P1D", "=han", "R2/PT8H"] if repeats else ["P1D", "=han"]))

    def _loop(self) -> str:
        order = self.random.choice(["true", "false"])
        inner = '<bpmn:loopDataInputRef>items</bpmn:loopDataInputRef><bpmn:inputDataItem id="{0}" name="{0}"/>'.format(self._id())
        return f'<bpmn:multiInstanceLoopCharacteristics isSequential="{order}">{inner}</bpmn:multiInstanceLoopCharacteristics>'

    def _guard(self, process: Process, host: str, ids: list[str]) -> None:
        mode = self.random.choice(["true", "false"])
        event = self._event(self.random.choice(["signal", "message", "timer", "conditional"]), repeats=mode == "false")
        guard = self._id()
        process.element("boundaryEvent", guard, event, attachedToRef=host, cancelActivity=mode)
        process.flow(guard, self.random.choice(ids))


def told(seed: int, walks: int = 3) -> int:
    """Draw the tangle of this seed and walk it, each walk twice. The number of states compared; 0 where it is refused."""
    try:
        model = models.load(Tangle(seed).xml(), str(seed))
    except ProcedureRejected:
        return 0
    return sum(_Walk(model, walk).states() for walk in range(walks) for _ in range(2))


class _Walk:
    def __init__(self, model: Model, seed: int) -> None:
        values = {"x": seed, "c": [0], "items": ["một", "hai"], "han": "PT8H"}
        self.chance, self.model = random.Random(seed), model
        self.kept, self.fresh = Saved(model, values, remembers=True), Saved(model, values, remembers=False)
        self.plain = Plain(model, values)
        self.accounts = (self.kept, self.fresh, self.plain)

    def states(self) -> int:
        """Walk until the case ends, is refused or has been long enough; the number of states compared."""
        outcomes = [_done(account.start, "n1") for account in self.accounts]
        for seen in range(1, ACTS):
            assert outcomes[0] == outcomes[1], "remembered and computed differ"
            assert outcomes[1] == outcomes[2], "reloaded and living case differ"
            assert self.kept.values == self.fresh.values == self.plain.values
            waits = () if isinstance(outcomes[0], tuple) else run.waiting(self.model, self.kept.marking)
            if not waits:
                return seen
            act = self._choose(waits)
            outcomes = [_done(account.act, act) for account in self.accounts]
        return ACTS

    def _choose(self, waits: tuple[Waiting, ...]) -> Act:
        wait = self.chance.choice(waits)
        for account in self.accounts:
            account.values.update(
                {"c": [self.chance.randrange(2)], "x": self.chance.randrange(1009)}
                if account is self.kept
                else {name: self.kept.values[name] for name in "cx"}
            )
        if wait.kind == "user" and self.chance.random() < 0.1:
            target = self.chance.choice([e for e in self.model.facts.elements.values() if e.kind == "userTask"])
            return "return", (wait.token, target.id)
        if wait.kind == "conditional":
            return "look", None
        return wait.kind, wait.name if wait.kind in ("message", "signal") else wait.token


def _done(act: Callable[[Any], Any], subject: Any) -> Any:
    """The move, or the refusal in comparable form; which bound a runaway meets first depends on the machine."""
    try:
        return act(subject)
    except Runaway:
        return (Runaway,)
    except EngineError as refusal:
        return type(refusal), str(refusal), getattr(refusal, "element", None)
