"""The journal through the pages: filters, and the verification of its chain."""

import re
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask

from engine.journal.models import JournalHead
from engine.people import agencies
from engine.transaction import session, transaction
from tests.web.conftest import Browser

Browse = Callable[..., Browser]
PATH = "/admin/journal"


def kinds(page: str) -> list[str]:
    return re.findall(r'data-label="Việc"><span class="badge[^"]*">([^<]+)</span>', page)


def test_the_journal_is_for_oversight(browse: Browse) -> None:
    assert browse("clerk").get(PATH).status_code == 403
    assert browse("leader").get(f"{PATH}?agency=H31").status_code == 404


def test_entries_are_filtered_by_kind_person_and_day(browse: Browse) -> None:
    browse().sign_in("clerk", "sai")
    leader = browse("leader")
    assert kinds(leader.get(f"{PATH}?kind=sign_in.refused").text) == ["Đăng nhập sai"]
    assert kinds(leader.get(f"{PATH}?login=leader&kind=sign_in.accepted").text) == ["Đăng nhập"]
    assert kinds(leader.get(f"{PATH}?until=01/01/2020").text) == []
    assert "Không có bút toán nào" in leader.page
    assert leader.get(f"{PATH}?since=hôm qua").status_code == 422
    assert "không phải là ngày" in leader.page


def test_a_sound_chain_is_confirmed_and_the_check_itself_recorded(browse: Browse) -> None:
    leader = browse("leader")
    leader.get(PATH)
    assert leader.post(f"{PATH}/verification").location == f"{PATH}?agency=H31.12.8"
    assert "nguyên vẹn, không thiếu, không bị sửa" in leader.get(PATH).text
    assert kinds(leader.page)[0] == "Kiểm tra nhật ký"


def test_a_broken_chain_is_named(app: Flask, browse: Browse) -> None:
    leader = browse("leader")
    with app.app_context(), transaction():
        home = agencies.by_code("H31.12.8").id
        moved = sa.update(JournalHead).where(JournalHead.agency_id == home).values(number=JournalHead.number + 5)
        session().execute(moved)
    leader.get(PATH)
    leader.post(f"{PATH}/verification")
    assert "Chuỗi nhật ký bị sai" in leader.get(PATH).text
