"""The inbox: tabs and counts, search without diacritics, claiming, empty states."""

import re
from collections.abc import Callable

import pytest

from tests.web.conftest import ON_BOTH, Browser
from tests.web.office import OWNER, Office

Browse = Callable[..., Browser]


def counts(page: str) -> list[int]:
    return [int(count) for count in re.findall(r'<span class="count">(\d+)</span>', page)]


@ON_BOTH
def test_inbox_opens_where_there_is_something_to_do(office: Office, browse: Browse) -> None:
    code = office.open()
    page = browse("clerk").get("/hop-viec").text
    assert counts(page) == [0, 1, 1, 1, 0]
    assert code in page
    assert "còn 2 giờ" in page


def test_inbox_of_another_agency_stays_empty(office: Office, browse: Browse) -> None:
    code = office.open()
    page = browse("clerk2").get("/hop-viec?scope=group").text
    assert code not in page
    assert "Nhóm không có việc nào" in page


@pytest.mark.parametrize(("query", "is_found"), [("nguyen thi anh", True), ("ánh", True), ("hôn nhân", True), ("zzz", False)])
def test_inbox_is_searched_without_diacritics(office: Office, browse: Browse, query: str, is_found: bool) -> None:
    code = office.open(owner=OWNER)
    page = browse("clerk").get("/hop-viec", query_string={"scope": "unclaimed", "q": query}).text
    assert (code in page) is is_found
    assert ("Không có việc nào khớp" in page) is not is_found


def test_claiming_leads_to_the_form_and_into_mine(office: Office, browse: Browse) -> None:
    address, _ = office.step(office.open(), "hand_over")
    browser = browse("clerk")
    browser.get("/hop-viec")
    assert browser.post(f"{address}/nhan-viec").location == address
    assert counts(browser.get("/hop-viec").text)[:2] == [1, 0]


def test_the_slower_of_two_reads_who_was_faster(office: Office, browse: Browse) -> None:
    address, version = office.step(office.open(), "hand_over")
    first, second = browse("clerk"), browse("clerk_b")
    for browser in (first, second):
        browser.get("/hop-viec")
    first.post(f"{address}/nhan-viec")
    answer = second.post(f"{address}/nhan-viec", {"version": version})
    assert (answer.status_code, "Nguyễn Thị Thu Hà" in answer.text) == (409, True)


def test_pages_of_an_inbox_follow_each_other(office: Office, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.pages.inbox.PAGE_SIZE", 2)
    codes = {office.open() for _ in range(3)}
    browser = browse("clerk")
    found = set(re.findall(r"H31\.12\.8-\d{6}-\d{4}", browser.get("/hop-viec?scope=group").text))
    following = re.search(r'href="([^"]+)" rel="next"', browser.page)
    assert following is not None
    rest = set(re.findall(r"H31\.12\.8-\d{6}-\d{4}", browser.get(following[1].replace("&amp;", "&")).text))
    assert (len(found), found | rest) == (2, codes)
