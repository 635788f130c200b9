"""Messages to the outside, and the systems that are told."""

from typing import Any

from marshmallow import fields

from engine.outbox import addresses, letters, pause, webhooks
from engine.outbox.models import Webhook
from web.api.fields import Choice, Flag, Id, Moment, Part, Rows, Text, Whole
from web.api.schemas.shape import In, Out, PageIn, PageOut

_AGENCY = {"description": "Mã định danh (UUID) cơ quan; mặc định là cơ quan của người gọi."}
_EVENTS = {"description": "Loại bút toán: `step.opened`, hoặc `dossier.*` cho mọi việc của hồ sơ.", "example": ["dossier.*"]}


class LetterQuery(PageIn):
    """Which messages."""

    agency = Id(load_default=None, metadata=_AGENCY)
    state = Choice(list(letters.STATES), load_default="dead")
    kind = Choice(["", "mail", "webhook"], load_default="")
    webhook_id = Id(load_default=None)


class OutboxAgencyQuery(In):
    """Of which agency."""

    agency = Id(load_default=None, metadata=_AGENCY)


class LetterOut(Out):
    """One message. ``cause`` is the last failure; ``next_at`` the next try of a waiting one; a mail's ``to`` is shortened."""

    id = fields.UUID()
    agency_id = fields.UUID()
    kind = fields.String()
    state = fields.String()
    to = fields.String()
    about = fields.String()
    case_id = fields.UUID(allow_none=True)
    attempts = fields.Integer()
    cause = fields.String(allow_none=True)
    created_at = Moment()
    next_at = Moment(allow_none=True)
    sent_at = Moment(allow_none=True)


class LetterPage(PageOut):
    """Messages, newest first."""

    items = Rows(Part(LetterOut))


class OutboxReasonIn(In):
    """Why."""

    reason = Text(longest=pause.LONGEST_REASON, shortest=1, required=True)


class DecisionIn(OutboxReasonIn):
    """About which messages, and why."""

    ids = Rows(Id(), required=True)


class OutboxOutcomeOut(Out):
    """How many were changed, and how many were not there to be."""

    done_count = fields.Integer()
    refused_count = fields.Integer()


class StatusOut(Out):
    """How the agency's outbox does; counted up to 1 000. ``is_paused`` holds for all agencies."""

    waiting_count = fields.Integer()
    dead_count = fields.Integer()
    is_paused = Flag()
    paused_at = Moment(allow_none=True)
    reason = fields.String(allow_none=True)


class WebhookIn(In):
    """A system to tell."""

    agency = Id(load_default=None, metadata=_AGENCY)
    name = Text(longest=webhooks.LONGEST_NAME, shortest=1, required=True)
    url = Text(longest=addresses.LONGEST_URL, shortest=1, required=True, metadata={"example": "https://he-thong.example.vn/tin"})
    events = Rows(Text(longest=80), required=True, metadata=_EVENTS)


class WebhookVersionIn(In):
    """What the caller saw."""

    version = Whole(load_default=None, allow_none=True)


class WebhookChangeIn(WebhookVersionIn):
    """Another name, address, choice of events."""

    name = Text(longest=webhooks.LONGEST_NAME, shortest=1, required=True)
    url = Text(longest=addresses.LONGEST_URL, shortest=1, required=True)
    events = Rows(Text(longest=80), required=True, metadata=_EVENTS)


class WebhookStopIn(WebhookVersionIn):
    """Why it is told nothing more."""

    reason = Text(longest=pause.LONGEST_REASON, shortest=1, required=True)


class WebhookOut(Out):
    """A system. Its signing key is shown on the administrator's page alone, never here."""

    id = fields.UUID()
    agency_id = fields.UUID()
    name = fields.String()
    url = fields.String()
    events = Rows(fields.String())
    key_number = fields.Integer()
    is_active = Flag()
    version = fields.Integer()
    created_at = Moment()


class WebhookList(Out):
    """Systems, the oldest first."""

    items = Rows(Part(WebhookOut))


def webhook_out(webhook: Webhook) -> dict[str, Any]:
    """A system as answered."""
    names = ("id", "agency_id", "name", "url", "events", "key_number", "is_active", "version", "created_at")
    return {name: getattr(webhook, name) for name in names}
