"""At the counter, where nothing typed may be lost: the card, the promise, a refusal, an ended session, two at one step."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from engine import clock
from tests.browser.desk import Desk, Office
from web import formats

pytestmark = pytest.mark.browser

NEW = "/tiep-nhan/1.004873"
CARD = "031185004217|012345678|Nguyễn Thị Ánh|02031985|Nữ|Số 12 đường Lê Lợi, phường Đằng Lâm|02032022"
#: What a clerk has typed: (name of the input, text).
TYPED = {
    "owner_full_name": 'Nguyễn Thị "Ánh" <b>',
    "owner_id_number": "031185004217",
    "owner_address": "Số 12 đường Lê Lợi, phường Đằng Lâm",
    "owner_phone": "0912345678",
    "owner_email": "anh@example.vn",
    "submitter_full_name": "Trần Quốc Bảo",
    "submitter_phone": "0987654321",
    "components_0_originals": "2",
    "components_2_name": "Giấy ủy quyền",
    "components_2_copies": "3",
    "content": "Bản sao quyết định ly hôn\ncó chứng thực",
    "guidance": "Xin tại Tòa án đã xét xử",
    "note": "Công dân sẽ quay lại chiều nay",
}
TICKED = ["components_0_given", "components_2_given", "has_submitter"]


@pytest.fixture
def clerk(office: Office) -> Desk:
    """The clerk before an empty form of a new dossier."""
    desk = office.desk("clerk")
    desk.open(NEW)
    return desk


def test_a_chip_cards_text_fills_the_owners_fields(clerk: Desk) -> None:
    field = clerk.main.get_by_label("Quét mã QR trên thẻ căn cước").first
    field.focus()
    clerk.page.keyboard.insert_text(CARD)
    clerk.page.keyboard.press("Enter")
    names = ("full_name", "id_number", "address", "phone")
    assert [clerk.page.input_value(f"#f-owner_{name}") for name in names] == [
        "Nguyễn Thị Ánh",
        "031185004217",
        "Số 12 đường Lê Lợi, phường Đằng Lâm",
        "",
    ]
    assert field.input_value() == ""
    assert clerk.page.evaluate("document.activeElement.id") == "f-owner_phone"


def test_the_promise_is_shown_before_anything_is_saved(office: Office, clerk: Desk) -> None:
    promise = clerk.main.get_by_role("region", name="Hẹn trả kết quả")
    first = promise.locator(".deadline-due").inner_text()
    clerk.page.get_by_text("Nộp qua bưu chính, nhận từ trước, ghi chú").click()
    earlier = clock.local(clock.now()).replace(hour=14, minute=15) - timedelta(days=1)
    clerk.page.locator("#f-received_at").fill(f"{earlier:%d/%m/%Y %H:%M}")
    expect(promise.locator(".deadline-due")).not_to_have_text(first)
    shown, reasons = promise.locator(".deadline-due").inner_text(), promise.locator("li span:last-child").all_inner_texts()
    known = office.api("/dossiers")["items"]
    clerk.page.locator("#f-owner_full_name").fill("Nguyễn Thị Ánh")
    clerk.main.get_by_role("button", name="Nhận đủ tất cả").click()
    clerk.press("Lưu và in phiếu")
    code = clerk.main.locator(".done-text .code").inner_text()
    dossier = office.api(f"/dossiers/{code}")
    assert formats.moment(dossier["due_at"]) == shown
    steps = office.api(f"/dossiers/{code}/deadline")["derivation"]["steps"]
    assert [step["text"] for step in steps] == reasons
    assert known == [one for one in office.api("/dossiers")["items"] if one["code"] != code]


def test_a_refused_form_keeps_everything_typed(clerk: Desk) -> None:
    before = fill(clerk)
    clerk.press("Lưu và in phiếu")
    summary = clerk.main.get_by_role("alert")
    assert [said.split(":")[0] for said in summary.get_by_role("listitem").all_inner_texts()] == ["Lý do"]
    assert filled_in(clerk) == before
    clerk.page.locator("#f-reason").fill("Điều 22 NĐ 123/2015/NĐ-CP")
    clerk.press("Lưu và in phiếu")
    assert clerk.main.get_by_role("status").filter(has_text="Đã yêu cầu bổ sung").count() == 1


def test_an_ended_session_keeps_everything_typed(office: Office, clerk: Desk) -> None:
    before = fill(clerk)
    clerk.page.locator("#f-reason").fill("Điều 22 NĐ 123/2015/NĐ-CP")
    office.town.clock.advance(hours=2)
    clerk.press("Lưu và in phiếu")
    assert clerk.main.get_by_role("heading", level=1).inner_text() == "Đăng nhập"
    clerk.sign_in()
    assert filled_in(clerk) == before | {"reason": "Điều 22 NĐ 123/2015/NĐ-CP"}
    clerk.press("Lưu và in phiếu")
    assert clerk.main.get_by_role("status").filter(has_text="Đã yêu cầu bổ sung").count() == 1


def test_a_draft_waits_for_the_next_day(office: Office, clerk: Desk) -> None:
    before = fill(clerk)
    clerk.page.get_by_text("Đã lưu nháp lúc").wait_for()
    office.tomorrow(8)
    clerk.open(NEW)
    assert filled_in(clerk) == before
    with clerk.page.expect_navigation():
        clerk.main.get_by_role("button", name="Bỏ nháp, nhập hồ sơ mới").click()
    assert clerk.page.input_value("#f-owner_full_name") == ""


def test_whoever_comes_second_sees_who_holds_the_step(office: Office) -> None:
    code = office.open_dossier()["code"]
    first, second = office.desk("clerk"), office.desk("clerk_b")
    for desk in (first, second):
        desk.open("/hop-viec?scope=unclaimed")
    for desk in (first, second):
        with desk.page.expect_navigation():
            desk.rows(code).get_by_role("button", name="Nhận việc").click()
    assert first.main.get_by_role("button", name="Hoàn thành bước").count() == 1
    said = second.main.get_by_role("alert").inner_text()
    assert "Nguyễn Thị Thu Hà" in said, said
    assert "08:00" in said, said
    assert second.main.get_by_role("button", name="Hoàn thành bước").count() == 0
    second.open("/hop-viec?scope=group")
    assert "Nguyễn Thị Thu Hà" in second.rows(code).inner_text()


def fill(clerk: Desk) -> dict[str, str]:
    """Type into everything, the way a request for a supplement is written, but leave the reason out; what the form holds then."""
    clerk.choose("Người nộp không phải chủ hồ sơ")
    clerk.choose("Chưa đủ: yêu cầu bổ sung, hoàn thiện")
    clerk.page.get_by_text("Nộp qua bưu chính, nhận từ trước, ghi chú").click()
    clerk.choose("Bưu chính công ích")
    for name, text in TYPED.items():
        clerk.page.locator(f'[name="{name}"]').fill(text)
    for name in TICKED:
        clerk.page.locator(f'[name="{name}"]').check()
    held = filled_in(clerk)
    assert {name: held[name] for name in TYPED} == TYPED
    return held


def filled_in(clerk: Desk) -> dict[str, str]:
    """What the form would send, without what the server put there."""
    everything = clerk.page.evaluate("Object.fromEntries(new FormData(document.querySelector('form[data-intake]')))")
    unseen = ("csrf_token", "idempotency_key", "scans")
    return {name: text.replace("\r\n", "\n") for name, text in everything.items() if name not in unseen}
