"""Every screen under its real policy: readable by everybody, wide and narrow, in both languages, with a quiet console."""

import re

import pytest

from tests.browser.desk import Desk, Office

pytestmark = pytest.mark.browser

VIETNAMESE = re.compile(r"[ăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]", re.IGNORECASE)
#: What stays Vietnamese in any language: names of agencies, people, steps and services, and the other language's own name.
NAMES_OF_DATA = (
    ".brand-agency",
    ".menu",
    ".row-link",
    ".row-sub",
    ".row-actions .visually-hidden",
    "td:nth-child(3)",
    "[lang=vi]",
)
SECTIONS = ("cac-buoc", "giao-nhan", "phieu", "tep", "trao-doi", "thoi-han", "so-do", "nhat-ky")
ADMIN = (
    "/admin/people",
    "/admin/people/new",
    "/admin/people/refusals",
    "/admin/calendar",
    "/admin/calendar/preview",
    "/admin/calendar/hours",
    "/admin/calendar/days/new",
    "/admin/calendar/versions",
    "/admin/services",
    "/admin/services/1.004873",
    "/admin/services/import",
    "/admin/services/forms",
    "/admin/procedures",
    "/admin/procedures/dossier",
    "/admin/procedures/check",
    "/admin/journal",
)


def faults(desk: Desk, paths: list[str]) -> dict[str, list[str]]:
    """What is wrong with each page: too wide, no access for somebody, forbidden by the policy; nothing for sound pages."""
    found = {}
    for path in paths:
        desk.open(path)
        desk.page.wait_for_load_state("networkidle")
        found[path] = desk.screen.faults()
    return {path: wrong for path, wrong in found.items() if wrong}


@pytest.mark.parametrize("width", [1280, 360])
def test_the_counters_screens_are_sound(office: Office, width: int) -> None:
    code = office.open_dossier()["code"]
    (step,) = office.api(f"/dossiers/{code}")["open_steps"]
    clerk = office.desk("clerk", width)
    clerk.page.goto(f"{clerk.address}/sign-in")
    assert clerk.screen.faults() == []
    inbox = [f"/hop-viec?scope={scope}" for scope in ("mine", "unclaimed", "group", "due_today", "overdue")]
    dossier = [f"/ho-so/{code}/{section}" for section in SECTIONS]
    rest = ["/tiep-nhan", "/tiep-nhan/1.004873", f"/buoc/{step['id']}", "/ho-so", "/cong-viec", "/thong-bao", "/account"]
    assert faults(clerk, [*inbox, *dossier, *rest]) == {}


@pytest.mark.parametrize("width", [1280, 360])
def test_the_administrators_screens_are_sound(office: Office, width: int) -> None:
    assert faults(office.desk("admin", width), list(ADMIN)) == {}


def test_the_inbox_speaks_english(office: Office) -> None:
    code = office.open_dossier()["code"]
    clerk = office.desk("clerk_b")
    clerk.open("/hop-viec?scope=group")
    change_language(clerk, "English")
    try:
        clerk.open("/hop-viec?scope=group")
        assert (clerk.page.get_attribute("html", "lang"), clerk.rows(code).count()) == ("en", 1)
        named = clerk.page.locator(", ".join(NAMES_OF_DATA))
        named.evaluate_all("found => found.forEach(element => element.remove())")
        text = clerk.page.locator("body").inner_text()
        assert [line for line in text.splitlines() if VIETNAMESE.search(line)] == []
    finally:
        change_language(clerk, "Tiếng Việt")


def change_language(desk: Desk, name: str) -> None:
    """The choice at the foot of each page is kept with the account."""
    with desk.page.expect_navigation():
        desk.page.get_by_role("contentinfo").get_by_role("button", name=name).click()
