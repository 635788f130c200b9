"""A case walked by hand in a test: one marking that goes through bytes at every act."""

from typing import Any

from engine.flow import model as models
from engine.flow import run
from engine.flow.memo import Memo
from engine.flow.model import Model
from engine.flow.moves import Move, Waiting
from tests.bench.model import Process, document


class Walk:
    """Acts by element name on one case; ``move`` is the last move, ``values`` the routing values as the case would keep them."""

    def __init__(self, model: Model, values: dict[str, Any] | None = None, **start: str) -> None:
        self.model, self.values = model, dict(values or {})
        self.move: Move = self._after(run.start(model, self.values, **start))

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """Everything waited for."""
        return run.waiting(self.model, self.move.marking)

    @property
    def open(self) -> list[str]:
        """Elements waited for, sorted, as often as they wait."""
        return sorted(found.element for found in self.waiting)

    def find(self, element: str, index: int = 0) -> Waiting:
        """What waits at ``element``."""
        return [found for found in self.waiting if found.element == element][index]

    def complete(self, element: str, index: int = 0, **values: Any) -> "Walk":
        """Complete the step there with these answers."""
        return self.act(self.find(element, index), **values)

    def act(self, found: Waiting, **values: Any) -> "Walk":
        """Complete this step with these answers, or fire this timer."""
        self.values.update(values)
        act = run.fire_timer if found.kind == "timer" else run.complete
        self.move = self._after(act(self.model, self.move.marking, found.token, self.values))
        return self

    def message(self, name: str) -> "Walk":
        """Send a message."""
        self.move = self._after(run.send_message(self.model, self.move.marking, name, self.values))
        return self

    def fire(self, element: str) -> "Walk":
        """Fire the timer there."""
        return self.act(self.find(element))

    def back(self, element: str, target: str) -> "Walk":
        """Return the step at ``element`` to ``target``."""
        token = self.find(element).token
        self.move = self._after(run.return_to(self.model, self.move.marking, token, target, self.values))
        return self

    def _after(self, move: Move) -> Move:
        self.values.update(move.values)
        return move


def make_model(*processes: Process, extra: str = "", memo: bool = True) -> Model:
    """A model of these processes."""
    model = models.load(document(*processes, extra=extra), "test")
    model.memo.size = Memo().size if memo else 0
    return model


def linear(*steps: str, id_: str = "main") -> Process:
    """Start, user tasks one after another, end."""
    process = Process(id_).element("startEvent", f"{id_}_start").element("endEvent", f"{id_}_end")
    for step in steps:
        process.element("userTask", step)
    return process.chain(f"{id_}_start", *steps, f"{id_}_end")


def handler(scope: Process, id_: str, definition: str, step: str, *, beside: bool = False) -> Process:
    """Add to ``scope`` an event sub-process of one step that starts so; ``beside``: it does not interrupt."""
    inner = Process(id_).element("startEvent", f"{id_}_start", definition, isInterrupting=str(not beside).lower())
    inner.element("userTask", step).element("endEvent", f"{id_}_end").chain(f"{id_}_start", step, f"{id_}_end")
    scope.parts.append(f'<bpmn:subProcess id="{id_}" triggeredByEvent="true">{"".join(inner.parts)}</bpmn:subProcess>')
    return scope
