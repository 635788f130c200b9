"""What is drawn is never lost: without a connection, after the session ended, and where another tab saved in between."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.people import demo
from tests.browser.board import draft, drawn, fit, pick_nothing, saved, sheet_of, waited
from tests.browser.desk import Desk, Office
from tests.chromium import PATIENCE

__all__ = ["draft"]  # the fixture

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("town", ["sqlite"], indirect=True)]


def retitle(page: Page, title: str) -> None:
    """Call the procedure otherwise."""
    page.get_by_label("Tên quy trình").fill(title)
    page.get_by_label("Tên quy trình").press("Tab")


def board(page: Page, state: str) -> None:
    """Wait until the drawing board says how it stands."""
    expect(page.locator(f"[data-board][data-state={state}]")).to_be_visible(timeout=PATIENCE)


def forget_broken_lines(desk: Desk) -> None:
    """The browser itself writes every request that did not come through into its console."""
    kept = [said for said in desk.screen.complaints if not said.startswith("Failed to load resource: net::ERR_")]
    desk.screen.complaints[:] = kept


def titled(office: Office, draft: str, title: str) -> bool:
    return bool(sheet_of(saved(office, draft))["title"] == title)


def second_tab(desk: Desk, draft: str) -> Page:
    page = desk.page.context.new_page()
    page.goto(f"{desk.address}{draft}")
    expect(page.locator("[data-board][data-drawn=yes]")).to_be_attached(timeout=PATIENCE)
    return page


def test_what_is_drawn_without_a_connection_is_saved_when_it_is_back(office: Office, draft: str) -> None:
    desk = drawn(office, draft)
    pick_nothing(desk)
    desk.page.context.set_offline(True)
    retitle(desk.page, "Vẽ lúc mất mạng")
    board(desk.page, "offline")
    assert not titled(office, draft, "Vẽ lúc mất mạng")
    desk.page.context.set_offline(False)
    office.until(lambda: titled(office, draft, "Vẽ lúc mất mạng"))
    board(desk.page, "saved")
    forget_broken_lines(desk)


def test_what_is_drawn_after_the_session_ended_is_saved_after_the_next_sign_in(office: Office, draft: str) -> None:
    desk = drawn(office, draft)
    pick_nothing(desk)
    desk.page.context.clear_cookies()
    retitle(desk.page, "Vẽ lúc phiên đã hết")
    board(desk.page, "signed-out")
    expect(desk.page.get_by_text("Mở trang đăng nhập ở thẻ khác rồi quay lại")).to_be_visible()
    other = desk.page.context.new_page()
    other.goto(f"{desk.address}/hop-viec")
    other.get_by_label("Tên đăng nhập").fill(desk.login)
    other.get_by_label("Mật khẩu", exact=True).fill(demo.PASSWORD)
    with other.expect_navigation():
        other.get_by_role("main").get_by_role("button", name="Đăng nhập", exact=True).click()
    board(desk.page, "saved")
    assert titled(office, draft, "Vẽ lúc phiên đã hết")
    forget_broken_lines(desk)


def test_what_was_drawn_beside_another_tab_is_kept_taken_home_or_let_go(office: Office, draft: str, tmp_path: Path) -> None:
    desk = drawn(office, draft)
    other = second_tab(desk, draft)
    pick_nothing(desk)
    retitle(desk.page, "Thẻ thứ nhất")
    waited(office, draft, lambda files: sheet_of(files)["title"] == "Thẻ thứ nhất")
    retitle(other, "Thẻ thứ hai")
    board(other, "conflict")
    with other.expect_download() as coming:
        other.get_by_role("button", name="Tải bản vẽ ở đây về máy").click()
    coming.value.save_as(tmp_path / "mine.bpmn")
    assert b'<bpmn:process id="dossier"' in (tmp_path / "mine.bpmn").read_bytes()
    assert titled(office, draft, "Thẻ thứ nhất")
    other.get_by_role("button", name="Lưu bản vẽ ở đây, thay bản kia").click()
    board(other, "saved")
    assert titled(office, draft, "Thẻ thứ hai")
    retitle(other, "Thẻ thứ hai, sửa tiếp")
    waited(office, draft, lambda files: sheet_of(files)["title"] == "Thẻ thứ hai, sửa tiếp")
    fit(desk)
    retitle(desk.page, "Thẻ thứ nhất, sửa tiếp")
    board(desk.page, "conflict")
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name="Bỏ bản vẽ ở đây, xem bản đã lưu").click()
    expect(desk.page.get_by_label("Tên quy trình")).to_have_value("Thẻ thứ hai, sửa tiếp")
