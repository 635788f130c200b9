"""What the dossier procedure may cause: the capabilities this folder owns, by name."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.cases.capabilities import Capability, CapabilityCall, register
from engine.cases.models import Step
from engine.dossiers import expiry, legal_clock, results, slip_data, slips
from engine.dossiers.clock_capabilities import dossier_of
from engine.dossiers.models import Dossier
from engine.errors import AnswersRejected, Conflict
from engine.registers import books
from engine.transaction import session

#: The yearly book of dossiers (Mẫu 07 of TT 03/2025, Mẫu 06 of TT 01/2018).
REGISTER = "dossiers"


def receive_dossier(call: CapabilityCall) -> Mapping[str, Any]:
    """Complete and correct: start the clock, enter the register, issue the receipt and open the control sheet."""
    dossier = dossier_of(call)
    received_at = dossier.received_at or clock.now()
    legal_clock.start(dossier, received_at, by=call.by)
    year = clock.local(received_at).year
    line = books.enter(dossier.agency_id, REGISTER, year, _register_line(dossier), case_id=dossier.case_id, by=call.by)
    dossier.register_year, dossier.register_number = line.year, line.number
    dossier.status = "received"
    slips.issue(dossier, "receipt", by=call.by)
    slips.issue(dossier, "control_sheet", by=call.by)
    days_before = int(call.parameters.get("days_before") or 1)
    return expiry.watched(call.case, {"watch_at": expiry.moment_of(dossier, days_before).isoformat()})


def issue_slip(call: CapabilityCall) -> Mapping[str, Any]:
    """Issue one paper: ``kind`` (supplement, refusal, stop), ``reason``, ``content`` (one item a line), ``guidance``.

    A supplement is asked for once (NĐ 118/2025 Đ.17.2a): during handling a further request needs ``basis``, why it is owed.
    """
    dossier, given = dossier_of(call), call.parameters
    if given["kind"] == "stop" and dossier.result_number is not None:
        raise Conflict(f"Hồ sơ đã có kết quả số {dossier.result_number}, không dừng được nữa. Hãy chọn không đồng ý cho rút.")
    kind, reason = str(given["kind"]), str(given.get("reason") or "").strip()
    items = [line.strip() for line in str(given.get("content") or "").splitlines() if line.strip()]
    extra: dict[str, Any] = {"reason": reason, "items": items or ([reason] if kind == "supplement" else [])}
    if given.get("guidance"):
        extra["guidance"] = str(given["guidance"])
    if kind == "supplement":
        extra |= _attempt(dossier, call)
    if kind == "refusal":
        results.refuse_undecided(dossier, "từ chối tiếp nhận")
    if kind == "stop":
        extra |= _stopping(call)
    slips.issue(dossier, kind, by=call.by, extra=extra)
    return {}


def pause_clock(call: CapabilityCall) -> Mapping[str, Any]:
    """Stop the legal clock. Parameters: ``kind`` (supplement, finance), ``reason``. An apology owed stays owed past the date."""
    dossier = dossier_of(call)
    is_owed = bool(call.case.values.get("is_apology_due")) and expiry.owes_apology(dossier)
    legal_clock.stop(dossier, str(call.parameters["kind"]), str(call.parameters.get("reason") or ""), by=call.by)
    return expiry.watched(call.case, {"is_paused": True, "is_apology_due": is_owed})


def resume_clock(call: CapabilityCall) -> Mapping[str, Any]:
    """Let the legal clock run again; a changed appointment voids the receipt and issues a new one."""
    dossier = dossier_of(call)
    receipt = slips.latest(dossier.case_id, "receipt")
    if legal_clock.resume(dossier, by=call.by) and receipt is not None:
        slips.reissue(receipt, "Thời hạn tính lại sau khi bổ sung hồ sơ", by=call.by)
    return expiry.watched(call.case, {"is_paused": False})


def number_result(call: CapabilityCall) -> Mapping[str, Any]:
    """Give the result its number: ``number`` as typed (empty: the next of the year), ``symbol`` (default KQ-UBND).

    Refuses (``Conflict``) a number another dossier holds, and any while a request to withdraw is undecided.
    """
    dossier = dossier_of(call)
    typed = str(call.parameters.get("number") or "").strip()
    dossier.result_number = results.number(dossier, typed, str(call.parameters.get("symbol") or "KQ-UBND"), by=call.by)
    watched = expiry.watched(call.case, {"is_ready": True, "is_apology_due": expiry.owes_apology(dossier)})
    return {"result_number": dossier.result_number, **watched}


def close_dossier(call: CapabilityCall) -> Mapping[str, Any]:
    """Note how it ended. Parameter ``outcome``: granted, not_granted, refused, stopped."""
    dossier = dossier_of(call)
    dossier.outcome = str(call.parameters["outcome"])
    if dossier.outcome in ("refused", "stopped") and dossier.finished_at is None:
        dossier.finished_at = clock.now()
    return {}


#: What conditions of a model may be told by each.
_OUTCOMES: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "pause_clock": tuple({"is_paused": True, "is_apology_due": is_owed} for is_owed in (False, True)),
    "resume_clock": ({"is_paused": False},),
    "number_result": tuple({"is_ready": True, "is_apology_due": is_owed} for is_owed in (False, True)),
}


def register_all() -> None:
    """Make the capabilities known to models."""
    for name, title, parameters, run in (
        ("receive_dossier", "Tiếp nhận: tính hạn, vào sổ, cấp giấy tiếp nhận", ("days_before",), receive_dossier),
        ("issue_slip", "Cấp phiếu", ("kind", "reason", "content", "guidance", "basis"), issue_slip),
        ("pause_clock", "Dừng đồng hồ", ("kind", "reason"), pause_clock),
        ("resume_clock", "Chạy lại đồng hồ", (), resume_clock),
        ("number_result", "Cấp số kết quả", ("number", "symbol"), number_result),
        ("close_dossier", "Kết thúc hồ sơ", ("outcome",), close_dossier),
    ):
        register(Capability(name, title, parameters, run, _OUTCOMES.get(name, ())))


def _attempt(dossier: Dossier, call: CapabilityCall) -> dict[str, Any]:
    """Which request this is and, from the second one during handling on, on what basis (``AnswersRejected`` without)."""
    former = [slip for slip in slips.of_case(dossier.case_id) if slip.kind == "supplement"]
    basis = str(call.parameters.get("basis") or "").strip()
    during = [slip for slip in former if dossier.received_at is not None and slip.issued_at >= dossier.received_at]
    if during and not basis:
        first = slips.number_of(during[0])
        sentence = f"Đã yêu cầu bổ sung bằng phiếu {first}. Ghi căn cứ và ý kiến lãnh đạo cho phép yêu cầu thêm lần nữa."
        raise AnswersRejected({"basis": [sentence]})
    return {"attempt": 1 + len(former)} | ({"basis": basis} if basis else {})


def _stopping(call: CapabilityCall) -> dict[str, Any]:
    """What only a stop notice says: since when, at which step, who signs."""
    query = sa.select(Step.name).where(Step.case_id == call.case.id, Step.state == "open").order_by(Step.opened_at)
    stages = [name for name in session().scalars(query) if name]
    return {
        "stopped_at_text": slip_data.time_text(clock.now()),
        "stage": "; ".join(stages) or "Đang xử lý",
        "signature": slip_data.signature_of(call.by),
        "recipients": ["Như trên", "Lưu: VT, hồ sơ"],
    }


def _register_line(dossier: Dossier) -> dict[str, Any]:
    return {
        "code": dossier.code,
        "service": dossier.service.name,
        "owner": dossier.owner["full_name"],
        "address": dossier.owner["address"],
        "sets": dossier.service.sets,
        "received_at": dossier.received_at.isoformat() if dossier.received_at else None,
        "due_at": dossier.due_at.isoformat() if dossier.due_at else None,
    }
