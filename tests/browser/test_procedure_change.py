"""A changed procedure: compared on both diagrams, and open dossiers of different places rehearsed, brought over, one put back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from engine import assembly
from engine.cases import capabilities
from engine.people import agencies
from engine.procedures import folder, publishing
from engine.procedures.folder import Folder
from engine.transaction import transaction
from tests.browser import later
from tests.browser.board import at_the_database
from tests.browser.desk import Desk, Office
from tests.browser.test_screens import repeated_ids
from tests.decisions import DECISION

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("town", ["sqlite"], indirect=True)]

PROCEDURE = Path(__file__).parents[2] / "processes" / "dossier"
PAGE = "/admin/procedures/dossier"


def publish(office: Office, content: Folder) -> int:
    """The procedure in force in the whole province from now on; its number."""
    assembly.assemble()
    with at_the_database(office), transaction():
        root = agencies.root()
        assert root is not None
        return publishing.publish(root.id, content, capabilities=capabilities.facts(), basis=DECISION, by=None).number


@pytest.fixture
def dossiers(office: Office) -> list[str]:
    """Three dossiers: to be handed over, being processed, its result waiting for the counter."""
    codes = [str(office.open_dossier()["code"]) for _ in range(3)]
    for code in codes[1:]:
        office.complete(code, "hand_over", "clerk", papers="electronic")
        office.complete(code, "assign", "head")
    office.complete(codes[2], "process", "officer", decision="submit", result_kind="granted")
    office.complete(codes[2], "check", "head", decision="approve")
    office.complete(codes[2], "sign", "leader", decision="sign")
    office.complete(codes[2], "number_seal", "registrar", result_number=f"{codes[2].split('-')[1]}/KQ")
    return codes


@pytest.fixture
def changed(office: Office) -> Iterator[int]:
    """The changed procedure in force; the carried one again after the test, for all others of this town."""
    yield publish(office, later.changed(folder.read(PROCEDURE)))
    publish(office, folder.read(PROCEDURE))


def sound(desk: Desk) -> None:
    """Nothing is at fault at either width."""
    for width in (360, 1280):
        desk.page.set_viewport_size({"width": width, "height": 800})
        assert desk.screen.faults() + repeated_ids(desk) == []


def badge_of(desk: Desk, code: str) -> str:
    return desk.rows(code).locator(".badge").inner_text()


def test_what_changed_is_marked_on_both_diagrams_and_each_entry_leads_to_its_shape(office: Office, changed: int) -> None:
    desk = office.desk("secretary")
    desk.open(f"{PAGE}/diff?from={changed - 1}&to={changed}")
    former, after = desk.page.locator("[data-side=old] [data-diagram]"), desk.page.locator("[data-side=new] [data-diagram]")
    for place in (former, after):
        expect(place).to_have_attribute("data-drawn", "yes")
    expect(former.locator(f"[data-element-id={later.FORMER}].mark-removed")).to_be_visible()
    expect(after.locator(f"[data-element-id={later.LATER}].mark-added")).to_be_visible()
    expect(former.locator("[data-element-id=sign].mark-changed")).to_be_visible()
    expect(after.locator("[data-element-id=process_late].mark-added")).to_be_visible()
    headings = desk.main.locator(".changes h3").all_inner_texts()
    assert headings[:4] == ["Bước", "Sự kiện", "Kết thúc", "Nhánh"]
    desk.page.get_by_role("button", name="Xem trên sơ đồ Ký kết quả").click()
    for place in (former, after):
        expect(place.locator("[data-element-id=sign].is-shown")).to_be_in_viewport()
    desk.page.get_by_role("button", name=f"Xem trên sơ đồ {later.LATER_NAME}", exact=True).click()
    expect(after.locator(f"[data-element-id={later.LATER}].is-shown")).to_be_in_viewport()
    expect(after.locator("[data-element-id=sign].is-shown")).to_have_count(0)
    sound(desk)


def test_three_dossiers_are_rehearsed_brought_over_and_one_is_put_back(office: Office, dossiers: list[str], changed: int) -> None:
    desk = office.desk("leader")
    desk.open(f"{PAGE}/migration")
    sound(desk)
    assert [badge_of(desk, code) for code in dossiers] == ["Tự chuyển được", "Tự chuyển được", "Cần quyết định"]
    expect(desk.rows(dossiers[2])).to_contain_text(f"Bản mới không có chỗ tương ứng cho “{later.FORMER_NAME}”.")
    desk.page.get_by_label(later.FORMER_NAME).select_option(later.LATER)
    desk.press("Diễn tập lại")
    assert [badge_of(desk, code) for code in dossiers] == ["Tự chuyển được"] * 3
    expect(desk.rows(dossiers[1])).to_contain_text("thêm chờ: Làm quá mười ngày")
    assert {office.api(f"/dossiers/{code}")["open_steps"][0]["element"] for code in dossiers} == {
        "hand_over",
        "process",
        later.FORMER,
    }
    desk.page.get_by_label("Lý do").fill("Nhắc việc quá mười ngày")
    desk.press("Ra quyết định chuyển")
    office.until(lambda: [_again(desk, code) for code in dossiers] == ["Đã chuyển"] * 3)
    assert office.api(f"/dossiers/{dossiers[2]}")["open_steps"][0]["element"] == later.LATER
    sound(desk)
    act = re.search(r"Quyết định chuyển (\d\d/\d{4})", desk.main.inner_text())
    assert act is not None
    desk.page.get_by_label("Lý do").fill("Công dân đã được hẹn theo bản cũ")
    desk.press(f"Trả về bản cũ: {dossiers[2]}")
    assert [badge_of(desk, code) for code in dossiers] == ["Đã chuyển", "Đã chuyển", "Đã trả về bản cũ"]
    assert office.api(f"/dossiers/{dossiers[2]}")["open_steps"][0]["element"] == later.FORMER
    clerk = office.desk("clerk")
    clerk.open(f"/ho-so/{dossiers[0]}")
    told = f"chuyển từ lần {changed - 1:02d} theo quyết định chuyển {act[1]}"
    expect(clerk.main.get_by_label("Tình trạng")).to_contain_text(told)
    clerk.open(f"/ho-so/{dossiers[2]}")
    expect(clerk.main.get_by_label("Tình trạng")).to_contain_text(f"lần ban hành {changed - 1:02d}")
    assert clerk.screen.faults() == []


def _again(desk: Desk, code: str) -> str:
    desk.page.reload()
    return badge_of(desk, code)


def test_a_procedure_takes_no_new_cases_and_says_so_until_it_is_opened_again(office: Office) -> None:
    desk = office.desk("admin")
    for act, reason, said in (("suspend", "Chờ luật mới", "Quy trình đang tạm ngừng"), ("reopen", "Luật đã có", "")):
        desk.open(f"{PAGE}/state/{act}")
        sound(desk)
        desk.page.get_by_label("Lý do").fill(reason)
        desk.press("Tạm ngừng quy trình" if act == "suspend" else "Mở lại quy trình")
        expect(desk.main.get_by_text("Quy trình đang tạm ngừng")).to_have_count(1 if said else 0)
        sound(desk)
