"""Scenarios of a draft: each with its result when played now, and how much of the model they walk through together."""

import uuid

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from engine.errors import AnswersRejected, Conflict, Finding, NotFound, ProcedureRejected
from engine.procedures import coverage, definition, drafts, playing, plays, scenario_writing, scenarios
from engine.procedures.definition import Definition
from engine.procedures.models import ProcedureDraft
from engine.procedures.scenarios import Scenario
from engine.transaction import transaction
from web import draft_files, guard, problems

bp = Blueprint("draft_scenarios", __name__, url_prefix="/admin/procedures/drafts/<uuid:draft_id>/scenarios")


@bp.get("")
@guard.requires("procedure.check")
def index(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Each story with its result, and the coverage on the diagram."""
    return _list(draft_files.found(draft_id, "procedure.check"))


@bp.get("/<name>")
@guard.requires("procedure.check")
def show(draft_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """The story as its file says it."""
    draft = draft_files.found(draft_id, "procedure.check")
    path, content = _file(draft, name)
    story = scenarios.read(path, content, [])
    return draft_files.page(
        "scenario.html", draft, "scenarios", name=name, story=story, source=content.decode("utf-8", "replace"), errors={}
    )


@bp.post("/<name>/play")
@guard.requires("procedure.draft")
def repeat(draft_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Do the story again in a play, to look at it or go on from its end."""
    draft = draft_files.found(draft_id, "procedure.draft")
    with transaction():
        plays.repeat(draft, _story(draft, name), by=guard.current_actor())
    return redirect(url_for("draft_play.show", draft_id=draft_id), code=303)


@bp.post("/<name>/rename")
@guard.requires("procedure.draft")
def rename(draft_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Give the file another name."""
    draft = draft_files.found(draft_id, "procedure.draft")
    path, content = _file(draft, name)
    try:
        new = scenario_writing.path_of(request.form.get("name", "").strip(), drafts.folder_of(draft))
        with transaction():
            draft_files.save(draft_id, {path: None, new: content})
    except AnswersRejected as refusal:
        story = scenarios.read(path, content, [])
        source = content.decode("utf-8", "replace")
        return draft_files.page(
            "scenario.html", draft, "scenarios", name=name, story=story, source=source, errors=refusal.fields
        ), 422
    except (Conflict, ProcedureRejected) as refusal:
        return _list(draft, str(refusal)), problems.status_of(refusal)
    flash(_("Đã đổi tên kịch bản."), "good")
    return redirect(url_for(".index", draft_id=draft_id), code=303)


@bp.post("/<name>/remove")
@guard.requires("procedure.draft")
def remove(draft_id: uuid.UUID, name: str) -> ResponseReturnValue:
    """Take the story out of the draft."""
    draft = draft_files.found(draft_id, "procedure.draft")
    path, _content = _file(draft, name)
    try:
        with transaction():
            draft_files.save(draft_id, {path: None})
    except (Conflict, ProcedureRejected) as refusal:
        return _list(draft, str(refusal)), problems.status_of(refusal)
    flash(_("Đã xoá kịch bản %(name)s.", name=name), "good")
    return redirect(url_for(".index", draft_id=draft_id), code=303)


def _file(draft: ProcedureDraft, name: str) -> tuple[str, bytes]:
    path = f"{scenarios.DIRECTORY}/{name}.yaml"
    content = drafts.folder_of(draft).files.get(path)
    if content is None:
        raise NotFound(_("Bản dự thảo không có kịch bản này. Chọn trong danh sách kịch bản."))
    return path, content


def _story(draft: ProcedureDraft, name: str) -> Scenario:
    findings: list[Finding] = []
    story = scenarios.read(*_file(draft, name), findings)
    if findings:
        raise ProcedureRejected(findings)
    return story


def _names(described: Definition | None) -> dict[str, str]:
    return {element.id: element.name or element.id for element in described.facts.elements.values()} if described else {}


def _flow_names(described: Definition | None) -> dict[str, str]:
    """A sequence flow as people speak of it: from where to where."""
    names, flows = _names(described), described.facts.flows if described else ()
    return {flow.id: f"{names.get(flow.source, flow.source)} → {names.get(flow.target, flow.target)}" for flow in flows}


def _list(draft: ProcedureDraft, refusal: str = "") -> str:
    folder = drafts.folder_of(draft)
    described, findings = definition.examine(folder)
    unreadable: list[Finding] = []
    stories = scenarios.read_all(folder, unreadable)
    rows, found = [], None
    if described is not None and not findings:
        played = [playing.play(described, story) for story in stories]
        found = coverage.of(described, played)
        rows = [(story, one.findings) for story, one in zip(stories, played, strict=True)]
    return draft_files.page(
        "scenarios.html",
        draft,
        "scenarios",
        rows=rows or [(story, None) for story in stories],
        found=found,
        wanted=described.coverage if described else None,
        findings=[*findings, *unreadable],
        names=_names(described),
        flow_names=_flow_names(described),
        refusal=refusal,
    )
