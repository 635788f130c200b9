"""A dossier from the counter to the archive, in the browsers of everybody who works on it."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest

from engine import clock
from engine.people import demo
from engine.printing import vietnamese
from tests.browser.desk import CODE, Desk, Office
from tests.browser.paper import flat, qr_code, text

pytestmark = pytest.mark.browser

SERVICE = "Thủ tục cấp Giấy xác nhận tình trạng hôn nhân"
CARD = "031185004217|012345678|Nguyễn Thị Ánh|02031985|Nữ|Số 12 đường Lê Lợi, phường Đằng Lâm|02032022"
#: Who works here: clerk, head, officer, leader, registrar, archivist.
HA, NGOC, DUNG = "Nguyễn Thị Thu Hà", "Lê Thị Bích Ngọc", "Trần Văn Dũng"
THANG, LAN, LINH = "Hoàng Đức Thắng", "Ngô Thị Lan", "Phan Thị Mỹ Linh"
_THURSDAY = 3
WRONG_BASIS = "Căn cứ pháp lý đã hết hiệu lực, thay bằng văn bản mới"


def test_a_dossier_goes_from_the_counter_to_the_archive(office: Office) -> None:
    names = ("clerk", "head", "officer", "leader", "registrar", "archivist")
    clerk, head, officer, leader, registrar, archivist = (office.desk(name) for name in names)
    code = take_in(clerk)
    compare_slip(office, clerk, code)

    clerk.complete(code, "Chuyển phòng chuyên môn")
    office.town.clock.advance(minutes=10)
    assign(head, code)
    ask_for_supplement(office, officer, code)
    record_supplement(office, clerk, code)
    let_it_become_overdue(office, code, officer, [head, leader])
    apologise(office, leader, code)

    propose(officer, code)
    head.complete(code, "Kiểm tra, trình ký", "Đồng ý, trình lãnh đạo UBND ký")
    leader.complete(code, "Ký kết quả", "Trả lại để sửa", reason=WRONG_BASIS)
    office.town.clock.advance(minutes=5)
    correct_what_was_returned(officer, code)
    head.complete(code, "Kiểm tra, trình ký", "Đồng ý, trình lãnh đạo UBND ký")
    sign_after_a_proof(office, leader, code)
    registrar.complete(code, "Cấp số, đóng dấu")

    clerk.complete(code, "Nhận kết quả về quầy", "Đã báo công dân kết quả đã có")
    clerk.complete(code, "Trả kết quả cho công dân", "Trực tiếp tại quầy", received_by_name="Nguyễn Thị Ánh")
    archivist.complete(code, "Lưu hồ sơ", "Lưu điện tử")
    compare_end(office, clerk, code)
    compare_control_sheet(office, clerk, code)


def take_in(clerk: Desk) -> str:
    """At the counter: the service found without diacritics, the card scanned, every paper there; the dossier's code."""
    clerk.open("/")
    clerk.follow("Tiếp nhận hồ sơ mới")
    clerk.main.get_by_role("searchbox").fill("xac nhan tinh trang hon nhan")
    with clerk.page.expect_navigation():
        clerk.page.keyboard.press("Enter")
    assert clerk.main.get_by_role("heading", level=1).inner_text() == SERVICE
    clerk.main.get_by_label("Quét mã QR trên thẻ căn cước").first.focus()
    clerk.page.keyboard.insert_text(CARD)
    clerk.page.keyboard.press("Enter")
    clerk.page.keyboard.type("0912345678")  # the cursor waits in the first field the card cannot fill
    clerk.choose("Người nộp không phải chủ hồ sơ")
    clerk.page.locator("#f-submitter_full_name").fill("Trần Quốc Bảo")
    clerk.main.get_by_role("button", name="Nhận đủ tất cả").click()
    clerk.press("Lưu và in phiếu")
    done = clerk.main.get_by_role("status").filter(has_text="Đã tiếp nhận hồ sơ").inner_text()
    found = CODE.search(done)
    assert found is not None, done
    return found[0]


def compare_slip(office: Office, clerk: Desk, code: str) -> None:
    """The receipt as paper says what the API says: date, code, both names; its QR leads to the public page."""
    dossier = office.api(f"/dossiers/{code}")
    assert (dossier["status"], dossier["owner"]["full_name"], dossier["submitter"]["full_name"]) == (
        "received",
        "Nguyễn Thị Ánh",
        "Trần Quốc Bảo",
    )
    viewer = clerk.print("In giấy tiếp nhận")
    link = urlsplit(viewer.url).path
    paper = clerk.fetch(link)
    (slip,) = (slip for slip in dossier["slips"] if slip["kind"] == "receipt")
    wanted = [code, slip["number"], "Nguyễn Thị Ánh", "Trần Quốc Bảo", "Nguyễn Thị Thu Hà", SERVICE]
    wanted += [vietnamese.slip_time(datetime.fromisoformat(dossier[name])) for name in ("received_at", "due_at")]
    assert [words for words in wanted if flat(words) not in flat(text(paper))] == []
    assert qr_code(viewer) == f"{office.town.address}{dossier['status_path']}"
    assert office.paper(slip["pdf"]) == paper
    viewer.close()


def assign(head: Desk, code: str) -> None:
    """The head gives the work to one officer."""
    head.take_up(code, "Phân công thụ lý")
    head.page.get_by_label(re.compile("^Công chức thụ lý")).select_option(label="Trần Văn Dũng")
    head.press("Hoàn thành bước")


def ask_for_supplement(office: Office, officer: Desk, code: str) -> None:
    """The next morning the officer finds a paper missing: the clock stands."""
    office.tomorrow(9)
    officer.complete(
        code,
        "Thẩm định, giải quyết",
        "Yêu cầu công dân bổ sung, hoàn thiện hồ sơ",
        content="Quyết định ly hôn (bản sao)",
        reason="Điều 22 NĐ 123/2015/NĐ-CP",
    )
    officer.open(f"/ho-so/{code}")
    state = officer.main.get_by_role("region", name="Tình trạng").inner_text()
    assert ("Yêu cầu bổ sung giấy tờ" in state, "đồng hồ tạm dừng" in state) == (True, True)
    assert office.api(f"/dossiers/{code}")["status"] == "awaiting_supplement"


def record_supplement(office: Office, clerk: Desk, code: str) -> None:
    """The citizen comes back a day later; the clerk records it on the dossier's page, and the slip is issued anew."""
    before = office.api(f"/dossiers/{code}")
    office.tomorrow(8)
    clerk.open(f"/ho-so/{code}")
    clerk.follow("Công dân đã nộp bổ sung")
    clerk.page.locator("#f-received_papers").fill("Quyết định ly hôn (bản sao)")
    clerk.press("Ghi nhận")
    after = office.api(f"/dossiers/{code}")
    assert (after["status"], after["due_at"] > before["due_at"]) == ("processing", True)
    (new,) = (slip for slip in after["slips"] if slip["kind"] == "receipt" and not slip["is_void"])
    printed = text(clerk.fetch(f"/phieu/{new['id']}.pdf"))
    assert flat(vietnamese.slip_time(datetime.fromisoformat(after["due_at"]))) in flat(printed)


def let_it_become_overdue(office: Office, code: str, officer: Desk, superiors: list[Desk]) -> None:
    """Nobody works: past the step's term the officer, then the head and the leader are told, each once."""
    (step,) = office.api(f"/dossiers/{code}")["open_steps"]
    due_at = datetime.fromisoformat(step["due_at"])
    kinds = ("reminder", "overdue")
    office.town.clock.freeze(due_at + timedelta(minutes=1))
    office.until(lambda: told(office, "officer", code) == sorted(kinds))
    office.town.clock.freeze(due_at + timedelta(days=7))
    office.until(lambda: told(office, "leader", code) == ["escalation_leader"])
    assert [told(office, login, code) for login in ("officer", "head", "leader")] == [
        ["overdue", "reminder"],
        ["escalation_head"],
        ["escalation_leader"],
    ]
    timed = [line.split(":")[1] for line in officer.bell() if code in line and "đến hạn" in line]
    assert timed == [" Đã đến hạn mà chưa xong", " Sắp đến hạn"]
    for superior in superiors:
        running_out, late = sorted(line for line in superior.bell() if code in line)
        assert running_out.startswith(f"Chưa đọc: Hồ sơ {code}")
        assert "cần văn bản xin lỗi và ngày hẹn mới" in running_out
        assert late.startswith("Chưa đọc: Quá hạn kéo dài: bước “Thẩm định, giải quyết”")
        assert "người giữ: Trần Văn Dũng" in late
    officer.open("/hop-viec?scope=overdue")
    assert "quá hạn" in officer.rows(code).inner_text()


def apologise(office: Office, leader: Desk, code: str) -> None:
    """Past its date the dossier needs the letter before it may be handed out; the new date is on it and on the page."""
    day = clock.local(clock.now()).date() + timedelta(days=1)
    while day.weekday() != _THURSDAY:
        day += timedelta(days=1)
    leader.complete(code, "Xin lỗi, hẹn lại ngày trả", reason="Phải xác minh thêm", new_due_on=f"{day:%d/%m/%Y}")
    dossier = office.api(f"/dossiers/{code}")
    assert (dossier["due_at"][:10], dossier["due_at"] > dossier["original_due_at"]) == (day.isoformat(), True)
    (letter,) = (slip for slip in dossier["slips"] if slip["kind"] == "apology")
    assert flat(vietnamese.slip_time(datetime.fromisoformat(dossier["due_at"]))) in flat(
        text(leader.fetch(f"/phieu/{letter['id']}.pdf"))
    )


def told(office: Office, login: str, code: str) -> list[str]:
    """Kinds of the notices about this dossier's time."""
    found = [notice for notice in office.api("/notices", login)["items"] if code in notice["text"]]
    return sorted(notice["kind"] for notice in found if notice["kind"] in _TIMED)


_TIMED = ("reminder", "overdue", "escalation_head", "escalation_leader")


def propose(officer: Desk, code: str) -> None:
    officer.complete(code, "Thẩm định, giải quyết", "Trình kết quả", opinion="Đủ điều kiện")


def correct_what_was_returned(officer: Desk, code: str) -> None:
    """The reason stands where the officer looks; the work is handed in again."""
    officer.open(f"/ho-so/{code}/giao-nhan")
    assert officer.rows(WRONG_BASIS).count() == 1
    propose(officer, code)


def sign_after_a_proof(office: Office, leader: Desk, code: str) -> None:
    """Whoever signs proves who they are when the last proof is old; the decision is still on the form afterwards."""
    office.town.clock.advance(minutes=15)
    leader.take_up(code, "Ký kết quả")
    leader.choose("Ký duyệt kết quả")
    leader.press("Hoàn thành bước")
    assert leader.main.get_by_role("heading", level=1).inner_text() == "Xác nhận danh tính"
    leader.page.get_by_label("Mật khẩu").fill(demo.PASSWORD)
    leader.press("Xác nhận")
    assert leader.main.get_by_role("radio", name="Ký duyệt kết quả").is_checked()
    leader.press("Hoàn thành bước")
    assert office.api(f"/dossiers/{code}")["open_steps"][0]["element"] == "number_seal"


def compare_end(office: Office, clerk: Desk, code: str) -> None:
    dossier = office.api(f"/dossiers/{code}")
    year = int(dossier["received_at"][:4])  # entered when it was received; the story may run over New Year
    assert (dossier["status"], dossier["outcome"], dossier["open_steps"]) == ("returned", "granted", [])
    assert re.fullmatch(r"\d{2,}/KQ-UBND", dossier["result_number"])
    assert (dossier["register_year"], dossier["returned_at"] is not None) == (year, True)
    clerk.open(f"/ho-so/{code}")
    assert "Đã trả kết quả" in clerk.main.get_by_role("region", name="Tình trạng").inner_text()
    assert office.api("/journal/verify", "leader")["is_intact"] is True


def compare_control_sheet(office: Office, clerk: Desk, code: str) -> None:
    """Built twice from the journal it is the same bytes; its rows are those of the API, in order."""
    clerk.open(f"/ho-so/{code}")
    link = clerk.main.get_by_role("link", name="In phiếu kiểm soát").get_attribute("href")
    assert link is not None
    first, second = clerk.fetch(link), clerk.fetch(link)
    assert first == second == office.paper(f"/dossiers/{code}/control-sheet.pdf")
    rows = office.api(f"/dossiers/{code}/control-sheet.json")["rows"]
    printed = flat(text(first))
    for name in ("from_unit", "to_unit", "sent_by", "sent_at_text", "received_by", "received_at_text", "note"):
        assert [row[name] for row in rows if flat(row[name]) not in printed] == []
    assert [(row["sent_by"], row["received_by"], row["result"], row["note"]) for row in rows] == [
        (HA, NGOC, "Trước hạn", ""),
        (NGOC, DUNG, "Trước hạn", ""),
        (DUNG, "Công dân", "Trước hạn", "Yêu cầu bổ sung hồ sơ – Điều 22 NĐ 123/2015/NĐ-CP"),
        (HA, DUNG, "", "Công dân đã nộp bổ sung"),
        (DUNG, NGOC, "Quá hạn", ""),
        (NGOC, THANG, "Trước hạn", ""),
        (THANG, DUNG, "Trước hạn", WRONG_BASIS),
        (DUNG, NGOC, "Trước hạn", ""),
        (NGOC, THANG, "Trước hạn", ""),
        (THANG, LAN, "Trước hạn", ""),
        (LAN, HA, "Trước hạn", ""),
        (HA, "Nguyễn Thị Ánh", "", "Trả kết quả"),
        (HA, LINH, "", ""),
    ]
