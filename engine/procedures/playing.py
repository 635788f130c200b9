"""Play a scenario on the model alone: forms, conditions and flow are real, capabilities are only noted. No database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import AnswersRejected, EngineError, Finding
from engine.flow import run
from engine.procedures.definition import Definition
from engine.procedures.forms import Form
from engine.procedures.play_stage import STEPS, Differs, Stage
from engine.procedures.scenarios import Act, Scenario


@dataclass(frozen=True)
class Played:
    """What a story showed: where it differs from what was expected, which elements waited, where it ended.

    ``passed`` are the sequence flows taken: element left, element reached.
    """

    findings: tuple[Finding, ...]
    visited: frozenset[str]
    ended_at: str | None
    passed: frozenset[tuple[str, str]] = field(default=frozenset(), compare=False)


def perform(stage: Stage, act: Act) -> None:
    """Do ``act`` and every automatic task it leads to. Refuses as the real case would; the stage is spoilt then."""
    stage.calls, stage.passed = [], []
    stage.settle(act, _do(stage, act))


def play(definition: Definition, story: Scenario) -> Played:
    """Play ``story``; it stops at the first difference."""
    stage = Stage(definition, {})
    passed: set[tuple[str, str]] = set()
    for act in story.acts:
        try:
            perform(stage, act)
            passed.update(stage.passed)
            _compare(stage, act)
        except AnswersRejected as refusal:
            told = "; ".join(f"{name}: {' '.join(reasons)}" for name, reasons in refusal.fields.items())
            return _stopped(stage, act, passed, f"Câu trả lời không được nhận: {told}")
        except EngineError as error:
            return _stopped(stage, act, passed, str(error))
    return Played((), frozenset(stage.visited), stage.end, frozenset(passed))


def _stopped(stage: Stage, act: Act, passed: set[tuple[str, str]], message: str) -> Played:
    findings = (Finding(act.place, "scenario.differs", message),)
    return Played(findings, frozenset(stage.visited), None, frozenset(passed))


def _do(stage: Stage, act: Act) -> Mapping[str, Any]:
    """Do one thing; returns the answers capabilities may read."""
    model, rule = stage.definition.model, stage.definition
    if act.kind == "start":
        form = start_form(rule, act.to)
        stage.values = rule.start_values(form.accept(act.answers) if form else act.answers)
        stage.take(run.start(model, stage.values, start_event=act.to))
        return act.answers
    if act.kind == "complete":
        token = stage.token_of(act.subject, STEPS)
        form = rule.form_of(act.subject)
        answers = form.accept(act.answers)
        stage.values.update(form.routing(answers))
        stage.take(run.complete(model, stage.marking, token, stage.values))
        stage.finished.append(act.subject)
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
    return _return(stage, act)


def start_form(rule: Definition, event: str | None) -> Form | None:
    """What is asked where the case begins: only who opens it by hand fills in a form, other starts bring values."""
    found = rule.facts.elements.get(event or "")
    return rule.forms.get(rule.start.form or "") if found is None or found.event is None else None


def _return(stage: Stage, act: Act) -> Mapping[str, Any]:
    """Give a step back, where a case could."""
    token, to = stage.token_of(act.subject, STEPS), act.to or ""
    if to not in stage.finished or to == act.subject:
        raise AnswersRejected({"to": ["Không trả lại được cho bước này. Hãy chọn một bước đã làm trước đó."]})
    stage.take(run.return_to(stage.definition.model, stage.marking, token, to, stage.values))
    stage.finished.append(act.subject)
    return {}


def _send(stage: Stage, act: Act) -> Mapping[str, Any]:
    if act.subject not in stage.definition.messages:
        raise Differs(f"Quy trình không có thông điệp “{act.subject}”.")
    if not stage.definition.takes(act.subject, stage.open()):
        raise Differs(f"“{act.subject}” chưa nhận lúc này; đang mở: {', '.join(stage.open())}.")
    form = stage.definition.message_form(act.subject)
    answers = form.accept(act.answers) if form else {}
    stage.values.update(form.routing(answers) if form else {})
    stage.take(run.send_message(stage.definition.model, stage.marking, act.subject, stage.values))
    return answers


def _compare(stage: Stage, act: Act) -> None:
    expected = act.expected
    for words, wanted, found in (
        ("bước đang mở", expected.open, tuple(stage.open())),
        ("thông điệp đang chờ", expected.waits, tuple(stage.waits())),
        ("khả năng đã gọi", expected.ran, tuple(stage.ran)),
        ("phiếu đã cấp", expected.slips, tuple(stage.slips)),
        ("trạng thái", expected.status, stage.status),
        ("kết thúc", expected.end, stage.end),
    ):
        if wanted is not None and wanted != found:
            raise Differs(f"Sai {words}: mong đợi {_told(wanted)}, thực tế {_told(found)}.")


def _told(value: tuple[str, ...] | str | None) -> str:
    return value if isinstance(value, str) else ", ".join(value or ()) or "(không có)"
