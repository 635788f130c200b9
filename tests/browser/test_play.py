"""The quality officer plays a draft: the token walks over the diagram, what happened is told, nothing on the page is at fault."""

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Office
from tests.browser.test_modeler import draft
from tests.browser.test_screens import repeated_ids

__all__ = ["draft"]  # the fixture of the drawing board's tests

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("town", ["sqlite"], indirect=True)]


def test_a_draft_is_played_over_its_diagram(office: Office, draft: str) -> None:
    desk = office.desk("secretary")
    desk.open(f"{draft}/play")
    page = desk.page
    page.get_by_label("Giá trị", exact=False).first.fill("channel: counter\nis_accepted: true\nintake_decision: complete")
    page.get_by_role("button", name="Làm việc này").click()
    expect(page.locator("[data-diagram]")).to_have_attribute("data-drawn", "yes")
    expect(page.locator("[data-element-id=hand_over].mark-token")).to_be_visible()
    assert desk.screen.faults() + repeated_ids(desk) == []
    desk.open(f"{draft}/scenarios")
    expect(page.get_by_role("heading", name="Kịch bản đi qua bao nhiêu")).to_be_visible()
    assert desk.screen.faults() + repeated_ids(desk) == []
