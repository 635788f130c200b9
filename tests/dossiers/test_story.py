"""A dossier from the counter to the citizen: clock, slips, control sheet, status page."""

import hashlib

import pytest

from engine import clock
from engine.dossiers import control_sheet, slips, status_page
from engine.errors import AnswersRejected, Conflict, NotFound
from engine.transaction import session, transaction
from tests.dossiers.conftest import Counter


def test_straight_story_ends_returned(counter: Counter) -> None:
    dossier = counter.open()
    counter.to_sign(dossier)
    assert dossier.status == "processing"
    counter.finish(dossier)
    assert (dossier.status, dossier.outcome, dossier.result_number) == ("returned", "granted", "01/KQ-UBND")
    assert dossier.case.state == "completed"
    assert dossier.finished_at == dossier.returned_at == clock.now()


def test_finished_is_when_the_result_is_ready(counter: Counter) -> None:
    dossier = counter.open()
    counter.to_sign(dossier)
    counter.do(dossier, "sign", "leader", decision="sign")
    counter.do(dossier, "number_seal", "registrar", result_number="15/QĐ-UBND")
    assert (dossier.status, dossier.finished_at, dossier.result_number) == ("done", clock.now(), "15/QĐ-UBND")


def test_leader_returns_with_a_reason_to_the_same_officer(counter: Counter) -> None:
    dossier = counter.open()
    counter.to_sign(dossier)
    with pytest.raises(AnswersRejected):
        counter.do(dossier, "sign", "leader", decision="return")
    assert counter.do(dossier, "sign", "leader", decision="return", reason="Sai căn cứ") == ["process"]
    step = counter.step(dossier, "process")
    assert (step.visit, step.assignee_id) == (2, counter.actor("officer").person_id)
    assert control_sheet.sheet(dossier)["rows"][-1]["note"] == "Sai căn cứ"


def test_supplement_during_handling_restarts_the_clock_and_the_slip(counter: Counter) -> None:
    dossier = counter.open()
    counter.do(dossier, "hand_over", "clerk")
    counter.do(dossier, "assign", "head")
    counter.clock.freeze("2026-11-19T09:00")
    counter.do(dossier, "process", "officer", decision="supplement", content="Bản sao", reason="Thiếu")
    assert (dossier.status, status_page.look_up(dossier.status_token).is_paused) == ("awaiting_supplement", True)
    counter.clock.freeze("2026-11-25T14:00")
    counter.send(dossier, "supplement_received", {"received_papers": "Bản sao"})
    assert dossier.due_at is not None
    assert (dossier.status, clock.local(dossier.due_at).isoformat()) == ("processing", "2026-11-30T14:00:00+07:00")
    assert dossier.original_due_at != dossier.due_at
    assert counter.numbers(dossier) == [
        ("receipt", "01/TNHS", False),
        ("control_sheet", "01/KSHS", True),
        ("supplement", "01/HDHS", True),
        ("receipt", "02/TNHS", True),
    ]


def test_withdrawal_accepted_stops_with_its_notice(counter: Counter) -> None:
    dossier = counter.open()
    counter.do(dossier, "hand_over", "clerk")
    counter.send(dossier, "withdrawal_requested", {"reason": "Không còn nhu cầu"})
    assert dossier.status == "withdrawal_requested"
    counter.do(dossier, "decide_withdrawal", "leader", decision="accept", reason="Theo đề nghị của công dân")
    assert (dossier.status, dossier.outcome, dossier.case.state) == ("stopped", "stopped", "stopped")
    assert counter.numbers(dossier)[-1] == ("stop", "01/TB-DHS", True)
    assert [step.state for step in dossier.case.steps if step.element == "assign"] == ["cancelled"]


def test_withdrawal_rejected_goes_on_and_may_be_asked_again(counter: Counter) -> None:
    dossier = counter.open()
    for _ in range(2):
        counter.send(dossier, "withdrawal_requested", {"reason": "Không còn nhu cầu"})
        counter.do(dossier, "decide_withdrawal", "leader", decision="reject", reason="Đã có dự thảo")
    assert dossier.status == "received"
    counter.to_sign(dossier)
    counter.finish(dossier)
    assert dossier.status == "returned"


def test_withdrawal_after_the_result_is_refused(counter: Counter) -> None:
    dossier = counter.open()
    counter.to_sign(dossier)
    counter.do(dossier, "sign", "leader", decision="sign")
    counter.do(dossier, "number_seal", "registrar")
    with pytest.raises(Conflict):
        counter.send(dossier, "withdrawal_requested", {"reason": "Không còn nhu cầu"})


def test_withdrawal_still_open_when_the_result_came_can_only_be_rejected(counter: Counter) -> None:
    dossier = counter.open()
    counter.to_sign(dossier)
    counter.send(dossier, "withdrawal_requested", {"reason": "Không còn nhu cầu"})
    counter.do(dossier, "sign", "leader", decision="sign")
    counter.do(dossier, "number_seal", "registrar")
    with pytest.raises(Conflict):
        counter.do(dossier, "decide_withdrawal", "leader", decision="accept", reason="Theo đề nghị")
    counter.do(dossier, "decide_withdrawal", "leader", decision="reject", reason="Đã có kết quả")
    assert dossier.status == "done"


def test_control_sheet_is_rebuilt_to_the_byte(counter: Counter) -> None:
    dossier = counter.open()
    counter.to_sign(dossier)
    first = control_sheet.pdf(dossier)
    counter.clock.freeze("2026-11-19T16:00")
    session().rollback()
    assert hashlib.sha256(control_sheet.pdf(dossier)).hexdigest() == hashlib.sha256(first).hexdigest()


def test_control_sheet_has_both_sides_of_every_hand_over(counter: Counter) -> None:
    dossier = counter.open()
    counter.to_sign(dossier)
    rows = [(row["from_unit"], row["sent_by"], row["received_by"]) for row in control_sheet.sheet(dossier)["rows"]]
    assert rows == [
        ("Bộ phận Một cửa", "Nguyễn Thị Thu Hà", "Lê Thị Bích Ngọc"),
        ("Văn phòng HĐND và UBND", "Lê Thị Bích Ngọc", "Trần Văn Dũng"),
        ("Văn phòng HĐND và UBND", "Trần Văn Dũng", "Lê Thị Bích Ngọc"),
        ("Văn phòng HĐND và UBND", "Lê Thị Bích Ngọc", ""),
    ]


def test_no_control_sheet_before_receipt(counter: Counter) -> None:
    dossier = counter.open(channel="online")
    with pytest.raises(Conflict):
        control_sheet.sheet(dossier)


def test_slip_is_printed_twice_to_the_byte_also_from_the_store(counter: Counter) -> None:
    dossier = counter.open()
    receipt = slips.latest(dossier.case_id, "receipt")
    assert receipt is not None
    first = slips.pdf(receipt)
    with transaction():
        assert slips.keep_pdf(receipt) == first
    assert receipt.pdf_sha256 == hashlib.sha256(first).hexdigest()
    assert slips.pdf(receipt) == first


def test_reissue_voids_the_former_and_prints_it_void(counter: Counter) -> None:
    dossier = counter.open()
    former = slips.latest(dossier.case_id, "receipt")
    assert former is not None
    first = slips.pdf(former)
    with transaction():
        slips.reissue(former, "In sai tên đơn vị", by=counter.actor("clerk"))
    assert counter.numbers(dossier)[0] == ("receipt", "01/TNHS", False)
    assert slips.pdf(former) != first
    with pytest.raises(Conflict), transaction():
        slips.reissue(former, "Lần nữa", by=counter.actor("clerk"))


def test_slips_of_another_agency_are_not_found(counter: Counter) -> None:
    receipt = slips.latest(counter.open().case_id, "receipt")
    assert receipt is not None
    with pytest.raises(NotFound):
        slips.get(receipt.id, for_=counter.actor("clerk2"))


def test_status_page_says_days_left_and_no_names(counter: Counter) -> None:
    dossier = counter.open()
    status = status_page.look_up(dossier.status_token)
    assert (status.status_name, status.working_days_left, status.is_overdue) == ("Được tiếp nhận", 3.0, False)
    assert "Ánh" not in repr(status)
    counter.clock.freeze("2026-11-23T08:01")
    assert status_page.look_up(dossier.status_token).is_overdue


def test_status_page_knows_no_guess(counter: Counter) -> None:
    with pytest.raises(NotFound):
        status_page.look_up("x" * 22)
