"""A procedure is changed while dossiers run: drawn, checked, compared, played, submitted, signed on a phone; then its day comes.

What was opened before goes on as it was, what is opened after follows the new model, and open dossiers are brought over by an act.
"""

import base64
import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine import clock
from engine.people import demo, directory
from engine.procedures import drafts
from engine.procedures.folder import Folder
from tests.browser import redrawn
from tests.browser.board import at_the_database, sheet_of
from tests.browser.desk import Desk, Office
from tests.browser.redrawn import NAME, STEP
from tests.chromium import PATIENCE

pytestmark = pytest.mark.browser

PROCEDURE = "/admin/procedures/dossier"
#: The other demo commune: what it changes for itself touches no other test.
HOME = "2"
#: Saves the drawing as the board does, with its own token and version.
SAVE = """async ([path, bpmn, sheet]) => {
  const kept = await (await fetch(`${path}/model`)).json();
  const headers = {'Content-Type': 'application/json', 'X-CSRFToken': kept.csrf_token};
  const body = JSON.stringify({version: kept.version, bpmn, sheet});
  return (await fetch(`${path}/model`, {method: 'POST', headers, body})).status;
}"""


def begin(office: Office) -> tuple[Desk, str]:
    """The quality officer makes a draft of the procedure in force; its address."""
    desk = office.desk("secretary" + HOME)
    desk.open(PROCEDURE)
    desk.press("Sửa quy trình này")
    path = re.search(r"/admin/procedures/drafts/[0-9a-f-]{36}", desk.page.url)
    assert path, desk.page.url
    return desk, path[0]


def id_of(draft: str) -> str:
    return draft.rsplit("/", 1)[1]


def saved(office: Office, draft: str) -> Folder:
    """The files of the draft as they are saved now."""
    with at_the_database(office):
        secretary = directory.by_login("secretary" + HOME)
        assert secretary is not None
        return drafts.folder_of(drafts.get(uuid.UUID(id_of(draft)), [secretary.agency_id]))


def call(office: Office, method: str, path: str, login: str, body: Any = None) -> Any:
    """What a program of this person of the commune is answered."""
    answer = office._ask(method, path, login + HOME, json.dumps(body) if body is not None else None)
    assert answer.ok, answer.text()
    return answer.json()


def draw(office: Office, desk: Desk, draft: str) -> None:
    """The opinion step and the longer term, saved from the drawing board; the board says what is missing."""
    files = saved(office, draft)
    changed = [draft, redrawn.model(files.files["dossier.bpmn"]), redrawn.sheet(sheet_of(files))]
    assert desk.page.evaluate(SAVE, changed) == 200
    desk.open(draft)
    expect(desk.page.locator("[data-board][data-drawn=yes]")).to_be_attached(timeout=PATIENCE)
    missing = desk.page.locator("[data-findings] [data-code='form.missing']")
    expect(missing).to_contain_text(f"Bước “{NAME}” chưa có biểu mẫu", timeout=PATIENCE)


def complete_files(office: Office, draft: str) -> None:
    """The step's form and the scenarios that pass it, sent by program."""
    files = saved(office, draft)
    version = call(office, "GET", f"/procedures/drafts/{id_of(draft)}", "secretary")["version"]
    sent = {path: base64.b64encode(content).decode() for path, content in redrawn.others(files.files).items()}
    call(office, "POST", f"/procedures/drafts/{id_of(draft)}/files", "secretary", {"version": version, "files": sent})


def look_and_play(desk: Desk, draft: str) -> None:
    """What differs is listed and marked; a played case walks into the new step."""
    desk.open(f"{draft}/diff")
    listed = desk.main.inner_text()
    assert [words in listed for words in (NAME, "Kiểm tra, trình ký")] == [True, True]
    desk.open(f"{draft}/play")
    page = desk.page
    page.get_by_label("Giá trị", exact=False).first.fill("channel: counter\nis_accepted: true\nintake_decision: complete")
    page.get_by_role("button", name="Làm việc này").click()
    expect(page.locator("[data-element-id=hand_over].mark-token")).to_be_visible(timeout=PATIENCE)


def submit(desk: Desk, draft: str) -> None:
    """The request with its impact, one reviewer, the leader; the password."""
    desk.open(f"{draft}/submit")
    page = desk.page
    expect(page.get_by_text("Tự chuyển được")).to_be_visible(timeout=PATIENCE)
    page.get_by_label("Lý do ban hành, sửa đổi").fill("Kiến nghị của phòng: thiếu ý kiến tư pháp")
    page.get_by_label("Tóm tắt nội dung thay đổi").fill("Thêm bước cho ý kiến tư pháp; kiểm tra 3 giờ")
    desk.choose("(head2)")
    page.get_by_label("Người phê duyệt").select_option(index=1)
    page.get_by_label("Mật khẩu của anh/chị").fill(demo.PASSWORD)
    assert desk.screen.faults() == []
    desk.press("Ký, trình duyệt")
    expect(page.get_by_text("Phê duyệt đến đâu")).to_be_visible()


def sign(desk: Desk, step: str, choice: str, **fields: str) -> None:
    """Open the step from the inbox, read what is decided on, choose, type the password."""
    desk.take_up("Phê duyệt quy trình", step)
    desk.choose(choice)
    for name, text in fields.items():
        desk.page.locator(f"form[data-draft] [name={name}]").fill(text)
    desk.page.get_by_label("Mật khẩu của anh/chị").fill(demo.PASSWORD)
    assert desk.screen.faults() == []
    desk.press("Ký, hoàn thành bước")
    expect(desk.main.get_by_role("status").filter(has_text=f"Đã hoàn thành bước “{step}”")).to_be_visible()


def opened(office: Office) -> str:
    """A dossier taken in at the commune's counter; its code."""
    owner = {"full_name": "Nguyễn Thị Ánh", "id_number": "031185004217", "phone": "0912345678"}
    body = {"public_service": "1.004873", "owner": owner, "channel": "counter"}
    code: str = call(office, "POST", "/dossiers", "clerk", body)["code"]
    return code


def do(office: Office, code: str, *doing: tuple[str, str]) -> None:
    """Complete open steps by program: element and login."""
    for element, login in doing:
        (step,) = (step for step in call(office, "GET", f"/dossiers/{code}", "clerk")["open_steps"] if step["element"] == element)
        call(office, "POST", f"/steps/{step['id']}/complete", login, {"answers": {}, "version": step["version"]})


HAND_OVER, ASSIGN = ("hand_over", "clerk"), ("assign", "head")


def standing(office: Office, code: str) -> list[str]:
    return [step["element"] for step in call(office, "GET", f"/dossiers/{code}", "clerk")["open_steps"]]


def in_force(office: Office) -> str:
    """SHA-256 of what new dossiers of the commune start on."""
    listed = call(office, "GET", "/procedures", "secretary")["items"]
    found: str = next(one["current_revision"]["sha256"] for one in listed if one["code"] == "dossier")
    return found


def migrate(office: Office, desk: Desk, codes: list[str]) -> None:
    """The leader rehearses, brings all of them over, and puts the first back."""
    desk.open(f"{PROCEDURE}/migration")
    page: Page = desk.page
    for code in codes:
        expect(page.get_by_role("link", name=code)).to_be_visible()
    page.get_by_label("Lý do").fill("Áp dụng bước tư pháp cho hồ sơ đang chạy")
    desk.press("Diễn tập lại")
    expect(page.get_by_label("Lý do")).to_have_value("Áp dụng bước tư pháp cho hồ sơ đang chạy")
    desk.press("Ra quyết định chuyển")
    act = page.url
    for code in codes:
        expect_state(office, desk, act, code, "Đã chuyển")
    page.get_by_label("Lý do").fill("Hồ sơ này làm theo bản cũ")
    desk.press(f"Trả về bản cũ: {codes[0]}")
    expect_state(office, desk, act, codes[0], "Đã trả về bản cũ")
    assert desk.screen.faults() == []


def expect_state(office: Office, desk: Desk, act: str, code: str, state: str) -> None:
    def is_so() -> bool:
        desk.page.goto(act)
        return desk.rows(code).filter(has_text=state).count() == 1

    office.until(is_so)


def test_a_changed_procedure_is_approved_takes_effect_and_takes_over_open_dossiers(office: Office) -> None:
    old = opened(office)
    secretary, draft = begin(office)
    draw(office, secretary, draft)
    complete_files(office, draft)
    look_and_play(secretary, draft)
    submit(secretary, draft)
    signed = saved(office, draft).sha256
    sign(office.desk("head2", 360), "Xem xét nội dung", "Đồng ý, trình lãnh đạo phê duyệt")
    day = clock.local(clock.now()) + timedelta(days=1)
    sign(office.desk("leader2", 360), "Phê duyệt nội dung", "Phê duyệt", effective_on=f"{day:%d/%m/%Y}")
    office.desk("registrar2").complete("Phê duyệt quy trình", "Cấp số quyết định")
    assert in_force(office) != signed
    places = [opened(office), opened(office), opened(office)]
    do(office, places[0], HAND_OVER)
    do(office, places[1], HAND_OVER, ASSIGN)
    office.tomorrow(8)
    office.until(lambda: in_force(office) == signed)
    new = opened(office)
    for code, step in ((old, "process"), (new, STEP)):
        do(office, code, HAND_OVER, ASSIGN)
        assert standing(office, code) == [step]
    migrate(office, office.desk("leader2"), places)
    do(office, places[0], ASSIGN)
    do(office, places[2], HAND_OVER, ASSIGN)
    assert [standing(office, code) for code in places] == [["process"], ["process"], [STEP]]
