"""Move a case: a pure function from model, marking, act and routing values to the next marking and what it brings about.

``values`` are the case's whole routing scope, the answers of the step already in it; they are never changed here. ``Conflict``
says that nobody waits for the act (any more), ``FlowFailed`` and ``Runaway`` that the model cannot go on: the former marking
stays good. Nothing here looks at the clock or at the database.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from engine.errors import Conflict
from engine.flow import catching, outcome, regions, unfold
from engine.flow import marking as markings
from engine.flow.errors import FlowFailed, Uncaught
from engine.flow.model import Model
from engine.flow.moves import Move, Waiting
from engine.flow.reading import Values
from engine.flow.scopes import Case
from engine.language.errors import ExpressionError

_Values = Mapping[str, Any]
_COMPLETED = ("user", "manual", "service", "send", "receive", "decision")
_ENGINE = ("service", "send", "decision")


def start(model: Model, values: _Values, *, process_id: str | None = None, start_event: str | None = None) -> Move:
    """Begin a case on the main process or ``process_id``, at its plain (or only) start event or at ``start_event`` (BPMN ids)."""
    process = process_id or model.facts.process_id
    if process not in model.processes:
        raise FlowFailed(f"Mô hình không có quy trình “{process}”.", element=process)

    def act(case: Case) -> None:
        case.start(_start_event(case, start_event))

    empty = markings.VERSION + b'{"p":"%s","t":[]}' % process.encode()
    return _move(model, empty, ("start", start_event), act, values)


def complete(model: Model, marking: bytes, token: int, values: _Values) -> Move:
    """A person or capability has done the step ``token``."""

    def act(case: Case) -> None:
        found = unfold.find(case, token, _COMPLETED)
        if found.task_spec.manual:
            found.run()
        else:
            found.task_spec.catch(found)

    return _move(model, marking, ("complete", token), act, values)


def send_message(model: Model, marking: bytes, name: str, values: _Values) -> Move:
    """A message has come: every event and receive task that waits for ``name`` takes it."""

    def act(case: Case) -> None:
        if not catching.deliver(case, "message", name):
            raise Conflict(f"Hồ sơ hiện không chờ “{name}”: hãy tải lại để xem hồ sơ đang ở bước nào.")

    return _move(model, marking, ("message", name), act, values)


def send_signal(model: Model, marking: bytes, name: str, values: _Values) -> Move:
    """A signal was given: every event that waits for ``name`` takes it."""

    def act(case: Case) -> None:
        if not catching.deliver(case, "signal", name):
            raise Conflict(f"Hồ sơ hiện không chờ tín hiệu “{name}”.")

    return _move(model, marking, ("signal", name), act, values)


def fire_timer(model: Model, marking: bytes, token: int, values: _Values) -> Move:
    """The moment of timer ``token`` has come."""

    def act(case: Case) -> None:
        found = unfold.find(case, token, ("timer",))
        found.task_spec.catch(found)

    return _move(model, marking, ("timer", token), act, values)


def fail(model: Model, marking: bytes, token: int, code: str, values: _Values) -> Move:
    """What the engine did at ``token`` ended in the business error ``code``: the nearest error event that catches it goes on.

    ``Uncaught`` where the model catches no such error.
    """

    def act(case: Case) -> None:
        found = unfold.find(case, token, _ENGINE)
        if not catching.hand_up(found.workflow, "error", code, failed=found):
            message = f"“{found.task_spec.bpmn_name or found.task_spec.bpmn_id}” báo lỗi “{code}” mà mô hình không bắt."
            raise Uncaught(message, element=found.task_spec.bpmn_id)

    return _move(model, marking, ("fail", token, code), act, values)


def look_again(model: Model, marking: bytes, values: _Values) -> Move:
    """The values were changed from outside the flow: conditional events that hold now go on."""
    return _move(model, marking, ("look",), lambda case: None, values)


def return_to(model: Model, marking: bytes, token: int, element: str, values: _Values) -> Move:
    """Move ``token`` before ``element``, another activity of the same scope and the same parallel branch.

    ``Conflict`` where the move would leave a branch waited for or bring one too many: between branches, out of a repeated
    activity, or to something that is not an activity.
    """

    def act(case: Case) -> None:
        found = unfold.find(case, token)
        refusal = regions.why_not(found, element)
        if refusal is not None:
            raise Conflict(refusal)
        scope = found.workflow
        scope.cancel(found)
        scope.enter(scope.spec.task_specs[element])

    return _move(model, marking, ("return", token, element), act, values)


def waiting(model: Model, marking: bytes) -> tuple[Waiting, ...]:
    """Everything the case waits for, by token. Timers that depend on the values are None: they were told when they opened."""
    case = unfold.case(model, marking, Values(model.vocabulary, {}))
    return tuple(found for found, _ in outcome.waiting(case))


def _move(model: Model, marking: bytes, act_key: Hashable, act: Callable[[Case], None], values: _Values) -> Move:
    key = (marking, act_key)
    now = Values(model.vocabulary, values)
    known = model.memo.recall(key, now)
    if known is None:
        now = Values(model.vocabulary, values)
        case = unfold.case(model, marking, now)
        before = outcome.numbers(case)
        act(case)
        case.do_engine_steps()
        known = outcome.of(case, before, model.facts.process_id)
        model.memo.learn(key, case.script_engine.asked, known)
    try:
        return outcome.finish(known, now)
    except ExpressionError as error:
        raise FlowFailed(f"Không tính được hạn giờ: {error}") from error


def _start_event(case: Case, wanted: str | None) -> str:
    events: list[str] = [event.name for event in case.spec.bpmn_start_events]
    plain: list[str] = [event.name for event in case.spec.bpmn_start_events if event.is_plain]
    if wanted in events:
        return str(wanted)
    if wanted is None and (plain or len(events) == 1):
        return (plain or events)[0]
    raise FlowFailed(f"Hãy nêu sự kiện bắt đầu, một trong: {', '.join(events)}.", element=case.spec.name)
