"""The quality officer draws: a step between two others, its term and its lane's role, saved, checked, undone."""

import pytest
from playwright.sync_api import expect

from engine.procedures import yaml_comments
from tests.browser.board import draft, drawn, fit, pick, saved, shape, sheet_of, waited
from tests.browser.desk import Desk, Office
from tests.chromium import PATIENCE

__all__ = ["draft", "saved"]  # the fixture, and what other tests look at

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("town", ["sqlite"], indirect=True)]

STEP = "xin_y_kien_phong"


def add_step(desk: Desk, name: str) -> None:
    """Put a person's step onto the flow between receipt and handling, and type its name."""
    page = desk.page
    fit(desk)
    box = page.locator('[data-canvas] [data-element-id="flow_receive_dossier_handling"] .djs-hit').first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.locator('.djs-palette .entry[data-action="create.user-task"]').click()
    page.mouse.move(x - 30, y - 10)
    page.mouse.move(x, y, steps=4)
    page.mouse.click(x, y)
    page.keyboard.type(name)
    page.mouse.click(x + 40, y + 320)


def test_a_step_is_drawn_between_two_others_named_given_a_term_saved_and_undone(office: Office, draft: str) -> None:
    desk = drawn(office, draft)
    page = desk.page
    add_step(desk, "Xin ý kiến phòng")
    expect(page.get_by_label("Mã phần tử")).to_have_value(STEP)
    page.get_by_label("Thời hạn", exact=True).fill("4")
    page.keyboard.press("Tab")
    found = waited(office, draft, lambda files: STEP in sheet_of(files)["steps"])
    assert sheet_of(found)["steps"][STEP] == {"term": "4h"}
    model = found.files["dossier.bpmn"].decode()
    assert f'<bpmn:userTask id="{STEP}" name="Xin ý kiến phòng">' in model
    assert f'sourceRef="receive_dossier" targetRef="{STEP}"' in model
    findings = page.locator("[data-findings] [data-code='form.missing']")
    expect(findings).to_contain_text("chưa có biểu mẫu")
    expect(page.locator(f'[data-canvas] .djs-container [data-element-id="{STEP}"].mark-error').first).to_be_visible()
    for _ in range(3):
        page.get_by_role("button", name="Hoàn tác").click()
    undone = waited(office, draft, lambda files: STEP not in files.files["dossier.bpmn"].decode())
    assert STEP not in sheet_of(undone)["steps"]
    expect(findings).to_have_count(0, timeout=PATIENCE)
    assert desk.screen.faults() == []


def test_the_role_of_a_lane_is_chosen_and_the_sheet_keeps_its_order_and_remarks(office: Office, draft: str) -> None:
    desk = drawn(office, draft)
    before = saved(office, draft)
    fit(desk)
    pick(desk, "lane_registrar", "djs-hit-all")  # its name, at the edge of the drawing beside the tools
    expect(desk.page.get_by_label("Vai trò làm việc ở làn này")).to_have_value("registrar")
    desk.page.get_by_label("Vai trò làm việc ở làn này").select_option("archivist")
    after = waited(office, draft, lambda files: sheet_of(files)["lanes"]["Văn thư"] == {"role": "archivist"})
    was, now = before.files["procedure.yaml"], after.files["procedure.yaml"]
    assert "  Văn thư: {role: archivist}" in now.decode().splitlines()
    assert yaml_comments.remarks_of(now) == yaml_comments.remarks_of(was)
    assert list(sheet_of(after)["steps"]) == list(sheet_of(before)["steps"])


def test_a_removed_step_comes_back_with_what_was_said_of_it(office: Office, draft: str) -> None:
    desk = drawn(office, draft)
    before = sheet_of(saved(office, draft))["steps"]["receive_result"]
    fit(desk)
    pick(desk, "receive_result")
    desk.page.keyboard.press("Delete")
    waited(office, draft, lambda files: "receive_result" not in sheet_of(files)["steps"])
    desk.page.get_by_role("button", name="Hoàn tác").click()
    undone = waited(office, draft, lambda files: "receive_result" in sheet_of(files)["steps"])
    assert sheet_of(undone)["steps"]["receive_result"] == before


def test_a_copied_step_keeps_its_term_status_and_form(office: Office, draft: str) -> None:
    desk = drawn(office, draft)
    fit(desk)
    pick(desk, "file_record")
    desk.page.keyboard.press("Control+c")
    desk.page.keyboard.press("Control+v")
    box = shape(desk, "lane_archive", "djs-hit-no-move").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 0.4, box["y"] + box["height"] / 2
    desk.page.mouse.move(x - 20, y)
    desk.page.mouse.move(x, y, steps=4)
    desk.page.mouse.click(x, y)
    found = waited(office, draft, lambda files: "luu_ho_so" in sheet_of(files)["steps"])
    steps = sheet_of(found)["steps"]
    assert steps["luu_ho_so"] == steps["file_record"] | {"form": "file_record"}
    assert '<bpmn:userTask id="luu_ho_so" name="Lưu hồ sơ">' in found.files["dossier.bpmn"].decode()


def test_a_narrow_screen_shows_the_model_and_says_where_to_draw(office: Office, draft: str) -> None:
    desk = drawn(office, draft, 360)
    expect(desk.page.get_by_text("Mở trang trên máy tính để vẽ.")).to_be_visible()
    expect(desk.page.locator("[data-board]")).to_be_hidden()
    assert desk.screen.faults() == []
