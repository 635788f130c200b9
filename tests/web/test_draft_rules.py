"""Decision tables of a draft: made, filled, rearranged, checked, tried, saved into their file."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from engine.procedures import decision_uses, decision_writing, folder
from engine.procedures.decision_tables import MAX_RULES
from tests.web.conftest import ON_BOTH, Browser
from tests.web.drafted import FOLDER, files_of, make_draft
from web import security

Browse = Callable[..., Browser]
#: A new table filled: kind and amount of a paper give its fee.
FILLED: dict[str, Any] = {
    "version": "2",
    "name": "Mức phí",
    "policy": "UNIQUE",
    "in_id": ["phi_input_1", ""],
    "in_label": ["Loại", "Số tiền"],
    "in_source": ["kind", "amount"],
    "in_kind": ["string", "number"],
    "in_allowed": ['"a", "b"', ""],
    "out_id": ["phi_output_1"],
    "out_label": ["Phí"],
    "out_source": ["fee"],
    "out_kind": ["number"],
    "out_allowed": [""],
    "out_default": [""],
    "row": ["0", "1", "2"],
    "cell-0": ['"a"', "< 5"],
    "result-0": ["1"],
    "cell-1": ['"a"', ">= 5"],
    "result-1": ["2"],
    "cell-2": ['"b"', "-"],
    "result-2": ["3"],
    "note-2": "Loại còn lại",
}


@pytest.fixture
def draft(app: Flask, browse: Browse) -> uuid.UUID:
    """A draft with a new table ``phi``."""
    made = make_draft(app)
    secretary = browse("secretary")
    secretary.get(address(made))
    assert secretary.post(address(made), {"id": "phi", "name": "Phí", "version": "1"}).location == address(made, "/phi/phi")
    return made


def address(draft: uuid.UUID, rest: str = "") -> str:
    return f"/admin/procedures/drafts/{draft}/rules{rest}"


def sent(browse: Browse, draft: uuid.UUID, act: str, **changed: Any) -> tuple[int, str]:
    """Status and page of the secretary's answer to the filled table with these changes."""
    secretary = browse("secretary")
    secretary.get(address(draft, "/phi/phi"))
    answer = secretary.post(address(draft, "/phi/phi"), FILLED | {"act": act} | changed)
    return answer.status_code, answer.text


@ON_BOTH
def test_a_new_table_is_listed(app: Flask, browse: Browse) -> None:
    made = make_draft(app)
    secretary = browse("secretary")
    assert "Chưa có bảng quyết định nào" in secretary.get(address(made)).text
    secretary.post(address(made), {"id": "phi", "name": "Mức phí", "version": "1"})
    page = secretary.get(address(made)).text
    assert ("Mức phí" in page, "rules/phi.dmn" in page) == (True, True)


def test_a_filled_table_is_saved_as_dmn(app: Flask, draft: uuid.UUID, browse: Browse) -> None:
    assert sent(browse, draft, "save")[0] == 303
    grid = decision_writing.read(files_of(app, draft)["rules/phi.dmn"], "phi")
    assert (grid.name, grid.policy, [column.source for column in (*grid.inputs, *grid.outputs)]) == (
        "Mức phí",
        "UNIQUE",
        ["kind", "amount", "fee"],
    )
    assert [(*row.cells, *row.results, row.note) for row in grid.rows] == [
        ('"a"', "< 5", "1", ""),
        ('"a"', ">= 5", "2", ""),
        ('"b"', "-", "3", "Loại còn lại"),
    ]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "Mọi trường hợp đều có đúng một câu trả lời"),
        ({"cell-1": ['"a"', "> 5"]}, "không có dòng nào cho trường hợp “Loại”: &#34;a&#34;; “Số tiền”: 5"),
        ({"cell-1": ['"a"', ">= 4"]}, "dòng 1 và dòng 2 cùng đúng khi"),
        ({"cell-1": ['"a"', "ab cd"]}, "dòng 2, cột “Số tiền”"),
        ({"cell-1": ['"c"', "-"]}, "dòng 2"),
        ({"result-1": ["=>"]}, "dòng 2"),
    ],
    ids=["sound", "gap", "overlap", "cell", "not-allowed", "result"],
)
def test_the_table_is_checked_as_it_is_typed(draft: uuid.UUID, browse: Browse, changed: dict[str, Any], words: str) -> None:
    status, page = sent(browse, draft, "redraw", **changed)
    assert (status, words in page.partition('data-swap="preview"')[2]) == (200, True)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"try-kind": "a", "try-amount": "7"}, ["Dòng đúng: 2.", 'fee</span> = <span class="code">2<']),
        ({"try-kind": "b", "try-amount": ""}, ["Dòng đúng: 3.", 'fee</span> = <span class="code">3<']),
        ({"try-kind": "c", "try-amount": "1"}, ["không thuộc các giá trị được phép"]),
        ({"try-kind": "a", "try-amount": "nhiều"}, ["cần số"]),
    ],
    ids=["second", "third", "not-allowed", "kind"],
)
def test_a_case_is_tried(draft: uuid.UUID, browse: Browse, typed: dict[str, str], said: list[str]) -> None:
    status, page = sent(browse, draft, "try", **typed)
    assert (status, [words in page for words in said]) == (200, [True] * len(said))


@pytest.mark.parametrize(
    ("act", "cells"),
    [
        ("up:2", ['"a"', "< 5", '"b"', "-", '"a"', ">= 5"]),
        ("remove:0", ['"a"', ">= 5", '"b"', "-"]),
        ("input-right:0", ["< 5", '"a"', ">= 5", '"a"', "-", '"b"']),
        ("input-remove:1", ['"a"', '"a"', '"b"']),
        ("output-remove:0", ['"a"', "< 5", '"a"', ">= 5", '"b"', "-"]),
        ("add-row", ['"a"', "< 5", '"a"', ">= 5", '"b"', "-", "-", "-"]),
    ],
)
def test_buttons_rearrange_without_saving(app: Flask, draft: uuid.UUID, browse: Browse, act: str, cells: list[str]) -> None:
    before = dict(files_of(app, draft))
    status, page = sent(browse, draft, act)
    found = [part.partition('value="')[2].partition('"')[0] for part in page.split('name="cell-')[1:]]
    quoted = [cell.replace('"', "&#34;").replace("<", "&lt;").replace(">", "&gt;") for cell in cells]
    assert (status, found) == (200, quoted)
    assert dict(files_of(app, draft)) == before


def test_a_table_of_the_most_rows_is_saved(app: Flask, draft: uuid.UUID, browse: Browse) -> None:
    rows = [str(place) for place in range(MAX_RULES)]
    cells = {f"cell-{place}": ['"a"', f"[{place}..{place}]"] for place in rows} | {f"result-{place}": [place] for place in rows}
    assert sent(browse, draft, "save", row=rows, **cells)[0] == 303
    assert len(decision_writing.read(files_of(app, draft)["rules/phi.dmn"], "phi").rows) == MAX_RULES


def test_a_page_with_more_boxes_than_any_table_has_is_refused(draft: uuid.UUID, browse: Browse) -> None:
    assert sent(browse, draft, "save", more=["x"] * security.MAX_DESIGNER_PARTS)[0] == 413


def test_a_refused_save_keeps_what_was_typed(app: Flask, draft: uuid.UUID, browse: Browse) -> None:
    status, page = sent(browse, draft, "save", version="9")
    assert (status, "đã được lưu ở nơi khác" in page, "Loại còn lại" in page) == (409, True, True)
    assert "Loại còn lại".encode() not in files_of(app, draft)["rules/phi.dmn"]


@pytest.mark.parametrize("name", ["", "1a", "mức phí", "../x", "phi"])
def test_a_new_table_needs_a_free_plain_name(draft: uuid.UUID, browse: Browse, name: str) -> None:
    secretary = browse("secretary")
    secretary.get(address(draft))
    answer = secretary.post(address(draft), {"id": name, "version": "2"})
    assert (answer.status_code, 'id="e-id"' in answer.text) == (422, True)


def test_a_table_no_grid_can_hold_is_kept_and_named(app: Flask, browse: Browse) -> None:
    formula = decision_writing.new("x", "X").replace(b"decisionTable", b"literalExpression")
    made = make_draft(app, {"rules/x.dmn": formula, "rules/y.dmn": b"<y/>"})
    secretary = browse("secretary")
    page = secretary.get(address(made, "/x/x")).text
    assert ("Quyết định này là biểu thức" in page, "<table" in page) == (True, False)
    assert "không đọc được" in secretary.get(address(made)).text
    assert secretary.post(address(made, "/y/remove"), {"version": "1"}).status_code == 303
    assert sorted(path for path in files_of(app, made) if path.startswith("rules/")) == ["rules/x.dmn"]


def asking(decision_id: str) -> bytes:
    """The dossier model with one of its automatic steps asking a table instead."""
    model = (FOLDER / "dossier.bpmn").read_text()
    made = model.replace(
        '<bpmn:serviceTask id="issue_refusal"', f'<bpmn:businessRuleTask qt:decision="{decision_id}" id="issue_refusal"'
    )
    head, _, rest = made.partition('id="issue_refusal"')
    return (head + 'id="issue_refusal"' + rest.replace("</bpmn:serviceTask>", "</bpmn:businessRuleTask>", 1)).encode()


def test_a_table_that_a_step_asks_is_not_removed_and_the_steps_are_named(app: Flask, browse: Browse) -> None:
    draft = make_draft(app, {"rules/phi.dmn": decision_writing.new("phi", "Phí"), "dossier.bpmn": asking("phi")})
    secretary = browse("secretary")
    assert "Cấp phiếu từ chối" in secretary.get(address(draft)).text
    refused = secretary.post(address(draft, "/phi/remove"), {"version": "1"})
    words = "Các bước đang hỏi bảng trong tệp này: Cấp phiếu từ chối. Chọn bảng khác ở đó trước rồi mới xoá."
    assert (refused.status_code, words in refused.text) == (409, True)
    assert "rules/phi.dmn" in files_of(app, draft)


def test_a_table_nobody_asks_is_removed(app: Flask, draft: uuid.UUID, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get(address(draft))
    assert secretary.post(address(draft, "/phi/remove"), {"version": "2"}).status_code == 303
    assert "rules/phi.dmn" not in files_of(app, draft)


def test_a_renamed_table_is_called_so_in_the_steps_that_ask_it(app: Flask, browse: Browse) -> None:
    draft = make_draft(app, {"rules/phi.dmn": decision_writing.new("phi", "Phí"), "dossier.bpmn": asking("phi")})
    secretary = browse("secretary")
    secretary.get(address(draft))
    assert secretary.post(address(draft, "/phi/phi/rename"), {"version": "1", "id": "muc_phi"}).status_code == 303
    assert "Bảng phi nay mang mã muc_phi. Đã sửa mã ở các bước: Cấp phiếu từ chối." in secretary.get(address(draft)).text
    files = files_of(app, draft)
    assert "rules/phi.dmn" not in files
    assert decision_uses.uses(folder.of(files.items())) == {"muc_phi": ["Cấp phiếu từ chối"]}
    assert decision_writing.read(files["rules/muc_phi.dmn"], "muc_phi").name == "Phí"


@pytest.mark.parametrize(
    ("wanted", "words"), [("2x", "không bắt đầu bằng số"), ("phi", "Đã có bảng hoặc tệp mang mã này"), ("", "chữ không dấu")]
)
def test_a_table_takes_only_a_free_plain_id(app: Flask, draft: uuid.UUID, browse: Browse, wanted: str, words: str) -> None:
    secretary = browse("secretary")
    secretary.get(address(draft))
    before = files_of(app, draft)
    refused = secretary.post(address(draft, "/phi/phi/rename"), {"version": "2", "id": wanted})
    assert (refused.status_code, words in refused.text) == (422, True)
    assert files_of(app, draft) == before


def test_readers_look_and_others_do_not(draft: uuid.UUID, browse: Browse) -> None:
    leader, clerk = browse("leader"), browse("clerk")
    assert "Lưu bảng</button>\n    <button" not in leader.get(address(draft, "/phi/phi")).text
    assert leader.post(address(draft, "/phi/phi"), FILLED).status_code == 403
    assert [clerk.get(address(draft, rest)).status_code for rest in ("", "/phi/phi")] == [403, 403]
