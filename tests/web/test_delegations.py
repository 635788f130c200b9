"""Acting for another through the pages: given, seen in the inbox, done, printed, withdrawn, over."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.dossiers import control_sheet, slips
from engine.people import directory
from engine.transaction import session
from tests.clocks import StoppedClock
from tests.people.delegating import give
from tests.printing.reading import text
from tests.web.conftest import ON_BOTH, Browser
from tests.web.office import SERVICE, Office

Browse = Callable[..., Browser]
ON_BEHALF = "thay mặt Hoàng Đức Thắng (KT. Chủ tịch)"


def flat(words: str) -> str:
    """Without white space: lines break anywhere."""
    return "".join(words.split())


def ids(office: Office, login: str) -> tuple[str, str]:
    """The person and their first position."""
    with office.app.app_context():
        person = directory.by_login(login)
        assert person is not None
        return str(person.id), str(person.positions[0].id)


def typed(office: Office, delegate: str = "deputy", **other: Any) -> dict[str, Any]:
    """What a leader types who is away from one to five December."""
    usual = {
        "delegate_id": ids(office, delegate)[0],
        "roles": "leader",
        "scope": "services",
        "services": [SERVICE],
        "starts_on": "01/12/2026",
        "ends_on": "05/12/2026",
        "signing": "KT.",
        "basis_number": "15/QĐ-UBND",
        "basis_on": "17/11/2026",
        "reason": "Đi công tác",
    }
    return usual | other


def given_by_page(office: Office, browse: Browse, **other: Any) -> str:
    """The leader gives a delegation; its address."""
    leader = browse("leader")
    address = f"/uy-quyen/moi/{ids(office, 'leader')[1]}"
    leader.get(address)
    answer = leader.post(address, typed(office, **other))
    assert answer.status_code == 303, leader.page
    return str(answer.location)


def ask_to_withdraw(office: Office, browse: Browse, code: str) -> None:
    address = f"/cong-viec/{office.case_id(code)}/ghi-nhan/withdrawal_requested"
    clerk = browse("clerk")
    clerk.get(address)
    assert clerk.post(address, {"reason": "Không còn nhu cầu", "request_channel": "counter"}).status_code == 303


def papers(office: Office, code: str) -> dict[str, str]:
    """The words of the notice and of the control sheet, without blanks."""
    with office.app.app_context():
        dossier = office._dossier(code)
        stop = slips.latest(dossier.case_id, "stop")
        assert stop is not None
        found = {"stop": flat(text(slips.pdf(stop))), "sheet": flat(text(control_sheet.pdf(dossier)))}
        session().rollback()
        return found


@ON_BOTH
def test_a_deputy_signs_for_the_absent_leader_and_only_then(office: Office, browse: Browse, wednesday: StoppedClock) -> None:
    given_by_page(office, browse)
    wednesday.freeze("2026-12-03T08:00")
    code = office.open()
    ask_to_withdraw(office, browse, code)
    deputy = browse("deputy")
    page = deputy.get("/hop-viec?scope=unclaimed").text
    assert (code in page, page.count(ON_BEHALF)) == (True, 1)
    assert "Anh/chị đang làm thay Hoàng Đức Thắng (KT. Chủ tịch) đến hết 05/12/2026." in page
    address, version = office.step(code, "decide_withdrawal")
    assert "Anh/chị làm bước này thay mặt Hoàng Đức Thắng." in deputy.get(address).text
    assert deputy.post(f"{address}/nhan-viec", {"version": version}).status_code == 303
    version = office.step(code, "decide_withdrawal")[1]
    deputy.get(address)
    answer = deputy.post(address, {"version": version, "decision": "accept", "reason": "Theo đề nghị"})
    assert (answer.status_code, office.look(code, "status")) == (303, ("stopped",))
    words = papers(office, code)["stop"]
    assert flat("KT. CHỦ TỊCH PHÓ CHỦ TỊCH (Ký, đóng dấu) Bùi Thị Kim Oanh") in words
    journal = browse("leader").get("/admin/journal?kind=step.completed").text
    assert "KT. Chủ tịch Hoàng Đức Thắng" in journal
    history = deputy.get(f"/ho-so/{code}/nhat-ky").text
    assert history.count("Bùi Thị Kim Oanh (Phó Chủ tịch) · KT. Chủ tịch Hoàng Đức Thắng") > 2


@pytest.mark.parametrize(
    ("moment", "is_seen"), [("2026-11-30T23:59", False), ("2026-12-05T23:59", True), ("2026-12-06T00:00", False)]
)
def test_the_inbox_shows_the_work_between_the_days_alone(
    office: Office, browse: Browse, wednesday: StoppedClock, moment: str, is_seen: bool
) -> None:
    given_by_page(office, browse)
    code = office.open()
    office.to_sign(code)
    wednesday.freeze(moment)
    page = browse("deputy").get("/hop-viec?scope=group").text
    assert (code in page, ON_BEHALF in page, "đang làm thay" in page) == (is_seen, is_seen, is_seen)


def test_a_claimed_step_goes_with_the_last_day(office: Office, browse: Browse, wednesday: StoppedClock) -> None:
    given_by_page(office, browse)
    code = office.open()
    office.to_sign(code)
    wednesday.freeze("2026-12-05T10:00")
    deputy = browse("deputy")
    address, version = office.step(code, "sign")
    deputy.get(address)
    deputy.post(f"{address}/nhan-viec", {"version": version})
    assert code in deputy.get("/hop-viec?scope=mine").text
    wednesday.freeze("2026-12-06T00:00")
    late = browse("deputy")
    assert code not in late.get("/hop-viec?scope=mine").text
    late.get("/uy-quyen")
    answer = late.post(address, {"version": office.step(code, "sign")[1], "decision": "sign"})
    assert (answer.status_code, office.open_elements(code)) == (403, ["sign"])


@pytest.mark.parametrize("generation", ["2018", "2025"])
def test_papers_of_both_generations_name_both(office: Office, browse: Browse, wednesday: StoppedClock, generation: str) -> None:
    wednesday.freeze("2026-12-03T08:00")
    with office.app.app_context():
        give(starts_on=date(2026, 12, 3), ends_on=date(2026, 12, 5))
    code = office.open(**({"received_at": datetime(2024, 5, 6, 2, tzinfo=UTC)} if generation == "2018" else {}))
    office.do(code, "hand_over", "clerk")
    office.do(code, "assign", "head")
    office.do(code, "process", "officer", decision="submit", result_kind="granted")
    office.do(code, "check", "head", decision="approve")
    ask_to_withdraw(office, browse, code)
    office.do(code, "sign", "deputy", decision="return", reason="Xem lại căn cứ")
    office.do(code, "decide_withdrawal", "deputy", decision="accept", reason="Theo đề nghị")
    assert office.look(code, "generation") == (generation,)
    found = papers(office, code)
    assert flat("KT. CHỦ TỊCH PHÓ CHỦ TỊCH") in found["stop"]
    assert flat("Bùi Thị Kim Oanh (KT. Chủ tịch Hoàng Đức Thắng)") in found["sheet"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"signing": ""}, "Vai trò này ký văn bản"),
        ({"basis_number": ""}, "Ký thay phải có căn cứ"),
        ({"ends_on": "30/11/2026"}, "Ngày kết thúc phải từ ngày bắt đầu trở đi"),
        ({"ends_on": "32/13/2026"}, "không phải là ngày"),
        ({"services": []}, "Chọn ít nhất một mục"),
        ({"services": ["9.999"]}, "Cơ quan không có: 9.999"),
        ({"reason": ""}, "Ghi lý do ủy quyền"),
        ({"delegate_id": "x"}, "Chọn trong danh sách"),
    ],
    ids=["signing", "basis", "days", "no day", "no service", "unknown service", "reason", "delegate"],
)
def test_a_refused_delegation_keeps_what_was_typed(office: Office, browse: Browse, wrong: dict[str, Any], sentence: str) -> None:
    leader = browse("leader")
    address = f"/uy-quyen/moi/{ids(office, 'leader')[1]}"
    leader.get(address)
    answer = leader.post(address, typed(office, **({"reason": "Đi họp Quốc hội"} | wrong)))
    assert answer.status_code == 422
    assert sentence in leader.page
    assert ("Đi họp Quốc hội" in leader.page) is (wrong.get("reason") is None)
    assert 'value="01/12/2026"' in leader.page
    leader.get("/uy-quyen?xem=giao")
    assert "Anh/chị chưa giao cho ai" in leader.page


def test_a_second_delegation_of_the_same_work_is_refused(office: Office, browse: Browse) -> None:
    given_by_page(office, browse)
    leader = browse("leader")
    address = f"/uy-quyen/moi/{ids(office, 'leader')[1]}"
    leader.get(address)
    answer = leader.post(address, typed(office, delegate="head", signing="TUQ."))
    assert (answer.status_code, "đã ủy quyền cho Bùi Thị Kim Oanh từ 01/12/2026" in leader.page) == (409, True)


def rows(page: str) -> list[str]:
    return re.findall(r'<a class="row-link" href="[^"]*">([^<]*)</a>', page)


@pytest.mark.parametrize(
    ("login", "path", "seen"),
    [
        ("deputy", "/uy-quyen", ["Hoàng Đức Thắng"]),
        ("deputy", "/uy-quyen?xem=giao", []),
        ("leader", "/uy-quyen?xem=giao", ["Hoàng Đức Thắng"]),
        ("leader", "/uy-quyen/co-quan", ["Hoàng Đức Thắng"]),
        ("admin", "/uy-quyen/co-quan?agency=H31.12.8", ["Hoàng Đức Thắng"]),
        ("admin", "/uy-quyen/co-quan?agency=H31.12.15", []),
        ("leader2", "/uy-quyen/co-quan", []),
        ("clerk", "/uy-quyen", []),
    ],
)
def test_who_sees_which_delegations(office: Office, browse: Browse, login: str, path: str, seen: list[str]) -> None:
    given_by_page(office, browse)
    browser = browse(login)
    assert (browser.get(path).status_code, rows(browser.page)) == (200, seen)


@pytest.mark.parametrize(
    ("login", "path", "status"),
    [
        ("deputy", "/uy-quyen/co-quan", 403),
        ("clerk", "/uy-quyen/co-quan", 403),
        ("deputy", "/uy-quyen/moi/{leader}", 404),
        ("leader2", "/uy-quyen/moi/{leader}", 404),
        ("inspector", "/uy-quyen/moi", 403),
        ("clerk", "/uy-quyen/moi", 303),
        ("leader", "/uy-quyen/moi", 200),
        ("admin", "/uy-quyen/moi?agency=H31.12.8", 200),
        ("admin", "/uy-quyen/moi/{leader}", 200),
    ],
)
def test_who_opens_which_page(office: Office, browse: Browse, login: str, path: str, status: int) -> None:
    address = path.format(leader=ids(office, "leader")[1])
    assert browse(login).get(address).status_code == status


def test_others_find_no_page_of_a_delegation(office: Office, browse: Browse) -> None:
    address = given_by_page(office, browse)
    assert [browse(login).get(address).status_code for login in ("leader", "deputy", "admin", "clerk", "leader2")] == [
        200,
        200,
        200,
        404,
        404,
    ]
    assert "KT. CHỦ TỊCH" in browse("deputy").get(address).text


def test_withdrawing_by_page_gives_the_step_back(office: Office, browse: Browse, wednesday: StoppedClock) -> None:
    address = given_by_page(office, browse)
    code = office.open()
    office.to_sign(code)
    wednesday.freeze("2026-12-03T09:00")
    deputy, leader = browse("deputy"), browse("leader")
    step, version = office.step(code, "sign")
    deputy.get(step)
    deputy.post(f"{step}/nhan-viec", {"version": version})
    leader.get(address)
    assert leader.post(f"{address}/thu-hoi", {"reason": " "}).status_code == 422
    assert leader.post(f"{address}/thu-hoi", {"reason": "Về sớm"}).status_code == 303
    assert "đã thu hồi" in leader.get(address).text
    assert code not in deputy.get("/hop-viec?scope=group").text
    assert code in leader.get("/hop-viec?scope=unclaimed").text
    assert "đã trở về nhóm" in deputy.get("/thong-bao").text


def test_the_absent_person_s_work_has_a_button_to_take_over(office: Office, browse: Browse, wednesday: StoppedClock) -> None:
    given_by_page(office, browse)
    code = office.open()
    office.to_sign(code)
    step, version = office.step(code, "sign")
    leader = browse("leader")
    leader.get(step)
    leader.post(f"{step}/nhan-viec", {"version": version})
    wednesday.freeze("2026-12-03T09:00")
    deputy = browse("deputy")
    page = deputy.get("/hop-viec?scope=unclaimed").text
    assert (code in page, f'action="{step}/nhan-viec"' in page) == (True, True)
    assert deputy.post(f"{step}/nhan-viec", {"version": office.step(code, "sign")[1]}).location == step
    assert code in deputy.get("/hop-viec?scope=mine").text
    assert "nhận thay Hoàng Đức Thắng" in deputy.get(f"/ho-so/{code}/nhat-ky").text
