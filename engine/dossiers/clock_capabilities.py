"""What a procedure may cause around the promised date: watch it, apologise with a new date, report a second delay."""

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from engine import clock
from engine.cases import wording
from engine.cases.capabilities import Capability, CapabilityCall, register
from engine.dossiers import citizens, expiry, extensions, legal_clock, slip_data, slips
from engine.dossiers.models import Dossier, Slip
from engine.errors import AnswersRejected, NotFound
from engine.journal import entries
from engine.outbox import notices
from engine.people import directory
from engine.printing import vietnamese
from engine.transaction import session

#: Who hears of a dossier that will be late, and of one late again: the head of the division and those who lead the agency.
_HEARERS = ("head", "leader")


def watch_deadline(call: CapabilityCall) -> Mapping[str, Any]:
    """See how the dossier stands: ``due_state`` (see ``expiry``), ``watch_at`` when to look again, ``is_apology_due``.

    Where the apology becomes owed, the leaders hear of it. Parameters: ``days_before``, ``most`` (new dates).
    """
    dossier = dossier_of(call)
    found = expiry.standing(dossier, **_limits(call))
    if found.state == expiry.EXPIRING:
        _report(dossier, "dossier.expiring", "cần văn bản xin lỗi và ngày hẹn mới trong hôm nay, nếu không kịp trả")
        return {"due_state": expiry.HELD, "is_apology_due": True}
    told = {"watch_at": found.look_at.isoformat()} if found.look_at else {}
    return {"due_state": found.state, **told}


def apologise(call: CapabilityCall) -> Mapping[str, Any]:
    """Send the apology (Mẫu 04) and promise anew. Parameters: ``reason``, ``new_due_on`` (2026-12-31), ``most``.

    A dossier whose result is there gets the letter with the day to collect it; its promise stays as it was, and late.
    """
    dossier, reason = dossier_of(call), str(call.parameters.get("reason") or "").strip()
    if not reason:
        raise AnswersRejected({"reason": ["Ghi lý do chậm trễ; lý do được in trên văn bản gửi công dân."]})
    on = date.fromisoformat(str(call.parameters["new_due_on"]))
    is_ready = expiry.is_ready(dossier)
    moment = _collected_at(dossier, on) if is_ready else extensions.new_due_at(dossier, on, most=_limits(call)["most"])
    letter = slips.issue(dossier, "apology", by=call.by, extra=_letter(dossier, moment, reason, call))
    if not is_ready:
        extensions.give(dossier, moment, reason, letter, by=call.by)
    _tell_citizen(dossier, moment, reason, letter)
    watch_at = {} if is_ready else {"watch_at": moment.isoformat()}
    return {"is_apology_due": False, **watch_at}


def report_late(call: CapabilityCall) -> Mapping[str, Any]:
    """The new date passed as well: the leaders hear of it; the dossier stays late (no form exists for a second apology)."""
    _report(dossier_of(call), "dossier.late_again", "đã quá cả ngày hẹn lại. Đề nghị Chủ tịch chỉ đạo; hồ sơ tính quá hạn")
    return {}


#: What conditions of a model may be told by each.
_OUTCOMES: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "watch_deadline": (
        {"due_state": expiry.HELD, "is_apology_due": True},
        *({"due_state": state} for state in (expiry.READY, expiry.HELD, expiry.WAITING, expiry.LATE)),
    ),
    expiry.APOLOGY: ({"is_apology_due": False},),
}


def register_all() -> None:
    """Make the capabilities known to models."""
    for name, title, parameters, run in (
        ("watch_deadline", "Theo dõi hạn trả", ("days_before", "most"), watch_deadline),
        (expiry.APOLOGY, "Xin lỗi, hẹn lại ngày trả", ("reason", "new_due_on", "most"), apologise),
        ("report_late", "Báo chậm lần hai", (), report_late),
    ):
        register(Capability(name, title, parameters, run, _OUTCOMES.get(name, ())))


def dossier_of(call: CapabilityCall) -> Dossier:
    """The dossier a call is about; ``NotFound`` in a case that is none."""
    dossier = session().get(Dossier, call.case.id)
    if dossier is None:
        raise NotFound(f"Bước «{call.element}» chỉ dùng cho hồ sơ một cửa; hãy mở hồ sơ qua trang Tiếp nhận.")
    return dossier


def _limits(call: CapabilityCall) -> dict[str, int]:
    given = {"days_before": 1, "most": 1} | {name: value for name, value in call.parameters.items() if value is not None}
    return {name: int(given[name]) for name in ("days_before", "most")}


def _collected_at(dossier: Dossier, on: date) -> datetime:
    """When a result that is there can be collected: the end of that working day, today at the earliest."""
    _, calendar = legal_clock.promised_on(dossier)
    day = calendar.day(on)
    if not day.spans or day.closes <= clock.now():
        raise AnswersRejected({"new_due_on": ["Chọn một ngày làm việc, từ hôm nay trở đi, để công dân đến nhận."]})
    return day.closes.astimezone(UTC)


def _letter(dossier: Dossier, new_due_at: datetime, reason: str, call: CapabilityCall) -> dict[str, Any]:
    former = slip_data.time_text(extensions.judged_due_at(dossier))
    return {
        "reason": reason,
        "former_due_at_text": former,
        "received_on_text": f"{clock.local(dossier.received_at):%d/%m/%Y}" if dossier.received_at else "",
        "new_due_at_text": vietnamese.slip_time(new_due_at),
        "signature": slip_data.signature_of(call.by),
        "recipients": ["Như trên", slip_data.letterhead_of(dossier)["unit_name"], "Lưu: VT, hồ sơ"],
    }


def _tell_citizen(dossier: Dossier, new_due_at: datetime, reason: str, letter: Slip) -> None:
    office = slip_data.letterhead_of(dossier)["name"]
    text = f"{office} xin lỗi Ông/Bà vì chưa trả kết quả đúng hẹn.\nLý do: {reason}\nHẹn trả: {vietnamese.slip_time(new_due_at)}."
    citizens.tell(dossier, f"Xin lỗi và hẹn lại ngày trả kết quả hồ sơ {dossier.code}", text, key=f"apology:{letter.id}")


def _report(dossier: Dossier, kind: str, words: str) -> None:
    case = dossier.case
    told = {member.person_id: member.full_name for role in _HEARERS for member in _group(dossier, role)}
    due = slip_data.time_text(dossier.due_at)
    name = wording.case_name(case)
    sentence = f"{name[0].upper()}{name[1:]} (hẹn trả {due}) {words}."
    notices.tell(told, kind.removeprefix("dossier."), sentence, agency_id=dossier.agency_id, case_id=case.id)
    entries.append(kind, agency_id=dossier.agency_id, by=None, case_id=case.id, due_at=dossier.due_at, told=list(told.values()))


def _group(dossier: Dossier, role: str) -> list[directory.Member]:
    division_id: uuid.UUID | None = dossier.case.division_id if role == "head" else None
    return directory.group(dossier.agency_id, role, division_id)
