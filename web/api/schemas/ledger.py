"""Whose clock ran, as the API tells it."""

import uuid
from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from engine.dossiers import ledger, legal_clock
from engine.dossiers.models import Dossier
from engine.dossiers.whose_clock import Span
from engine.people import directory
from web.api.fields import Flag, Moment, Part, Rows
from web.api.schemas.shape import Out


class SpanOut(Out):
    """A stretch of time on one account, the end not included. ``cause`` says what somebody outside is waited for."""

    account = fields.String(metadata={"description": "desk, queue, applicant, partner, non_working hoặc outage."})
    cause = fields.String()
    element = fields.String()
    step = fields.String()
    role = fields.String()
    person = fields.String()
    started_at = Moment()
    ended_at = Moment()
    seconds = fields.Integer()


class PeriodOut(Out):
    """A time in which the clock stood still."""

    kind = fields.String()
    reason = fields.String()
    started_at = Moment()
    ended_at = Moment(allow_none=True)


class LedgerOut(Out):
    """Whose clock ran. ``spans`` join without gap or overlap; ``accounts`` (seconds, all six) sum to ``seconds``.

    ``is_running``: the last span still grows. ``turns`` are the spans of one holder in a row, nights and days off left out.
    """

    received_at = Moment(allow_none=True)
    due_at = Moment(allow_none=True)
    finished_at = Moment(allow_none=True)
    is_running = Flag()
    seconds = fields.Integer()
    accounts = fields.Dict(keys=fields.String(), values=fields.Integer())
    spans = Rows(Part(SpanOut))
    turns = Rows(Part(SpanOut))
    periods = Rows(Part(PeriodOut))


def ledger_out(dossier: Dossier) -> dict[str, Any]:
    """The accounts of one dossier."""
    kept = ledger.of(dossier)
    names = directory.people({span.person_id for span in kept.spans if span.person_id})
    people = {person_id: person.full_name for person_id, person in names.items()}
    turns = [_span_out(turn.span, people) | {"ended_at": turn.ended_at, "seconds": turn.seconds} for turn in kept.turns]
    return {
        "received_at": dossier.received_at,
        "due_at": dossier.due_at,
        "finished_at": dossier.finished_at,
        "is_running": kept.is_running,
        "seconds": kept.seconds,
        "accounts": kept.totals,
        "spans": [_span_out(span, people) for span in kept.spans],
        "turns": turns,
        "periods": legal_clock.periods_of(dossier),
    }


def _span_out(span: Span, people: Mapping[uuid.UUID, str]) -> dict[str, Any]:
    own = {
        name: getattr(span, name) for name in ("account", "cause", "element", "step", "role", "started_at", "ended_at", "seconds")
    }
    return own | {"person": people.get(span.person_id, "") if span.person_id else ""}
