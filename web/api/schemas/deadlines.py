"""Questions about deadlines."""

from marshmallow import ValidationError, fields, validates

from engine.calendar.limits import Unit, parse_pauses
from engine.errors import AnswersRejected
from web.api.fields import Choice, Moment, Text
from web.api.schemas.shape import In, Out


class PreviewQuery(In):
    """A limit from a moment on. ``limit_value`` is a number such as ``3`` or ``2.5``."""

    received_at = Moment(required=True, metadata={"description": "Không ghi múi giờ thì là giờ của cơ quan."})
    limit_value = Text(longest=20, shortest=1, required=True, metadata={"example": "2.5"})
    limit_unit = Choice([str(unit) for unit in Unit], required=True)
    pauses = Text(
        longest=2000,
        load_default="",
        metadata={"description": "Các lần dừng: `supplement:2025-08-06T10:00/2025-08-11T14:00`, cách nhau bằng dấu `;`."},
    )

    @validates("pauses")
    def refuse_impossible_pauses(self, value: str, data_key: str) -> None:
        """Say under this very name what is wrong with them."""
        try:
            parse_pauses(value)
        except AnswersRejected as refusal:
            raise ValidationError([reason for reasons in refusal.fields.values() for reason in reasons]) from refusal


class PreviewOut(Out):
    """The due moment, and every day that was counted or skipped on the way."""

    due_at = Moment()
    derivation = fields.Dict()
