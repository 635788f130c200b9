"""The quality officer designs: a form by keyboard, a decision table with a case tried, a slip seen before it is saved."""

import pytest
from playwright.sync_api import expect

from engine.procedures import decision_writing, form_writing
from tests.browser.board import draft, saved
from tests.browser.desk import Office
from tests.browser.test_screens import repeated_ids

__all__ = ["draft"]  # the fixture of the drawing board's tests

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("town", ["sqlite"], indirect=True)]


def test_a_question_is_added_moved_and_seen_without_a_mouse(office: Office, draft: str) -> None:
    desk = office.desk("secretary")
    desk.open(f"{draft}/forms/intake_check")
    page = desk.page
    page.get_by_role("button", name="Thêm mục", exact=True).press("Enter")
    expect(page.locator("[name=label-5]")).to_be_focused()
    page.keyboard.type("Ghi thêm")
    page.keyboard.press("Tab")
    page.keyboard.type("ghi_them")
    expect(page.locator("[data-preview] [name=ghi_them]")).to_be_visible()
    page.locator("button[value='up:5']").press("Enter")
    expect(page.locator("button[value='up:5']")).to_be_focused()
    expect(page.locator("[name^=name-] >> nth=3")).to_have_value("ghi_them")
    page.locator("[name=type-5]").select_option("choice")
    page.locator("[name=choice_value-5]").first.fill("a")
    page.locator("[name=choice_label-5]").first.fill("Đủ")
    expect(page.locator("[data-preview]").get_by_label("Đủ", exact=True)).to_be_visible()
    assert desk.screen.faults() + repeated_ids(desk) == []
    page.locator("[name=label-5]").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Đã lưu biểu mẫu intake_check.")
    sheet = form_writing.read(saved(office, draft).files["forms/intake_check.yaml"])
    assert sheet["fields"][3] == {
        "name": "ghi_them",
        "type": "choice",
        "label": "Ghi thêm",
        "choices": {"a": "Đủ"},
        "display": "radio",
    }


def test_a_condition_that_is_written_is_completed_by_keyboard(office: Office, draft: str) -> None:
    desk = office.desk("secretary")
    desk.open(f"{draft}/forms/sign")
    page = desk.page
    page.locator("details[data-row='2'] > summary").click()
    box = page.locator("[name=visible_when_text-2]")
    box.fill("")
    page.keyboard.type("dec")
    options = page.get_by_role("listbox", name="Tên dùng được").get_by_role("option")
    expect(options).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type(" == ")
    expect(options.first).to_be_visible()
    assert desk.screen.faults() + repeated_ids(desk) == []
    words = options.locator(".code").all_inner_texts()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(box).to_have_value(f"decision == {words[-1]}")
    page.keyboard.press("Control+Space")
    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()


def test_a_table_is_filled_checked_and_tried(office: Office, draft: str) -> None:
    desk = office.desk("secretary")
    desk.open(f"{draft}/rules")
    page = desk.page
    page.get_by_label("Mã bảng").fill("muc_phi")
    desk.press("Thêm bảng")
    page.locator("[name=in_source]").fill("is_acc")
    expect(page.get_by_role("listbox", name="Tên dùng được").get_by_role("option")).to_have_text(["is_accepted"])
    page.keyboard.press("Escape")
    page.locator("[name=in_source]").fill("amount")
    page.locator("[name=in_kind]").select_option("number")
    for place, (cell, result) in enumerate([("< 5", '"thap"'), ("> 5", '"cao"')]):
        page.get_by_role("button", name="Thêm dòng", exact=True).click()
        page.locator(f"[name=cell-{place}]").fill(cell)
        page.locator(f"[name=result-{place}]").fill(result)
    expect(page.locator("[data-swap=preview]")).to_contain_text("không có dòng nào cho trường hợp “Điều kiện”: 5")
    page.locator("[name=cell-0]").press("ArrowDown")
    expect(page.locator("[name=cell-1]")).to_be_focused()
    page.keyboard.type(">= 5")
    expect(page.locator("[data-swap=preview]")).to_contain_text("đúng một câu trả lời")
    page.locator("[name=try-amount]").fill("5")
    page.get_by_role("button", name="Thử", exact=True).click()
    expect(page.locator("[data-swap=trial]")).to_contain_text("Dòng đúng: 2.")
    assert desk.screen.faults() + repeated_ids(desk) == []
    desk.press("Lưu bảng")
    grid = decision_writing.read(saved(office, draft).files["rules/muc_phi.dmn"], "muc_phi")
    assert [(*row.cells, *row.results) for row in grid.rows] == [("< 5", '"thap"'), (">= 5", '"cao"')]


def test_a_slip_is_seen_while_it_is_written(office: Office, draft: str) -> None:
    desk = office.desk("secretary")
    desk.open(f"{draft}/slips/2025_mau_02")
    page = desk.page
    before = page.locator(".slip-page").get_attribute("src")
    page.locator("[name=source]").press("Control+End")
    page.keyboard.type("\n#khong_co()")
    expect(page.locator("[data-swap=preview]")).to_contain_text("Dòng 21 của mẫu:")
    for _letter in "#khong_co()":
        page.keyboard.press("Backspace")
    page.keyboard.type("Dòng thêm.")
    expect(page.locator(".slip-page")).not_to_have_attribute("src", before or "")
    assert desk.screen.faults() + repeated_ids(desk) == []


def test_the_designers_are_sound_on_a_telephone(office: Office, draft: str) -> None:
    desk = office.desk("secretary", 360)
    found = {}
    for path in ("forms", "forms/sign", "rules", "slips", "slips/2018_mau_01"):
        desk.open(f"{draft}/{path}")
        found[path] = desk.screen.faults() + repeated_ids(desk)
    desk.open(f"{draft}/rules")
    desk.page.get_by_label("Mã bảng").fill("muc_phi")
    desk.press("Thêm bảng")
    found["rule"] = desk.screen.faults() + repeated_ids(desk)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
