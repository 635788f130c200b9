"""What the page of a play shows: open steps with their forms, messages, timers, what was called; and the act somebody typed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext as _

from engine.cases import deadlines
from engine.errors import AnswersRejected, EngineError, NotFound, ProcedureRejected
from engine.flow.moves import Waiting
from engine.people import directory, working_time
from engine.procedures import plays, yaml_text
from engine.procedures.definition import Definition
from engine.procedures.forms import Form
from engine.procedures.models import ProcedureDraft
from engine.procedures.play_models import ProcedurePlay
from engine.procedures.play_stage import STEPS
from engine.procedures.plays import Replay
from engine.procedures.scenarios import Act, Expectation
from web import fields, typed, typed_days

_UNSEEN = Expectation(None, None, None, None, None, None)
#: Fields of the page beside the questions of a form.
RETURNS, FAILS, VALUES = "play_returns", "play_fails", "play_values"


def typed_act(kind: str, subject: str, described: Definition) -> Act:
    """The act of the posted form; answers are read by the form they belong to. ``AnswersRejected`` names each field."""
    if kind not in ("start", "complete", "message", "signal", "timer"):
        raise NotFound(_("Không có thao tác này. Quay lại trang chạy thử."))
    sent = typed.answers()
    returns, fails = _mapping(sent.get(RETURNS), RETURNS), _mapping(sent.get(FAILS), FAILS)
    form = _form(kind, subject, described)
    own = [(name, value) for name, value in sent.items(multi=True) if name not in (RETURNS, FAILS, VALUES)]
    answers = form.accept(type(sent)(own)) if form else _mapping(sent.get(VALUES), VALUES)
    given = {element: part for element, part in returns.items() if isinstance(part, dict)}
    if set(given) != set(returns) or (set(given) | set(fails)) - set(described.facts.elements):
        raise AnswersRejected({RETURNS: [_("Mỗi dòng ghi mã phần tử rồi giá trị, ví dụ number_result: {result_number: 01/KQ}.")]})
    named = {element: str(error) for element, error in fails.items()}
    return Act(kind, "" if kind == "start" else subject, None, answers, given, _UNSEEN, "", named)


def typed_moment() -> datetime:
    """The posted moment of the sandbox clock; ``AnswersRejected`` where it is none."""
    jump = request.form.get("to", "")
    if jump:
        try:
            return datetime.fromisoformat(jump)
        except ValueError as error:
            raise AnswersRejected({"moment": [_("Thời điểm không đọc được. Chọn lại trong danh sách hạn.")]}) from error
    found = typed_days.instant("moment", request.form.get("moment"))
    if found is None:
        raise AnswersRejected({"moment": [_("Ghi thời điểm, ví dụ 31/12/2026 08:30.")]})
    return found


def view(
    described: Definition, play: ProcedurePlay | None, draft: ProcedureDraft, sent: Mapping[str, Any], act: str
) -> dict[str, Any]:
    """Everything the template draws. ``sent`` and ``act``: the refused form and which one it was."""
    replayed = plays.replay(described, play.acts if play else [])
    offers = _offers(replayed, described)
    wanted = act or request.args.get("do", "")
    chosen = next((offer for offer in offers if f"{offer['kind']}:{offer['subject']}" == wanted), offers[0] if offers else None)
    form = _form(chosen["kind"], chosen["subject"], described) if chosen else None
    return {
        "play": play,
        "replayed": replayed,
        "is_other": play is not None and bool(play.acts) and play.sha256 != draft.sha256,
        "offers": offers,
        "chosen": chosen,
        "form": form,
        "values": fields.shown_values(form, sent) if form else {},
        "labels": fields.labels(form) if form else {},
        "people": _people(form, draft) if form else {},
        "typed_values": sent.get(VALUES) or "\n".join(f"{name}: {_told(v)}" for name, v in described.start.values.items()),
        "sent": sent,
        "moments": _moments(replayed, described, draft, play) if play else [],
        "marks": _marks(replayed, described),
        "path": _path(replayed, described),
        "names": {element.id: element.name or element.id for element in described.facts.elements.values()},
        "status": described.statuses.get(replayed.stage.status or "", replayed.stage.status),
    }


def _offers(replayed: Replay, described: Definition) -> list[dict[str, str]]:
    if replayed.stopped or replayed.stage.is_completed:
        return []
    if not replayed.done:
        return [{"kind": "start", "subject": "", "title": _("Mở hồ sơ")}]
    stage, names = replayed.stage, described.facts.elements
    steps = [{"kind": "complete", "subject": found, "title": names[found].name or found} for found in dict.fromkeys(stage.open())]
    messages = [{"kind": "message", "subject": name, "title": described.messages[name].title} for name in stage.waits()
                if name in described.messages]  # fmt: skip
    signals = sorted({str(w.name) for w in replayed.waiting if w.kind == "signal"})
    timers = sorted({w.element for w in replayed.waiting if w.kind == "timer"})
    return [
        *steps,
        *messages,
        *({"kind": "signal", "subject": name, "title": _("Tín hiệu %(name)s", name=name)} for name in signals),
        *({"kind": "timer", "subject": at, "title": _("Đến giờ: %(name)s", name=names[at].name or at)} for at in timers),
    ]


def _moments(
    replayed: Replay, described: Definition, draft: ProcedureDraft, play: ProcedurePlay
) -> list[tuple[datetime, str, str, bool]]:
    """Moments by time: when, the element, what is due then, whether the sandbox clock has reached it."""
    found: list[tuple[datetime, str, str, bool]] = []
    for waiting in replayed.waiting:
        opened = replayed.opened_at[waiting.token]
        rows = _step_moments(waiting, opened, described, draft) if waiting.kind in STEPS else _timer_moments(waiting, opened)
        found += [(at, waiting.element, words, at <= play.now_at) for at, words in rows]
    return sorted(found)


def _step_moments(waiting: Waiting, opened: datetime, described: Definition, draft: ProcedureDraft) -> list[tuple[datetime, str]]:
    step, calendar = described.steps[waiting.element], working_time.calendar_of(draft.agency_id)
    due = deadlines.due_of_step(calendar, opened, step.term_minutes, None)
    rungs = deadlines.ladder(step.reminder, step.escalations)
    had: list[str] = []
    found: list[tuple[datetime, str]] = []
    words = {"reminder": _("nhắc người làm"), "overdue": _("quá hạn")}
    for _again in rungs:
        ring = deadlines.next_ring(calendar, rungs, opened, due, rung=had)
        if ring is not None:
            had.append(ring.kind)
            found.append((ring.due_at, words.get(ring.kind) or _("báo cấp trên")))
    return found


def _timer_moments(waiting: Waiting, opened: datetime) -> list[tuple[datetime, str]]:
    if waiting.kind != "timer" or waiting.timer is None:
        return []
    try:
        return [(deadlines.due_of_event(waiting.timer, opened), _("hẹn giờ"))]
    except EngineError:
        return []


def _marks(replayed: Replay, described: Definition) -> dict[str, str]:
    pairs = {pair for done in replayed.done for pair in done.passed}
    marks = {element: "visited" for pair in pairs for element in pair}
    marks |= {flow.id: "visited" for flow in described.facts.flows if (flow.source, flow.target) in pairs}
    marks |= {waiting.element: "token" for waiting in replayed.waiting}
    return {**marks, **({replayed.stopped_at: "error"} if replayed.stopped_at else {})}


def _path(replayed: Replay, described: Definition) -> list[str]:
    """BPMN ids a token came through in the last act: element, flow, element, in their order."""
    flows = {(flow.source, flow.target): flow.id for flow in described.facts.flows}
    passed = replayed.done[-1].passed if replayed.done else ()
    return [one for pair in passed for one in (pair[0], flows.get(pair, pair[0]), pair[1])]


def _form(kind: str, subject: str, described: Definition) -> Form | None:
    if kind == "start":
        return described.forms.get(described.start.form or "")
    if kind == "complete" and subject in described.steps:
        return described.form_of(subject)
    return described.message_form(subject) if kind == "message" else None


def _people(form: Form, draft: ProcedureDraft) -> dict[str, list[tuple[str, str]]]:
    staff = [(str(person.id), person.full_name) for person in directory.staff(draft.agency_id) if person.is_active]
    return {question.name: staff for question in form.fields if question.type == "person"}


def _mapping(text: str | None, field: str) -> dict[str, Any]:
    try:
        found = yaml_text.load((text or "").encode(), field)
    except ProcedureRejected as refusal:
        raise AnswersRejected({field: [finding.message for finding in refusal.findings]}) from refusal
    if found is not None and not isinstance(found, dict):
        raise AnswersRejected({field: [_("Mỗi dòng ghi “tên: giá trị”.")]})
    return found or {}


def _told(value: Any) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
