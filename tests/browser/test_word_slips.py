"""The quality officer brings a slip written in Word: it is taken in, shown filled, and prints beside the PDF of the procedure."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.board import draft
from tests.browser.desk import Desk, Office
from tests.browser.test_screens import repeated_ids
from tests.printing.word import lines, template

__all__ = ["draft"]  # the fixture of the drawing board's tests

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("town", ["sqlite"], indirect=True)]

RECEIPT = template(
    "{{ agency.name|upper }}", "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", "Số: {{ number }}", "Tiếp nhận hồ sơ của: {{ owner.full_name }}",
    "Trả kết quả: {{ due_at_text }}", "{{ status_mark }}",
    rows=[("Tên giấy tờ", "Bản chính", "Bản sao"), ("{%tr for giay in components %}", "", ""),
          ("{{ giay.name }}", "{{ giay.originals }}", "{{ giay.copies }}"), ("{%tr endfor %}", "", "")],
    header="{{ place_date }}",
)  # fmt: skip


def brought(desk: Desk, draft: str, content: bytes) -> None:
    """Choose the file, name the kind, send."""
    desk.open(f"{draft}/slips")
    desk.page.get_by_label("Loại phiếu").fill("receipt")
    desk.page.locator("#f-file").set_input_files(
        {"name": "2025_mau_01.docx", "mimeType": "application/octet-stream", "buffer": content}
    )
    desk.press("Nạp mẫu phiếu")


@pytest.mark.parametrize("width", [1280, 360])
def test_a_word_template_is_brought_seen_and_taken_away(office: Office, draft: str, width: int, tmp_path: Path) -> None:
    desk = office.desk("secretary", width)
    brought(desk, draft, RECEIPT)
    expect(desk.page.locator(".slip-page")).to_have_count(1)
    assert desk.screen.faults() + repeated_ids(desk) == []
    with desk.page.expect_download() as coming:
        desk.main.get_by_role("link", name="Bản Word đã điền dữ liệu mẫu").click()
    coming.value.save_as(tmp_path / "filled.docx")
    assert lines((tmp_path / "filled.docx").read_bytes())[2:4] == ["Số: 05/TNHS", "Tiếp nhận hồ sơ của: Nguyễn Thị Ánh Tuyết"]
    desk.open(f"{draft}/slips")
    assert desk.screen.faults() + repeated_ids(desk) == []


def test_a_template_that_calls_something_is_refused_on_the_spot(office: Office, draft: str) -> None:
    desk = office.desk("secretary")
    brought(desk, draft, template("{{ lipsum() }}"))
    expect(desk.main).to_contain_text("Trong {{ }} chỉ ghi tên trường")
    expect(desk.page.get_by_label("Loại phiếu")).to_have_value("receipt")
    assert desk.screen.faults() == []
