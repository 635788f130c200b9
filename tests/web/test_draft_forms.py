"""The form designer: rows typed, moved, shown as the form will be, saved as a sheet, refused without losing a word."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from engine.procedures import form_writing
from tests.web.conftest import ON_BOTH, Browser
from tests.web.drafted import files_of, make_draft

Browse = Callable[..., Browser]
EMPTY = {"type-1": "text", "kind-1": "field", "row": "1"}
CHOICE = {
    "sheet-title": "Thẩm tra",
    "sheet-help": "Xem kỹ",
    "row": ["2", "1", "3"],
    "kind-1": "field",
    "type-1": "textarea",
    "label-1": "Lý do",
    "name-1": "reason",
    "max_length-1": "500",
    "visible_when_field-1": "decision",
    "visible_when_is-1": "one_of",
    "visible_when_value-1": "return, refuse",
    "kind-2": "field",
    "type-2": "choice",
    "label-2": "Ý kiến",
    "name-2": "decision",
    "required-2": "on",
    "routes-2": "on",
    "choice_value-2": ["approve", "return", "", "refuse"],
    "choice_label-2": ["Đồng ý", "Trả lại", "", "Từ chối"],
    "choice_help-2": ["", "Ghi rõ lý do", "", ""],
    "kind-3": "section",
    "label-3": "Kèm theo",
}


@pytest.fixture
def draft(app: Flask) -> uuid.UUID:
    return make_draft(app)


def address(draft: uuid.UUID, rest: str = "") -> str:
    return f"/admin/procedures/drafts/{draft}/forms{rest}"


def boxes(page: str) -> MultiDict[str, str]:
    """What a browser would send from the designer as it stands: names and values of its boxes, in order."""
    form = re.search(r'<form class="form" id="designer".*?</form>', page, re.DOTALL)
    assert form is not None
    found: MultiDict[str, str] = MultiDict()
    for tag in re.finditer(
        r"<(input|textarea|select)\b([^>]*)>(.*?)(?=<(?:input|textarea|select|button)\b|$)", form[0], re.DOTALL
    ):
        name = re.search(r'\bname="([^"]*)"', tag[2])
        if name is None or ('type="checkbox"' in tag[2] and " checked" not in tag[2]):
            continue
        value = re.search(r'\bvalue="([^"]*)"', tag[2])
        text = value[1] if value else ""
        if tag[1] == "select":
            chosen = re.search(r'<option value="([^"]*)" selected>', tag[3])
            text = chosen[1] if chosen else ""
        if tag[1] == "textarea":
            text = tag[3].partition("</textarea>")[0].lstrip("\n")
        text = "on" if 'type="checkbox"' in tag[2] else text
        found.add(name[1], text.replace("&#34;", '"').replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))
    return found


@ON_BOTH
def test_forms_are_listed_with_the_steps_that_ask_them(app: Flask, browse: Browse) -> None:
    secretary = browse("secretary")
    page = secretary.get(address(make_draft(app))).text
    assert [words in page for words in ("Kiểm tra hồ sơ", "Thông điệp: Công dân xin rút hồ sơ", "Thêm biểu mẫu")] == [True] * 3


def test_readers_look_and_others_do_not(app: Flask, draft: uuid.UUID, browse: Browse) -> None:
    leader, clerk = browse("leader"), browse("clerk")
    page = leader.get(address(draft, "/sign")).text
    assert ("disabled" in page, "Lưu biểu mẫu</button>\n    <button" in page) == (True, False)
    assert leader.post(address(draft, "/sign"), {"act": "save"}).status_code == 403
    assert [clerk.get(address(draft, rest)).status_code for rest in ("", "/sign")] == [403, 403]


@pytest.mark.parametrize("name", ["intake_check", "sign", "check", "assign", "process", "withdrawal_requested", "return_result"])
def test_saving_a_carried_form_untouched_changes_no_answer(app: Flask, draft: uuid.UUID, browse: Browse, name: str) -> None:
    before = form_writing.read(files_of(app, draft)[f"forms/{name}.yaml"])
    secretary = browse("secretary")
    sent = boxes(secretary.get(address(draft, f"/{name}")).text)
    sent.setlist("act", ["save"])
    assert secretary.post(address(draft, f"/{name}"), sent.to_dict(flat=False)).status_code == 303
    after = form_writing.read(files_of(app, draft)[f"forms/{name}.yaml"])
    assert form_writing.check("x", form_writing.write(after)) == form_writing.check("x", form_writing.write(before))
    assert plain(after) == plain(before)


def plain(sheet: Any) -> Any:
    """The sheet with conditions and labels written one way, so that only a change of meaning shows."""
    if isinstance(sheet, dict):
        kept = {key: plain(value) for key, value in sheet.items() if key != "display" or value != "radio"}
        return {"label": kept["label"]} if set(kept) == {"label"} else kept
    if isinstance(sheet, list):
        return [plain(part) for part in sheet]
    return re.sub(r"(?<![=!<>])=(?!=)", "==", sheet).strip() if isinstance(sheet, str) else sheet


def test_a_form_is_made_from_typed_rows(app: Flask, draft: uuid.UUID, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get(address(draft))
    made = secretary.post(address(draft), {"name": "tham_tra", "version": "1"})
    assert made.location == address(draft, "/tham_tra")
    secretary.get(made.location)
    assert secretary.post(made.location, CHOICE | {"version": "2", "act": "save"}).status_code == 303
    assert form_writing.read(files_of(app, draft)["forms/tham_tra.yaml"]) == {
        "title": "Thẩm tra",
        "help": "Xem kỹ",
        "fields": [
            {
                "name": "decision",
                "type": "choice",
                "label": "Ý kiến",
                "required": True,
                "routes": True,
                "choices": {
                    "approve": "Đồng ý",
                    "return": {"label": "Trả lại", "help": "Ghi rõ lý do"},
                    "refuse": "Từ chối",
                },
            },
            {
                "name": "reason",
                "type": "textarea",
                "label": "Lý do",
                "visible_when": 'decision in ["return", "refuse"]',
                "max_length": 500,
            },
        ],
        "sections": [{"title": "Kèm theo", "fields": []}],
    }


@pytest.mark.parametrize(
    ("act", "order"),
    [
        ("up:1", ["1", "2", "3"]),
        ("down:2", ["1", "2", "3"]),
        ("up:2", ["2", "1", "3"]),
        ("remove:1", ["2", "3"]),
        ("copy:2", ["2", "4", "1", "3"]),
        ("add-field", ["2", "1", "3", "4"]),
        ("add-section", ["2", "1", "3", "4"]),
        ("up:99", ["2", "1", "3"]),
        ("nonsense", ["2", "1", "3"]),
    ],
)
def test_buttons_rearrange_without_saving(app: Flask, draft: uuid.UUID, browse: Browse, act: str, order: list[str]) -> None:
    before = dict(files_of(app, draft))
    secretary = browse("secretary")
    secretary.get(address(draft, "/sign"))
    answer = secretary.post(address(draft, "/sign"), CHOICE | {"version": "1", "act": act})
    assert answer.status_code == 200
    assert re.findall(r'name="row" value="(\d+)"', answer.text) == order
    assert boxes(answer.text)["choice_help-2"] == "" and "Ghi rõ lý do" in answer.text
    assert dict(files_of(app, draft)) == before


def test_the_preview_shows_what_is_typed(draft: uuid.UUID, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get(address(draft, "/sign"))
    page = secretary.post(address(draft, "/sign"), CHOICE | {"version": "1", "act": "redraw"}).text
    preview = page.partition('data-swap="preview"')[2]
    assert ['type="radio" name="decision" value="refuse"' in preview, 'id="f-reason"' in preview] == [True, True]
    assert 'data-shown-field="decision"' in preview


def test_faults_stand_at_their_boxes_and_what_was_typed_stays(draft: uuid.UUID, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get(address(draft, "/sign"))
    sent = CHOICE | {"version": "1", "act": "redraw", "name-1": "Lý do sai", "max_length-1": "nhiều"}
    page = secretary.post(address(draft, "/sign"), sent).text
    assert ['id="e-name-1"' in page, 'id="e-max_length-1"' in page, 'value="nhiều"' in page] == [True, True, True]


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"version": "7"}, 409, "đã được lưu ở nơi khác"),
        ({"version": "x"}, 409, "Trang thiếu số lần lưu"),
        ({"choice_value-2": ["a", "a", "b", "c"]}, 422, "Mỗi lựa chọn cần một mã riêng"),
    ],
    ids=["newer", "no-version", "twice"],
)
def test_a_refused_save_keeps_what_was_typed(
    app: Flask, draft: uuid.UUID, browse: Browse, changed: dict[str, Any], status: int, words: str
) -> None:
    before = dict(files_of(app, draft))
    secretary = browse("secretary")
    secretary.get(address(draft, "/sign"))
    answer = secretary.post(address(draft, "/sign"), CHOICE | {"version": "1", "act": "save"} | changed)
    assert (answer.status_code, words in answer.text, 'value="Thẩm tra"' in answer.text) == (status, True, True)
    assert dict(files_of(app, draft)) == before


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sign", "Đã có biểu mẫu mang mã này"),
        ("Ký tên", "Mã biểu mẫu chỉ gồm"),
        ("../x", "Mã biểu mẫu chỉ gồm"),
        ("", "Mã biểu mẫu chỉ gồm"),
    ],
)
def test_a_new_form_needs_a_free_plain_name(draft: uuid.UUID, browse: Browse, name: str, words: str) -> None:
    secretary = browse("secretary")
    secretary.get(address(draft))
    answer = secretary.post(address(draft), {"name": name, "version": "1"})
    assert (answer.status_code, words in answer.text) == (422, True)


def test_a_form_is_copied_and_removed_unless_a_step_asks_it(app: Flask, draft: uuid.UUID, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get(address(draft))
    assert secretary.post(address(draft), {"name": "sign_2", "copied": "sign", "version": "1"}).status_code == 303
    files = files_of(app, draft)
    assert files["forms/sign_2.yaml"] == files["forms/sign.yaml"]
    refused = secretary.post(address(draft, "/sign/remove"), {"version": "2"})
    assert (refused.status_code, "đang dùng ở: Ký kết quả. Bỏ ở đó trước" in refused.text) == (409, True)
    assert secretary.post(address(draft, "/sign_2/remove"), {"version": "2"}).status_code == 303
    assert [name in files_of(app, draft) for name in ("forms/sign.yaml", "forms/sign_2.yaml")] == [True, False]


def test_a_form_no_designer_can_hold_says_why(app: Flask, browse: Browse) -> None:
    draft = make_draft(app, {"forms/sign.yaml": b"title: [\n"})
    page = browse("secretary").get(address(draft, "/sign")).text
    assert ("Không mở được biểu mẫu này" in page, "forms/sign.yaml" in page) == (True, True)


def test_what_does_not_exist_is_not_found(draft: uuid.UUID, browse: Browse) -> None:
    secretary = browse("secretary")
    assert [secretary.get(path).status_code for path in (address(draft, "/x"), address(uuid.UUID(int=7)))] == [404, 404]
