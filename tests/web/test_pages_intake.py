"""The counter: services, the promise shown before saving, intake, refusal with everything kept, draft, duplicates."""

import html
import io
import re
from collections.abc import Callable
from typing import Any

import pytest

from engine.people import demo
from tests.clocks import StoppedClock
from tests.web.conftest import ON_BOTH, Browser
from tests.web.office import SERVICE, Office
from web import id_card
from web.id_card import IdCard

Browse = Callable[..., Browser]
CARD = "031185004217|123456789|Nguyễn Thị Ánh|01011985|Nữ|Số 12 đường Lê Lợi, phường Đằng Lâm|01012022"
#: As the form sends it: the first paper ticked.
TYPED: dict[str, Any] = {
    "owner_full_name": "Nguyễn Thị Ánh",
    "owner_id_number": "031185004217",
    "components_0_given": "on",
    "components_0_name": "Tờ khai",
    "components_0_originals": "1",
    "components_0_copies": "0",
    "intake_decision": "complete",
    "channel": "counter",
}


def sent(browser: Browser, **changes: Any) -> Any:
    browser.get(f"/tiep-nhan/{SERVICE}")
    fields = {name: value for name, value in (TYPED | changes).items() if value is not None}
    return browser.post(f"/tiep-nhan/{SERVICE}", fields)


def test_services_are_found_without_diacritics_and_a_single_one_opens(office: Office, browse: Browse) -> None:
    browser = browse("clerk")
    assert "Thủ tục đăng ký khai sinh" in browser.get("/tiep-nhan?q=ho tich").text
    assert browser.get("/tiep-nhan?q=tinh trang hon nhan").location == f"/tiep-nhan/{SERVICE}"
    assert "Không có thủ tục nào khớp" in browser.get("/tiep-nhan?q=zzz").text


def test_the_promise_and_its_reasons_are_shown_before_saving(office: Office, browse: Browse) -> None:
    browser = browse("clerk")
    page = browser.get(f"/tiep-nhan/{SERVICE}").text
    assert "08:00, 23/11/2026" in page
    piece = browser.get(f"/tiep-nhan/{SERVICE}/han", query_string={"received_at": "17/11/2026 16:00"}).text
    assert ("16:00, 20/11/2026" in piece, "<html" in piece) == (True, False)
    assert "Chưa tính được hạn trả" in browser.get(f"/tiep-nhan/{SERVICE}/han?received_at=sai").text


@ON_BOTH
def test_a_complete_dossier_leads_to_its_slip(office: Office, browse: Browse) -> None:
    browser = browse("clerk")
    target = sent(browser).location
    code = re.fullmatch(r"/ho-so/(H31\.12\.8-261118-\d{4})\?moi=1", target)
    assert code is not None
    assert office.look(code[1], "status", "components") == ("received", [{"name": "Tờ khai", "originals": 1, "copies": 0}])
    page = browser.get(target).text
    assert "In giấy tiếp nhận" in page
    slip = re.search(r'href="(/phieu/[^"]+\.pdf)"', page)
    assert slip is not None
    paper = browser.get(slip[1])
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    assert browser.get(slip[1]).data == paper.data


@pytest.mark.parametrize(
    ("decision", "status", "words"),
    [
        ({"intake_decision": "supplement", "content": "Bản sao", "reason": "Thiếu"}, "awaiting_supplement", "Đã yêu cầu bổ sung"),
        ({"intake_decision": "refuse", "reason": "Không thuộc thẩm quyền"}, "refused", "Đã từ chối tiếp nhận"),
    ],
    ids=["supplement", "refuse"],
)
def test_the_other_decisions_print_their_slips(
    office: Office, browse: Browse, decision: dict[str, str], status: str, words: str
) -> None:
    browser = browse("clerk")
    target = sent(browser, components_0_given=None, **decision).location
    assert office.look(target.split("/")[2].split("?")[0], "status") == (status,)
    assert words in browser.get(target).text


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"owner_full_name": ""}, "owner_full_name"),
        ({"components_0_given": None}, "components_0_given"),
        ({"components_0_originals": "x"}, "components_0_name"),
        ({"intake_decision": "refuse"}, "reason"),
        ({"received_at": "hôm qua"}, "received_at"),
        ({"received_at": "19/11/2026 08:00"}, "received_at"),
        ({"has_submitter": "on"}, "submitter_full_name"),
        ({"owner_full_name": "Ánh 😀"}, "owner_full_name"),
    ],
)
def test_a_refusal_names_the_place_and_keeps_everything(
    office: Office, browse: Browse, changes: dict[str, Any], place: str
) -> None:
    answer = sent(browse("clerk"), **({"owner_address": "Số 12 đường Lê Lợi"} | changes))
    assert answer.status_code == 422
    assert f'href="#f-{place}"' in answer.text
    assert 'value="Số 12 đường Lê Lợi"' in answer.text


def test_a_form_sent_twice_opens_one_dossier(office: Office, browse: Browse) -> None:
    browser = browse("clerk")
    browser.get(f"/tiep-nhan/{SERVICE}")
    key = re.search(r'name="idempotency_key" value="([^"]+)"', browser.page)
    assert key is not None
    answers = [browser.post(f"/tiep-nhan/{SERVICE}", TYPED | {"idempotency_key": key[1]}).location for _ in range(2)]
    assert answers[0] == answers[1]


def test_a_scanned_card_fills_the_owner_without_javascript(office: Office, browse: Browse) -> None:
    target = sent(browse("clerk"), owner_full_name="", owner_id_number="", owner_card=CARD).location
    (owner,) = office.look(target.split("/")[2].split("?")[0], "owner")
    assert (owner["full_name"], owner["id_number"]) == ("Nguyễn Thị Ánh", "031185004217")
    assert owner["address"] == "Số 12 đường Lê Lợi, phường Đằng Lâm"


def test_scans_travel_with_the_dossier(office: Office, browse: Browse) -> None:
    browser = browse("clerk")
    target = sent(browser, scans=(io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "tờ khai.pdf")).location
    assert "tờ khai.pdf" in browser.get(f"{target.split('?')[0]}/tep").text
    refused = sent(browser, scans=(io.BytesIO(b""), "rỗng.pdf"))
    assert (refused.status_code, 'href="#f-scans"' in refused.text) == (422, True)


def test_a_draft_comes_back_and_is_thrown_away(office: Office, browse: Browse) -> None:
    browser = browse("clerk")
    browser.get(f"/tiep-nhan/{SERVICE}")
    browser.post("/drafts", {"subject": f"new-dossier:{SERVICE}", "answers": '{"owner_full_name": "Trần Văn Bình"}'})
    assert 'value="Trần Văn Bình"' in browser.get(f"/tiep-nhan/{SERVICE}").text
    browser.post(f"/tiep-nhan/{SERVICE}/bo-nhap")
    assert "Trần Văn Bình" not in browser.get(f"/tiep-nhan/{SERVICE}").text


def test_a_half_filled_form_comes_back_after_the_session_expired(office: Office, browse: Browse) -> None:
    browser = browse("clerk")
    browser.get(f"/tiep-nhan/{SERVICE}")
    browser.client.delete_cookie("quytrinh")
    assert browser.post(f"/tiep-nhan/{SERVICE}", TYPED | {"components_2_name": "Giấy ủy quyền"}).status_code == 401
    kept = re.search(r'name="typed" value="([^"]*)"', browser.page)
    assert kept is not None
    sign_in = {"login": "clerk", "password": demo.PASSWORD, "next": f"/tiep-nhan/{SERVICE}", "typed": html.unescape(kept[1])}
    assert browser.post("/sign-in", sign_in).location == f"/tiep-nhan/{SERVICE}"
    page = browser.get(f"/tiep-nhan/{SERVICE}").text
    shown = ['value="Nguyễn Thị Ánh"', 'value="Giấy ủy quyền"', 'name="components_0_given" value="on" checked']
    assert [words in page for words in shown] == [True, True, True]


def test_the_owners_earlier_dossiers_are_shown(office: Office, browse: Browse, stopped_clock: StoppedClock) -> None:
    code = office.open()
    browser = browse("clerk")
    browser.get(f"/tiep-nhan/{SERVICE}")
    answer = browser.post(f"/tiep-nhan/{SERVICE}/ho-so-truoc", {"owner_id_number": "031185004217"})
    assert code in answer.text
    assert code not in browser.post(f"/tiep-nhan/{SERVICE}/ho-so-truoc", {"owner_id_number": "000000000000"}).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CARD, IdCard("031185004217", "Nguyễn Thị Ánh", "01/01/1985", "Nữ", "Số 12 đường Lê Lợi, phường Đằng Lâm")),
        ("031185004217||Ánh|01011985|Nữ|Số 12", IdCard("031185004217", "Ánh", "01/01/1985", "Nữ", "Số 12")),
        ("03118500421|123456789|Ánh|01011985|Nữ|Số 12", None),
        ("Nguyễn Thị Ánh", None),
        ("", None),
    ],
    ids=["whole", "old number empty", "number too short", "no card", "empty"],
)
def test_card_text_is_taken_apart(text: str, expected: IdCard | None) -> None:
    assert id_card.read(text) == expected
