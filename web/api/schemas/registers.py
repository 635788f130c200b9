"""Registers."""

from marshmallow import fields

from web.api.fields import Choice, Day, Id, Part, Rows, Whole
from web.api.schemas.shape import In, Out

FORMATS = ("json", "csv", "xlsx")


class RegisterQuery(In):
    """Which lines, in which form."""

    as_of = Day(load_default=None, metadata={"description": "Tình trạng đến hết ngày này; mặc định hôm nay."})
    year = Whole(least=1990, most=2200, load_default=None)
    agency = Id(load_default=None, metadata={"description": "Mã định danh (UUID) cơ quan; mặc định là cơ quan của người gọi."})
    format = Choice(FORMATS, load_default="json")


class ColumnOut(Out):
    """A column: its key in each line, and its heading."""

    key = fields.String()
    heading = fields.String()


class RegisterOut(Out):
    """A register as of a day."""

    name = fields.String()
    title = fields.String()
    as_of = fields.Date()
    columns = Rows(Part(ColumnOut))
    lines = Rows(fields.Dict())


class RegisterName(Out):
    """A register there is."""

    name = fields.String()
    title = fields.String()


class RegisterList(Out):
    """Every register of the office."""

    items = Rows(Part(RegisterName))
