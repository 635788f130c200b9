"""Financial duties of a citizen (nghĩa vụ tài chính): told by a numbered notice, the clock stands still until they are paid."""

from datetime import date

import sqlalchemy as sa

from engine import clock
from engine.dossiers import legal_clock, slips
from engine.dossiers.clock_models import PaymentDuty
from engine.dossiers.models import Dossier
from engine.errors import AnswersRejected, Conflict
from engine.journal import entries
from engine.people.actors import Actor
from engine.printing import vietnamese
from engine.transaction import session


def of(dossier: Dossier) -> list[PaymentDuty]:
    """Every duty the citizen was told of, in order."""
    query = sa.select(PaymentDuty).where(PaymentDuty.case_id == dossier.case_id)
    return list(session().scalars(query.order_by(PaymentDuty.notified_at, PaymentDuty.id)))


def notify(dossier: Dossier, purpose: str, amount: int, due_on: date, *, by: Actor | None) -> PaymentDuty:
    """Tell the citizen what to pay (đồng) for what and by when, and stop the clock meanwhile (status 6 of the portal).

    Refuses (``AnswersRejected``) no purpose, no amount or a past day, and (``Conflict``) a second duty while one is unpaid.
    """
    faults = {
        "purpose": [] if purpose else ["Ghi khoản phải nộp và căn cứ, ví dụ thông báo của cơ quan thuế."],
        "amount": [] if amount > 0 else ["Ghi số tiền phải nộp, lớn hơn 0 đồng."],
        "pay_by": [] if due_on >= clock.today() else ["Hạn nộp phải từ hôm nay trở đi."],
    }
    refused = {name: said for name, said in faults.items() if said}
    if refused:
        raise AnswersRejected(refused)
    if _unpaid(dossier) is not None:
        raise Conflict("Công dân đang có khoản chưa nộp. Ghi nhận khoản ấy trước khi thông báo khoản mới.")
    said = {"purpose": purpose, "amount_text": vietnamese.money(amount), "pay_by_text": vietnamese.short_date(due_on)}
    notice = slips.issue(dossier, "payment", by=by, extra=said | {"recipients": ["Như trên", "Lưu: hồ sơ"]})
    duty = PaymentDuty(
        agency_id=dossier.agency_id,
        case_id=dossier.case_id,
        purpose=purpose,
        amount=amount,
        due_on=due_on,
        slip_id=notice.id,
        notified_at=clock.now(),
        paid_at=None,
        receipt_number="",
    )
    session().add(duty)
    legal_clock.stop(dossier, "finance", purpose, by=by)
    facts = {"purpose": purpose, "amount": amount, "due_on": due_on, "slip": notice.id}
    entries.append("payment.notified", agency_id=dossier.agency_id, by=by, case_id=dossier.case_id, **facts)
    return duty


def confirm(dossier: Dossier, amount: int, receipt_number: str, *, by: Actor | None) -> PaymentDuty:
    """The duty is paid in full: write the receipt's number down and let the clock run again.

    Refuses (``AnswersRejected``) less than was owed or no number, and (``Conflict``) where nothing is owed.
    """
    duty = _unpaid(dossier)
    if duty is None:
        raise Conflict("Hồ sơ không có khoản nào chờ nộp.")
    if amount < duty.amount:
        missing = vietnamese.money(duty.amount - amount)
        raise AnswersRejected({"amount_paid": [f"Còn thiếu {missing}. Ghi nhận khi công dân đã nộp đủ."]})
    if not receipt_number:
        raise AnswersRejected({"receipt_number": ["Ghi số biên lai hoặc giấy nộp tiền."]})
    duty.paid_at, duty.receipt_number = clock.now(), receipt_number
    entries.append(
        "payment.confirmed",
        agency_id=dossier.agency_id,
        by=by,
        case_id=dossier.case_id,
        amount=amount,
        receipt_number=receipt_number,
        due_on=duty.due_on,
    )
    receipt = slips.latest(dossier.case_id, "receipt")
    if legal_clock.resume(dossier, by=by) and receipt is not None:
        slips.reissue(receipt, "Thời hạn tính tiếp sau khi thực hiện nghĩa vụ tài chính", by=by)
    return duty


def _unpaid(dossier: Dossier) -> PaymentDuty | None:
    return next((duty for duty in of(dossier) if duty.paid_at is None), None)
