"""The control sheet: every hand-over of a dossier, rendered from the journal and nothing else (ISO 9001:2015 8.5.1)."""

from collections.abc import Sequence
from typing import Any

from engine import clock
from engine.cases import hand_overs
from engine.cases.hand_overs import HandOver
from engine.dossiers import forms, slip_data, slips
from engine.dossiers.models import Dossier
from engine.errors import Conflict
from engine.printing import typeset
from engine.procedures import definition


def sheet(dossier: Dossier) -> dict[str, Any]:
    """The sheet as data: header and one row per hand-over, in order. Refuses with ``Conflict`` before the dossier is received."""
    opened = slips.latest(dossier.case_id, "control_sheet")
    if opened is None:
        raise Conflict("Hồ sơ chưa được tiếp nhận nên chưa có phiếu kiểm soát.")
    form = forms.form_for(dossier.generation, "control_sheet")
    letterhead = slip_data.letterhead_of(dossier)
    return {
        **slip_data.header(dossier, form, letterhead, opened.issued_at),
        "number": slips.number_of(opened),
        "owner": dossier.owner,
        "submitter": dossier.submitter,
        "service": slip_data.service_of(dossier),
        "handling_unit": dossier.service.unit,
        "received_at_text": slip_data.time_text(dossier.received_at),
        "due_at_text": slip_data.time_text(dossier.due_at),
        "rows": rows(hand_overs.of(dossier.case)),
    }


def rows(handed: Sequence[HandOver]) -> list[dict[str, str]]:
    """The table of the form: who gave, who took, when, how it stood against its term, and what was noted."""
    return [
        {
            "from_unit": row.from_unit,
            "to_unit": row.to_unit,
            "sent_by": row.sent_by,
            "sent_at_text": slip_data.time_text(row.sent_at),
            "received_by": row.received_by or "",
            "received_at_text": slip_data.time_text(row.received_at),
            "result": row.result,
            "note": row.note,
        }
        for row in handed
    ]


def pdf(dossier: Dossier) -> bytes:
    """The sheet as PDF/A: the same journal gives the same bytes. Dated by its last hand-over."""
    opened = slips.latest(dossier.case_id, "control_sheet")
    data = sheet(dossier)
    handed = hand_overs.of(dossier.case)
    moments = [row.sent_at for row in handed] + [row.received_at for row in handed if row.received_at]
    form = forms.form_for(dossier.generation, "control_sheet")
    template = definition.of_id(dossier.case.revision_id).templates[f"slips/{form.template}"]
    return typeset.pdf(template, data, issued_at=max(moments, default=opened.issued_at if opened else clock.now()))
