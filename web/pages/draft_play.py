"""A draft played: its steps done on their real forms, by the real engine, on a clock the officer moves. No case comes of it."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import AnswersRejected, Conflict, EngineError, ProcedureRejected
from engine.procedures import definition, drafts, plays, scenario_writing
from engine.procedures.definition import Definition
from engine.procedures.models import ProcedureDraft
from engine.procedures.play_models import ProcedurePlay
from engine.transaction import transaction
from web import draft_files, guard, play_view, problems, typed

bp = Blueprint("draft_play", __name__, url_prefix="/admin/procedures/drafts/<uuid:draft_id>/play")


@bp.get("")
@guard.requires("procedure.check")
def show(draft_id: uuid.UUID) -> ResponseReturnValue:
    """The played case on the diagram, and what may be done with it next."""
    return _page(draft_files.found(draft_id, "procedure.check"))


@bp.post("/acts/<kind>")
@guard.requires("procedure.draft")
def act(draft_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """Do one thing: begin, finish a step (``of``), send a message, let a timer fire (the clock goes there), return a step."""
    draft, subject = draft_files.found(draft_id, "procedure.draft"), request.args.get("of", "")
    described = _described(draft)
    try:
        with transaction():
            play = plays.of(draft, by=guard.current_actor()) or plays.begin(draft, by=guard.current_actor())
            at = play_view.due_of(subject, play, described) if kind == "timer" else None
            plays.do(play, draft, described, play_view.typed_act(kind, subject, described), at)
    except AnswersRejected as refusal:
        return _page(draft, act=f"{kind}:{subject}", errors=refusal.fields), 422
    except EngineError as refusal:
        return _page(draft, act=f"{kind}:{subject}", stopped=str(refusal)), 409
    return redirect(url_for(".show", draft_id=draft_id), code=303)


@bp.post("/undo")
@guard.requires("procedure.draft")
def undo(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Take the last act back."""
    draft = draft_files.found(draft_id, "procedure.draft")
    try:
        with transaction():
            plays.undo(_own(draft))
    except Conflict as refusal:
        return _page(draft, stopped=str(refusal)), 409
    return redirect(url_for(".show", draft_id=draft_id), code=303)


@bp.post("/restart")
@guard.requires("procedure.draft")
def restart(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Begin again with nothing done."""
    with transaction():
        plays.begin(draft_files.found(draft_id, "procedure.draft"), by=guard.current_actor())
    return redirect(url_for(".show", draft_id=draft_id), code=303)


@bp.post("/clock")
@guard.requires("procedure.draft")
def move_clock(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Let the sandbox clock show a later moment."""
    draft = draft_files.found(draft_id, "procedure.draft")
    try:
        with transaction():
            plays.move_clock(_own(draft), play_view.typed_moment())
    except AnswersRejected as refusal:
        return _page(draft, act="clock", errors=refusal.fields), 422
    return redirect(url_for(".show", draft_id=draft_id), code=303)


@bp.post("/scenario")
@guard.requires("procedure.draft")
def keep(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Keep what was played as a scenario of the draft."""
    draft = draft_files.found(draft_id, "procedure.draft")
    described = _described(draft)
    try:
        path = scenario_writing.path_of(request.form.get("name", "").strip(), drafts.folder_of(draft))
        done = plays.replay(described, _own(draft).acts).done
        content = scenario_writing.write(request.form.get("title", ""), done)
        with transaction():
            draft_files.save(draft_id, {path: content})
    except AnswersRejected as refusal:
        return _page(draft, act="scenario", errors=refusal.fields), 422
    except (Conflict, ProcedureRejected) as refusal:
        return _page(draft, act="scenario", stopped=str(refusal)), problems.status_of(refusal)
    flash(_("Đã lưu kịch bản."), "good")
    return redirect(url_for("draft_scenarios.index", draft_id=draft_id), code=303)


def _own(draft: ProcedureDraft) -> ProcedurePlay:
    play = plays.of(draft, by=guard.current_actor())
    if play is None:
        raise Conflict(_("Chưa có lượt chạy thử nào. Bắt đầu chạy thử trước."))
    return play


def _described(draft: ProcedureDraft) -> Definition:
    described, findings = definition.examine(drafts.folder_of(draft))
    if described is None or findings:
        raise ProcedureRejected(findings)
    return described


def _page(draft: ProcedureDraft, *, act: str = "", errors: Mapping[str, list[str]] | None = None, stopped: str = "") -> str:
    described, findings = definition.examine(drafts.folder_of(draft))
    shown: dict[str, Any] = {"findings": findings, "act": act, "errors": errors or {}, "stopped": stopped}
    if described is not None and not findings:
        play = plays.of(draft, by=guard.current_actor())
        shown |= play_view.view(described, play, draft, typed.answers() if act else {}, act)
    return draft_files.page("play.html", draft, "scenarios", **shown)
