"""What a citizen's telephone shows behind the code on the slip."""

from pathlib import PurePosixPath
from urllib.parse import urlsplit

import pytest

from tests.browser.desk import Office
from tests.browser.paper import qr_code

pytestmark = pytest.mark.browser

OWNER = {
    "full_name": "Nguyễn Thị Ánh",
    "id_number": "031185004217",
    "address": "Số 12 đường Lê Lợi",
    "phone": "0912345678",
    "email": "anh@example.vn",
}
SUBMITTER = {"full_name": "Trần Quốc Bảo", "id_number": "031090011223", "phone": "0987654321"}


def test_the_slips_code_leads_to_the_status_and_to_nothing_about_persons(office: Office) -> None:
    clerk, citizen = office.desk("clerk"), office.desk("citizen", 360)
    code = office.open_dossier(owner=OWNER, submitter=SUBMITTER)["code"]
    clerk.open(f"/ho-so/{code}")
    address = qr_code(clerk.print("In giấy tiếp nhận"))
    citizen.page.goto(address)
    assert citizen.main.get_by_role("heading", level=1).inner_text() == "Được tiếp nhận"
    assert code in citizen.main.inner_text()
    source = citizen.page.content()
    staff = ["Nguyễn Thị Thu Hà", "Trần Văn Dũng"]
    private = [*OWNER.values(), *SUBMITTER.values(), *staff]
    assert [words for words in private if words in source] == []
    assert citizen.page.context.cookies() == []
    assert citizen.screen.faults() == []


def test_a_wrong_code_says_what_to_do(office: Office) -> None:
    clerk, citizen = office.desk("clerk"), office.desk("citizen", 360)
    path = urlsplit(office.open_dossier()["status_path"]).path
    clerk.open("/")
    wrong = str(PurePosixPath(path).with_name("A" * len(PurePosixPath(path).name)))
    citizen.page.goto(f"{citizen.address}{wrong}")
    assert "Không tìm thấy hồ sơ" in citizen.main.get_by_role("alert").inner_text()
    assert citizen.screen.faults() == []
