"""What stands beside the drawing: every key of a procedure is reached by pickers, expressions are completed by keyboard."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.board import draft, drawn, fit, pick, pick_nothing, saved, sheet_of, unfold, waited
from tests.browser.desk import Desk, Office
from tests.browser.test_screens import repeated_ids
from tests.chromium import PATIENCE

__all__ = ["draft"]  # the fixture

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("town", ["sqlite"], indirect=True)]


def fill(desk: Desk, label: str, text: str) -> None:
    """Type into a box of the panel and leave it."""
    box = desk.page.get_by_label(label, exact=True).locator("visible=true")
    box.fill(text)
    box.press("Tab")


def choose(desk: Desk, label: str, value: str) -> None:
    desk.page.get_by_label(label, exact=True).locator("visible=true").select_option(value)


def offered(desk: Desk) -> Locator:
    return desk.page.get_by_role("listbox", name="Tên dùng được").get_by_role("option")


def model_of(office: Office, draft: str, pattern: str) -> str:
    """The part of the saved model that a pattern finds, as soon as it is there; spaces between elements left out."""
    found = waited(office, draft, lambda files: re.search(pattern, _model(files.files["dossier.bpmn"])) is not None)
    match = re.search(pattern, _model(found.files["dossier.bpmn"]))
    assert match is not None
    return match.group()


def _model(content: bytes) -> str:
    return re.sub(r">\s+<", "><", content.decode())


def test_a_step_signs_hands_out_and_its_condition_is_completed_by_keyboard(office: Office, draft: str) -> None:
    desk = drawn(office, draft)
    page = desk.page
    fit(desk)
    pick(desk, "sign")
    choose(desk, "Hoàn thành bước là ký", "approve")
    page.get_by_label("Xong bước này là giao cho người ngoài cơ quan").check()
    fill(desk, "Giao cho ai", "Chủ đầu tư")
    when = page.get_by_label("Chỉ giao khi")
    when.click()
    page.keyboard.type("dec")
    expect(offered(desk)).to_have_text([re.compile("^decision")])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type(" == ")
    expect(offered(desk).first).to_contain_text('"')
    assert desk.screen.faults() + repeated_ids(desk) == []
    word = offered(desk).first.locator(".code").inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(when).to_have_value(f"decision == {word}")
    page.keyboard.press("Tab")
    expect(page.locator("[data-trouble]").filter(has_text="Chưa biểu mẫu nào")).to_have_count(0)
    found = waited(office, draft, lambda files: "when" in (sheet_of(files)["steps"]["sign"].get("hands_out") or {}))
    step = sheet_of(found)["steps"]["sign"]
    assert (step["signs"], step["hands_out"]) == ("approve", {"to": "Chủ đầu tư", "when": f"decision == {word}"})
    when.fill("khong_co > 1")
    expect(when.locator("xpath=..").locator("[data-trouble]")).to_contain_text("Chưa biểu mẫu nào cho giá trị “khong_co”")


def test_the_whole_procedure_gets_values_statuses_clauses_pairs_and_coverage(office: Office, draft: str) -> None:
    desk = drawn(office, draft)
    page = desk.page
    fit(desk)
    pick_nothing(desk)
    clauses = len(sheet_of(saved(office, draft))["iso_clauses"])
    page.get_by_role("button", name="Thêm điều khoản").click()
    page.get_by_label("Điều khoản", exact=True).last.fill("8.4")
    page.keyboard.press("Tab")
    unfold(desk, "Mở hồ sơ")
    page.get_by_role("button", name="Thêm giá trị", exact=True).click()
    page.get_by_label("Tên giá trị").last.fill("muc_phi")
    page.keyboard.press("Tab")
    page.get_by_label("Kiểu").last.select_option("number")
    page.get_by_label("Giá trị ban đầu", exact=True).locator("visible=true").last.fill("15000")
    page.keyboard.press("Tab")
    unfold(desk, "Trạng thái hồ sơ")
    for name in ("Đang xem", "Đã xong"):
        page.get_by_role("button", name="Thêm trạng thái").click()
        page.get_by_label("Tên trạng thái").last.fill(name)
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Lên").last.click()
    unfold(desk, "Bất kiêm nhiệm")
    before = len(sheet_of(saved(office, draft)).get("separate") or [])
    page.get_by_role("button", name="Thêm cặp bước").click()
    page.get_by_label("Bước thứ nhất").last.select_option("assign")
    page.get_by_label("Bước thứ hai").last.select_option("file_record")
    fill(desk, "Kịch bản phải đi qua (% mũi tên)", "95")
    assert desk.screen.faults() + repeated_ids(desk) == []
    found = sheet_of(waited(office, draft, lambda files: (sheet_of(files).get("coverage") or {}).get("flows") == 95))
    assert found["iso_clauses"][clauses:] == ["ISO 9001:2015 8.4 Kiểm soát quá trình, sản phẩm và dịch vụ do bên ngoài cung cấp"]
    assert found["start"]["values"]["muc_phi"] == 15000
    assert list(found["statuses"].items()) == [("trang_thai_2", "Đã xong"), ("trang_thai_1", "Đang xem")]
    assert found["separate"][before:] == [["assign", "file_record"]]
    page.get_by_role("group", name="Điều khoản ISO").get_by_role("button", name="Bỏ").last.click()
    left = waited(office, draft, lambda files: len(sheet_of(files)["iso_clauses"]) == clauses)
    assert sheet_of(left)["iso_clauses"] == found["iso_clauses"][:clauses]


def test_a_step_of_several_people_is_drawn_with_pickers_and_survives_the_next_opening(office: Office, draft: str) -> None:
    desk = drawn(office, draft)
    fit(desk)
    pick(desk, "check")
    choose(desk, "Làm mấy lần", "in_turn")
    choose(desk, "Cho ai", "list")
    fill(desk, "Danh sách", "nguoi_xem")
    fill(desk, "Mỗi phần tử gọi là", "nguoi")
    choose(desk, "Gom câu trả lời", "decision")
    choose(desk, "Đủ khi", "answers")
    fill(desk, "Số người cần đủ", "2")
    assert desk.screen.faults() == []
    loop = r"<bpmn:multiInstanceLoopCharacteristics.*?</bpmn:multiInstanceLoopCharacteristics>"
    whole = model_of(office, draft, loop + r"(?=</bpmn:userTask>)(?s:.*count_of)?")
    assert 'isSequential="true"' in whole
    drawing = model_of(office, draft, r"count_of\(decision_list, [^)]*\) &gt;= 2")
    again = drawn(office, draft)
    fit(again)
    pick(again, "check")
    expect(again.page.get_by_label("Danh sách", exact=True)).to_have_value("nguoi_xem")
    expect(again.page.get_by_label("Số người cần đủ")).to_have_value("2")
    fill(again, "Mỗi phần tử gọi là", "nguoi_duoc_hoi")
    saved_loop = model_of(
        office, draft, r"<bpmn:loopDataInputRef>.*?name=\"nguoi_duoc_hoi\".*?</bpmn:multiInstanceLoopCharacteristics>"
    )
    assert "<bpmn:loopDataInputRef>nguoi_xem</bpmn:loopDataInputRef>" in saved_loop
    assert "<bpmn:loopDataOutputRef>decision_list</bpmn:loopDataOutputRef>" in saved_loop
    assert drawing in saved_loop


def test_a_timer_is_set_without_its_notation(office: Office, draft: str) -> None:
    desk = drawn(office, draft)
    fit(desk)
    pick(desk, "on_expiring")
    expect(desk.page.get_by_label("Hạn giờ")).to_have_value("read")
    choose(desk, "Hạn giờ", "timeDuration")
    fill(desk, "Khoảng", "36")
    choose(desk, "Đơn vị của khoảng", "TH")
    model_of(office, draft, r"<bpmn:timeDuration[^>]*>PT36H</bpmn:timeDuration>")
    choose(desk, "Hạn giờ", "timeCycle")
    fill(desk, "Số lần", "4")
    fill(desk, "Khoảng", "2")
    fill(desk, "Thời điểm, hoặc lần đầu", "2026-12-01T07:30")
    model_of(office, draft, r"<bpmn:timeCycle[^>]*>R4/2026-12-01T07:30:00\+07:00/P2D</bpmn:timeCycle>")
    assert desk.screen.faults() == []


def test_a_message_under_another_name_takes_its_entry_along_and_what_is_left_over_is_offered_for_removal(
    office: Office, draft: str
) -> None:
    desk = drawn(office, draft)
    page = desk.page
    fit(desk)
    pick(desk, "on_intake_withdrawal")
    fill(desk, "Mã thông điệp", "rut_som")
    fill(desk, "Tên gọi trên trang hồ sơ", "Xin rút sớm")
    fill(desk, "Mã thông điệp", "rut_khi_nhan")
    renamed = waited(office, draft, lambda files: "rut_khi_nhan" in sheet_of(files)["messages"])
    messages = sheet_of(renamed)["messages"]
    assert ("rut_som" in messages, messages["rut_khi_nhan"]) == (False, {"title": "Xin rút sớm"})
    fill(desk, "Mã thông điệp", "withdrawal_requested")
    left = page.locator("[data-findings] [data-code='message.unused']").filter(has_text="rut_khi_nhan")
    expect(left).to_be_visible(timeout=PATIENCE)
    left.get_by_role("button", name="Bỏ khai báo không còn dùng").click()
    cleared = waited(office, draft, lambda files: "rut_khi_nhan" not in sheet_of(files)["messages"])
    assert "withdrawal_requested" in sheet_of(cleared)["messages"]
