"""The two ways of every schema, pages of lists, and the problem every refusal is answered with."""

from typing import Any

from marshmallow import RAISE, Schema, fields

from engine.cases.paging import LARGEST_PAGE
from web.api.fields import Rows, Text, Whole

#: Rows of a page where the reader does not say.
PAGE = 50
LONGEST_CURSOR = 400


class In(Schema):
    """What a caller may send: whatever it does not name is refused (R49)."""

    class Meta:
        unknown = RAISE

    error_messages = dict(unknown="Không có mục này: hãy bỏ đi.", type="Phải là một đối tượng JSON.")  # noqa: C408, RUF012 - shared, never changed


class Out(Schema):
    """What the API answers: every named field is there."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.required = True


class PageIn(In):
    """Which part of a list."""

    limit = Whole(least=1, most=LARGEST_PAGE, load_default=PAGE, metadata={"description": "Số dòng mỗi trang."})
    cursor = Text(longest=LONGEST_CURSOR, load_default="", metadata={"description": "`next_cursor` của trang trước."})


class PageOut(Out):
    """A part of a list; ``next_cursor`` is null on the last page."""

    next_cursor = fields.String(allow_none=True)


class Problem(Schema):
    """RFC 9457. ``code`` is for machines, ``detail`` for people, ``reference`` for the administrator's log."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True)
    reference = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=Rows(fields.String()))
    findings = Rows(fields.Dict())
    who = fields.String()
    at = fields.String()
    version = fields.Integer()
