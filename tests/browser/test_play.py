"""The quality officer plays a draft: the token walks over the diagram, a step is given back, nothing on the page is at fault."""

import pytest
from playwright.sync_api import expect

from tests.browser.board import draft
from tests.browser.desk import Desk, Office
from tests.browser.test_screens import repeated_ids

__all__ = ["draft"]  # the fixture of the drawing board's tests

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("town", ["sqlite"], indirect=True)]

START = "channel: counter\nis_accepted: true\nintake_decision: complete"


def sound(desk: Desk) -> None:
    for width in (360, 1280):
        desk.page.set_viewport_size({"width": width, "height": 800})
        assert desk.screen.faults() + repeated_ids(desk) == []


def test_a_draft_is_played_over_its_diagram(office: Office, draft: str) -> None:
    desk = office.desk("secretary")
    desk.open(f"{draft}/play")
    page = desk.page
    page.get_by_label("Giá trị", exact=False).first.fill(START)
    desk.press("Làm việc này")
    expect(page.locator("[data-diagram]")).to_have_attribute("data-drawn", "yes")
    expect(page.locator("[data-element-id=hand_over].mark-token")).to_be_visible()
    desk.press("Làm việc này")
    expect(page.locator("[data-element-id=assign].mark-token")).to_be_visible()
    desk.follow("Trả lại “Phân công thụ lý” cho bước trước")
    desk.choose("Chuyển phòng chuyên môn")
    desk.press("Làm việc này")
    expect(desk.main.get_by_role("alert")).to_contain_text("Lý do trả lại: Hãy ghi lý do.")
    sound(desk)
    page.get_by_label("Lý do trả lại").fill("Thiếu giấy tờ")
    desk.press("Làm việc này")
    expect(page.locator("[data-element-id=hand_over].mark-token")).to_be_visible()
    expect(desk.rows("Trả lại “Phân công thụ lý” về “Chuyển phòng chuyên môn”")).to_contain_text("Lý do: Thiếu giấy tờ")
    sound(desk)
    desk.open(f"{draft}/scenarios")
    expect(page.get_by_role("heading", name="Kịch bản đi qua bao nhiêu")).to_be_visible()
    expect(page.locator("[data-element-id=process].mark-visited")).to_be_visible()
    sound(desk)
