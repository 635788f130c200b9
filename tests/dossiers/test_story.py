"""A dossier from the counter to the citizen: clock, slips, control sheet, status page."""

import hashlib

import pytest

from engine import clock
from engine.cases import messages
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
    notice = slips.latest(dossier.case_id, "stop")
    assert notice is not None
    assert (notice.data["agency"]["unit_name"], notice.data["signature"]["name"]) == (None, "Hoàng Đức Thắng")
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


def test_no_number_while_a_withdrawal_is_undecided(counter: Counter) -> None:
    dossier = counter.open()
    counter.to_sign(dossier)
    counter.send(dossier, "withdrawal_requested", {"reason": "Không còn nhu cầu"})
    counter.do(dossier, "sign", "leader", decision="sign")
    with pytest.raises(Conflict, match="Quyết định yêu cầu rút hồ sơ"):
        counter.do(dossier, "number_seal", "registrar")
    counter.do(dossier, "decide_withdrawal", "leader", decision="reject", reason="Đã ký")
    assert counter.do(dossier, "number_seal", "registrar") == ["receive_result"]
    assert (dossier.status, dossier.result_number) == ("done", "01/KQ-UBND")


def test_second_withdrawal_waits_for_the_first(counter: Counter) -> None:
    dossier = counter.open()
    counter.send(dossier, "withdrawal_requested", {"reason": "Không còn nhu cầu"})
    session().rollback()
    assert messages.expected(dossier.case) == []
    with pytest.raises(Conflict, match="đang chờ bước"):
        counter.send(dossier, "withdrawal_requested", {"reason": "Lần nữa"})
    counter.do(dossier, "decide_withdrawal", "leader", decision="reject", reason="Đã có dự thảo")
    assert messages.expected(dossier.case) == ["withdrawal_requested"]


def test_withdrawal_before_receipt_stops_with_a_notice_that_prints(counter: Counter) -> None:
    dossier = counter.open(channel="online")
    counter.send(dossier, "withdrawal_requested", {"reason": "Nộp nhầm"})
    assert dossier.status == "withdrawal_requested"
    counter.do(dossier, "decide_withdrawal", "leader", decision="accept", reason="Theo đề nghị của công dân")
    assert (dossier.status, dossier.received_at, dossier.case.state) == ("stopped", None, "stopped")
    notice = slips.latest(dossier.case_id, "stop")
    assert notice is not None
    assert slips.pdf(notice).startswith(b"%PDF")


def test_refusal_waits_for_the_withdrawal(counter: Counter) -> None:
    dossier = counter.open(channel="online")
    counter.send(dossier, "withdrawal_requested", {"reason": "Nộp nhầm"})
    with pytest.raises(Conflict):
        counter.do(dossier, "intake_check", "clerk", intake_decision="refuse", reason="Không thuộc thẩm quyền")
    counter.do(dossier, "decide_withdrawal", "leader", decision="reject", reason="Công dân nghĩ lại")
    assert counter.do(dossier, "intake_check", "clerk", intake_decision="refuse", reason="Không thuộc thẩm quyền") == []
    assert dossier.status == "refused"


def test_second_supplement_needs_its_basis_and_is_counted(counter: Counter) -> None:
    dossier = counter.open()
    counter.do(dossier, "hand_over", "clerk")
    counter.do(dossier, "assign", "head")
    asked = {"decision": "supplement", "content": "Bản sao", "reason": "Thiếu"}
    counter.do(dossier, "process", "officer", **asked)
    counter.clock.freeze("2026-11-18T10:00")
    counter.send(dossier, "supplement_received", {"received_papers": "Bản sao"})
    with pytest.raises(AnswersRejected) as refusal:
        counter.do(dossier, "process", "officer", **asked)
    assert list(refusal.value.fields) == ["basis"]
    counter.do(dossier, "process", "officer", **asked, basis="Chủ tịch đồng ý ngày 18/11/2026")
    second = slips.latest(dossier.case_id, "supplement")
    assert second is not None
    assert (second.data["attempt"], second.data["basis"]) == (2, "Chủ tịch đồng ý ngày 18/11/2026")


def test_typed_number_is_given_once_and_skipped_by_the_next_free(counter: Counter) -> None:
    first, second, third = (counter.open() for _ in range(3))
    for dossier in (first, second, third):
        counter.to_sign(dossier)
        counter.do(dossier, "sign", "leader", decision="sign")
    counter.do(first, "number_seal", "registrar", result_number="1/KQ-UBND")
    with pytest.raises(Conflict, match=first.code):
        counter.do(second, "number_seal", "registrar", result_number="01/kq-ubnd")
    counter.do(second, "number_seal", "registrar")
    counter.do(third, "number_seal", "registrar")
    found = [dossier.result_number for dossier in (first, second, third)]
    assert found == ["1/KQ-UBND", "02/KQ-UBND", "03/KQ-UBND"]


def test_slip_refuses_what_it_cannot_print(counter: Counter) -> None:
    dossier = counter.open()
    with pytest.raises(AnswersRejected) as refusal, transaction():
        slips.issue(dossier, "supplement", by=counter.actor("officer"), extra={"reason": "Thiếu 🙂", "items": ["Bản \u202a"]})
    assert refusal.value.fields == {
        "reason": ["Phiếu không in được ký tự: 🙂. Hãy bỏ ký tự này."],
        "items.0": ["Phiếu không in được ký tự: U+202A. Hãy bỏ ký tự này."],
    }


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


def test_control_sheet_shows_what_went_to_the_citizen_and_came_back(counter: Counter) -> None:
    dossier = counter.open()
    counter.do(dossier, "hand_over", "clerk")
    counter.do(dossier, "assign", "head")
    counter.do(dossier, "process", "officer", decision="supplement", content="Bản sao", reason="Thiếu")
    counter.send(dossier, "supplement_received", {"received_papers": "Bản sao"})
    counter.do(dossier, "process", "officer", decision="submit", result_kind="granted")
    counter.do(dossier, "check", "head", decision="approve")
    counter.finish(dossier)
    rows = [(row["from_unit"], row["to_unit"], row["received_by"], row["note"]) for row in control_sheet.sheet(dossier)["rows"]]
    division = "Văn phòng HĐND và UBND"
    assert rows[2:4] == [
        (division, "Công dân", "Công dân", "Yêu cầu bổ sung hồ sơ – Thiếu"),
        ("Bộ phận Một cửa", division, "Trần Văn Dũng", "Công dân đã nộp bổ sung"),
    ]
    assert rows[-2:] == [
        ("Bộ phận Một cửa", "Công dân", "Nguyễn Thị Ánh", "Trả kết quả"),
        ("Bộ phận Một cửa", "Lưu trữ", "Phan Thị Mỹ Linh", ""),
    ]
    assert len(rows) == 10


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
