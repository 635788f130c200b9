"""What changed, what it means for open cases, and what is done about it, through the pages."""

from collections.abc import Callable

import pytest
from flask import Flask

from engine.cases import capabilities
from engine.people import agencies
from engine.procedures import folder, publishing
from engine.schedule import sweeps
from engine.transaction import transaction
from tests.decisions import DECISION
from tests.web.conftest import Browser
from tests.web.office import Office
from tests.web.test_admin_procedures import FOLDER

Browse = Callable[..., Browser]
PATH = "/admin/procedures/dossier"


@pytest.fixture
def second(office: Office, app: Flask) -> Office:
    """Two revisions of the dossier procedure: the second gives signing six hours; one dossier is open on the first."""
    office.open()
    files = dict(folder.read(FOLDER).files)
    files["procedure.yaml"] = files["procedure.yaml"].replace(b"sign: {term: 4h", b"sign: {term: 6h")
    with app.app_context(), transaction():
        root = agencies.root()
        assert root is not None
        publishing.publish(root.id, folder.of(files.items()), capabilities=capabilities.facts(), basis=DECISION, by=None)
    return office


def test_two_revisions_are_compared(second: Office, browse: Browse) -> None:
    page = browse("secretary").get(f"{PATH}/diff?from=1&to=2").text
    assert "Đổi thời hạn của bước “Ký kết quả”: từ “4 giờ” thành “6 giờ”." in page
    assert page.count("&#34;sign&#34;: &#34;changed&#34;") == 2


def test_unknown_revisions_are_not_found(second: Office, browse: Browse) -> None:
    assert [browse("secretary").get(f"{PATH}/diff?from={number}").status_code for number in ("x", "99")] == [404, 404]


def test_cases_are_rehearsed_brought_over_and_put_back(second: Office, browse: Browse, app: Flask) -> None:
    leader = browse("leader")
    page = leader.get(f"{PATH}/migration").text
    assert "Tự chuyển được: 1" in page
    refused = leader.post(f"{PATH}/migration", {"run": "yes", "reason": "", "terms": "keep"})
    assert (refused.status_code, "Hãy ghi lý do." in refused.text) == (422, True)
    made = leader.post(f"{PATH}/migration", {"run": "yes", "reason": "Thêm giờ ký", "terms": "keep"})
    assert made.status_code == 303
    with app.app_context():
        assert sweeps.migrate_cases() == 1
    shown = leader.get(made.location).text
    assert "Đã chuyển: 1" in shown
    undone = leader.post(f"{made.location}/undo", {"all": "yes", "reason": "Nhầm"})
    assert undone.status_code == 303
    assert "Đã trả về bản cũ: 1" in leader.get(made.location).text


def test_a_suspended_procedure_says_so_and_opens_again(office: Office, browse: Browse) -> None:
    admin = browse("admin")
    assert "Không mở được hồ sơ mới" in admin.get(f"{PATH}/state/suspend").text
    assert admin.post(f"{PATH}/state/suspend", {"reason": ""}).status_code == 422
    assert admin.post(f"{PATH}/state/suspend", {"reason": "Chờ luật mới"}).status_code == 303
    assert "Quy trình đang tạm ngừng" in admin.get(PATH).text
    assert admin.post(f"{PATH}/state/suspend", {"reason": "Lần nữa"}).status_code == 409
    assert admin.post(f"{PATH}/state/reopen", {"reason": "Xong"}).status_code == 303
    assert "Quy trình đang tạm ngừng" not in admin.get(PATH).text


def test_an_unknown_act_is_not_found(office: Office, browse: Browse) -> None:
    assert browse("admin").get(f"{PATH}/state/burn").status_code == 404
