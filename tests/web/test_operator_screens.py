"""The operator's desk in a real browser: an incident is settled, a case held and let go, a timer moved; wide and narrow."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page

from engine.cases.models import Case, Incident, Timer
from engine.people import demo
from engine.transaction import session
from tests.cases.conftest import Office as Letters
from tests.chromium import WIDTHS, Screen, open_screen, window
from tests.clocks import StoppedClock
from tests.web import letters as made

pytestmark = pytest.mark.browser
HOME = "/admin/operator"


@pytest.fixture
def letters(wednesday: StoppedClock, app: Flask) -> Letters:
    """The demo ward with the letter procedure."""
    return made.publish(wednesday)


@pytest.fixture
def screen(chromium: Browser) -> Iterator[Screen]:
    """A page in a fresh window."""
    context = window(chromium, WIDTHS[0])
    yield open_screen(context)
    context.close()


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("Tên đăng nhập").fill("admin")
    page.get_by_label("Mật khẩu", exact=True).fill(demo.PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()


def press(page: Page, name: str) -> None:
    """Press a button of the page's content, and see what comes."""
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    """Follow a link of the page's content."""
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()


def said(page: Page) -> str:
    return page.get_by_role("status").first.inner_text()


def test_an_operator_settles_an_incident_holds_a_case_and_moves_a_timer(letters: Letters, screen: Screen, served: str) -> None:
    case, reference = made.broken(letters)
    session().rollback()
    page = screen.page
    sign_in(page, served)
    page.get_by_role("navigation", name="Mục chính").get_by_role("link", name="Vận hành").click()
    follow(page, reference)
    page.get_by_text("Dấu vết kỹ thuật").click()
    assert "broken on purpose" in page.get_by_label("Dấu vết kỹ thuật").inner_text()
    page.goto(f"{served}{HOME}/incidents")
    page.get_by_label("Chọn mọi sự cố trong trang").check()
    assert page.get_by_label(f"Chọn sự cố {reference}").is_checked()
    press(page, "Thử lại các sự cố đã chọn")
    assert page.get_by_role("alert").get_by_role("link").all_inner_texts() == ["Lý do: Hãy ghi lý do."]
    assert page.get_by_label(f"Chọn sự cố {reference}").is_checked()
    page.get_by_label("Lý do").fill("Đã sửa chức năng")
    press(page, "Thử lại các sự cố đã chọn")
    assert said(page) == "Đã cho thử lại 1 sự cố."
    page.goto(f"{served}{HOME}/cases/{case.id}")
    for act in ("Tạm dừng hồ sơ", "Mở lại hồ sơ"):
        follow(page, act)
        page.get_by_label("Lý do").fill(f"{act} để kiểm tra")
        press(page, act)
    assert said(page) == "Đã mở lại hồ sơ."
    page.get_by_role("region", name="Hẹn giờ").get_by_role("link", name="Hẹn giờ của quy trình").click()
    page.get_by_label("Thời điểm mới").fill("18/11/2026 09:00")
    page.get_by_label("Lý do").fill("Cần sớm hơn")
    press(page, "Dời hẹn giờ")
    assert said(page) == "Đã dời hẹn giờ sang 09:00, 18/11/2026."
    session().expire_all()
    timer = session().scalars(sa.select(Timer).where(Timer.case_id == case.id, Timer.kind == "flow")).one()
    incident = session().scalars(sa.select(Incident)).one()
    held = session().get_one(Case, case.id)
    assert (letters.local(timer.due_at), incident.resolution, held.state) == ("2026-11-18 09:00", "retried", "running")
    assert screen.complaints == []


def paths(case: Case, incident: Incident, timer: Timer) -> list[str]:
    rest = f"{HOME}/cases/{case.id}"
    return [
        HOME,
        f"{HOME}/incidents",
        f"{HOME}/incidents?state=all&text=khongco",
        f"{HOME}/incidents/{incident.id}",
        f"{HOME}/timers",
        f"{HOME}/timers?state=fired",
        f"{HOME}/timers/{timer.id}",
        f"{HOME}/workers",
        rest,
        f"{rest}/suspension",
        f"{rest}/cancellation",
        f"{rest}/values",
        f"{rest}/token-move?token=1&to=register",
    ]


def test_the_operators_screens_are_sound(letters: Letters, screen: Screen, served: str) -> None:
    case, _ = made.broken(letters)
    incident = session().scalars(sa.select(Incident)).one()
    timer = session().scalars(sa.select(Timer).where(Timer.case_id == case.id)).first()
    assert timer is not None
    opened = paths(case, incident, timer)
    session().rollback()
    page, found = screen.page, {}
    sign_in(page, served)
    for path in opened:
        for width in sorted(WIDTHS):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"{served}{path}")
            page.wait_for_load_state("networkidle")
            found[f"{path} at {width}"] = screen.faults()
            screen.complaints.clear()
    assert {place: wrong for place, wrong in found.items() if wrong} == {}
