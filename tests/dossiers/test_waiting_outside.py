"""What a dossier waits for outside the office: a payment stops the clock, an opinion has a term of its own."""

from datetime import datetime
from typing import Any

import pytest

from engine import clock
from engine.dossiers import consultations, ledger, payments, slips
from engine.dossiers.models import Dossier
from engine.errors import AnswersRejected, Conflict
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.dossiers.conftest import Counter

PAY = {"decision": "payment", "purpose": "Lệ phí trước bạ, Thông báo số 12", "amount": "2.500.000", "pay_by": "2026-11-30"}
ASK = {"decision": "consult", "body": "Công an phường", "question": "Xác nhận cư trú", "opinion_days": "1"}


def local(moment: datetime | None) -> str:
    """On the office's clock, to the minute."""
    assert moment is not None
    return f"{clock.local(moment):%Y-%m-%dT%H:%M}"


def on_the_desk(counter: Counter, **answers: Any) -> Dossier:
    """A dossier the officer has answered so at 09:00 on Thursday 19 November."""
    dossier = counter.open()
    counter.do(dossier, "hand_over", "clerk")
    counter.do(dossier, "assign", "head")
    counter.clock.freeze("2026-11-19T09:00")
    counter.do(dossier, "process", "officer", **answers)
    return dossier


def open_elements(dossier: Dossier) -> list[str]:
    """What is open."""
    session().rollback()
    return sorted(step.element for step in dossier.case.steps if step.state == "open")


def test_a_payment_stops_the_clock_until_it_is_confirmed(counter: Counter) -> None:
    dossier = on_the_desk(counter, **PAY)
    assert (dossier.status, open_elements(dossier)) == ("awaiting_payment", [])
    notice = slips.latest(dossier.case_id, "payment")
    assert notice is not None
    said = [notice.data[name] for name in ("purpose", "amount_text", "pay_by_text")]
    assert said == ["Lệ phí trước bạ, Thông báo số 12", "2.500.000 đồng", "30/11/2026"]
    assert (slips.number_of(notice), notice.form.legal_basis) == ("01/TB-NVTC", "NĐ 30/2020/NĐ-CP")
    assert slips.pdf(notice).startswith(b"%PDF")
    counter.clock.freeze("2026-11-25T14:00")
    counter.send(dossier, "paid", {"amount_paid": "2.500.000", "receipt_number": "BL-0012"}, login="accountant")
    assert (dossier.status, open_elements(dossier), local(dossier.due_at)) == ("processing", ["process"], "2026-11-27T11:30")
    (duty,) = payments.of(dossier)
    assert (local(duty.paid_at), duty.amount, duty.receipt_number) == ("2026-11-25T14:00", 2_500_000, "BL-0012")
    receipts = [(number, is_valid) for kind, number, is_valid in counter.numbers(dossier) if kind == "receipt"]
    assert receipts == [("01/TNHS", False), ("02/TNHS", True)]
    # Thursday 09:00-17:00 without lunch, Friday, Monday, Wednesday 07:30-14:00 without lunch; Tuesday is a holiday.
    assert ledger.of(dossier).totals["applicant"] == (390 + 480 + 480 + 300) * 60


def test_less_than_was_owed_confirms_nothing(counter: Counter) -> None:
    dossier = on_the_desk(counter, **PAY)
    with pytest.raises(AnswersRejected) as refusal:
        counter.send(dossier, "paid", {"amount_paid": "2.000.000", "receipt_number": "BL-0012"})
    assert refusal.value.fields == {"amount_paid": ["Còn thiếu 500.000 đồng. Ghi nhận khi công dân đã nộp đủ."]}
    session().rollback()
    assert dossier.status == "awaiting_payment"


def test_nothing_owed_is_nothing_to_confirm(counter: Counter) -> None:
    dossier = counter.open()
    with pytest.raises(Conflict), transaction():
        payments.confirm(dossier, 1, "BL-1", by=counter.actor("clerk"))


def test_an_opinion_asked_is_the_partners_time_and_the_clock_runs_on(counter: Counter) -> None:
    dossier = on_the_desk(counter, **ASK)
    (asked,) = consultations.of(dossier)
    assert (dossier.status, local(asked.due_at), local(dossier.due_at)) == ("processing", "2026-11-20T09:00", "2026-11-23T08:00")
    counter.clock.freeze("2026-11-19T11:00")
    counter.send(dossier, "opinion_received", {"answer": "disagreed", "note": "CV 15/CAP"}, login="officer")
    assert (open_elements(dossier), asked.answer, asked.note, dossier.case.values["opinion"]) == (
        ["process"],
        "disagreed",
        "CV 15/CAP",
        "disagreed",
    )
    kept = ledger.of(dossier)
    assert (kept.totals["partner"], kept.totals["applicant"]) == (2 * 3600, 0)
    assert [turn.span.cause for turn in kept.turns if turn.span.account == "partner"] == ["Công an phường"]


@pytest.mark.parametrize(
    ("silence", "answer"),
    [({"is_silence_agreement": "on", "silence_basis": "NĐ 61/2018 Đ.19.4"}, "silent_agreed"), ({}, "silent")],
    ids=["agreement where the service says so", "else no opinion"],
)
def test_silence_past_the_term_brings_the_dossier_back(counter: Counter, silence: dict[str, str], answer: str) -> None:
    dossier = on_the_desk(counter, **ASK, **silence)
    counter.clock.freeze("2026-11-20T08:59")
    sweeps.fire_due_timers()
    assert open_elements(dossier) == []
    counter.clock.freeze("2026-11-20T09:00")
    assert sweeps.fire_due_timers() == 1
    assert open_elements(dossier) == ["process"]
    (asked,) = consultations.of(dossier)
    assert (asked.answer, local(asked.answered_at)) == (answer, "2026-11-20T09:00")
    with pytest.raises(Conflict):
        counter.send(dossier, "opinion_received", {"answer": "agreed", "note": "Muộn"}, login="officer")


def test_a_term_past_the_promise_is_refused(counter: Counter) -> None:
    with pytest.raises(AnswersRejected) as refusal:
        on_the_desk(counter, **ASK | {"opinion_days": "3"})
    assert list(refusal.value.fields) == ["opinion_days"]


def test_silence_is_agreement_only_with_its_basis(counter: Counter) -> None:
    with pytest.raises(AnswersRejected) as refusal:
        on_the_desk(counter, **ASK, is_silence_agreement="on")
    assert list(refusal.value.fields) == ["silence_basis"]
