"""What can happen to a case in one situation: every step done in every way, every message, moment and error."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from engine.flow import run
from engine.flow.moves import Move, Waiting
from engine.procedures import possible_answers
from engine.procedures.definition import Definition
from engine.procedures.play_stage import AUTOMATIC, STEPS
from engine.procedures.possible_answers import Known

_Values = Mapping[str, Any]
_MESSAGES = ("message", "receive")


@dataclass(frozen=True)
class Deed:
    """One thing done. ``kind``: start, complete, fail, message, signal, timer; ``element``: where; the answers that lead on."""

    kind: str
    element: str
    answers: _Values = field(default_factory=dict, compare=False)


#: A deed, the routing values it is done with, and the move itself.
Possible = tuple[Deed, _Values, Callable[[], Move]]


def of(definition: Definition, read: Known, marking: bytes, values: _Values, waiting: Sequence[Waiting]) -> Iterator[Possible]:
    """Everything that can be done next. What the engine does by itself comes before anybody else's turn, as in a real case."""
    automatic = next((one for one in waiting if one.kind in AUTOMATIC), None)
    if automatic is not None:
        yield from _automatic(definition, read, marking, values, automatic)
        return
    model, opened = definition.model, [one.element for one in waiting]
    for one in waiting:
        if one.kind in STEPS:
            for answers in possible_answers.of_form(definition.form_of(one.element), read):
                now = {**values, **answers}
                yield Deed("complete", one.element, answers), now, partial(run.complete, model, marking, one.token, now)
        elif one.kind == "timer":
            yield Deed("timer", one.element), values, partial(run.fire_timer, model, marking, one.token, values)
    for one in _first_of_each(waiting, "signal"):
        yield Deed("signal", one.element), values, partial(run.send_signal, model, marking, str(one.name), values)
    for one in _first_of_each(waiting, *_MESSAGES):
        name = str(one.name)
        for answers in possible_answers.of_form(definition.message_form(name), read) if definition.takes(name, opened) else ():
            now = {**values, **answers}
            yield Deed("message", one.element, answers), now, partial(run.send_message, model, marking, name, now)


def _automatic(definition: Definition, read: Known, marking: bytes, values: _Values, task: Waiting) -> Iterator[Possible]:
    model, asks = definition.model, definition.asks
    if task.element in asks:
        ways: Sequence[_Values] = possible_answers.of_decision(definition, task.element, read)
    else:
        ways = read.outcomes.get(definition.calls[task.element].capability, ()) if task.element in definition.calls else ()
    for given in ways or [{}]:
        now = {**values, **given}
        yield Deed("complete", task.element, given), now, partial(run.complete, model, marking, task.token, now)
    for code in _error_codes(definition):
        yield Deed("fail", task.element), values, partial(run.fail, model, marking, task.token, code, values)


def _first_of_each(waiting: Sequence[Waiting], *kinds: str) -> Iterator[Waiting]:
    """One of those that wait for the same thing: it goes to all of them."""
    named = {one.name: one for one in reversed(waiting) if one.kind in kinds}
    yield from named.values()


def _error_codes(definition: Definition) -> list[str]:
    """The business errors the model catches anywhere; one that would be caught whatever its code is called as such."""
    specs = [spec for process in definition.model.processes.values() for spec in process.task_specs.values()]
    caught = {getattr(spec.event_definition, "code", None) or "*" for spec in specs if getattr(spec, "kind", "") == "error"}
    return sorted(caught)
