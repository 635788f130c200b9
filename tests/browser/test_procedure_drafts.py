"""The quality officer makes a draft from the template, takes in a foreign model, and puts one away: sound at both widths."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Office
from tests.procedures.foreign import flow, foreign

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("town", ["sqlite"], indirect=True)]

MODEL = foreign('<bpmn:startEvent id="s"/><bpmn:serviceTask id="t" name="Gửi thư"/>', flow("s", "t"), shapes=("s", "t"))
LIST = "/admin/procedures/drafts"


@pytest.mark.parametrize("width", [1280, 360])
def test_drafts_are_made_taken_in_and_put_away(office: Office, width: int) -> None:
    desk = office.desk("secretary")
    page = desk.page
    page.set_viewport_size({"width": width, "height": 800})
    desk.open(f"{LIST}/new")
    page.get_by_label("Tên quy trình").fill(f"Tiếp công dân {width}")
    page.get_by_label("Mã quy trình").fill(f"tiep_dan_{width}")
    assert desk.screen.faults() == []
    desk.press("Tạo bản dự thảo")
    desk.open(f"{LIST}/import")
    assert desk.screen.faults() == []
    page.locator("#f-file").set_input_files({"name": "don.bpmn", "mimeType": "application/xml", "buffer": MODEL})
    desk.press("Đọc tệp")
    expect(page.get_by_role("row", name="Gửi thư")).to_have_count(4)
    assert desk.screen.faults() == []
    page.get_by_label("Mã quy trình").fill(f"don_tu_{width}")
    desk.press("Đồng ý, tạo bản dự thảo")
    desk.open(LIST)
    assert desk.screen.faults() == []
    page.get_by_role("row", name=f"tiep_dan_{width}").get_by_role("link").click()
    page.get_by_role("link", name="Bỏ bản dự thảo này").click()
    page.get_by_label("Lý do bỏ").fill("Vẽ lại")
    assert desk.screen.faults() == []
    desk.press("Bỏ bản dự thảo")
    expect(page.get_by_text("Đã bỏ bản dự thảo.")).to_be_visible()
    expect(page.get_by_role("row", name=f"tiep_dan_{width}")).to_have_count(0)
