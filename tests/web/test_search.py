"""The search box of every page: found by permission, in order, with the words kept."""

from collections.abc import Callable

import pytest

from tests.web.conftest import ON_BOTH, Browser
from tests.web.office import OWNER, Office

Browse = Callable[..., Browser]


def titles(text: str) -> list[str]:
    """What the page's links of dossiers say, in order."""
    return [part.split(">", 1)[1].split("<", 1)[0] for part in text.split('class="row-link" href="/ho-so/')[1:]]


@ON_BOTH
def test_the_search_page_shows_dossiers_people_and_papers(office: Office, browse: Browse) -> None:
    code = office.open()
    office.open(owner={**OWNER, "full_name": "Nguyễn Thị Anh", "id_number": "031185004218"})
    clerk = browse("clerk")
    assert titles(clerk.get("/tim-kiem?q=Nguyễn Thị Ánh").text) == ["Nguyễn Thị Ánh", "Nguyễn Thị Anh"]
    assert 'href="/tim-kiem?q=031185004217"' in clerk.get("/tim-kiem?q=anh nguyen").text
    papers = clerk.get("/tim-kiem?q=1/tnhs").text
    assert ("01/TNHS" in papers, f'href="/ho-so/{code}"' in papers) == (True, True)


@ON_BOTH
def test_the_search_page_finds_nothing_of_another_agency(office: Office, browse: Browse) -> None:
    code = office.open()
    found = browse("clerk2").get("/tim-kiem?q=anh").text
    assert ("Không tìm thấy gì khớp “anh”" in found, code in found, "031185004217" in found) == (True, False, False)
    assert "Không tìm thấy gì khớp “1/TNHS”" in browse("clerk2").get("/tim-kiem?q=1/TNHS").text


@pytest.mark.parametrize("query", ["", "%20", "?!"])
def test_a_search_without_words_says_what_to_type(office: Office, browse: Browse, query: str) -> None:
    office.open()
    answer = browse("clerk").get(f"/tim-kiem?q={query}")
    assert (answer.status_code, titles(answer.text)) == (200, [])


def test_every_page_offers_the_search_to_those_who_may_read_dossiers(office: Office, browse: Browse) -> None:
    office.open()
    assert 'action="/tim-kiem"' in browse("clerk").get("/hop-viec").text
    assert 'value="ánh &lt;b&gt;"' in browse("clerk").get("/tim-kiem?q=ánh <b>").text


def test_the_pages_of_a_search_follow_each_other(office: Office, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.pages.search.PAGE_SIZE", 2)
    codes = [office.open() for _ in range(3)]
    clerk = browse("clerk")
    first = clerk.get("/tim-kiem?q=anh").text
    cursor = first.split("cursor=")[1].split('"')[0]
    rest = clerk.get(f"/tim-kiem?q=anh&cursor={cursor}").text
    assert [titles(first), titles(rest)] == [["Nguyễn Thị Ánh"] * 2, ["Nguyễn Thị Ánh"]]
    assert ([code in first for code in codes], codes[0] in rest) == ([False, True, True], True)
    assert clerk.get("/tim-kiem?q=anh&cursor=x").status_code == 422
