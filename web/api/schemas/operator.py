"""A case as its operator sees it, and what an operator may do with it."""

from typing import Any

from marshmallow import fields

from engine.cases.operator_views import OperatorView
from engine.cases.repairs import Preview
from engine.flow.places import Place
from engine.schedule import lateness
from web.api.fields import Answers, Facts, Moment, Part, Rows, Text, Whole
from web.api.schemas.cases import CaseOut, case_out
from web.api.schemas.incidents import IncidentOut, incident_out
from web.api.schemas.shape import In, Out
from web.api.schemas.steps import StepOut, Target, steps_out
from web.api.schemas.timers import TimerOut, timer_out


class OperateIn(In):
    """Why, and the case's version its author saw: 428 without one."""

    reason = Text(longest=2000, shortest=1, required=True)
    version = Whole(least=0, load_default=None, allow_none=True)


class SkipIn(OperateIn):
    """Which token (see ``tokens`` of ``GET /cases/{id}/operator``) is passed over."""

    token = Whole(least=1, required=True)


class MoveTokenIn(SkipIn):
    """Which token goes to which activity (BPMN id, one of its ``targets``)."""

    to = Text(longest=200, shortest=1, required=True)


class ValuesIn(OperateIn):
    """Which routing values are set to what."""

    values = Answers(keys=fields.String(), required=True)


class PreviewQuery(In):
    """What would be done: the token is moved ``to`` an activity, or passed over where none is named."""

    token = Whole(load_default=0)
    to = Text(longest=200, load_default="")


class PlaceOut(Out):
    """One token. ``token`` 0: nothing outside acts on it. ``scope``: the sub-processes around it, outermost first."""

    token = fields.Integer()
    element = fields.String()
    name = fields.String()
    kind = fields.String()
    scope = Rows(fields.String())
    items = fields.Dict()
    attached_to = fields.String(allow_none=True)
    origin = fields.String()


class PlaceDetail(PlaceOut):
    """A token with where it may be moved to, and whether it may be passed over."""

    targets = Rows(Part(Target))
    is_skippable = fields.Boolean()


class SuspensionOut(Out):
    """Who suspended the case, when, why."""

    who = fields.String()
    at = Moment()
    reason = fields.String()


class OperatorOut(CaseOut):
    """Where a case stands: every token, the routing values, what waits and what went wrong."""

    version = fields.Integer()
    revision_number = fields.Integer()
    suspension = Part(SuspensionOut, allow_none=True)
    tokens = Rows(Part(PlaceDetail))
    values = Facts()
    steps = Rows(Part(StepOut))
    timers = Rows(Part(TimerOut))
    incidents = Rows(Part(IncidentOut))


class MovePreview(Out):
    """The tokens before and after an act, before anything automatic follows."""

    before = Rows(Part(PlaceOut))
    after = Rows(Part(PlaceOut))


def operator_out(view: OperatorView) -> dict[str, Any]:
    """The whole view."""
    late = lateness.of([line.timer for line in view.timers])
    return {
        **case_out(view.case),
        "version": view.case.version,
        "revision_number": view.revision_number,
        "suspension": view.suspension,
        "tokens": [_detail_out(place, view) for place in view.tokens],
        "values": view.values,
        "steps": steps_out(view.steps, view.case),
        "timers": [timer_out(line, late[line.timer.id]) for line in view.timers],
        "incidents": [incident_out(incident) for incident in view.incidents],
    }


def preview_out(preview: Preview) -> dict[str, Any]:
    """Both sides."""
    return {"before": [place_out(place) for place in preview.before], "after": [place_out(place) for place in preview.after]}


def place_out(place: Place) -> dict[str, Any]:
    """One token."""
    names = ("token", "element", "name", "kind", "attached_to", "origin")
    return {**{name: getattr(place, name) for name in names}, "scope": list(place.scope), "items": dict(place.items)}


def _detail_out(place: Place, view: OperatorView) -> dict[str, Any]:
    targets = [{"element": element, "name": name} for element, name in view.targets.get(place.token, ())]
    return {**place_out(place), "targets": targets, "is_skippable": place.token in view.skippable}
