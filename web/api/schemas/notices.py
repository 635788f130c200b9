"""Notices."""

from marshmallow import fields

from web.api.fields import Id, Moment, Part, Rows
from web.api.schemas.shape import In, Out, PageOut


class ReadIn(In):
    """Which notices were read; all where none is named."""

    ids = Rows(Id(), load_default=None, allow_none=True)


class NoticeOut(Out):
    """One line of the bell."""

    id = fields.UUID()
    kind = fields.String()
    text = fields.String()
    case_id = fields.UUID(allow_none=True)
    step_id = fields.UUID(allow_none=True)
    at = Moment()
    read_at = Moment(allow_none=True)


class NoticePage(PageOut):
    """Notices, newest first, and how many are unread."""

    unread_count = fields.Integer()
    items = Rows(Part(NoticeOut))


class ReadOut(Out):
    """How many notices became read, and how many are left."""

    changed_count = fields.Integer()
    unread_count = fields.Integer()
