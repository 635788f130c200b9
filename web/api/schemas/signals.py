"""Signals that people give."""

from marshmallow import fields

from web.api.fields import Answers, Id, Text
from web.api.schemas.shape import In, Out


class SignalIn(In):
    """Which signal, with the routing values it brings to every receiver."""

    name = Text(longest=100, shortest=1, required=True)
    values = Answers(keys=fields.String(), load_default=dict)
    agency = Id(load_default=None, metadata={"description": "Mã định danh (UUID) cơ quan; mặc định là cơ quan của người gọi."})


class SignalOut(Out):
    """How many cases and procedures waited for it; each receives it a moment later, in its own history."""

    name = fields.String()
    receiver_count = fields.Integer()
