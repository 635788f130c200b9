"""The reports' pages and files: the same figures everywhere, each opening its dossiers, for those who may read them."""

import csv
import io
import re
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask

from engine.people import directory, tokens
from engine.transaction import transaction
from tests.clocks import StoppedClock
from tests.web.conftest import ON_BOTH, Browser
from tests.web.office import Office

Browse = Callable[..., Browser]


def figures_of(text: str) -> list[int]:
    """The last line of the table on the screen."""
    last = text.split('class="sum"')[1].split("</tr>")[0]
    return [int(re.sub("<[^>]+>", "", cell)) for cell in re.findall(r'<td class="number">(.*?)</td>', last)]


@ON_BOTH
def test_screen_and_files_say_the_same(office: Office, browse: Browse) -> None:
    for _ in range(3):
        office.open()
    code = office.open()
    office.to_sign(code)
    leader = browse("leader")
    screen = figures_of(leader.get("/bao-cao/06a").text)
    assert screen == [4, 0, 4, 0, 0, 0, 0, 0, 4, 4, 0]
    read = list(csv.reader(io.StringIO(leader.get("/bao-cao/06a.csv").get_data().decode("utf-8-sig"))))
    assert [int(value) for value in read[-1][2:]] == screen
    workbook = zipfile.ZipFile(io.BytesIO(leader.get("/bao-cao/06a.xlsx").get_data()))
    sheet = workbook.read("xl/worksheets/sheet1.xml").decode()
    assert [int(value) for value in re.findall(r"<v>(\d+)</v>", sheet)[-11:]] == screen


@ON_BOTH
def test_a_figure_opens_its_dossiers(office: Office, browse: Browse) -> None:
    code = office.open()
    leader = browse("leader")
    address = re.findall(r'href="(/bao-cao/06a/ho-so[^"]+figure=received[^"]*)"', leader.get("/bao-cao/06a").text)[0]
    assert code in leader.get(address.replace("&amp;", "&")).text
    assert code not in leader.get("/bao-cao/06a/ho-so?figure=late").text


@ON_BOTH
def test_the_board_names_what_runs_late_and_the_act_that_saves_it(
    office: Office, browse: Browse, stopped_clock: StoppedClock
) -> None:
    code = office.open()
    stopped_clock.advance(days=4)
    board = browse("leader").get("/bao-cao").text
    assert (code in board, "chưa ai nhận" in board) == (True, True)
    assert code not in browse("leader2").get("/bao-cao").text


@pytest.mark.parametrize(
    ("login", "status"), [("clerk", 403), ("officer", 403), ("head", 200), ("leader", 200), ("inspector", 200)]
)
def test_reports_are_for_those_who_lead(office: Office, browse: Browse, login: str, status: int) -> None:
    assert browse(login).get("/bao-cao").status_code == status


@pytest.mark.parametrize(
    "query",
    ["from=2026-13-01", "from=hom-qua", "from=2026-11-30&to=2026-11-01", "agency=x", "from=1900-01-01", "from=32/11/2026"],
)
def test_an_impossible_period_is_refused(office: Office, browse: Browse, query: str) -> None:
    assert browse("leader").get(f"/bao-cao/06a?{query}").status_code == 422


def test_another_agencys_report_is_not_found(office: Office, browse: Browse) -> None:
    other = browse("leader2")
    found = re.search(r'value="([0-9a-f-]{36})"', browse("inspector").get("/bao-cao/06a").text)
    assert found is not None
    answers = {browse("inspector").get(f"/bao-cao/06a?agency={found[1]}").status_code, other.get("/bao-cao/06a").status_code}
    assert answers == {200}


def test_a_figure_of_another_name_is_refused(office: Office, browse: Browse) -> None:
    assert browse("leader").get("/bao-cao/06a/ho-so?figure=profit").status_code == 422


def test_the_api_says_what_the_page_says(office: Office, browse: Browse, app: Flask) -> None:
    office.open()
    with app.app_context(), transaction():
        person = directory.by_login("leader")
        assert person is not None
        bearer = {"Authorization": f"Bearer {tokens.create(person)}"}
    client = app.test_client()
    answer = client.get("/api/v1/reports/settlement", headers=bearer).get_json()
    keys = [column["key"] for column in answer["columns"]]
    assert [answer["total"][key] for key in keys] == figures_of(browse("leader").get("/bao-cao/06a").text)
    read = list(
        csv.reader(io.StringIO(client.get("/api/v1/reports/settlement?format=csv", headers=bearer).text.lstrip("\ufeff")))
    )
    assert [int(value) for value in read[-1][2:]] == [answer["total"][key] for key in keys]
    assert client.get("/api/v1/reports/settlement?from=2026-12-01&to=2026-11-01", headers=bearer).status_code == 422


def test_a_period_is_typed_as_people_write_days(office: Office, browse: Browse) -> None:
    office.open()
    page = browse("leader").get("/bao-cao/06a?from=18/11/2026&to=18/11/2026").text
    assert (figures_of(page)[0], 'value="18/11/2026"' in page) == (1, True)
    assert 'class="sum"' not in browse("leader").get("/bao-cao/06a?from=1/10/2026&to=17/11/2026").text
