"""Dossiers, in and out."""

from typing import Any

from flask import url_for
from marshmallow import fields

from engine.cases import messages, queries
from engine.dossiers import queries as dossier_queries
from engine.dossiers import rules, slips, word_slips
from engine.dossiers.models import Dossier, Slip
from web.api.fields import Answers, Choice, Flag, Moment, Part, Rows, Text, Whole
from web.api.schemas.shape import In, Out, PageIn, PageOut
from web.api.schemas.steps import StepOut, steps_out


class PartyIn(In):
    """Somebody a dossier speaks of."""

    full_name = Text(longest=200, shortest=1, required=True)
    id_number = Text(longest=20, load_default="", metadata={"description": "Số định danh cá nhân."})
    address = Text(longest=300, load_default="")
    phone = Text(longest=20, load_default="")
    email = Text(longest=254, load_default="")


class ComponentIn(In):
    """One paper handed in."""

    name = Text(longest=1000, shortest=1, required=True)
    originals = Whole(most=1000, load_default=0)
    copies = Whole(most=1000, load_default=0)


class DossierIn(In):
    """An intake. A ``received_at`` without offset is office time; without ``components`` the service's own list stands."""

    public_service = Text(longest=50, shortest=1, required=True, metadata={"description": "Mã thủ tục hành chính."})
    owner = Part(PartyIn, required=True)
    submitter = Part(PartyIn, allow_none=True, load_default=None, metadata={"description": "Người nộp thay."})
    channel = Choice(rules.CHANNELS, load_default="counter")
    components = Rows(Part(ComponentIn), allow_none=True, load_default=None)
    received_at = Moment(allow_none=True, load_default=None)
    decision = Answers(
        keys=fields.String(),
        load_default=lambda: {"intake_decision": "complete"},
        metadata={"description": "Câu trả lời của biểu mẫu intake_check: tiếp nhận, yêu cầu bổ sung hoặc từ chối."},
    )
    return_place = Text(longest=300, load_default="")
    note = Text(longest=2000, load_default="")


class DossierQuery(PageIn):
    """Which dossiers."""

    q = Text(load_default="", metadata={"description": "Mã, thủ tục hoặc tên công dân, không cần dấu."})
    status = Choice(["", *rules.STATUSES], load_default="")
    due = Choice(["", *dossier_queries.DUE], load_default="")


class MessageIn(In):
    """What happened, with the answers of its form."""

    name = Text(longest=100, shortest=1, required=True)
    answers = Answers(keys=fields.String(), load_default=dict)


class PaperQuery(In):
    """On which paper."""

    paper = Choice(slips.PAPERS, load_default=None, metadata={"description": "Khổ giấy; không ghi: khổ của mẫu phiếu."})


class ReasonIn(In):
    """Why."""

    reason = Text(longest=2000, shortest=1, required=True)


class ServiceName(Out):
    """A public service as a dossier names it."""

    code = fields.String()
    name = fields.String()
    limit_text = fields.String()


class Party(Out):
    """Somebody a dossier speaks of."""

    full_name = fields.String()
    id_number = fields.String()
    address = fields.String()
    phone = fields.String()
    email = fields.String()


class Component(Out):
    """One paper handed in."""

    name = fields.String()
    originals = fields.Integer()
    copies = fields.Integer()


class SlipOut(Out):
    """One numbered paper. ``pdf`` is its address, ``docx`` that of its Word copy where there is one; a void one names its
    replacement."""

    id = fields.UUID()
    kind = fields.String()
    number = fields.String()
    title = fields.String()
    issued_at = Moment()
    is_void = Flag()
    void_reason = fields.String(allow_none=True)
    replaced_by = fields.UUID(allow_none=True)
    pdf = fields.String()
    docx = fields.String(allow_none=True)


class SlipList(Out):
    """Every paper of a dossier in the order of issue."""

    items = Rows(Part(SlipOut))


class DossierOut(Out):
    """One dossier as lists show it."""

    code = fields.String()
    case_id = fields.UUID()
    status = fields.String()
    status_name = fields.String()
    public_service = Part(ServiceName)
    owner_name = fields.String()
    channel = fields.String()
    registered_at = Moment()
    received_at = Moment(allow_none=True)
    due_at = Moment(allow_none=True)
    original_due_at = Moment(allow_none=True)
    finished_at = Moment(allow_none=True)
    returned_at = Moment(allow_none=True)


class DossierPage(PageOut):
    """A page of dossiers, newest first."""

    items = Rows(Part(DossierOut))


class DossierDetail(DossierOut):
    """Everything about one dossier. ``expected_messages`` is what ``…/messages`` takes now."""

    owner = Part(Party)
    submitter = Part(Party, allow_none=True)
    components = Rows(Part(Component))
    return_place = fields.String()
    note = fields.String()
    result_number = fields.String(allow_none=True)
    outcome = fields.String(allow_none=True)
    register_number = fields.Integer(allow_none=True)
    register_year = fields.Integer(allow_none=True)
    status_path = fields.String(metadata={"description": "Trang tra cứu công khai."})
    slips = Rows(Part(SlipOut))
    open_steps = Rows(Part(StepOut))
    expected_messages = Rows(fields.String())


class DeadlineOut(Out):
    """A promise and how it came about; all null before the dossier is received."""

    due_at = Moment(allow_none=True)
    original_due_at = Moment(allow_none=True)
    derivation = fields.Dict(allow_none=True)


def slip_out(slip: Slip) -> dict[str, Any]:
    """One paper."""
    return {
        "id": slip.id,
        "kind": slip.kind,
        "number": slips.number_of(slip),
        "title": slip.form.title,
        "issued_at": slip.issued_at,
        "is_void": slip.voided_at is not None,
        "void_reason": slip.void_reason,
        "replaced_by": slip.replaced_by_id,
        "pdf": url_for("api_slips.pdf", slip_id=slip.id),
        "docx": url_for("api_slips.docx", slip_id=slip.id) if word_slips.is_offered(slip) else None,
    }


def dossier_out(dossier: Dossier) -> dict[str, Any]:
    """One dossier as lists show it."""
    own = {name: getattr(dossier, name) for name in _COMMON}
    return {
        **own,
        "status_name": rules.STATUSES[dossier.status],
        "public_service": dossier.service,
        "owner_name": dossier.owner["full_name"],
    }


def detail_out(dossier: Dossier) -> dict[str, Any]:
    """Everything about one dossier."""
    case = dossier.case
    own = {name: getattr(dossier, name) for name in _DETAILS}
    return {
        **dossier_out(dossier),
        **own,
        "status_path": f"/tra-cuu/{dossier.status_token}",
        "slips": [slip_out(slip) for slip in slips.of_case(case.id)],
        "open_steps": steps_out(queries.open_steps(case), case),
        "expected_messages": messages.expected(case),
    }


_COMMON = (
    "code",
    "case_id",
    "status",
    "channel",
    "registered_at",
    "received_at",
    "due_at",
    "original_due_at",
    "finished_at",
    "returned_at",
)
_DETAILS = (
    "owner",
    "submitter",
    "components",
    "return_place",
    "note",
    "result_number",
    "outcome",
    "register_number",
    "register_year",
)
