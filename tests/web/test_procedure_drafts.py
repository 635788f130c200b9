"""Drafts of procedures in the browser: list, new, from the revision in force, import, take away, discard."""

import io
import re
import zipfile
from collections.abc import Callable

from flask import Flask

from engine.procedures import folder
from tests.procedures.foreign import flow, foreign
from tests.web.conftest import Browser
from tests.web.drafted import FOLDER, make_draft
from web import first_contents

Browse = Callable[..., Browser]
LIST = "/admin/procedures/drafts"
TASK = '<bpmn:startEvent id="s"/><bpmn:serviceTask id="t" name="Gửi thư"/>'


def id_in(location: str | None) -> str:
    found = re.fullmatch(rf"{LIST}/([0-9a-f-]{{36}})", location or "")
    assert found, location
    return found[1]


def test_a_new_procedure_begins_with_the_template(app: Flask, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get(f"{LIST}/new")
    sent = {"title": "Tiếp công dân", "code": "tiep_cong_dan", "origin": "template"}
    made = id_in(secretary.post(f"{LIST}/new", sent).location)
    assert "Tiếp công dân" in secretary.get(LIST).text
    packed = secretary.get(f"{LIST}/{made}/download.zip")
    assert "tiep_cong_dan.bpmn" in zipfile.ZipFile(io.BytesIO(packed.data)).namelist()
    assert b'name="Ti\xe1\xba\xbfp c\xc3\xb4ng d\xc3\xa2n"' in secretary.get(f"{LIST}/{made}/download.bpmn").data


def test_a_new_procedure_without_code_keeps_what_was_typed(app: Flask, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get(f"{LIST}/new")
    answer = secretary.post(f"{LIST}/new", {"title": "Tiếp công dân", "code": "Tiếp dân", "origin": "empty"})
    assert answer.status_code == 422
    assert ['value="Tiếp công dân"' in answer.text, "Mã bắt đầu bằng chữ" in answer.text] == [True, True]


def test_the_revision_in_force_becomes_a_draft_byte_for_byte(app: Flask, browse: Browse) -> None:
    with app.app_context():
        first_contents.enter()
    secretary = browse("secretary")
    assert "Sửa quy trình này" in secretary.get("/admin/procedures/dossier").text
    made = id_in(secretary.post(f"{LIST}/from/dossier").location)
    packed = secretary.get(f"{LIST}/{made}/download.zip").data
    assert folder.read(packed) == folder.read(FOLDER)
    assert "sửa từ lần ban hành 1" in secretary.get(f"{LIST}/{made}/discard").text


def test_a_draft_is_discarded_with_a_reason(app: Flask, browse: Browse) -> None:
    draft, secretary = make_draft(app), browse("secretary")
    secretary.get(f"{LIST}/{draft}/discard")
    assert secretary.post(f"{LIST}/{draft}/discard", {"reason": " "}).status_code == 422
    assert "Ghi lý do bỏ bản dự thảo." in secretary.page
    assert secretary.post(f"{LIST}/{draft}/discard", {"reason": "Vẽ lại"}).location == f"{LIST}?agency=H31.12.8"
    assert "Chưa có bản dự thảo nào" in secretary.get(LIST).text


def test_others_look_and_do_not_draw(app: Flask, browse: Browse) -> None:
    draft, leader = make_draft(app), browse("leader")
    assert leader.get(LIST).status_code == 200
    assert "Quy trình mới" not in leader.page
    paths = (f"{LIST}/new", f"{LIST}/import", f"{LIST}/{draft}/discard")
    assert [leader.get(path).status_code for path in paths] == [403, 403, 403]
    assert browse("clerk").get(LIST).status_code == 403
    assert browse("secretary2").get(f"{LIST}/{draft}/download.zip").status_code == 404


def test_a_foreign_model_becomes_a_draft_once_its_changes_are_accepted(app: Flask, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get(f"{LIST}/import")
    sent = {"file": (io.BytesIO(foreign(TASK, flow("s", "t"))), "don.bpmn")}
    shown = secretary.post(f"{LIST}/import", sent, content_type="multipart/form-data").text
    said = ("Gửi thư", "đã đổi thành bước do người làm", "Đồng ý, tạo bản dự thảo")
    assert [words in shown for words in said] == [True] * 3
    assert "Chưa có bản dự thảo nào" in browse("secretary").get(LIST).text
    kept = re.search(r'name="kept" value="([^"]+)"', shown)
    assert kept
    accepted = {"kept": kept[1], "code": "Đơn", "title": "Đơn từ", "accept": "yes"}
    assert secretary.post(f"{LIST}/import", accepted).status_code == 422
    made = id_in(secretary.post(f"{LIST}/import", accepted | {"code": "don_tu"}).location)
    names = zipfile.ZipFile(io.BytesIO(secretary.get(f"{LIST}/{made}/download.zip").data)).namelist()
    assert names == ["README.md", "don_tu.bpmn", "forms/gui_thu.yaml", "procedure.yaml"]


def test_a_file_that_is_no_model_is_refused_with_the_reason(app: Flask, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get(f"{LIST}/import")
    sent = {"file": (io.BytesIO(b"khong phai"), "x.bpmn")}
    answer = secretary.post(f"{LIST}/import", sent, content_type="multipart/form-data")
    assert (answer.status_code, "Tệp không phải XML đúng chuẩn" in answer.text) == (422, True)
    assert secretary.post(f"{LIST}/import", {}).status_code == 422
    assert secretary.post(f"{LIST}/import", {"kept": "!!"}).status_code == 422


def test_a_zipped_folder_becomes_a_draft_as_it_is(app: Flask, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get(f"{LIST}/import")
    sent = {"file": (io.BytesIO(folder.zipped(folder.read(FOLDER).files)), "dossier.zip")}
    made = id_in(secretary.post(f"{LIST}/import", sent, content_type="multipart/form-data").location)
    assert folder.read(secretary.get(f"{LIST}/{made}/download.zip").data) == folder.read(FOLDER)
