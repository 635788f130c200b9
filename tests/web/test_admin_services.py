"""Public services through the pages: the list, one service, its change as a new edition, import."""

import io
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from engine.dossiers import seeding, services
from engine.dossiers.models import PublicService
from engine.people import agencies
from engine.transaction import session, transaction
from tests.web.conftest import Browser
from web import first_contents

Browse = Callable[..., Browser]
SERVICE = "1.004873"


@pytest.fixture
def office(app: Flask) -> Flask:
    """The demo province with its services and, for the names of the steps, the dossier procedure."""
    with app.app_context():
        first_contents.enter()
    return app


@pytest.fixture
def catalogue(app: Flask) -> Flask:
    """The demo province with its services alone."""
    with app.app_context(), transaction():
        root = agencies.root()
        assert root is not None
        seeding.seed(root.id)
    return app


def present(app: Flask, code: str = SERVICE, agency: str = "H31.12.8") -> PublicService:
    with app.app_context():
        found = services.get(agencies.by_code(agency).id, code)
        session().expunge(found)
    return found


def form_of(page: str) -> dict[str, Any]:
    """The fields of the big form as the browser would send them back."""
    body = page[page.index('name="seen"') - 200 :]
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'<input(?=[^>]*type="hidden")[^>]*name="([^"]+)" value="([^"]*)"', body):
        fields[name] = value
    for name, value in re.findall(r'<input class="input[^"]*"[^>]*?name="([^"]+)"[^>]*? value="([^"]*)"', body):
        fields.setdefault(name, []).append(value) if name.startswith("component_") else fields.update({name: value})
    for name, value in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', body):
        fields.setdefault(name, []).append(value) if name.startswith("component_") else fields.update({name: value})
    for name, value in re.findall(r'<input type="radio" name="([^"]+)" value="([^"]*)" checked', body):
        fields[name] = value
    return fields


def test_everybody_sees_the_services_and_what_is_unverified(catalogue: Flask, browse: Browse) -> None:
    clerk = browse("clerk")
    page = clerk.get("/admin/services?q=tinh trang hon nhan").text
    assert re.findall(r'class="row-sub"><span class="code">([^<]+)', page) == [SERVICE]
    assert "cần kiểm chứng" in page
    assert "Nhập từ tệp JSON" not in page
    assert clerk.get(f"/admin/services/{SERVICE}/edit").status_code == 403
    assert clerk.get("/admin/services/0.000000").status_code == 404


def test_one_service_shows_the_time_of_its_steps(office: Flask, browse: Browse) -> None:
    page = browse("secretary").get(f"/admin/services/{SERVICE}").text
    named = ["Chuyển phòng chuyên môn", "Thẩm định, giải quyết", "Kiểm tra, trình ký", "Ký kết quả", "Cấp số, đóng dấu"]
    assert re.findall(r"<li><span>([^<]+)<", page) == named


def test_a_change_is_the_agencys_own_new_edition(office: Flask, browse: Browse) -> None:
    secretary = browse("secretary")
    path = f"/admin/services/{SERVICE}/edit"
    secretary.get(path)
    fields = form_of(secretary.page) | {
        "limit_value": "4",
        "limit_text": "04 ngày làm việc",
        "term_process": "20",
        "verification_note": "QĐ 9",
    }
    assert secretary.post(path, fields).location == f"/admin/services/{SERVICE}?agency=H31.12.8"
    own = present(office)
    assert (own.limit_value, own.terms["process"], own.is_unverified) == (Decimal(4), 1200, False)
    assert [row["name"] for row in own.components] == [row["name"] for row in present(office, agency="H31").components]
    assert present(office, agency="H31").limit_value == Decimal(3)


def test_sending_the_form_unchanged_changes_nothing(office: Flask, browse: Browse) -> None:
    admin = browse("admin")
    path = f"/admin/services/{SERVICE}/edit?agency=H31"
    admin.get(path)
    fields = form_of(admin.page) | ({"is_unverified": "on"} if present(office).is_unverified else {})
    assert admin.post(path, fields).status_code == 303
    assert "Không có gì thay đổi." in admin.get(f"/admin/services/{SERVICE}?agency=H31").text
    assert present(office, agency="H31").edition == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"limit_value": "ba"}, "Nhập một số từ 0 trở lên"),
        ({"limit_unit": "year"}, "Đơn vị thời hạn phải là một trong"),
        ({"term_process": "400"}, "vượt thời hạn giải quyết"),
        ({"component_originals": ["hai", "0", "0", "0", "0", "0"]}, "Dòng 1: số bản là số nguyên"),
        ({"name": ""}, "Phải có tên thủ tục."),
        ({"component_name": [""]}, "Ghi ít nhất một thành phần hồ sơ."),
    ],
    ids=["limit", "unit", "terms", "copies", "name", "components"],
)
def test_what_cannot_be_is_refused_with_everything_kept(office: Flask, browse: Browse, wrong: dict[str, Any], said: str) -> None:
    secretary = browse("secretary")
    path = f"/admin/services/{SERVICE}/edit"
    secretary.get(path)
    answer = secretary.post(path, form_of(secretary.page) | {"verification_note": "Đang gõ dở"} | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Đang gõ dở" in answer.text
    assert present(office).edition == 1


def test_a_change_on_an_old_edition_is_a_conflict(office: Flask, browse: Browse) -> None:
    secretary = browse("secretary")
    path = f"/admin/services/{SERVICE}/edit"
    secretary.get(path)
    fields = form_of(secretary.page)
    assert secretary.post(path, fields | {"verification_note": "Một"}).status_code == 303
    answer = secretary.post(path, fields | {"verification_note": "Hai"})
    assert answer.status_code == 409
    assert "Hai</textarea>" in answer.text


def test_a_file_is_imported_whole_or_not_at_all(catalogue: Flask, browse: Browse, tmp_path: Path) -> None:
    admin = browse("admin")
    admin.get("/admin/services/import")
    entry: dict[str, Any] = {
        "code": "9.000001",
        "name": "Thủ tục thử",
        "field": "Thử",
        "unit": "Phòng Kinh tế",
        "fee": "Không",
        "result": "Giấy",
    }
    entry |= {
        "law": "NĐ 1",
        "limit": {"value": 2, "unit": "working_day", "text": "02 ngày"},
        "docs": [["Đơn", 1, 0]],
        "steps": [],
    }

    def send(*entries: dict[str, Any]) -> int:
        content = json.dumps({"procedures": entries}).encode()
        fields = {"agency": "H31", "file": (io.BytesIO(content), "services.json")}
        return admin.post("/admin/services/import", fields, content_type="multipart/form-data").status_code

    assert send(entry, {"code": "9.000002"}) == 422
    assert "Mục 2: thiếu hoặc sai" in admin.page
    assert send(entry) == 303
    assert present(catalogue, "9.000001").name == "Thủ tục thử"
    assert admin.post("/admin/services/import", {"agency": "H31"}).status_code == 422
