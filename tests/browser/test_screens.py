"""Every screen under its real policy: readable by everybody, wide and narrow, in both languages, with a quiet console."""

import re
from collections import Counter

import pytest

from tests.browser.desk import Desk, Office

#: One database is enough: the same rows make the same pages; the story opens most of them on the other one.
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("town", ["sqlite"], indirect=True)]

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
    "/admin/operator",
    "/admin/operator/incidents",
    "/admin/operator/timers",
    "/admin/operator/timers?state=fired",
    "/admin/operator/workers",
)


def repeated_ids(desk: Desk) -> list[str]:
    """Names that two parts of the page share: a label would lead to the wrong one."""
    ids = desk.page.locator("[id]").evaluate_all("found => found.map(element => element.id)")
    return sorted(f"id {name} twice" for name, count in Counter(ids).items() if count > 1)


def faults(desk: Desk, paths: list[str]) -> dict[str, list[str]]:
    """What is wrong with each page, loaded narrow and then made wide: too wide, not for everybody, against the policy."""
    found = {}
    for path in paths:
        desk.page.set_viewport_size({"width": 360, "height": 800})
        desk.open(path)
        desk.page.wait_for_load_state("networkidle")
        found[path] = desk.screen.faults() + repeated_ids(desk)
        desk.page.set_viewport_size({"width": 1280, "height": 800})
        found[path] += [f"wide: {wrong}" for wrong in desk.screen.faults()]
        desk.screen.complaints.clear()
    return {path: wrong for path, wrong in found.items() if wrong}


def test_the_counters_screens_are_sound(office: Office) -> None:
    code = office.open_dossier()["code"]
    (step,) = office.api(f"/dossiers/{code}")["open_steps"]
    clerk = office.desk("clerk", 360)
    clerk.page.goto(f"{clerk.address}/sign-in")
    assert clerk.screen.faults() == []
    inbox = [f"/hop-viec?scope={scope}" for scope in ("mine", "unclaimed", "group", "due_today", "overdue")]
    dossier = [f"/ho-so/{code}/{section}" for section in SECTIONS]
    rest = ["/tiep-nhan", "/tiep-nhan/1.004873", f"/buoc/{step['id']}", "/ho-so", "/cong-viec", "/thong-bao", "/account"]
    assert faults(clerk, [*inbox, *dossier, *rest]) == {}


def test_the_officers_form_is_sound_before_and_after_a_refusal(office: Office) -> None:
    code = office.open_dossier()["code"]
    office.complete(code, "hand_over", "clerk")
    office.complete(code, "assign", "head")
    (step,) = office.api(f"/dossiers/{code}")["open_steps"]
    officer = office.desk("officer")
    assert faults(officer, [f"/buoc/{step['id']}"]) == {}
    officer.choose("Yêu cầu công dân bổ sung, hoàn thiện hồ sơ")
    assert officer.screen.faults() == []
    officer.press("Hoàn thành bước")
    assert officer.main.get_by_role("alert").get_by_role("link").count() == 2
    assert officer.screen.faults() == []
    assert repeated_ids(officer) == []


def test_a_refused_box_beside_the_form_keeps_what_was_typed(office: Office) -> None:
    code = office.open_dossier()["code"]
    office.complete(code, "hand_over", "clerk")
    office.complete(code, "assign", "head")
    (step,) = office.api(f"/dossiers/{code}")["open_steps"]
    head = office.desk("head")
    head.open(f"/buoc/{step['id']}")
    head.main.get_by_text("Phân công lại cho người khác").click()
    head.page.get_by_label("Lý do phân công lại").fill("Người đang giữ nghỉ phép")
    head.press("Phân công lại")
    assert head.page.get_by_label("Người nhận việc").get_attribute("aria-invalid") == "true"
    assert head.page.get_by_label("Lý do phân công lại").input_value() == "Người đang giữ nghỉ phép"
    assert head.screen.faults() + repeated_ids(head) == []
    head.page.get_by_label("Người nhận việc").select_option(label="Trần Văn Dũng")
    head.press("Phân công lại")
    assert office.api(f"/dossiers/{code}")["open_steps"][0]["holder"]["full_name"] == "Trần Văn Dũng"


def test_the_administrators_screens_are_sound(office: Office) -> None:
    assert faults(office.desk("admin", 360), list(ADMIN)) == {}


def test_the_operators_screens_of_a_case_are_sound(office: Office) -> None:
    code = office.open_dossier()["code"]
    office.complete(code, "hand_over", "clerk")
    case = f"/admin/operator/cases/{office.api(f'/dossiers/{code}')['case_id']}"
    admin = office.desk("admin", 360)
    assert faults(admin, [case, f"{case}/suspension", f"{case}/cancellation", f"{case}/values"]) == {}
    admin.open(case)
    admin.page.wait_for_selector("[data-drawn=yes]")
    marked = "name => [...document.querySelectorAll('.djs-element.' + name)].map(e => e.dataset.elementId).sort()"
    assert admin.page.evaluate(marked, "is-now") == ["assign"]
    admin.main.get_by_label("Chuyển từ Phân công thụ lý đến").select_option("hand_over")
    admin.press("Chuyển đến…")
    assert admin.screen.faults() + repeated_ids(admin) == []


def test_the_inbox_speaks_english(office: Office) -> None:
    code = office.open_dossier()["code"]
    clerk = office.desk("clerk_b")
    clerk.open("/hop-viec?scope=group")
    change_language(clerk, "English")
    assert (clerk.page.get_attribute("html", "lang"), clerk.rows(code).count()) == ("en", 1)
    clerk.page.locator(", ".join(NAMES_OF_DATA)).evaluate_all("found => found.forEach(element => element.remove())")
    text = clerk.page.locator("body").inner_text()
    clerk.open("/hop-viec?scope=group")
    change_language(clerk, "Tiếng Việt")
    assert clerk.page.get_attribute("html", "lang") == "vi"
    assert [line for line in text.splitlines() if VIETNAMESE.search(line)] == []


def change_language(desk: Desk, name: str) -> None:
    """The choice at the foot of each page is kept with the account."""
    with desk.page.expect_navigation():
        desk.page.get_by_role("contentinfo").get_by_role("button", name=name).click()
