"""The journal, read and verified."""

from marshmallow import fields

from web.api.fields import Facts, Flag, Id, Moment, Part, Rows, Text
from web.api.schemas.shape import In, Out, PageIn, PageOut


class AgencyQuery(In):
    """Of which agency; the caller's own where none is named."""

    agency = Id(load_default=None, metadata={"description": "Mã định danh (UUID) cơ quan; mặc định là cơ quan của người gọi."})


class JournalQuery(PageIn):
    """Which entries."""

    agency = Id(load_default=None, metadata={"description": "Mã định danh (UUID) cơ quan; mặc định là cơ quan của người gọi."})
    kind = Text(longest=100, load_default="", metadata={"example": "step.completed"})
    person_id = Id(load_default=None)
    case_id = Id(load_default=None)


class EntryOut(Out):
    """One entry. ``hash`` chains it to the former one of its agency."""

    agency_id = fields.UUID()
    number = fields.Integer()
    at = Moment()
    kind = fields.String()
    person_id = fields.UUID(allow_none=True)
    case_id = fields.UUID(allow_none=True)
    actor = fields.Dict(allow_none=True)
    facts = Facts()
    hash = fields.String()


class JournalPage(PageOut):
    """Entries, newest first."""

    items = Rows(Part(EntryOut))


class FaultOut(Out):
    """The first bad place of one agency's chain."""

    agency_id = fields.UUID()
    number = fields.Integer()
    reason = fields.String()


class VerifyOut(Out):
    """What was verified, and where it is broken."""

    is_intact = Flag()
    agency_count = fields.Integer()
    entry_count = fields.Integer()
    faults = Rows(Part(FaultOut))
