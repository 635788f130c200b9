"""The quality officer draws: a step between two others, its term and its lane's role, saved, checked, undone."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from engine import db as database
from engine import transaction
from engine.people import directory
from engine.people.actors import actor_of
from engine.procedures import drafts, folder, sheet_writing
from engine.procedures.folder import Folder
from tests.browser.desk import Desk, Office

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("town", ["sqlite"], indirect=True)]

PROCEDURE = Path(__file__).parents[2] / "processes" / "dossier"
STEP = "xin_y_kien_phong"


@contextmanager
def at_the_database(office: Office) -> Iterator[None]:
    """Look into the database of the processes."""
    engine = database.create_engine(office.town.database_url)
    sessions = transaction.use_engine(engine)
    try:
        yield
    finally:
        sessions.remove()
        engine.dispose()
        transaction.use(_no_database)


def _no_database() -> Any:
    raise RuntimeError("the processes of the town have the database")


@pytest.fixture
def draft(office: Office) -> str:
    """A draft of the dossier procedure, in the secretary's agency: its address."""
    with at_the_database(office), transaction.transaction():
        secretary = directory.by_login("secretary")
        assert secretary is not None
        made = drafts.create(secretary.agency_id, folder.read(PROCEDURE), base=None, by=actor_of(secretary))
        return f"/admin/procedures/drafts/{made.id}"


def saved(office: Office, draft: str) -> Folder:
    with at_the_database(office):
        secretary = directory.by_login("secretary")
        assert secretary is not None
        return drafts.folder_of(drafts.get(uuid.UUID(draft.rsplit("/", 1)[1]), [secretary.agency_id]))


def drawn(office: Office, draft: str, width: int = 1280) -> Desk:
    desk = office.desk("secretary", width)
    desk.open(draft)
    expect(desk.page.locator("[data-board][data-drawn=yes]" if width > 360 else ".diagram[data-drawn=yes]")).to_be_attached()
    return desk


def add_step(desk: Desk, name: str) -> None:
    """Put a person's step onto the flow between receipt and handling, and type its name."""
    page = desk.page
    page.get_by_role("button", name="Vừa khung").locator("visible=true").click()
    box = page.locator('[data-canvas] [data-element-id="flow_receive_dossier_handling"] .djs-hit').first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.locator('.djs-palette .entry[data-action="create.user-task"]').click()
    page.mouse.move(x - 30, y - 10)
    page.mouse.move(x, y, steps=4)
    page.mouse.click(x, y)
    page.keyboard.type(name)
    page.mouse.click(x + 40, y + 320)


def waited(office: Office, draft: str, is_so: Callable[[Folder], bool]) -> Folder:
    office.until(lambda: is_so(saved(office, draft)))
    return saved(office, draft)


def test_a_step_is_drawn_between_two_others_named_given_a_term_saved_and_undone(office: Office, draft: str) -> None:
    desk = drawn(office, draft)
    page = desk.page
    add_step(desk, "Xin ý kiến phòng")
    expect(page.get_by_label("Mã phần tử")).to_have_value(STEP)
    page.get_by_label("Thời hạn", exact=True).fill("4")
    page.keyboard.press("Tab")
    found = waited(office, draft, lambda files: STEP in sheet_writing.read(files)["steps"])
    assert sheet_writing.read(found)["steps"][STEP] == {"term": "4h"}
    model = found.files["dossier.bpmn"].decode()
    assert f'<bpmn:userTask id="{STEP}" name="Xin ý kiến phòng">' in model
    assert f'sourceRef="receive_dossier" targetRef="{STEP}"' in model
    findings = page.locator("[data-findings] [data-code='form.missing']")
    expect(findings).to_contain_text("chưa có biểu mẫu")
    expect(page.locator(f'[data-canvas] .djs-container [data-element-id="{STEP}"].mark-error').first).to_be_visible()
    for _ in range(3):
        page.get_by_role("button", name="Hoàn tác").click()
    undone = waited(office, draft, lambda files: STEP not in files.files["dossier.bpmn"].decode())
    assert STEP not in sheet_writing.read(undone)["steps"]
    expect(page.locator("[data-no-findings]")).to_be_visible()
    assert desk.screen.faults() == []


def test_a_narrow_screen_shows_the_model_and_says_where_to_draw(office: Office, draft: str) -> None:
    desk = drawn(office, draft, 360)
    expect(desk.page.get_by_text("Mở trang trên máy tính để vẽ.")).to_be_visible()
    expect(desk.page.locator("[data-board]")).to_be_hidden()
    assert desk.screen.faults() == []
