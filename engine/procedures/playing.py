"""Play a scenario on the model alone: forms, conditions and flow are real, capabilities are only noted. No database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import AnswersRejected, EngineError, Finding
from engine.flow import run
from engine.flow.moves import Move, Waiting
from engine.procedures.definition import Definition
from engine.procedures.scenarios import Act, Scenario

#: Kinds of ``Waiting`` that are steps of people, and those that capabilities and decision tables do.
_STEPS, _AUTOMATIC = ("user", "manual"), ("service", "send", "decision")
_MOST_CALLS = 50


@dataclass(frozen=True)
class Played:
    """What a story showed: where it differs from what was expected, which elements were reached, where it ended."""

    findings: tuple[Finding, ...]
    visited: frozenset[str]
    ended_at: str | None


class _Differs(EngineError):
    """The model does something else than the story says."""


@dataclass
class _Stage:
    """A case being played."""

    definition: Definition
    values: dict[str, Any]
    marking: bytes = b""
    waiting: dict[int, Waiting] = field(default_factory=dict)
    visited: set[str] = field(default_factory=set)
    ran: list[str] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)
    ended_at: str | None = None
    is_completed: bool = False

    def take(self, move: Move) -> None:
        """Stand where ``move`` leads."""
        self.marking = move.marking
        for token in move.closed:
            self.waiting.pop(token, None)
        self.waiting.update({waiting.token: waiting for waiting in move.opened})
        self.visited |= {waiting.element for waiting in move.opened}
        self.values.update(move.values)
        self.is_completed, self.ended_at = move.is_completed, move.ended_at or self.ended_at

    def settle(self, act: Act, answers: Mapping[str, Any]) -> None:
        """Run every service task the act leads to."""
        for _ in range(_MOST_CALLS):
            service = next((waiting for waiting in self.waiting.values() if waiting.kind in _AUTOMATIC), None)
            if service is None:
                return
            if service.kind == "decision":
                self._decide(service)
            else:
                self._call(service, act, answers)
            self.take(self._after(service, act.fails.get(service.element)))
        raise _Differs(f"Một thao tác gọi quá {_MOST_CALLS} khả năng.")

    def _call(self, service: Waiting, act: Act, answers: Mapping[str, Any]) -> None:
        use = self.definition.calls[service.element]
        given = use.evaluate({**self.values, **answers})
        self.ran.append(use.capability)
        if use.capability == "issue_slip":
            self.slips.append(str(given.get("kind")))
        self.values.update(act.returns.get(service.element, {}))

    def _after(self, service: Waiting, error: str | None) -> Move:
        """The move that follows: on from the task, or from where its business error is caught."""
        if error is not None:
            return run.fail(self.definition.model, self.marking, service.token, error, self.values)
        return run.complete(self.definition.model, self.marking, service.token, self.values)

    def _decide(self, waiting: Waiting) -> None:
        use = self.definition.asks[waiting.element]
        self.values.update(use.changes(use.decision.answers({**self.values, **waiting.items})[use.decision.id]))

    def token_of(self, element: str, kinds: tuple[str, ...]) -> int:
        """The open token at ``element``."""
        found = [token for token, w in self.waiting.items() if w.element == element and w.kind in kinds]
        if not found:
            raise _Differs(f"“{element}” không mở lúc này; đang mở: {', '.join(self.open()) or 'không có bước nào'}.")
        return min(found)

    def open(self) -> list[str]:
        """Steps of people that are open."""
        return sorted(waiting.element for waiting in self.waiting.values() if waiting.kind in _STEPS)

    def waits(self) -> list[str]:
        """Messages waited for."""
        found = {str(w.name) for w in self.waiting.values() if w.kind in ("message", "receive")}
        return sorted(name for name in found if self.definition.takes(name, self.open()))


def play(definition: Definition, story: Scenario) -> Played:
    """Play ``story``; it stops at the first difference."""
    stage = _Stage(definition, {})
    for act in story.acts:
        stage.ran, stage.slips = [], []
        try:
            stage.settle(act, _do(stage, act))
            _compare(stage, act)
        except AnswersRejected as refusal:
            told = "; ".join(f"{name}: {' '.join(reasons)}" for name, reasons in refusal.fields.items())
            return _stopped(stage, act, f"Câu trả lời không được nhận: {told}")
        except EngineError as error:
            return _stopped(stage, act, str(error))
    return Played((), frozenset(stage.visited), stage.ended_at if stage.is_completed else None)


def _stopped(stage: _Stage, act: Act, message: str) -> Played:
    return Played((Finding(act.place, "scenario.differs", message),), frozenset(stage.visited), None)


def _do(stage: _Stage, act: Act) -> Mapping[str, Any]:
    """Do one thing; returns the answers capabilities may read."""
    model, rule = stage.definition.model, stage.definition
    if act.kind == "start":
        form = rule.forms.get(rule.start.form or "")
        stage.values = rule.start_values(form.accept(act.answers) if form else act.answers)
        stage.take(run.start(model, stage.values, start_event=act.to))
        return act.answers
    if act.kind == "complete":
        token = stage.token_of(act.subject, _STEPS)
        form = rule.form_of(act.subject)
        answers = form.accept(act.answers)
        stage.values.update(form.routing(answers))
        stage.take(run.complete(model, stage.marking, token, stage.values))
        return answers
    if act.kind == "message":
        return _send(stage, act)
    if act.kind == "signal":
        stage.values.update(act.answers)
        stage.take(run.send_signal(model, stage.marking, act.subject, stage.values))
        return act.answers
    if act.kind == "timer":
        stage.take(run.fire_timer(model, stage.marking, stage.token_of(act.subject, ("timer",)), stage.values))
        return {}
    token = stage.token_of(act.subject, _STEPS)
    stage.take(run.return_to(model, stage.marking, token, act.to or "", stage.values))
    return {}


def _send(stage: _Stage, act: Act) -> Mapping[str, Any]:
    if act.subject not in stage.definition.messages:
        raise _Differs(f"Quy trình không có thông điệp “{act.subject}”.")
    if not stage.definition.takes(act.subject, stage.open()):
        raise _Differs(f"“{act.subject}” chưa nhận lúc này; đang mở: {', '.join(stage.open())}.")
    form = stage.definition.message_form(act.subject)
    answers = form.accept(act.answers) if form else {}
    stage.values.update(form.routing(answers) if form else {})
    stage.take(run.send_message(stage.definition.model, stage.marking, act.subject, stage.values))
    return answers


def _compare(stage: _Stage, act: Act) -> None:
    expected = act.expected
    elements = [waiting.element for waiting in stage.waiting.values()]
    ended_at = stage.ended_at if stage.is_completed else None
    for words, wanted, found in (
        ("bước đang mở", expected.open, tuple(stage.open())),
        ("thông điệp đang chờ", expected.waits, tuple(stage.waits())),
        ("khả năng đã gọi", expected.ran, tuple(stage.ran)),
        ("phiếu đã cấp", expected.slips, tuple(stage.slips)),
        ("trạng thái", expected.status, stage.definition.status_of(elements) or stage.definition.ends.get(ended_at or "")),
        ("kết thúc", expected.end, ended_at),
    ):
        if wanted is not None and wanted != found:
            raise _Differs(f"Sai {words}: mong đợi {_told(wanted)}, thực tế {_told(found)}.")


def _told(value: tuple[str, ...] | str | None) -> str:
    return value if isinstance(value, str) else ", ".join(value or ()) or "(không có)"
