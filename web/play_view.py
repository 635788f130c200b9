"""What the page of a play shows: open steps with their forms, messages, timers, what was called; and the act somebody typed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext as _

from engine.cases import deadlines, reasons
from engine.cases.reminders import ESCALATION
from engine.errors import AnswersRejected, EngineError, NotFound, ProcedureRejected
from engine.flow.moves import Waiting
from engine.people import directory, working_time
from engine.procedures import coverage, playing, plays, yaml_text
from engine.procedures.definition import Definition
from engine.procedures.forms import Form
from engine.procedures.models import ProcedureDraft
from engine.procedures.play_models import ProcedurePlay
from engine.procedures.play_stage import STEPS
from engine.procedures.plays import Replay
from engine.procedures.scenarios import Act, Expectation
from web import fields, play_offers, play_story, role_names, typed, typed_days

_UNSEEN = Expectation(None, None, None, None, None, None)
#: Fields of the page beside the questions of a form.
RETURNS, FAILS, VALUES = "play_returns", "play_fails", "play_values"
KINDS = ("start", "complete", "message", "signal", "timer", "return")
#: A file to attach where a question asks for one: a play keeps none.
_FILES = [("00000000-0000-4000-8000-000000000001", "tep_thu.pdf")]


def typed_act(kind: str, subject: str, described: Definition) -> Act:
    """The act of the posted form; answers are read by the form they belong to. ``AnswersRejected`` names each field."""
    if kind not in KINDS or (kind == "start" and subject and subject not in play_offers.starts(described)):
        raise NotFound(_("Không có thao tác này. Quay lại trang chạy thử."))
    sent = typed.answers()
    if kind == "return":
        return Act(kind, subject, sent.get("to", ""), {"reason": reasons.reason_of(sent.get("reason", ""))}, {}, _UNSEEN, "")
    returns, fails = _mapping(sent.get(RETURNS), RETURNS), _mapping(sent.get(FAILS), FAILS)
    form = _form(kind, subject, described)
    own = [(name, value) for name, value in sent.items(multi=True) if name not in (RETURNS, FAILS, VALUES)]
    answers = form.accept(type(sent)(own)) if form else _mapping(sent.get(VALUES), VALUES)
    given = {element: part for element, part in returns.items() if isinstance(part, dict)}
    if set(given) != set(returns) or (set(given) | set(fails)) - set(described.facts.elements):
        raise AnswersRejected({RETURNS: [_("Mỗi dòng ghi mã phần tử rồi giá trị, ví dụ number_result: {result_number: 01/KQ}.")]})
    named = {element: str(error) for element, error in fails.items()}
    is_start = kind == "start"
    return Act(kind, "" if is_start else subject, (subject or None) if is_start else None, answers, given, _UNSEEN, "", named)


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
    offers = play_offers.of(replayed, described)
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
        "labels": {**(fields.labels(form) if form else {}), "to": _("Trả lại cho bước"), "reason": _("Lý do trả lại")},
        "files": _FILES,
        "targets": play_offers.targets(replayed, described, chosen),
        "people": _people(form, draft) if form else {},
        "typed_values": sent.get(VALUES) or "\n".join(f"{name}: {_told(v)}" for name, v in described.start.values.items()),
        "sent": sent,
        "moments": _moments(replayed, described, draft, play) if play else [],
        "marks": _marks(replayed, described),
        "look": min((waiting.element for waiting in replayed.waiting if waiting.kind in STEPS), default=""),
        "path": _path(replayed, described),
        "values_now": [(name, _told(value)) for name, value in sorted(replayed.stage.values.items())],
        "happened": play_story.of(replayed, described),
        "names": {element.id: element.name or element.id for element in described.facts.elements.values()},
        "status": described.statuses.get(replayed.stage.status or "", replayed.stage.status),
    }


def due_of(element: str, play: ProcedurePlay, described: Definition) -> datetime | None:
    """When the earliest open timer at ``element`` is due; None where none is open, or its moment cannot be told."""
    replayed = plays.replay(described, play.acts)
    waits = [waiting for waiting in replayed.waiting if waiting.element == element]
    moments = [at for waiting in waits for at, _words in _timer_moments(waiting, replayed.opened_at[waiting.token])]
    return min(moments, default=None)


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
            role = role_names.name_of(ring.kind.removeprefix(ESCALATION))
            found.append((ring.due_at, words.get(ring.kind) or _("báo cấp trên: %(role)s", role=role)))
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
    containers = coverage.containers(described)
    marks = {element: "visited" for pair in pairs for element in pair if element not in containers}
    marks |= {flow.id: "visited" for flow in described.facts.flows if (flow.source, flow.target) in pairs}
    marks |= {waiting.element: "token" for waiting in replayed.waiting if _is_place(waiting, described)}
    return {**marks, **({replayed.stopped_at: "error"} if replayed.stopped_at else {})}


def _is_place(waiting: Waiting, described: Definition) -> bool:
    """Whether the case stands there: what only listens beside it (boundary, event sub-process) is no place."""
    return waiting.attached_to is None and described.facts.elements[waiting.element].kind not in ("boundaryEvent", "startEvent")


def _path(replayed: Replay, described: Definition) -> list[str]:
    """BPMN ids a token came through in the last act: element, flow, element, in their order."""
    flows = {(flow.source, flow.target): flow.id for flow in described.facts.flows}
    passed = replayed.done[-1].passed if replayed.done else ()
    return [one for pair in passed for one in (pair[0], flows.get(pair, pair[0]), pair[1])]


def _form(kind: str, subject: str, described: Definition) -> Form | None:
    if kind == "start":
        return playing.start_form(described, subject)
    if kind == "complete" and subject in described.steps:
        return described.form_of(subject)
    return described.message_form(subject) if kind == "message" else None


def _people(form: Form, draft: ProcedureDraft) -> dict[str, list[tuple[str, str]]]:
    staff = [(str(person.id), person.full_name) for person in directory.staff(draft.agency_id) if person.is_active]
    return {question.name: staff for question in form.fields if question.type in ("person", "people")}


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
