"""A leader goes away for a week: the deputy signs KT., at a desk and on a telephone, and not a day longer."""

import re
from datetime import timedelta

import pytest

from engine import clock
from tests.browser.desk import Desk, Office
from tests.browser.paper import flat, text

pytestmark = pytest.mark.browser

OANH, THANG = "Bùi Thị Kim Oanh", "Hoàng Đức Thắng"
ON_BEHALF = f"thay mặt {THANG} (KT. Chủ tịch)"


def day(ahead: int) -> str:
    """A day as people type it."""
    return f"{clock.today() + timedelta(days=ahead):%d/%m/%Y}"


def go_on(office: Office, days: int, hour: int) -> None:
    """The clock goes on to this time of a later day."""
    today = clock.local(clock.now()).replace(hour=hour, minute=0, second=0, microsecond=0)
    office.town.clock.freeze(today + timedelta(days=days))


def give_for_a_week(leader: Desk) -> None:
    """From next Tuesday to Friday, marriage papers alone; from the menu of the account, by keyboard where it is typed."""
    leader.open("/hop-viec")
    leader.page.get_by_label(f"Tài khoản của {THANG}").click()
    with leader.page.expect_navigation():
        leader.page.get_by_role("link", name="Ủy quyền", exact=True).click()
    leader.follow("Lập ủy quyền")
    assert leader.screen.faults() == []
    leader.follow("Chọn Chủ tịch Hoàng Đức Thắng")
    page = leader.page
    page.get_by_label("Người làm thay").select_option(label=f"{OANH} – Phó Chủ tịch")
    leader.choose("Chỉ một số thủ tục hành chính")
    leader.choose("1.004873")
    page.locator("#f-starts_on").fill(day(6))
    page.locator("#f-ends_on").fill(day(9))
    leader.choose("KT. – ký thay")
    assert leader.screen.faults() == []
    leader.press("Lập ủy quyền")
    assert leader.main.get_by_role("alert").inner_text().count("Ký thay phải có căn cứ") == 1
    assert leader.screen.faults() == []
    page.locator("#f-basis_number").fill("15/QĐ-UBND")
    page.locator("#f-basis_on").fill(day(-1))
    page.locator("#f-reason").fill("Đi công tác")
    leader.press("Lập ủy quyền")
    assert leader.main.get_by_role("heading", level=1).inner_text() == f"{OANH} làm thay {THANG}"
    assert leader.screen.faults() == []


def ask_to_withdraw(office: Office, clerk: Desk) -> str:
    """A dossier whose citizen wants it back: the leader's to decide."""
    code: str = office.open_dossier()["code"]
    clerk.open(f"/ho-so/{code}")
    clerk.follow("Công dân xin rút hồ sơ")
    clerk.page.locator("[name=reason]").fill("Không còn nhu cầu")
    clerk.choose("Trực tiếp tại quầy")
    clerk.press("Ghi nhận")
    return code


def test_a_deputy_acts_for_the_leader_within_dates_and_scope(office: Office) -> None:
    leader, deputy, telephone, clerk = (
        office.desk("leader"),
        office.desk("deputy"),
        office.desk("deputy", 360),
        office.desk("clerk"),
    )
    give_for_a_week(leader)
    deputy.open("/hop-viec?scope=group")
    assert deputy.main.get_by_text("đang làm thay").count() == 0

    go_on(office, 7, 9)
    code = ask_to_withdraw(office, clerk)
    for desk in (deputy, telephone):
        desk.open("/hop-viec?scope=unclaimed")
        assert desk.rows(code).get_by_text(ON_BEHALF).count() == 1
        assert desk.screen.faults() == []
    deputy.take_up(code, "Quyết định yêu cầu rút hồ sơ")
    assert deputy.main.get_by_text(f"Anh/chị làm bước này thay mặt {THANG}.").count() == 1
    assert deputy.screen.faults() == []
    deputy.complete(code, "Quyết định yêu cầu rút hồ sơ", "Đồng ý, dừng giải quyết", reason="Theo đề nghị của công dân")
    (notice,) = (slip for slip in office.api(f"/dossiers/{code}")["slips"] if slip["kind"] == "stop")
    words = flat(text(office.paper(notice["pdf"])))
    assert flat(f"KT. CHỦ TỊCH PHÓ CHỦ TỊCH (Ký, đóng dấu) {OANH}") in words
    leader.open(f"/ho-so/{code}/nhat-ky")
    assert leader.main.get_by_text(f"KT. Chủ tịch {THANG}").count() > 2
    telephone.open("/uy-quyen")
    assert telephone.screen.faults() == []

    other = ask_to_withdraw(office, clerk)
    deputy.take_up(other, "Quyết định yêu cầu rút hồ sơ")
    deputy.press("Nhận việc")
    go_on(office, 3, 0)
    deputy.open("/hop-viec?scope=mine")
    assert deputy.rows(other).count() == 0
    assert deputy.main.get_by_text("đang làm thay").count() == 0
    office.until(lambda: office.api(f"/dossiers/{other}")["open_steps"][0]["holder"] is None)
    leader.open("/hop-viec?scope=unclaimed")
    assert leader.rows(other).get_by_role("link", name="Quyết định yêu cầu rút hồ sơ", exact=True).count() == 1
    assert [line for line in deputy.bell() if re.search("hết hiệu lực: bước .* đã trở về nhóm", line)] != []
