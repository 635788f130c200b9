"""Steps, in and out."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields

from engine.cases import delegated, guards, queries, returning, signing, steps
from engine.cases.models import Case, Step
from engine.cases.worklist import SCOPES, Item
from engine.people import directory
from engine.people.actors import Actor
from engine.people.models import Person
from web.api.fields import Answers, Choice, Moment, Part, Rows, Text, Whole
from web.api.schemas.shape import In, Out, PageIn, PageOut

DOSSIER = "dossier"


class StepQuery(PageIn):
    """Which steps."""

    scope = Choice(SCOPES, load_default="mine", metadata={"description": "Của tôi, của nhóm, chưa ai nhận, đến hạn, quá hạn."})
    q = Text(load_default="", metadata={"description": "Mã, tên hồ sơ hoặc tên công dân, không cần dấu."})


class VersionIn(In):
    """The version its author saw; here it may be left out."""

    version = Whole(least=1, load_default=None, allow_none=True)


class CompleteIn(VersionIn):
    """The answers of the step's form (see ``form`` of ``GET /steps/{id}``) and the version seen: 428 without one."""

    answers = Answers(keys=fields.String(), load_default=dict)
    password = Text(longest=200, load_default="", metadata={"description": "Mật khẩu, chỉ khi bước phải ký (`signs`)."})


class ReturnIn(VersionIn):
    """To which earlier step (BPMN id, one of ``returns_to``), why, and the version seen: 428 without one."""

    to = Text(longest=200, shortest=1, required=True)
    reason = Text(longest=2000, shortest=1, required=True)


class ReassignIn(VersionIn):
    """To whom (person id or account name), and why."""

    to = Text(longest=100, shortest=1, required=True)
    reason = Text(longest=2000, shortest=1, required=True)


class Holder(Out):
    """Who holds it."""

    id = fields.UUID()
    full_name = fields.String()


class StepCase(Out):
    """The case a step belongs to."""

    id = fields.UUID()
    code = fields.String(allow_none=True)
    title = fields.String()
    procedure = fields.String()
    due_at = Moment(allow_none=True)


class StepOut(Out):
    """One step as lists show it. ``element`` is its BPMN id; ``version`` is what an act on it must name."""

    id = fields.UUID()
    element = fields.String()
    name = fields.String()
    state = fields.String()
    role = fields.String()
    division_id = fields.UUID(allow_none=True)
    visit = fields.Integer()
    version = fields.Integer()
    opened_at = Moment()
    due_at = Moment(allow_none=True)
    claimed_at = Moment(allow_none=True)
    holder = Part(Holder, allow_none=True)
    dossier_code = fields.String(allow_none=True)
    case = Part(StepCase)


class Behalf(Out):
    """Whom the caller does the step for, as the paper says it (``KT. Chủ tịch``; empty: nothing is signed)."""

    id = fields.UUID(attribute="person_id")
    full_name = fields.String()
    capacity = fields.String()
    delegation_id = fields.UUID()


class InboxStep(StepOut):
    """A line of the inbox; ``on_behalf_of`` is null where the caller acts in their own right or somebody else holds it."""

    on_behalf_of = Part(Behalf, allow_none=True)


class StepPage(PageOut):
    """A page of the inbox."""

    items = Rows(Part(InboxStep))


class Target(Out):
    """An earlier step this one may be returned to."""

    element = fields.String()
    name = fields.String()


class StepDetail(InboxStep):
    """One step with its form (JSON Schema 2020-12), where it may be returned to, and what was answered."""

    closed_at = Moment(allow_none=True)
    answers = fields.Dict(allow_none=True)
    form = fields.Dict()
    help = fields.String()
    returns_to = Rows(Part(Target))
    signs = fields.String(allow_none=True)


class StepDone(StepOut):
    """A step after an act: itself, the steps that opened, and all that are open in its case now."""

    closed_at = Moment(allow_none=True)
    case_state = fields.String()
    opened = Rows(Part(StepOut))
    open_steps = Rows(Part(StepOut))


def item_out(item: Item, reader: Actor) -> dict[str, Any]:
    """One line of the inbox of ``reader``."""
    case = {
        "id": item.case_id,
        "code": item.case_code,
        "title": item.case_title,
        "procedure": item.procedure_code,
        "due_at": item.case_due_at,
    }
    holder = {"id": item.assignee_id, "full_name": item.holder} if item.assignee_id else None
    own = {name: getattr(item, name) for name in _COMMON}
    rest = {"holder": holder, "case": case, "dossier_code": _dossier_code(case)}
    return {**own, "id": item.step_id, "state": "open", "on_behalf_of": delegated.acting_for_item(item, reader), **rest}


def step_out(step: Step, case: Case, people: Mapping[uuid.UUID, Person]) -> dict[str, Any]:
    """One step; ``people`` knows its holder."""
    shown = {"id": case.id, "code": case.code, "title": case.title, "procedure": case.procedure_code, "due_at": case.due_at}
    own = {name: getattr(step, name) for name in _COMMON}
    holder = people.get(step.assignee_id) if step.assignee_id else None
    rest = {"id": step.id, "state": step.state, "closed_at": step.closed_at, "holder": holder}
    return {**own, **rest, "case": shown, "dossier_code": _dossier_code(shown)}


def steps_out(found: Sequence[Step], case: Case) -> list[dict[str, Any]]:
    """Steps of one case; two statements in all."""
    people = directory.people({step.assignee_id for step in found if step.assignee_id})
    return [step_out(step, case, people) for step in found]


def detail_out(step: Step, reader: Actor) -> dict[str, Any]:
    """Everything about one step, as ``reader`` may do it."""
    form = steps.form_of(step)
    targets = [{"element": element, "name": name} for element, name in returning.targets(step)]
    shown = steps_out([step], step.case)[0]
    told = {"answers": step.answers, "form": form.json_schema(), "help": form.help, "returns_to": targets}
    able = guards.able(step, reader)
    return {**shown, **told, "signs": signing.meaning_of(step), "on_behalf_of": able.acting if able is not None else None}


def done_out(step: Step, opened: Sequence[Step] = ()) -> dict[str, Any]:
    """A step after an act."""
    case = step.case
    open_now = steps_out(queries.open_steps(case), case)
    opened_ids = {other.id for other in opened}
    fresh = [other for other in open_now if other["id"] in opened_ids]
    return {**steps_out([step], case)[0], "case_state": case.state, "opened": fresh, "open_steps": open_now}


_COMMON = ("element", "name", "role", "division_id", "visit", "version", "opened_at", "due_at", "claimed_at")


def _dossier_code(case: Mapping[str, Any]) -> str | None:
    code: str | None = case["code"]
    return code if case["procedure"] == DOSSIER else None
