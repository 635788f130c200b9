"""Incidents, in and out."""

from typing import Any

from marshmallow import fields

from engine.cases.models import Incident
from engine.cases.settling import MOST, Outcome
from engine.cases.troubles import CAUSES
from web.api.fields import Choice, Facts, Id, Moment, Part, Rows, Text
from web.api.schemas.shape import In, Out, PageIn, PageOut

_SHOWN = ("id", "reference", "agency_id", "case_id", "timer_id", "procedure_code", "element", "cause", "message", "attempts")
_MOMENTS = ("at", "last_at", "next_retry_at", "state", "resolution", "reason", "resolved_at", "resolved_by_id")


class IncidentQuery(PageIn):
    """Which incidents; the open ones where nothing is said."""

    state = Choice(["", "open", "resolved"], load_default="open", metadata={"description": "Để trống: mọi trạng thái."})
    q = Text(load_default="", metadata={"description": "Một phần câu báo lỗi, hoặc mã sự cố."})
    element = Text(longest=200, load_default="", metadata={"description": "Mã BPMN của nơi xảy ra."})
    procedure = Text(longest=100, load_default="")
    cause = Choice(["", *CAUSES], load_default="")
    case_id = Id(load_default=None)
    since = Moment(load_default=None, metadata={"description": "Xảy ra lần cuối từ thời điểm này."})


class SettleIn(In):
    """Why."""

    reason = Text(longest=2000, shortest=1, required=True)


class ManyIn(SettleIn):
    """Which incidents, and why."""

    ids = Rows(Id(), required=True, metadata={"description": f"Từ 1 đến {MOST} sự cố."})


class IncidentOut(Out):
    """One incident as lists show it. ``next_retry_at`` is null where it waits for a person."""

    id = fields.UUID()
    reference = fields.String()
    agency_id = fields.UUID()
    case_id = fields.UUID(allow_none=True)
    timer_id = fields.UUID(allow_none=True)
    procedure_code = fields.String(allow_none=True)
    element = fields.String(allow_none=True)
    cause = fields.String()
    message = fields.String()
    attempts = fields.Integer()
    at = Moment()
    last_at = Moment()
    next_retry_at = Moment(allow_none=True)
    state = fields.String()
    resolution = fields.String()
    reason = fields.String()
    resolved_at = Moment(allow_none=True)
    resolved_by_id = fields.UUID(allow_none=True)


class IncidentPage(PageOut):
    """Incidents, oldest first."""

    items = Rows(Part(IncidentOut))


class IncidentDetail(IncidentOut):
    """One incident with what was being done, by whom, and the trace; both empty for who may not settle incidents there."""

    person_id = fields.UUID(allow_none=True)
    input = Facts()
    trace = fields.String()


class RefusedOut(Out):
    """One that was not settled, and why."""

    id = fields.UUID()
    detail = fields.String()


class OutcomeOut(Out):
    """What an act on many did."""

    done = Rows(fields.UUID())
    refused = Rows(Part(RefusedOut))


def incident_out(incident: Incident) -> dict[str, Any]:
    """One incident as lists show it."""
    return {name: getattr(incident, name) for name in _SHOWN + _MOMENTS}


def detail_out(incident: Incident, *, is_operator: bool) -> dict[str, Any]:
    """Everything about one incident; what was typed and the trace are the operator's alone."""
    own = {"person_id": incident.person_id, "input": incident.input, "trace": incident.trace}
    return {**incident_out(incident), **(own if is_operator else {"person_id": None, "input": {}, "trace": ""})}


def outcome_out(outcome: Outcome) -> dict[str, Any]:
    """What an act on many did."""
    refused = [{"id": incident_id, "detail": words} for incident_id, words in outcome.refused.items()]
    return {"done": list(outcome.done), "refused": refused}
