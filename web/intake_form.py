"""What a clerk types at the counter, between the page's flat fields and the engine's intake."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from engine import clock
from engine.calendar.deadlines import Deadline
from engine.dossiers import intake, legal_clock
from engine.dossiers.intake import Intake
from engine.dossiers.models import PublicService
from engine.errors import AnswersRejected
from engine.people import agencies
from engine.people.actors import Actor
from engine.procedures import catalogue, definition
from engine.procedures.forms import Form
from web import id_card, typed_days

PARTY = ("full_name", "id_number", "address", "phone", "email")
#: Rows of the checklist a form may hold, those of the service and added ones together.
MOST_ROWS = 40
#: Empty rows offered below the service's own.
SPARE_ROWS = 3


@dataclass(frozen=True)
class Row:
    """One line of the checklist: what paper, whether it was handed in, how many originals and copies."""

    name: str
    is_given: bool
    originals: str
    copies: str
    is_spare: bool


def decision_form(service: PublicService, actor: Actor) -> Form:
    """The procedure's own form of the check at the counter."""
    revision = catalogue.current(service.procedure_code, agencies.chain(actor.agency_id))
    return definition.of(revision).forms[intake.DECISION_FORM]


def rows(service: PublicService, answers: Mapping[str, Any]) -> list[Row]:
    """The checklist as shown: the service's components and a few empty lines, over them what was typed."""
    listed: list[Mapping[str, Any]] = [*service.components]
    shown = [_row(position, row, answers) for position, row in enumerate(listed)]
    typed_last = max((p for p in range(len(listed), MOST_ROWS) if answers.get(f"components_{p}_name")), default=-1)
    spare_count = max(SPARE_ROWS, typed_last + 1 - len(listed))
    return shown + [_row(len(listed) + extra, None, answers) for extra in range(spare_count)]


def received_at(answers: Mapping[str, Any]) -> datetime | None:
    """The moment of receipt where it is not now (papers that came by post)."""
    return typed_days.instant("received_at", answers.get("received_at"))


def promised(service: PublicService, actor: Actor, answers: Mapping[str, Any]) -> Deadline | None:
    """The due moment the agency would promise for what is typed; None where the moment of receipt cannot be read."""
    try:
        at = received_at(answers) or clock.now()
    except AnswersRejected:
        return None
    return legal_clock.preview(actor.agency_id, at, legal_clock.limit_of(service))


def filled(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with a scanned card's text taken apart where the browser did not: typed fields keep their words."""
    found = dict(answers)
    for prefix in ("owner_", "submitter_"):
        card = id_card.read(str(found.pop(f"{prefix}card", "")))
        for name in ("id_number", "full_name", "address") if card else ():
            found[prefix + name] = found.get(prefix + name) or getattr(card, name)
    return found


def read(service: PublicService, form: Form, answers: Mapping[str, Any]) -> Intake:
    """The intake that was typed. Refuses (``AnswersRejected``, names of the page's fields) what no intake can be made of."""
    faults: dict[str, list[str]] = {}
    owner = _party("owner_", answers)
    submitter = _party("submitter_", answers)
    if not owner["full_name"]:
        faults["owner_full_name"] = [_("Nhập họ và tên chủ hồ sơ.")]
    if answers.get("has_submitter") and not submitter["full_name"]:
        faults["submitter_full_name"] = [_("Nhập họ và tên người nộp hộ.")]
    components = list(_components(service, answers, faults))
    decision = {field.name: answers[field.name] for field in form.fields if field.name in answers}
    if decision.get("intake_decision") == "complete" and not any(row["originals"] or row["copies"] for row in components):
        faults.setdefault("components_0_given", []).append(_("Đánh dấu các giấy tờ đã nhận."))
    try:
        form.accept(decision)
    except AnswersRejected as refusal:
        faults |= refusal.fields
    at = _moment(answers, faults)
    if faults:
        raise AnswersRejected(faults)
    return Intake(
        public_service=service.code,
        owner=owner,
        channel=str(answers.get("channel") or "counter"),
        submitter=submitter if answers.get("has_submitter") else None,
        components=components,
        received_at=at,
        decision=decision,
        note=str(answers.get("note") or ""),
    )


def page_names(faults: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Refusals of the engine under the names of the page's fields (``owner.full_name`` → ``owner_full_name``)."""
    return {name.replace(".", "_"): sentences for name, sentences in faults.items()}


def _row(position: int, listed: Mapping[str, Any] | None, answers: Mapping[str, Any]) -> Row:
    prefix = f"components_{position}_"
    if prefix + "name" in answers:
        given = bool(answers.get(prefix + "given"))
        name, originals, copies = (str(answers.get(prefix + part) or "") for part in ("name", "originals", "copies"))
        return Row(name, given, originals, copies, listed is None)
    if listed is None:
        return Row("", False, "", "", True)
    return Row(listed["name"], False, str(listed["originals"]), str(listed["copies"]), False)


def _components(service: PublicService, answers: Mapping[str, Any], faults: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
    """The papers handed in; none where nothing was ticked."""
    asked = rows(service, answers)
    given = [(position, row) for position, row in enumerate(asked) if row.is_given]
    for position, row in given:
        originals, copies = _count(row.originals), _count(row.copies)
        if originals is None or copies is None:
            faults[f"components_{position}_name"] = [_("Số bản phải là số từ 0 đến 999.")]
        elif not row.name.strip():
            faults[f"components_{position}_name"] = [_("Ghi tên giấy tờ.")]
        elif not originals and not copies:
            faults[f"components_{position}_name"] = [_("Ghi số bản chính hoặc bản sao đã nhận.")]
        else:
            yield {"name": row.name, "originals": originals, "copies": copies}


def _count(text: str) -> int | None:
    text = text.strip() or "0"
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len("999") else None


def _moment(answers: Mapping[str, Any], faults: dict[str, list[str]]) -> datetime | None:
    try:
        return received_at(answers)
    except AnswersRejected as refusal:
        faults |= refusal.fields
        return None


def _party(prefix: str, answers: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(answers.get(prefix + name) or "").strip() for name in PARTY}
