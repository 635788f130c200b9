"""The outbox and the systems that are told, in a real browser: sound at 1280 and 360 px, and worked by hand."""

import pytest
from flask import Flask
from playwright.sync_api import Browser

from engine import clock
from engine.db import new_id
from engine.outbox import pause, webhooks
from engine.outbox.models import OutboxMessage
from engine.outbox.webhooks import Wish
from engine.people import agencies, directory
from engine.people.actors import actor_of
from engine.transaction import session, transaction
from tests.chromium import WIDTHS, Screen, open_screen, window
from tests.web.test_admin_outbox import HOME, put, states

pytestmark = pytest.mark.browser

OUTBOX = f"/admin/operator/outbox?agency={HOME}"


@pytest.fixture
def system_path(app: Flask) -> str:
    """The page of a system with a long name and address, two of whose messages died; the whole outbox is held."""
    with app.app_context(), transaction():
        person = directory.by_login("admin")
        assert person is not None
        by, home = actor_of(person), agencies.by_code(HOME).id
        address = "https://dichvucong.haiphong.example.vn/api/quytrinh/nhan-tin-bao-cua-cac-phuong-xa"
        wish = Wish("Cổng dịch vụ công thành phố Hải Phòng", address, ["dossier.*", "step.opened"])
        system = webhooks.create(home, wish, by=by)
        for _ in range(2):
            made = OutboxMessage(
                id=new_id(), agency_id=home, key=str(new_id()), kind="webhook", webhook_id=system.id,
                payload={"kind": "dossier.status_changed", "case_id": str(new_id())}, state="dead", attempts=16,
                next_at=clock.now(), created_at=clock.now(), last_error="HTTP 503: Service Temporarily Unavailable",
            )  # fmt: skip
            session().add(made)
        pause.begin("phục hồi từ bản sao lưu", by=by)
        return f"/admin/operator/webhooks/{system.id}"


def signed_in(chromium: Browser, served: str, width: int) -> Screen:
    screen = open_screen(window(chromium, width))
    screen.page.goto(f"{served}/sign-in")
    screen.page.fill("[name=login]", "admin")
    screen.page.fill("[name=password]", "quytrinh")
    screen.page.keyboard.press("Enter")
    screen.page.wait_for_url(lambda url: not url.endswith("/sign-in"))
    return screen


@pytest.mark.parametrize("width", WIDTHS)
def test_every_screen_is_sound(app: Flask, chromium: Browser, served: str, system_path: str, width: int) -> None:
    for state in ("dead", "waiting", "sent"):
        put(app, state)
    screen = signed_in(chromium, served, width)
    new, systems = f"/admin/operator/webhooks/new?agency={HOME}", f"/admin/operator/webhooks?agency={HOME}"
    wrong: dict[str, list[str]] = {}
    for path in (OUTBOX, f"{OUTBOX}&state=waiting", f"{OUTBOX}&state=sent", f"{OUTBOX}&state=dropped", systems, new, system_path):
        screen.page.goto(served + path)
        wrong[path] = screen.faults()
    screen.page.get_by_role("button", name="Xem khóa ký").click()
    screen.page.wait_for_selector("#key")
    wrong["key"] = screen.faults()
    assert {path: found for path, found in wrong.items() if found} == {}
    screen.page.context.close()


def test_dead_letters_are_sent_again_by_hand(app: Flask, chromium: Browser, served: str) -> None:
    ids = [put(app, "dead") for _ in range(3)]
    screen = signed_in(chromium, served, 1280)
    screen.page.goto(served + OUTBOX)
    screen.page.get_by_label("Chọn tất cả trong trang").check()
    screen.page.get_by_role("button", name="Gửi lại những cái đã chọn").click()
    assert screen.page.locator(".error-summary").inner_text().count("Ghi lý do") == 1
    screen.page.locator("[name=reason]").fill("máy chủ thư đã sửa")
    screen.page.get_by_role("button", name="Gửi lại những cái đã chọn").click()
    screen.page.wait_for_selector("text=Đã cho gửi lại 3 thư, tin báo.")
    assert states(app, *ids) == ["waiting"] * 3
    screen.page.context.close()
