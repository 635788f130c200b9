"""Procedures through the pages: revisions, diagram, files, check and publication of a folder."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.cases.test_deciding import PERMIT
from tests.decisions import DECISION, TYPED
from tests.web.conftest import Browser
from web import first_contents

Browse = Callable[..., Browser]
FOLDER = Path(__file__).parents[2] / "processes" / "dossier"
PATH = "/admin/procedures/dossier"
GAP = "Bảng “Quy mô” không có dòng nào cho trường hợp “Giá trị”: 50000000"


@pytest.fixture
def published(app: Flask) -> Flask:
    """The carried procedures are in force for the province."""
    with app.app_context():
        first_contents.enter()
    return app


def zipped_permit(edge: bytes = b"&gt;= 50000000") -> tuple[io.BytesIO, str]:
    """The permit folder with its decision table as a zip; ``edge``: from which amount on its second rule matches."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in sorted(p for p in PERMIT.rglob("*") if p.is_file()):
            written = path.read_bytes()
            if path.name == "assess.dmn":
                written = written.replace(b"&gt;= 50000000", edge)
            archive.writestr(path.relative_to(PERMIT).as_posix(), written)
    content.seek(0)
    return content, "permit.zip"


def zipped(**changed: str) -> tuple[io.BytesIO, str]:
    """The dossier folder as a zip; ``changed``: text added to the end of a file (its stem)."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in sorted(FOLDER.rglob("*")):
            if path.is_file():
                extra = changed.get(path.stem, "").encode()
                archive.writestr(path.relative_to(FOLDER).as_posix(), path.read_bytes() + extra)
    content.seek(0)
    return content, "dossier.zip"


def test_everybody_reads_the_procedure_its_hash_and_its_diagram(published: Flask, browse: Browse) -> None:
    clerk = browse("clerk")
    assert PATH in clerk.get("/admin/procedures").text
    page = clerk.get(PATH).text
    assert "Thẩm định, giải quyết" in page
    assert "SHA-256 của cả thư mục" in page
    assert "Kiểm tra lại" not in page
    drawn = clerk.get(f"{PATH}/revisions/1/diagram")
    assert (drawn.mimetype, drawn.data) == ("application/xml", (FOLDER / "dossier.bpmn").read_bytes())
    kept = clerk.get(f"{PATH}/revisions/1/files/forms/sign.yaml")
    assert kept.headers["Content-Disposition"] == "attachment; filename=sign.yaml"
    assert kept.data == (FOLDER / "forms" / "sign.yaml").read_bytes()


def test_what_does_not_exist_is_not_found(published: Flask, browse: Browse) -> None:
    clerk = browse("clerk")
    paths = (
        f"{PATH}/revisions/9",
        f"{PATH}/revisions/1/files/../procedure.yaml",
        f"{PATH}/revisions/1/files/x",
        "/admin/procedures/x",
    )
    assert [clerk.get(path).status_code for path in paths] == [404, 404, 404, 404]


def test_a_published_revision_is_checked_again(published: Flask, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get(PATH)
    assert "Đạt: mô hình" in secretary.post(f"{PATH}/revisions/1/check").text
    assert browse("clerk").get("/admin/procedures/check").status_code == 403


def test_a_folder_with_faults_is_refused_with_every_place(published: Flask, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get("/admin/procedures/check")
    answer = secretary.post(
        "/admin/procedures/check", {"file": zipped(procedure="\nlạ: 1\n")}, content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert "procedure.yaml" in answer.text
    broken = {"file": (io.BytesIO(b"khong phai zip"), "x.zip")}
    assert secretary.post("/admin/procedures/check", broken, content_type="multipart/form-data").status_code == 422
    assert secretary.post("/admin/procedures/check", {}).status_code == 422


def test_a_good_folder_is_published_by_those_who_may(published: Flask, browse: Browse) -> None:
    leader = browse("leader")
    leader.get("/admin/procedures/check")
    for typed in ({}, TYPED | {"decision_signer": ""}):
        fields = {"file": zipped(README="\nBản của phường.\n"), "publish": "yes", **typed}
        assert leader.post("/admin/procedures/check", fields, content_type="multipart/form-data").status_code == 422
    assert "Ghi họ tên, chức vụ người ký quyết định." in leader.page
    fields = {"file": zipped(README="\nBản của phường.\n"), "publish": "yes", **TYPED}
    answer = leader.post("/admin/procedures/check", fields, content_type="multipart/form-data")
    assert answer.location == f"{PATH}?agency=H31.12.8"
    assert str(DECISION) in leader.get(PATH).text
    secretary = browse("secretary")
    secretary.get("/admin/procedures/check")
    fields = {"file": zipped(README="\nKhác.\n"), "publish": "yes", **TYPED}
    assert secretary.post("/admin/procedures/check", fields, content_type="multipart/form-data").status_code == 403


def test_remarks_on_decision_tables_stand_beside_the_check_and_with_the_revision(published: Flask, browse: Browse) -> None:
    leader = browse("leader")
    leader.get("/admin/procedures/check")
    sent = {"file": zipped_permit(edge=b"&gt; 50000000")}
    answer = leader.post("/admin/procedures/check", sent, content_type="multipart/form-data")
    assert answer.status_code == 200
    assert [words in answer.text for words in ("Đạt: mô hình", "Có 1 điểm nên xem lại", GAP, "decision.gap")] == [True] * 4
    fields = {"file": zipped_permit(edge=b"&gt; 50000000"), "publish": "yes", **TYPED}
    address = leader.post("/admin/procedures/check", fields, content_type="multipart/form-data").location
    page = leader.get(address).text
    assert [words in page for words in ("Có 1 điểm nên xem lại", GAP, "decision_named")] == [True, True, False]
    leader.post("/account/language", {"language": "en", "next": "/account"})
    assert "1 point deserves another look" in leader.get(address).text


def test_tables_without_gaps_are_not_remarked_on(published: Flask, browse: Browse) -> None:
    leader = browse("leader")
    leader.get("/admin/procedures/check")
    answer = leader.post("/admin/procedures/check", {"file": zipped_permit()}, content_type="multipart/form-data")
    assert (answer.status_code, "Đạt: mô hình" in answer.text, "nên xem lại" in answer.text) == (200, True, False)
