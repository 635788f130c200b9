"""The page of dates a new calendar would move: both derivations, a decision with a reason, and what is typed stays."""

from collections.abc import Callable

from flask import Flask

from engine.calendar import editing
from engine.people import agencies, working_time
from engine.transaction import transaction
from tests.web.conftest import ON_BOTH, Browser
from tests.web.office import Office

Browse = Callable[..., Browser]
LIST, DECIDE = "/admin/calendar/dossiers", "/admin/calendar/dossiers/decide"


def take_friday_off(app: Flask) -> None:
    """Friday 20 November becomes a day off in the ward."""
    with app.app_context(), transaction():
        ward = agencies.by_code("H31.12.8")
        _, version = working_time.calendar_for(ward.id)
        row = {"date": "2026-11-20", "kind": "off", "name": "Hoán đổi", "basis": "CV 12729"}
        working_time.change(ward.id, version.sessions, editing.with_day(version.days, row), basis="CV 12729", by=None)


def test_nothing_to_decide_says_so(office: Office, browse: Browse) -> None:
    office.open()
    assert "Không có ngày hẹn nào phải xem lại" in browse("leader").get(LIST).text


@ON_BOTH
def test_a_leader_compares_and_moves_a_date(office: Office, browse: Browse) -> None:
    code = office.open()
    take_friday_off(office.app)
    leader = browse("leader")
    page = leader.get(LIST).text
    assert (code in page, "23/11/2026" in page, "25/11/2026" in page, page.count('class="derivation"')) == (True, True, True, 2)
    sent = {"ids": office.case_id(code), "decision": "moved", "reason": "Hoán đổi theo CV 12729"}
    assert leader.post(DECIDE, sent).location == f"{LIST}?agency=H31.12.8"
    page = leader.get(LIST).text
    assert ("Đã dời ngày hẹn của 1 hồ sơ" in page, code in page) == (True, False)
    assert office.look(code, "due_at", "original_due_at")[0] > office.look(code, "original_due_at")[0]


def test_a_refused_decision_keeps_what_was_chosen_and_typed(office: Office, browse: Browse) -> None:
    code = office.open()
    take_friday_off(office.app)
    leader = browse("leader")
    leader.get(LIST)
    answer = leader.post(DECIDE, {"ids": office.case_id(code), "decision": "", "reason": "Lý do tôi gõ"})
    assert (answer.status_code, "Lý do tôi gõ" in answer.text, " checked" in answer.text) == (422, True, True)
    assert leader.post(DECIDE, {"decision": "kept", "reason": "x"}).status_code == 422


def test_a_clerk_reads_and_decides_nothing(office: Office, browse: Browse) -> None:
    code = office.open()
    take_friday_off(office.app)
    clerk = browse("clerk")
    page = clerk.get(LIST).text
    assert (code in page, 'name="ids"' in page) == (True, False)
    assert clerk.post(DECIDE, {"ids": office.case_id(code), "decision": "kept", "reason": "x"}).status_code == 403
