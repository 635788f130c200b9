"""What an approval may cause: the capabilities of ``document_approval``, the same for every kind of document."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from engine import clock
from engine.cases import subjects
from engine.cases.capabilities import Capability, CapabilityCall, register
from engine.cases.observers import Moved
from engine.documents import approvables, procedure_approval, signed_content
from engine.documents.approvables import Approval
from engine.errors import AnswersRejected, Conflict, NotAllowed
from engine.journal import entries
from engine.people import directory, policy, signatures
from engine.people.actors import Actor
from engine.procedures import definition
from engine.registers import document_numbers
from engine.transaction import session

DEFAULT_SYMBOL = "QĐ-UBND"
#: Whose word ends an approval that was given already.
_APPROVING = ("leader", "deputy")


def submit_for_approval(call: CapabilityCall) -> Mapping[str, Any]:
    """Lock what its author just signed. Parameters ``reviewers`` (ids), ``approver`` (id), ``summary``: all different people."""
    bound = signed_content.bound_of(call.case)
    signed_content.require_unchanged(bound)
    author = _author(call)
    _check_people(call, author)
    told = approvables.of(bound).submit(bound.subject_id, call.case.id, by=author)
    facts = {"subject": bound.kind, "subject_id": bound.subject_id, "sha256": bound.sha256, "round": bound.round}
    entries.append("document.submitted", agency_id=bound.agency_id, by=author, case_id=call.case.id, **facts, **told)
    return {}


def return_for_editing(call: CapabilityCall) -> Mapping[str, Any]:
    """Void the signatures of this round and let the content be edited. Parameter ``reason``.

    What is approved already and waits for its date is taken back by those alone who approve (``NotAllowed``), or by time.
    """
    bound = signed_content.bound_of(call.case)
    approvable = approvables.of(bound)
    is_leader = call.by is None or any(call.by.acts_as(role, bound.agency_id) for role in _APPROVING)
    if approvable.is_approved(bound.subject_id) and not is_leader:
        raise NotAllowed("Nội dung đã được phê duyệt, chỉ lãnh đạo cơ quan rút lại được trước ngày hiệu lực.")
    _reopen(call.case.id, str(call.parameters.get("reason") or "").strip() or "Trả lại để sửa", by=call.by)
    return {}


def issue_approved(call: CapabilityCall) -> Mapping[str, Any]:
    """Number the decision and keep the approved content until its date.

    Parameters ``number`` (typed; empty: the next), ``symbol``, ``effective_on`` (``2026-12-01``: from 0:00 of that day, at once
    where it is today or past). Returns ``effective_at`` and ``approved_number``.
    """
    bound = signed_content.bound_of(call.case)
    signed_content.require_approved(bound)
    given = call.parameters
    symbol = str(given.get("symbol") or "").strip() or DEFAULT_SYMBOL
    typed = str(given.get("number") or "").strip()
    effective_at = max(_midnight(str(given.get("effective_on") or "")), clock.now())
    about = subjects.present(bound).title
    number = document_numbers.give(bound.agency_id, typed, symbol, about=about, case_id=call.case.id, by=call.by)
    basis = f"Quyết định số {number} ngày {clock.today():%d/%m/%Y}"
    approval = Approval(call.case.id, bound.sha256, basis, effective_at)
    approvables.of(bound).approve(bound.subject_id, approval, by=call.by)
    return {"effective_at": clock.local(effective_at).isoformat(), "approved_number": number}


def make_effective(call: CapabilityCall) -> Mapping[str, Any]:
    """From now on the approved content is the one in force, and the former is obsolete: in this one transaction.

    ``Conflict`` before its moment, and for what is not approved by everybody it needs, whatever led here.
    """
    bound = signed_content.bound_of(call.case)
    signed_content.require_approved(bound)
    due = str(call.case.values.get("effective_at") or "")
    effective_at = datetime.fromisoformat(due) if due else None
    if effective_at is None or effective_at > clock.now():
        raise Conflict("Chưa đến ngày hiệu lực đã phê duyệt. Hãy chờ đến ngày đó.")
    approval = Approval(call.case.id, bound.sha256, str(call.case.values.get("approved_number") or ""), effective_at)
    approvables.of(bound).take_effect(bound.subject_id, approval, by=call.by)
    return {}


def follow(moved: Moved) -> None:
    """However a case came there: an author's step that opens lets the content be edited, a case that ends gives it free."""
    if not moved.is_completed and not any(_is_authors(moved, step.element) for step in moved.opened):
        return
    bound = subjects.of(moved.case.id)
    if bound is None:
        return
    if not moved.is_completed:
        if signatures.standing(bound.kind, bound.subject_id):
            _reopen(moved.case.id, "Trả lại để sửa", by=moved.by)
    elif moved.ended_at is None or definition.of_id(moved.case.revision_id).ends.get(moved.ended_at) == "stopped":
        _reopen(moved.case.id, "Hồ sơ phê duyệt đã dừng", by=moved.by, is_over=True)


def register_all() -> None:
    """Make the capabilities known to models, and the kinds of documents to them."""
    approvables.register(procedure_approval.ProcedureApproval())
    for name, title, parameters, run in (
        ("submit_for_approval", "Khóa nội dung trình duyệt", ("reviewers", "approver", "summary"), submit_for_approval),
        ("return_for_editing", "Hủy chữ ký, mở lại để sửa", ("reason",), return_for_editing),
        ("issue_approved", "Cấp số quyết định, ghi bản đã duyệt", ("number", "symbol", "effective_on"), issue_approved),
        ("make_effective", "Đưa bản đã duyệt vào hiệu lực", (), make_effective),
    ):
        register(Capability(name, title, parameters, run))


def _is_authors(moved: Moved, element: str) -> bool:
    return definition.of_id(moved.case.revision_id).steps[element].signs == "author"


def _reopen(case_id: uuid.UUID, reason: str, *, by: Actor | None, is_over: bool = False) -> None:
    bound = subjects.of(case_id)
    if bound is None:
        return
    approvables.of(bound).reopen(bound.subject_id, case_id, is_over=is_over, by=by)
    if signatures.void(bound.kind, bound.subject_id, reason, by=by):
        bound.round += 1
        session().flush()
        facts = {"subject": bound.kind, "subject_id": bound.subject_id, "round": bound.round, "reason": reason}
        entries.append("document.returned", agency_id=bound.agency_id, by=by, case_id=case_id, **facts)


def _author(call: CapabilityCall) -> Actor:
    if call.by is None:
        raise Conflict("Nội dung chỉ được trình khi người soạn ký. Hãy hoàn thành bước ký phiếu trình.")
    return call.by


def _check_people(call: CapabilityCall, author: Actor) -> None:
    """``AnswersRejected`` where somebody is named twice, or may not do what is asked of them."""
    agency_id = call.case.agency_id
    reviewers = [uuid.UUID(str(one)) for one in call.parameters.get("reviewers") or ()]
    approver = uuid.UUID(str(call.parameters["approver"])) if call.parameters.get("approver") else None
    wrong: dict[str, list[str]] = {}
    own = author.principals
    if not reviewers or own & set(reviewers):
        wrong["reviewers"] = ["Chọn ít nhất một người xem xét, không phải người trình hay người mà người trình thay mặt."]
    elif not all(directory.roles_held(one, agency_id) & policy.PERMISSIONS["procedure.check"] for one in reviewers):
        wrong["reviewers"] = ["Người xem xét phải là lãnh đạo, lãnh đạo phòng hoặc thư ký ISO của cơ quan. Hãy chọn lại."]
    if approver is None or approver in own or approver in reviewers:
        wrong["approver"] = ["Người phê duyệt phải khác người trình và người xem xét. Hãy chọn người khác."]
    elif not directory.belongs(approver, "leader", agency_id):
        wrong["approver"] = ["Người phê duyệt phải là lãnh đạo cơ quan. Hãy chọn người khác."]
    if wrong:
        raise AnswersRejected(wrong)


def _midnight(day: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day), time(), tzinfo=clock.LOCAL_ZONE)
    except ValueError:
        raise AnswersRejected({"effective_on": ["Hồ sơ thiếu ngày hiệu lực. Hãy trả lại bước phê duyệt để ghi ngày."]}) from None
