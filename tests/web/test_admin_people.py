"""Administer people through the pages: find, create, correct, give positions, refuse, end."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from engine.people import directory
from engine.people.models import Person
from engine.transaction import session
from tests.web.conftest import Browser

Browse = Callable[..., Browser]


def person(app: Flask, login: str) -> Person:
    with app.app_context():
        found = directory.by_login(login)
        assert found is not None
        _ = [held.title for held in found.positions]
        session().expunge_all()
    return found


def names(page: str) -> list[str]:
    return re.findall(r'<a class="row-link" href="[^"]*">([^<]*)</a>', page)


@pytest.mark.parametrize("login", ["clerk", "leader", "inspector"])
def test_the_page_is_for_administrators(browse: Browse, login: str) -> None:
    assert browse(login).get("/admin/people").status_code == 403


def test_people_are_found_without_diacritics(browse: Browse) -> None:
    admin = browse("admin")
    admin.get("/admin/people?agency=H31.12.8&q=bich ngoc")
    assert names(admin.page) == ["Lê Thị Bích Ngọc"]
    admin.get("/admin/people?agency=H31.12.8&q=zzz")
    assert names(admin.page) == []
    assert "Không tìm thấy ai" in admin.page


def test_a_person_is_created_and_signs_in_with_the_password_shown(browse: Browse) -> None:
    admin = browse("admin")
    admin.get("/admin/people/new?agency=H31.12.8")
    fields = {"agency": "H31.12.8", "login": "moi", "full_name": "Nguyễn Văn Mới", "email": "moi@example.vn", "language": "vi"}
    assert admin.post("/admin/people/new?agency=H31.12.8", fields).status_code == 200
    password = re.search(r'<output class="secret">([^<]+)</output>', admin.page)
    assert password is not None
    newcomer = browse()
    assert newcomer.sign_in("moi", password[1]).status_code == 303
    assert newcomer.get("/account").location == "/account/password"


def test_a_refused_account_keeps_what_was_typed(browse: Browse) -> None:
    admin = browse("admin")
    admin.get("/admin/people/new?agency=H31.12.8")
    answer = admin.post("/admin/people/new", {"agency": "H31.12.8", "login": "clerk", "full_name": "Tên Đã Nhập"})
    assert answer.status_code == 422
    assert "Tên đăng nhập đã có người dùng" in admin.page
    assert 'value="Tên Đã Nhập"' in admin.page


def test_details_are_corrected(app: Flask, browse: Browse) -> None:
    admin, clerk = browse("admin"), person(app, "clerk")
    path = f"/admin/people/{clerk.id}"
    admin.get(path)
    fields = {"full_name": "Nguyễn Thị Thu Hà", "email": "ha@example.vn", "phone": "0225 123 4567", "language": "vi"}
    assert admin.post(path, fields).location == path
    changed = person(app, "clerk")
    assert (changed.email, changed.phone) == ("ha@example.vn", "0225 123 4567")
    assert admin.post(path, fields | {"email": "không phải thư"}).status_code == 422


def test_a_position_is_given_changed_and_ended(app: Flask, browse: Browse) -> None:
    admin, clerk = browse("admin"), person(app, "clerk")
    path = f"/admin/people/{clerk.id}/positions"
    admin.get(f"{path}/new")
    fields = {"agency": "H31.12.8", "title": "Văn thư kiêm nhiệm", "roles": ["registrar"], "valid_from": "01/01/2026"}
    assert admin.post(f"{path}/new", fields).location == f"/admin/people/{clerk.id}"
    held = next(p for p in person(app, "clerk").positions if p.title == "Văn thư kiêm nhiệm")
    admin.get(f"{path}/{held.id}")
    assert admin.post(f"{path}/{held.id}", fields | {"valid_to": "31/12/2027"}).status_code == 303
    assert admin.post(f"{path}/{held.id}/end", {"ends_on": "30/06/2026", "reason": ""}).status_code == 422
    assert "Ghi lý do kết thúc chức vụ." in admin.page
    assert admin.post(f"{path}/{held.id}/end", {"ends_on": "30/06/2026", "reason": "Hết kiêm nhiệm"}).status_code == 303
    ended = next(p for p in person(app, "clerk").positions if p.id == held.id)
    assert (ended.roles, str(ended.valid_from), str(ended.valid_to)) == (["registrar"], "2026-01-01", "2026-06-30")


def test_a_position_without_roles_or_with_a_bad_day_is_refused_with_everything_kept(app: Flask, browse: Browse) -> None:
    admin, clerk = browse("admin"), person(app, "clerk")
    path = f"/admin/people/{clerk.id}/positions/new"
    admin.get(path)
    assert admin.post(path, {"title": "Kế toán", "valid_from": "01/01/2026"}).status_code == 422
    assert 'value="Kế toán"' in admin.page
    assert admin.post(path, {"title": "Kế toán", "roles": ["accountant"], "valid_from": "31/02/2026"}).status_code == 422
    assert "không phải là ngày" in admin.page


def test_the_last_administrator_stays(app: Flask, browse: Browse) -> None:
    admin, boss = browse("admin"), person(app, "admin")
    path = f"/admin/people/{boss.id}"
    admin.get(path)
    assert admin.post(f"{path}/deactivation", {"reason": "thử"}).status_code == 403
    assert admin.post(f"{path}/positions/{boss.positions[0].id}/end", {"ends_on": "01/01/2030", "reason": "x"}).status_code == 403


def test_a_reset_password_replaces_the_former_one(app: Flask, browse: Browse) -> None:
    admin, clerk = browse("admin"), person(app, "clerk")
    admin.get(f"/admin/people/{clerk.id}")
    assert admin.post(f"/admin/people/{clerk.id}/password").status_code == 200
    password = re.search(r'<output class="secret">([^<]+)</output>', admin.page)
    assert password is not None
    assert browse().sign_in("clerk").status_code == 422
    assert browse().sign_in("clerk", password[1]).status_code == 303


def test_an_account_is_ended_and_opened_again(app: Flask, browse: Browse) -> None:
    admin, clerk = browse("admin"), person(app, "clerk")
    path = f"/admin/people/{clerk.id}"
    admin.get(path)
    assert admin.post(f"{path}/deactivation", {"reason": " "}).status_code == 422
    assert admin.post(f"{path}/deactivation", {"reason": "Nghỉ hưu"}).status_code == 303
    assert browse().sign_in("clerk").status_code == 422
    admin.get(path)
    assert admin.post(f"{path}/reactivation").status_code == 303
    assert browse().sign_in("clerk").status_code == 303


def test_refused_sign_ins_are_listed(browse: Browse) -> None:
    browse().sign_in("clerk", "sai")
    admin = browse("admin")
    assert "Chưa có lần nào bị từ chối" in admin.get("/admin/people/refusals?agency=H31.12.15").text
    assert "Đăng nhập sai" in admin.get("/admin/people/refusals?agency=H31.12.8").text
