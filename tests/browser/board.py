"""The drawing board as the quality officer uses it: a draft, what of it is saved, and the hand on the mouse."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from engine import db as database
from engine import transaction
from engine.people import directory
from engine.people.actors import actor_of
from engine.procedures import drafts, folder, sheet_writing
from engine.procedures.folder import Folder
from tests.browser.desk import Desk, Office
from tests.chromium import PATIENCE

PROCEDURE = Path(__file__).parents[2] / "processes" / "dossier"


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
    """The files of the draft as they are saved now."""
    with at_the_database(office):
        secretary = directory.by_login("secretary")
        assert secretary is not None
        return drafts.folder_of(drafts.get(uuid.UUID(draft.rsplit("/", 1)[1]), [secretary.agency_id]))


def waited(office: Office, draft: str, is_so: Callable[[Folder], bool]) -> Folder:
    """The files as soon as they are so: what is drawn is saved a moment later."""
    office.until(lambda: is_so(saved(office, draft)))
    return saved(office, draft)


def sheet_of(files: Folder) -> dict[str, Any]:
    """``procedure.yaml`` as plain values."""
    return sheet_writing.read(files)


def drawn(office: Office, draft: str, width: int = 1280) -> Desk:
    """The secretary before the draft, its model on the screen."""
    desk = office.desk("secretary", width)
    desk.open(draft)
    ready = "[data-board][data-drawn=yes]" if width > 360 else ".diagram[data-drawn=yes]"
    expect(desk.page.locator(ready)).to_be_attached(timeout=PATIENCE)
    return desk


def fit(desk: Desk) -> None:
    """The whole model in view."""
    desk.page.get_by_role("button", name="Vừa khung").locator("visible=true").click()


def shape(desk: Desk, element: str, hit: str = "djs-hit") -> Locator:
    """What the mouse touches of an element of the drawing."""
    return desk.page.locator(f'[data-canvas] .djs-container [data-element-id="{element}"] > .{hit}').first


def pick(desk: Desk, element: str, hit: str = "djs-hit") -> None:
    """Click an element: its properties stand beside the drawing."""
    shape(desk, element, hit).scroll_into_view_if_needed()
    box = shape(desk, element, hit).bounding_box()
    assert box is not None
    desk.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(desk.page.get_by_label("Mã phần tử")).to_have_value(element)


def pick_nothing(desk: Desk) -> None:
    """Click beside the drawing: the properties are those of the whole procedure."""
    canvas = desk.page.locator("[data-canvas]").bounding_box()
    assert canvas is not None
    desk.page.mouse.click(canvas["x"] + canvas["width"] / 2, canvas["y"] + 20)
    expect(desk.page.get_by_role("heading", name="Cả quy trình")).to_be_visible()


def unfold(desk: Desk, title: str) -> None:
    """Open a folded part of the properties."""
    desk.page.locator("details.board-fold > summary").filter(has_text=title).locator("visible=true").click()
