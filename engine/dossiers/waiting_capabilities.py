"""What a procedure may wait for outside the office: a payment of the citizen, an opinion of another body."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.cases.capabilities import Capability, CapabilityCall, register
from engine.dossiers import consultations, expiry, payments
from engine.dossiers.clock_capabilities import dossier_of
from engine.dossiers.consultations import Question


def request_payment(call: CapabilityCall) -> Mapping[str, Any]:
    """Tell the citizen what to pay and stop the clock: ``purpose``, ``amount`` (đồng), ``pay_by`` (2026-12-31)."""
    dossier, given = dossier_of(call), call.parameters
    is_owed = bool(call.case.values.get("is_apology_due")) and expiry.owes_apology(dossier)
    pay_by = date.fromisoformat(str(given["pay_by"]))
    payments.notify(dossier, str(given.get("purpose") or "").strip(), int(given.get("amount") or 0), pay_by, by=call.by)
    return expiry.watched(call.case, {"is_paused": True, "is_apology_due": is_owed})


def confirm_payment(call: CapabilityCall) -> Mapping[str, Any]:
    """The duty is paid, the clock runs again: ``amount`` (đồng), ``receipt_number``."""
    given = call.parameters
    payments.confirm(dossier_of(call), int(given.get("amount") or 0), str(given.get("receipt_number") or "").strip(), by=call.by)
    return expiry.watched(call.case, {"is_paused": False})


def ask_opinion(call: CapabilityCall) -> Mapping[str, Any]:
    """Ask another body: ``body``, ``question``, ``days`` (working days), ``is_silence_agreement`` and its ``basis``.

    Returns ``opinion_due_at``: when its term ends.
    """
    given = call.parameters
    question = Question(
        body=str(given.get("body") or "").strip(),
        text=str(given.get("question") or "").strip(),
        days=int(given.get("days") or 1),
        is_silence_agreement=bool(given.get("is_silence_agreement")),
        basis=str(given.get("basis") or "").strip(),
    )
    asked = consultations.ask(dossier_of(call), question, by=call.by)
    return {"opinion_due_at": asked.due_at.isoformat()}


def record_opinion(call: CapabilityCall) -> Mapping[str, Any]:
    """The answer came, or the term passed: ``answer`` (agreed, disagreed, silent), ``note``. Returns it as ``opinion``."""
    answer, note = str(call.parameters["answer"]), str(call.parameters.get("note") or "").strip()
    return {"opinion": consultations.close(dossier_of(call), answer, note, by=call.by).answer}


def register_all() -> None:
    """Make the capabilities known to models."""
    for name, title, parameters, run in (
        ("request_payment", "Thông báo nghĩa vụ tài chính", ("purpose", "amount", "pay_by"), request_payment),
        ("confirm_payment", "Ghi nhận đã nộp", ("amount", "receipt_number"), confirm_payment),
        ("ask_opinion", "Lấy ý kiến", ("body", "question", "days", "is_silence_agreement", "basis"), ask_opinion),
        ("record_opinion", "Ghi ý kiến", ("answer", "note"), record_opinion),
    ):
        register(Capability(name, title, parameters, run))
