"""``/steps``: the inbox, and what a person does with a step."""

import uuid
from typing import Any

from engine.cases import returning, steps, worklist
from web import guard, metrics, proofs
from web.api import doors, named_people
from web.api.blueprint import Blueprint
from web.api.schemas.steps import (
    CompleteIn,
    ReassignIn,
    ReturnIn,
    StepDetail,
    StepDone,
    StepPage,
    StepQuery,
    VersionIn,
    detail_out,
    done_out,
    item_out,
)

bp = Blueprint("steps", __name__, path="/steps", description="Hộp việc và các bước của hồ sơ.")


@bp.get("")
@guard.requires("step.read")
@bp.arguments(StepQuery, location="query")
@bp.response(200, StepPage)
def listing(wanted: dict[str, Any]) -> dict[str, Any]:
    """Hộp việc của người gọi."""
    actor = guard.current_actor()
    page = worklist.inbox(actor, wanted["scope"], query=wanted["q"], limit=wanted["limit"], cursor=wanted["cursor"])
    return {"items": [item_out(item, actor) for item in page.items], "next_cursor": page.next_cursor}


@bp.get("/<uuid:step_id>")
@guard.requires("step.read")
@bp.response(200, StepDetail)
def one(step_id: uuid.UUID) -> dict[str, Any]:
    """Một bước, kèm biểu mẫu phải trả lời."""
    actor = guard.current_actor()
    return detail_out(steps.get(step_id, for_=actor), actor)


@bp.post("/<uuid:step_id>/claim")
@guard.requires("step.claim")
@doors.acting
@bp.arguments(VersionIn, required=False)
@bp.response(200, StepDone)
def claim(seen: dict[str, Any], step_id: uuid.UUID) -> dict[str, Any]:
    """Nhận việc."""
    actor = guard.current_actor()
    return done_out(steps.claim(steps.get(step_id, for_=actor), by=actor, version=seen["version"]))


@bp.post("/<uuid:step_id>/release")
@guard.requires("step.release")
@doors.acting
@bp.arguments(VersionIn, required=False)
@bp.response(200, StepDone)
def release(seen: dict[str, Any], step_id: uuid.UUID) -> dict[str, Any]:
    """Trả việc lại cho nhóm."""
    actor = guard.current_actor()
    return done_out(steps.release(steps.get(step_id, for_=actor), by=actor, version=seen["version"]))


@bp.post("/<uuid:step_id>/complete")
@guard.requires("step.complete")
@metrics.step_watch()
@proofs.asked
@doors.acting
@bp.arguments(CompleteIn)
@bp.response(200, StepDone)
def complete(sent: dict[str, Any], step_id: uuid.UUID) -> dict[str, Any]:
    """Hoàn thành bước với các câu trả lời; bước phải ký (`signs`) thì kèm `password`, 422 khi thiếu hoặc sai."""
    actor = guard.current_actor()
    step = steps.get(step_id, for_=actor)
    answers = named_people.with_ids(steps.form_of(step), sent["answers"])
    return done_out(step, steps.complete(step, answers, version=sent["version"], by=actor, proof=proofs.given()))


@bp.post("/<uuid:step_id>/return")
@guard.requires("step.return")
@doors.acting
@bp.arguments(ReturnIn)
@bp.response(200, StepDone)
def give_back(sent: dict[str, Any], step_id: uuid.UUID) -> dict[str, Any]:
    """Trả về một bước đã làm trước đó, có lý do."""
    actor = guard.current_actor()
    step = steps.get(step_id, for_=actor)
    return done_out(step, returning.return_to(step, sent["to"], sent["reason"], version=sent["version"], by=actor))


@bp.post("/<uuid:step_id>/reassign")
@guard.requires("step.reassign")
@doors.acting
@bp.arguments(ReassignIn)
@bp.response(200, StepDone)
def reassign(sent: dict[str, Any], step_id: uuid.UUID) -> dict[str, Any]:
    """Giao bước cho người khác trong nhóm, có lý do."""
    actor = guard.current_actor()
    step = steps.get(step_id, for_=actor)
    to = named_people.person_id(sent["to"], "to")
    return done_out(steps.reassign(step, to, sent["reason"], version=sent["version"], by=actor))
