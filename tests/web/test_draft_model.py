"""The drawing board's addresses: model and sheet out and in, one editor, findings, expressions."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from engine.people import directory
from engine.people.actors import actor_of
from engine.procedures import drafts, folder, sheet_writing
from engine.transaction import transaction
from tests.web.conftest import Browser

Browse = Callable[..., Browser]
FOLDER = Path(__file__).parents[2] / "processes" / "dossier"


@pytest.fixture
def draft(app: Flask) -> str:
    """A draft of the dossier procedure in the secretary's agency: its address."""
    with app.app_context(), transaction():
        secretary = directory.by_login("secretary")
        assert secretary is not None
        made = drafts.create(secretary.agency_id, folder.read(FOLDER), base=None, by=actor_of(secretary))
        return f"/admin/procedures/drafts/{made.id}"


def sent(browser: Browser, path: str, body: Any) -> tuple[int, Any]:
    """Post JSON as the page does, with the token its model came with."""
    token = asked(browser, path.split("/model")[0].split("/editor")[0].split("/expression")[0] + "/model")["csrf_token"]
    headers = {"X-CSRFToken": token, "Accept": "application/json", "Origin": "http://localhost", "Referer": "http://localhost/"}
    answer = browser.client.post(path, data=json.dumps(body), content_type="application/json", headers=headers)
    return answer.status_code, answer.get_json(silent=True)


def asked(browser: Browser, path: str) -> Any:
    return browser.get(path).get_json()


def stored(app: Flask, draft: str) -> folder.Folder:
    with app.app_context():
        secretary = directory.by_login("secretary")
        assert secretary is not None
        return drafts.folder_of(drafts.get(uuid.UUID(draft.rsplit("/", 1)[1]), [secretary.agency_id]))


def test_the_model_comes_with_its_sheet_and_the_lists_of_the_pickers(app: Flask, browse: Browse, draft: str) -> None:
    model = asked(browse("secretary"), f"{draft}/model")
    assert model["version"] == 1
    assert model["bpmn"] == (FOLDER / "dossier.bpmn").read_text()
    assert model["sheet"] == sheet_writing.read(folder.read(FOLDER))
    assert model["fault"] is None
    assert model["capabilities"]["close_dossier"] == {"title": "Kết thúc hồ sơ", "parameters": ["outcome"]}
    assert model["forms"].keys() == {path.stem for path in (FOLDER / "forms").iterdir()}
    accepted = next(entry for entry in model["names"] if entry["name"] == "is_accepted")
    assert accepted == {"name": "is_accepted", "label": "", "words": [["true", "true"], ["false", "false"]]}
    assert [entry["name"] for entry in model["names"]].count("decision") == 1


def test_entries_of_the_sheet_come_in_the_order_their_author_gave_them(browse: Browse, draft: str) -> None:
    model = json.loads(browse("secretary").get(f"{draft}/model").text)
    kept = sheet_writing.read(folder.read(FOLDER))
    assert [list(model["sheet"]), list(model["sheet"]["steps"])] == [list(kept), list(kept["steps"])]


def test_a_step_is_offered_the_questions_of_its_form_with_their_answers(browse: Browse, draft: str) -> None:
    model = asked(browse("secretary"), f"{draft}/model")
    (decision,) = [field for field in model["fields"]["sign"] if field["name"] == "decision"]
    assert decision == {
        "name": "decision",
        "label": "Quyết định",
        "words": [['"sign"', "Ký duyệt kết quả"], ['"return"', "Trả lại để sửa"]],
    }
    assert (model["lists"], model["portal_statuses"]["done"]) == ([], "Đã xử lý xong")


def test_what_is_drawn_is_saved_as_the_next_version(app: Flask, browse: Browse, draft: str) -> None:
    secretary = browse("secretary")
    model = asked(secretary, f"{draft}/model")
    bpmn = model["bpmn"].replace('name="Kiểm tra hồ sơ"', 'name="Xem hồ sơ"')
    sheet = model["sheet"] | {"title": "Tên mới"}
    status, answer = sent(secretary, f"{draft}/model", {"version": 1, "bpmn": bpmn, "sheet": sheet})
    assert (status, answer["version"]) == (200, 2)
    files = stored(app, draft).files
    assert files["dossier.bpmn"].decode() == bpmn
    assert sheet_writing.read(stored(app, draft)) == sheet


def test_an_unchanged_sheet_keeps_its_file(app: Flask, browse: Browse, draft: str) -> None:
    secretary = browse("secretary")
    model = asked(secretary, f"{draft}/model")
    bpmn = model["bpmn"].replace('name="Kiểm tra hồ sơ"', 'name="Xem hồ sơ"')
    assert sent(secretary, f"{draft}/model", {"version": 1, "bpmn": bpmn, "sheet": model["sheet"]})[0] == 200
    assert stored(app, draft).files["procedure.yaml"] == (FOLDER / "procedure.yaml").read_bytes()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([], 422),
        ({"version": 1}, 422),
        ({"version": "1", "bpmn": "<a/>", "sheet": {}}, 422),
        ({"version": 1, "bpmn": "<a/>", "sheet": []}, 422),
        ({"version": 0, "bpmn": "<a/>", "sheet": {}}, 409),
        ({"version": 1, "bpmn": "<a/>", "sheet": {"title": "\ud800"}}, 422),
    ],
    ids=["no object", "no model", "no number", "no sheet", "an old version", "no text"],
)
def test_what_cannot_be_kept_is_refused_and_changes_nothing(
    app: Flask, browse: Browse, draft: str, body: Any, status: int
) -> None:
    before = stored(app, draft).sha256
    assert sent(browse("secretary"), f"{draft}/model", body)[0] == status
    assert stored(app, draft).sha256 == before


def test_findings_name_the_place_of_what_was_drawn_and_has_no_form(app: Flask, browse: Browse, draft: str) -> None:
    secretary = browse("secretary")
    assert asked(secretary, f"{draft}/model/findings")["errors"] == []
    model = asked(secretary, f"{draft}/model")
    sheet = model["sheet"]
    sheet["steps"]["sign"]["form"] = "khong_co"
    sent(secretary, f"{draft}/model", {"version": 1, "bpmn": model["bpmn"], "sheet": sheet})
    found = asked(secretary, f"{draft}/model/findings")
    assert found["version"] == 2
    assert {(one["place"], one["code"]) for one in found["errors"]} >= {("sign", "form.missing")}


def test_only_one_edits_until_it_is_taken_over(app: Flask, browse: Browse, draft: str) -> None:
    with app.app_context(), transaction():
        somebody = directory.by_login("clerk")
        secretary = directory.by_login("secretary")
        assert somebody is not None and secretary is not None
        name = somebody.full_name
        held = drafts.get(uuid.UUID(draft.rsplit("/", 1)[1]), [secretary.agency_id], is_changing=True)
        drafts.take(held, by=actor_of(somebody))
    browser = browse("secretary")
    assert sent(browser, f"{draft}/editor", {}) == (200, {"editor": name, "version": 1})
    status, refusal = sent(browser, f"{draft}/model", {"version": 1, "bpmn": "<a/>", "sheet": None})
    assert (status, name in refusal["detail"]) == (409, True)
    assert sent(browser, f"{draft}/editor", {"take_over": True}) == (200, {"editor": None, "version": 1})
    assert sent(browser, f"{draft}/model", {"version": 1, "bpmn": "<a/>", "sheet": None})[0] == 200


def test_an_editor_who_leaves_is_none_any_more(app: Flask, browse: Browse, draft: str) -> None:
    browser = browse("secretary")
    assert sent(browser, f"{draft}/editor", {})[0] == 200
    assert sent(browser, f"{draft}/editor/release", {}) == (204, None)
    with app.app_context():
        secretary = directory.by_login("secretary")
        assert secretary is not None
        assert drafts.get(uuid.UUID(draft.rsplit("/", 1)[1]), [secretary.agency_id]).editor_id is None


@pytest.mark.parametrize(
    ("body", "status", "trouble"),
    [
        ({"source": 'decision == "approve"'}, 200, None),
        ({"source": "=moi > 1", "names": ["moi"]}, 200, None),
        ({"source": "khong_co > 1"}, 200, "Chưa biểu mẫu nào cho giá trị “khong_co”: chọn tên trong danh sách."),
        ({"source": 1}, 422, None),
        ({"source": "a", "names": "b"}, 422, None),
    ],
    ids=["known", "named besides", "unknown", "no text", "no list"],
)
def test_an_expression_is_judged_as_it_is_typed(browse: Browse, draft: str, body: Any, status: int, trouble: str | None) -> None:
    found, answer = sent(browse("secretary"), f"{draft}/expression", body)
    assert (found, answer.get("trouble")) == (status, trouble)


def test_an_expression_that_cannot_be_read_says_so(browse: Browse, draft: str) -> None:
    status, answer = sent(browse("secretary"), f"{draft}/expression", {"source": "a =="})
    assert status == 200
    assert answer["trouble"]


def test_the_diagram_is_the_model_as_drawn_last(browse: Browse, draft: str) -> None:
    answer = browse("secretary").get(f"{draft}/diagram")
    assert (answer.mimetype, answer.data) == ("application/xml", (FOLDER / "dossier.bpmn").read_bytes())


@pytest.mark.parametrize(("login", "status"), [("clerk", 403), ("leader", 200)])
def test_a_draft_is_seen_by_those_who_check_it_and_drawn_by_none_of_them(
    browse: Browse, draft: str, login: str, status: int
) -> None:
    browser = browse(login)
    assert browser.get(f"{draft}/model").status_code == status
    assert browser.post(f"{draft}/editor", headers={"Accept": "application/json"}).status_code in (400, 403)


def test_the_page_of_somebody_who_may_only_look_has_no_drawing_tools(browse: Browse, draft: str) -> None:
    assert "data-board=" in browse("secretary").get(draft).text
    looked = browse("leader").get(draft).text
    assert "data-board=" not in looked
    assert "data-diagram=" in looked
