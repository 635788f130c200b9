"""Public services as their agency offers them."""

from typing import Any

from marshmallow import fields

from engine.dossiers.models import PublicService
from web.api.fields import Flag, Part, Rows, Text
from web.api.schemas.dossiers import Component
from web.api.schemas.shape import In, Out


class ServiceQuery(In):
    """Which services."""

    q = Text(load_default="", metadata={"description": "Mã, tên hoặc lĩnh vực, không cần dấu."})


class LimitOut(Out):
    """The legal limit."""

    value = fields.Float()
    unit = fields.String()
    text = fields.String()


class ServiceOut(Out):
    """One service as lists show it."""

    code = fields.String()
    edition = fields.Integer()
    name = fields.String()
    field = fields.String()
    unit = fields.String()
    limit = Part(LimitOut)
    procedure = fields.String()
    is_unverified = Flag()


class ServiceList(Out):
    """Services by field and name."""

    items = Rows(Part(ServiceOut))


class ServiceDetail(ServiceOut):
    """Everything about one service. ``terms``: step (BPMN id) → working minutes."""

    components = Rows(Part(Component))
    sets = fields.Integer()
    fee_text = fields.String()
    result = fields.String()
    law = fields.String()
    steps = Rows(fields.Dict())
    terms = fields.Dict()
    after_supplement = fields.String()
    verification_note = fields.String()


def service_out(service: PublicService) -> dict[str, Any]:
    """One service."""
    names = set(ServiceDetail().fields) - {"limit", "procedure"}
    limit = {"value": service.limit_value, "unit": service.limit_unit, "text": service.limit_text}
    return {**{name: getattr(service, name) for name in names}, "limit": limit, "procedure": service.procedure_code}
