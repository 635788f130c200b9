"""The step's page: the form, completing, refusals, races, returning, giving to a colleague, who may only look."""

import re
from collections.abc import Callable

from tests.clocks import StoppedClock
from tests.web.conftest import ON_BOTH, Browser
from tests.web.office import Office

Browse = Callable[..., Browser]


def test_a_step_is_completed_and_the_reader_led_on(office: Office, browse: Browse) -> None:
    code = office.open()
    address, version = office.step(code, "hand_over")
    browser = browse("clerk")
    assert "Vì sao có bước này?" in browser.get(address).text
    answer = browser.post(address, {"version": version, "papers": "electronic"})
    assert (answer.status_code, answer.location) == (303, f"/ho-so/{code}")
    assert office.open_elements(code) == ["assign"]
    assert "Phân công thụ lý (Lãnh đạo phòng" in browser.get(f"/ho-so/{code}").text


def test_refused_answers_keep_what_was_typed(office: Office, browse: Browse) -> None:
    code = office.open()
    office.to_sign(code)
    address, version = office.step(code, "sign")
    browser = browse("leader")
    browser.get(address)
    answer = browser.post(address, {"version": version, "decision": "return", "reason": ""})
    assert answer.status_code == 422
    assert 'href="#f-reason"' in answer.text
    assert re.search(r'value="return" checked', answer.text)


@ON_BOTH
def test_two_who_complete_the_same_step_cannot_both_win(office: Office, browse: Browse) -> None:
    code = office.open()
    address, version = office.step(code, "hand_over")
    first, second = browse("clerk"), browse("clerk_b")
    for browser in (first, second):
        browser.get(address)
    first.post(address, {"version": version, "papers": "electronic"})
    answer = second.post(address, {"version": version, "papers": "electronic", "note": "Gửi kèm bản gốc"})
    assert answer.status_code == 409
    assert "Nguyễn Thị Thu Hà" in answer.text
    assert "Gửi kèm bản gốc" in answer.text


def test_a_form_without_version_is_asked_for_it(office: Office, browse: Browse) -> None:
    address, _ = office.step(office.open(), "hand_over")
    browser = browse("clerk")
    browser.get(address)
    assert browser.post(address, {"papers": "electronic"}).status_code == 428


def test_others_may_look_but_not_act(office: Office, browse: Browse) -> None:
    address, version = office.step(office.open(), "hand_over")
    officer = browse("officer")
    page = officer.get(address).text
    assert ("Anh/chị chỉ xem" in page, "Hoàn thành bước</button>" in page) == (True, False)
    assert officer.post(address, {"version": version, "papers": "electronic"}).status_code == 403
    assert browse("clerk2").get(address).status_code == 404


def test_whoever_signs_reads_what_was_proposed(office: Office, browse: Browse) -> None:
    code = office.open()
    office.do(code, "hand_over", "clerk")
    office.do(code, "assign", "head")
    office.do(code, "process", "officer", decision="submit", result_kind="granted", opinion="Hồ sơ hợp lệ,\nđủ điều kiện")
    office.do(code, "check", "head", decision="approve", note="Đề nghị ký")
    address, _ = office.step(code, "sign")
    page = browse("leader").get(address).text
    assert [words in page for words in ("đủ điều kiện</span>", "Đề nghị ký</span>", "Trần Văn Dũng, ")] == [True] * 3


def test_whoever_decides_a_withdrawal_reads_why(office: Office, browse: Browse) -> None:
    code = office.open()
    clerk = browse("clerk")
    address = f"/cong-viec/{office.case_id(code)}/ghi-nhan/withdrawal_requested"
    clerk.get(address)
    clerk.post(address, {"reason": "Không còn nhu cầu", "request_channel": "counter"})
    address, _ = office.step(code, "decide_withdrawal")
    assert "Không còn nhu cầu</span>" in browse("leader").get(address).text


def test_a_step_is_returned_with_a_reason_the_former_reads(office: Office, browse: Browse) -> None:
    code = office.open()
    office.do(code, "hand_over", "clerk")
    office.do(code, "assign", "head")
    address, version = office.step(code, "process")
    officer = browse("officer")
    officer.get(address)
    assert officer.post(f"{address}/tra-lai-buoc-truoc", {"version": version, "to": "assign", "reason": ""}).status_code == 422
    officer.post(f"{address}/tra-lai-buoc-truoc", {"version": version, "to": "assign", "reason": "Không đúng phòng"})
    assert office.open_elements(code) == ["assign"]
    assert "Không đúng phòng" in browse("head").get(office.step(code, "assign")[0]).text


def test_a_step_is_released_and_reassigned(office: Office, browse: Browse) -> None:
    code = office.open()
    office.do(code, "hand_over", "clerk")
    address, version = office.step(code, "assign")
    head = browse("head")
    head.get(address)
    head.post(f"{address}/nhan-viec")
    assert head.post(f"{address}/tra-lai-nhom", {"version": version + 1}).location == "/hop-viec"
    answer = head.post(f"{address}/phan-cong-lai", {"version": version + 2, "to": "", "reason": "x"})
    assert (answer.status_code, "Chọn người nhận việc." in answer.text) == (422, True)


def test_signing_asks_for_proof_when_the_last_is_old(office: Office, browse: Browse, stopped_clock: StoppedClock) -> None:
    code = office.open()
    office.to_sign(code)
    address, version = office.step(code, "sign")
    leader = browse("leader")
    leader.get(address)
    stopped_clock.advance(minutes=11)
    answer = leader.post(address, {"version": version, "decision": "return", "reason": "Sai căn cứ"})
    assert answer.location is not None
    assert answer.location.startswith("/account/prove")
    assert office.open_elements(code) == ["sign"]


def test_a_kept_draft_stands_in_the_form_until_sent(office: Office, browse: Browse) -> None:
    address, version = office.step(office.open(), "hand_over")
    subject = f"step:{address.removeprefix('/buoc/')}"
    browser = browse("clerk")
    browser.get(address)
    browser.post("/drafts", {"subject": subject, "answers": '{"note": "Gửi kèm bản gốc", "papers": "electronic"}'})
    assert "Gửi kèm bản gốc" in browser.get(address).text
    browser.post(address, {"version": version, "papers": "electronic", "note": "Gửi kèm bản gốc"})
    assert office.draft(subject, "clerk") == {}
