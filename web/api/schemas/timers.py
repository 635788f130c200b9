"""Timers and the workers that fire them, in and out."""

from typing import Any

from marshmallow import fields

from engine.cases import timer_desk
from engine.cases.timer_desk import Line
from engine.schedule.lateness import FAULTS, Lateness
from web.api.fields import Choice, Flag, Id, Moment, Part, Rows, Text
from web.api.schemas.shape import In, Out, PageIn, PageOut

_OWN = ("id", "agency_id", "case_id", "step_id", "kind", "element", "state", "due_at", "detected_at", "fired_at", "attempts")


class TimerQuery(PageIn):
    """Which timers."""

    state = Choice(timer_desk.STATES, load_default="waiting")
    late_only = Flag(load_default=False, metadata={"description": "Chỉ hẹn giờ đã đến hạn mà chưa chạy, hoặc đã chạy muộn."})
    kind = Text(longest=100, load_default="", metadata={"example": "overdue"})
    case_id = Id(load_default=None)


class MoveIn(In):
    """To when, why, and the due moment its author saw: 428 without one."""

    to = Moment(required=True)
    reason = Text(longest=2000, shortest=1, required=True)
    seen = Moment(load_default=None, allow_none=True, metadata={"description": "`due_at` đã xem."})


class LatenessOut(Out):
    """Seconds late, and what made them; ``fault`` is what made most, empty where the timer is punctual."""

    total_s = fields.Float()
    outage_s = fields.Float()
    suspension_s = fields.Float()
    failure_s = fields.Float()
    queue_s = fields.Float()
    fault = fields.String()


class TimerOut(Out):
    """One timer: when it was due, when a worker saw it, when it fired."""

    id = fields.UUID()
    agency_id = fields.UUID()
    case_id = fields.UUID()
    case_code = fields.String(allow_none=True)
    case_title = fields.String()
    case_state = fields.String()
    procedure = fields.String()
    step_id = fields.UUID(allow_none=True)
    kind = fields.String()
    element = fields.String(allow_none=True)
    name = fields.String()
    state = fields.String()
    due_at = Moment()
    detected_at = Moment(allow_none=True)
    fired_at = Moment(allow_none=True)
    retry_at = Moment(allow_none=True)
    attempts = fields.Integer()
    lateness = Part(LatenessOut)


class TimerPage(PageOut):
    """Timers by due moment; fired ones the latest first."""

    items = Rows(Part(TimerOut))


class WorkerOut(Out):
    """One worker: ``alive``, ``silent`` (killed, cut off or stuck) or ``left`` (ended in order)."""

    id = fields.UUID()
    name = fields.String()
    state = fields.String()
    started_at = Moment()
    seen_at = Moment()
    left_at = Moment(allow_none=True)


class OutageOut(Out):
    """A time in which no worker kept time."""

    began_at = Moment()
    ended_at = Moment()


class WorkerList(Out):
    """Every worker that is remembered, the latest outages, and since when nobody keeps time (null: somebody does)."""

    items = Rows(Part(WorkerOut))
    outages = Rows(Part(OutageOut))
    silent_since = Moment(allow_none=True)


def timer_out(line: Line, lateness: Lateness) -> dict[str, Any]:
    """One timer with what it is about and how late it is."""
    own = {name: getattr(line.timer, name) for name in (*_OWN, "retry_at")}
    about = {"case_code": line.case_code, "case_title": line.case_title, "case_state": line.case_state}
    split = {f"{name}_s": getattr(lateness, name).total_seconds() for name in ("total", *FAULTS)}
    return {**own, **about, "procedure": line.procedure_code, "name": line.name, "lateness": {**split, "fault": lateness.fault}}
