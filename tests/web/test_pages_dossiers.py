"""The dossier's page and what is done from it: sections, messages, slips, files, remarks, other agencies; public status; notices."""

import io
import re
from collections.abc import Callable

import pytest

from tests.clocks import StoppedClock
from tests.web.conftest import ON_BOTH, Browser
from tests.web.office import Office
from web import throttle

Browse = Callable[..., Browser]
SECTIONS = {
    "cac-buoc": "Giấy tờ đã nhận",
    "giao-nhan": "Bộ phận Một cửa",
    "phieu": "01/TNHS",
    "tep": "Chưa có tệp nào",
    "trao-doi": "Chưa có trao đổi nào",
    "thoi-han": "Hạn này từ đâu ra",
    "so-do": "data-diagram",
    "nhat-ky": "Cấp phiếu",
}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_of_a_dossier_is_shown(office: Office, browse: Browse, section: str) -> None:
    code = office.open()
    office.do(code, "hand_over", "clerk")
    answer = browse("clerk").get(f"/ho-so/{code}/{section}")
    assert (answer.status_code, SECTIONS[section] in answer.text) == (200, True)


def test_the_time_section_adds_up_who_held_the_dossier(office: Office, browse: Browse, stopped_clock: StoppedClock) -> None:
    stopped_clock.freeze("2026-11-18T08:00")
    code = office.open()
    assert "Ai giữ thời gian" not in browse("clerk").get(f"/ho-so/{code}/thoi-han").text
    stopped_clock.freeze("2026-11-18T14:30:15")
    page = browse("clerk").get(f"/ho-so/{code}/thoi-han").text
    exact = re.findall(r'data-label="Giờ:phút:giây">([\d:]+)<', page)
    assert exact == ["0:00:00", "5:00:15", "0:00:00", "0:00:00", "1:30:00", "0:00:00", "6:30:15"]


def test_a_section_that_is_none_is_not_found(office: Office, browse: Browse) -> None:
    assert browse("clerk").get(f"/ho-so/{office.open()}/la").status_code == 404


@ON_BOTH
def test_dossiers_of_another_agency_are_not_found(office: Office, browse: Browse) -> None:
    code = office.open()
    stranger = browse("clerk2")
    paths = [f"/ho-so/{code}", f"/ho-so/{code}/phieu-kiem-soat.pdf", f"/cong-viec/{office.case_id(code)}"]
    assert [stranger.get(path).status_code for path in paths] == [404, 404, 404]
    assert code not in stranger.get("/ho-so").text


@pytest.mark.parametrize(
    ("query", "is_found"), [("q=anh", True), ("status=received", True), ("status=done", False), ("due=overdue", False)]
)
def test_the_list_is_filtered(office: Office, browse: Browse, query: str, is_found: bool) -> None:
    code = office.open()
    assert (code in browse("inspector").get(f"/ho-so?{query}").text) is is_found


def test_a_case_of_a_dossier_leads_to_the_dossier(office: Office, browse: Browse) -> None:
    code = office.open()
    assert browse("clerk").get(f"/cong-viec/{office.case_id(code)}").location == f"/ho-so/{code}"
    assert "Công việc theo quy trình" in browse("clerk").get("/cong-viec").text


def test_a_withdrawal_is_recorded(office: Office, browse: Browse) -> None:
    code = office.open()
    clerk = browse("clerk")
    assert "Công dân xin rút hồ sơ" in clerk.get(f"/ho-so/{code}").text
    address = f"/cong-viec/{office.case_id(code)}/ghi-nhan/withdrawal_requested"
    clerk.get(address)
    assert clerk.post(address, {"reason": ""}).status_code == 422
    assert clerk.post(address, {"reason": "Không còn nhu cầu", "request_channel": "counter"}).location == f"/ho-so/{code}"
    assert office.look(code, "status") == ("withdrawal_requested",)
    assert browse("clerk").get(f"/cong-viec/{office.case_id(code)}/ghi-nhan/la").status_code == 404


def test_a_slip_is_issued_anew_with_a_reason(office: Office, browse: Browse) -> None:
    code = office.open()
    clerk = browse("clerk")
    clerk.get(f"/ho-so/{code}/phieu")
    action = re.search(r'action="(/phieu/[^"]+/cap-lai)"', clerk.page)
    assert action is not None
    assert clerk.post(action[1], {"reason": ""}).status_code == 422
    clerk.post(action[1], {"reason": "In sai"})
    page = clerk.get(f"/ho-so/{code}/phieu").text
    assert ("02/TNHS" in page, "In sai" in page) == (True, True)


def test_the_control_sheet_is_printed(office: Office, browse: Browse) -> None:
    paper = browse("clerk").get(f"/ho-so/{office.open()}/phieu-kiem-soat.pdf")
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")


def test_a_file_is_saved_never_shown(office: Office, browse: Browse) -> None:
    code = office.open()
    clerk = browse("clerk")
    clerk.get(f"/ho-so/{code}/tep")
    clerk.post(f"/tep/cho/{office.case_id(code)}", {"file": (io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "bản sao.pdf")})
    link = re.search(r'href="(/tep/[^"]+)"', clerk.get(f"/ho-so/{code}/tep").text)
    assert link is not None
    answer = clerk.get(link[1])
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert browse("clerk2").get(link[1]).status_code == 404
    clerk.get(f"/ho-so/{code}/tep")
    assert clerk.post(f"{link[1]}/go", {"reason": ""}).status_code == 422
    assert clerk.post(f"{link[1]}/go", {"reason": "Nhầm hồ sơ"}).status_code == 303
    assert clerk.get(link[1]).status_code == 404


@pytest.mark.parametrize(("content", "name"), [(b"", "rỗng.pdf"), (b"MZ\x90\x00", "tờ khai.pdf")], ids=["empty", "program"])
def test_a_wrong_file_is_refused_with_its_reason(office: Office, browse: Browse, content: bytes, name: str) -> None:
    code = office.open()
    clerk = browse("clerk")
    clerk.get(f"/ho-so/{code}/tep")
    answer = clerk.post(f"/tep/cho/{office.case_id(code)}", {"file": (io.BytesIO(content), name)})
    assert (answer.status_code, 'id="e-file"' in answer.text) == (422, True)


def test_a_remark_is_written(office: Office, browse: Browse) -> None:
    code = office.open()
    clerk = browse("clerk")
    clerk.get(f"/ho-so/{code}/trao-doi")
    assert clerk.post(f"/cong-viec/{office.case_id(code)}/y-kien", {"text": " "}).status_code == 422
    clerk.post(f"/cong-viec/{office.case_id(code)}/y-kien", {"text": "Đã gọi <b>công dân</b>"})
    assert "Đã gọi &lt;b&gt;công dân&lt;/b&gt;" in clerk.get(f"/ho-so/{code}/trao-doi").text


def test_the_drawing_is_the_authors_own(office: Office, browse: Browse) -> None:
    answer = browse("clerk").get(f"/cong-viec/{office.case_id(office.open())}/so-do.bpmn")
    assert (answer.mimetype, b"BPMNDiagram" in answer.data) == ("application/xml", True)


@ON_BOTH
def test_a_notice_leads_to_its_step_and_is_read(office: Office, browse: Browse) -> None:
    code = office.open()
    office.to_sign(code)
    office.do(code, "sign", "leader", decision="return", reason="Sai căn cứ")
    officer = browse("officer")
    page = officer.get("/thong-bao").text
    assert "1 thông báo chưa đọc" in page
    action = re.search(r'action="(/thong-bao/[0-9a-f-]{36})"', page)
    assert action is not None
    assert officer.post(action[1]).location == office.step(code, "process")[0]
    assert "0 thông báo chưa đọc" in officer.get("/thong-bao").text
    assert browse("clerk").post(action[1]).status_code in (400, 404)


@ON_BOTH
def test_status_is_open_to_all_and_tells_no_names(office: Office, browse: Browse) -> None:
    code = office.open()
    (token,) = office.look(code, "status_token")
    answer = browse().get(f"/tra-cuu/{token}")
    assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (200, "noindex, nofollow, noarchive")
    assert (code in answer.text, "Ánh" in answer.text, "Được tiếp nhận" in answer.text) == (True, False, True)
    assert "Set-Cookie" not in answer.headers
    assert browse().get("/tra-cuu", query_string={"ma": f"http://localhost/tra-cuu/{token}"}).location == f"/tra-cuu/{token}"


def test_status_knows_no_guess_and_wrong_words(office: Office, browse: Browse) -> None:
    browser = browse()
    assert [browser.get(path).status_code for path in ("/tra-cuu", f"/tra-cuu/{'x' * 22}", "/tra-cuu?ma=abc")] == [200, 404, 422]


def test_looking_up_too_often_is_refused_for_a_while(stopped_clock: StoppedClock) -> None:
    stopped_clock.freeze("2026-11-18T08:00")
    limit = throttle.Limit(most=2, seconds=60)
    assert [limit.allows("a"), limit.allows("a"), limit.allows("a"), limit.allows("b")] == [True, True, False, True]
    stopped_clock.advance(seconds=60)
    assert limit.allows("a")
