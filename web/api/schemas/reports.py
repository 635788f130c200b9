"""Reports."""

from marshmallow import fields

from web.api.fields import Choice, Day, Id, Part, Rows
from web.api.schemas.registers import FORMATS, ColumnOut
from web.api.schemas.shape import In, Out


class ReportQuery(In):
    """Which period and agency, in which form."""

    from_ = Day(data_key="from", load_default=None, metadata={"description": "Ngày đầu kỳ; mặc định đầu tháng này."})
    to = Day(load_default=None, metadata={"description": "Ngày cuối kỳ, tính cả ngày đó; mặc định cuối tháng này."})
    agency = Id(load_default=None, metadata={"description": "Mã định danh (UUID) cơ quan; mặc định mọi cơ quan được xem."})
    format = Choice(FORMATS, load_default="json")


class FiguresOut(Out):
    """One line of the report: the columns of Biểu II.06a by their keys."""

    field = fields.String()
    received = fields.Integer()
    online = fields.Integer()
    direct = fields.Integer()
    carried = fields.Integer()
    settled = fields.Integer()
    early = fields.Integer()
    on_time = fields.Integer()
    late = fields.Integer()
    open = fields.Integer()
    open_in_time = fields.Integer()
    open_late = fields.Integer()


class SettlementOut(Out):
    """Biểu II.06a of a period."""

    first = fields.Date()
    last = fields.Date()
    columns = Rows(Part(ColumnOut))
    lines = Rows(Part(FiguresOut))
    total = Part(FiguresOut)
    on_time_share = fields.Float(allow_none=True)
    progress_score = fields.Float(allow_none=True)
