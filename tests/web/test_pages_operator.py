"""The operator's desk as its pages: what they show, what they do, what they refuse."""

import html
import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from engine import clock
from engine.cases import history, queries
from engine.cases.models import Case, Incident, Timer
from engine.errors import AnswersRejected
from engine.schedule import sweeps
from engine.schedule.models import WorkerHeartbeat, WorkerOutage
from engine.transaction import session, transaction
from tests.cases.conftest import Office as Letters
from tests.clocks import StoppedClock
from tests.web import letters as made
from tests.web.conftest import ON_BOTH, Browser
from web import operator_words
from web.pages import operator_values

Browse = Callable[..., Browser]
HOME = "/admin/operator"


@pytest.fixture
def letters(wednesday: StoppedClock, app: Flask) -> Letters:
    """The demo ward with the letter procedure."""
    return made.publish(wednesday)


def words(page: str) -> str:
    """The text of a page's main part, spaces once."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def state(case: Case) -> str:
    session().rollback()
    session().expire_all()
    return session().get_one(Case, case.id).state


def facts(case: Case, kind: str) -> dict[str, object]:
    """What the journal's last entry of this kind says."""
    session().rollback()
    return dict(next(event.facts for event in reversed(history.of(case)) if event.kind == kind))


@ON_BOTH
def test_an_incident_is_found_and_tried_again_with_a_reason(letters: Letters, browse: Browse) -> None:
    case, reference = made.broken(letters)
    browser = browse("admin")
    found = words(browser.get(f"{HOME}/incidents?text={reference}&cause=capability").text)
    assert (reference in found, "Chức năng được gọi" in found, "note" in found) == (True, True, True)
    assert reference not in words(browser.get(f"{HOME}/incidents?cause=runaway").text)
    browser.get(f"{HOME}/incidents")
    (chosen,) = re.findall(r'name="ids" value="([^"]+)"', browser.page)
    assert browser.post(f"{HOME}/incidents/retry", {"ids": chosen}).status_code == 422
    assert "Hãy ghi lý do." in words(browser.page)
    assert f'value="{chosen}" aria-label="Chọn sự cố {reference}" checked' in browser.page
    assert browser.post(f"{HOME}/incidents/retry", {"reason": "Đã sửa"}).status_code == 422
    answer = browser.post(f"{HOME}/incidents/retry", {"ids": chosen, "reason": "Đã sửa máy chủ thư"})
    assert (answer.status_code, answer.location) == (303, f"{HOME}/incidents")
    incident = session().get_one(Incident, uuid.UUID(chosen))
    assert (incident.state, incident.resolution, incident.reason) == ("resolved", "retried", "Đã sửa máy chủ thư")
    assert "Đã cho thử lại 1 sự cố." in words(browser.get(answer.location).text)
    assert facts(case, "incident.retried")["reason"] == "Đã sửa máy chủ thư"


def test_incidents_already_settled_are_named_and_the_others_are_settled(letters: Letters, browse: Browse) -> None:
    made.broken(letters)
    made.broken(letters)
    browser = browse("admin")
    browser.get(f"{HOME}/incidents")
    first, second = re.findall(r'name="ids" value="([^"]+)"', browser.page)
    browser.post(f"{HOME}/incidents/dismissal", {"ids": first, "reason": "Trùng"})
    browser.get(f"{HOME}/incidents")
    answer = browser.post(f"{HOME}/incidents/retry", {"ids": [first, second], "reason": "Đã sửa", "state": "open"})
    said = words(browser.get(answer.location).text)
    assert ("Đã cho thử lại 1 sự cố." in said, "đã được xử lý (bỏ qua)" in said) == (True, True)


@pytest.mark.parametrize(("login", "sees_trace"), [("admin", True), ("leader", False)])
def test_the_trace_is_the_operators_alone(letters: Letters, browse: Browse, login: str, sees_trace: bool) -> None:
    _, reference = made.broken(letters)
    incident = session().scalars(sa.select(Incident).where(Incident.reference == reference)).one()
    page = browse(login).get(f"{HOME}/incidents/{incident.id}").text
    assert ("broken on purpose" in page, "Dấu vết kỹ thuật" in page) == (sees_trace, sees_trace)
    assert "Khả năng “Ghi chú thử” bị lỗi (RuntimeError)." in html.unescape(page)


@ON_BOTH
def test_a_case_is_suspended_and_resumed(letters: Letters, browse: Browse) -> None:
    case = letters.to_draft()
    browser = browse("admin")
    page = f"{HOME}/cases/{case.id}"
    asked = words(browser.get(f"{page}/suspension").text)
    assert "Bây giờ Đang chạy" in asked
    assert "Sau khi làm Tạm dừng" in asked
    assert browser.post(f"{page}/suspension", {"version": version(browser)}).status_code == 422
    answer = browser.post(f"{page}/suspension", {"version": version(browser), "reason": "Chờ kết luận thanh tra"})
    assert (answer.status_code, answer.location, state(case)) == (303, page, "suspended")
    assert "Lý do: Chờ kết luận thanh tra" in words(browser.get(page).text)
    browser.get(f"{page}/resumption")
    browser.post(f"{page}/resumption", {"version": version(browser), "reason": "Đã có kết luận"})
    assert state(case) == "running"
    assert [facts(case, kind)["reason"] for kind in ("case.suspended", "case.resumed")] == [
        "Chờ kết luận thanh tra",
        "Đã có kết luận",
    ]


def version(browser: Browser) -> str:
    """The version the form that is open was drawn from."""
    found = re.search(r'name="version" value="(\d+)"', browser.page)
    assert found is not None
    return found[1]


def test_an_act_on_what_changed_meanwhile_is_refused_and_keeps_the_reason(letters: Letters, browse: Browse) -> None:
    case = letters.to_draft()
    browser = browse("admin")
    browser.get(f"{HOME}/cases/{case.id}/suspension")
    seen = version(browser)
    letters.complete(case, "draft", "officer", decision="submit")
    answer = browser.post(f"{HOME}/cases/{case.id}/suspension", {"version": seen, "reason": "Chờ thanh tra"})
    assert (answer.status_code, state(case)) == (409, "running")
    assert "Chờ thanh tra" in browser.page
    assert "Hồ sơ đã thay đổi sau khi anh/chị mở." in words(browser.page)
    assert browser.post(f"{HOME}/cases/{case.id}/suspension", {"reason": "Chờ thanh tra"}).status_code == 428


def test_a_token_is_moved_after_before_and_after_were_shown(letters: Letters, browse: Browse) -> None:
    case = letters.to_sign()
    browser = browse("admin")
    page = f"{HOME}/cases/{case.id}"
    browser.get(page)
    (token,) = re.findall(r'name="token" value="(\d+)"', browser.page)
    asked = words(browser.get(f"{page}/token-move?token={token}&to=draft").text)
    before, after = asked.partition("Bây giờ")[2].split("Sau khi làm")
    assert ("Ký (sign)" in before, "Soạn trả lời (draft)" in before) == (True, False)
    assert ("Ký (sign)" in after, "Soạn trả lời (draft)" in after) == (False, True)
    sent = {"token": token, "to": "draft", "version": version(browser), "reason": "Ký nhầm bản"}
    assert browser.post(f"{page}/token-move", sent).location == page
    assert letters.open_elements(case) == ["draft"]
    assert facts(case, "case.token_moved")["reason"] == "Ký nhầm bản"


def test_a_step_is_passed_over(letters: Letters, browse: Browse) -> None:
    case = letters.to_draft()
    browser = browse("admin")
    page = f"{HOME}/cases/{case.id}"
    browser.get(page)
    token = re.findall(r"/skip\?token=(\d+)", browser.page)[0]
    browser.get(f"{page}/skip?token={token}")
    browser.post(f"{page}/skip", {"token": token, "version": version(browser), "reason": "Đã soạn ngoài hệ thống"})
    assert letters.open_elements(case) == ["sign"]


def test_a_routing_value_is_changed_with_its_reason(letters: Letters, browse: Browse) -> None:
    case = letters.to_draft()
    browser = browse("admin")
    page = f"{HOME}/cases/{case.id}"
    browser.get(f"{page}/values")
    sent = {"version": version(browser), "reason": "Khẩn theo công điện", "name": "urgent", "kind": "true", "value": ""}
    for wrong in ({"name": "khong_co"}, {"kind": "number", "value": "ba"}, {"reason": ""}):
        assert browser.post(f"{page}/values", sent | wrong).status_code == 422
    assert browser.post(f"{page}/values", sent).location == page
    session().rollback()
    session().expire_all()
    assert session().get_one(Case, case.id).values["urgent"] is True
    assert facts(case, "case.values_changed")["reason"] == "Khẩn theo công điện"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1.250.000", 1250000),
        ("2,5", 2.5),
        ("-3", -3),
        ("", None),
        ("1,2,3", None),
        ("١٢", None),
        ("1e9", None),
        ("9" * 19, None),
    ],
)
def test_a_typed_number_is_read_or_refused(app: Flask, typed: str, expected: float | None) -> None:
    with app.test_request_context():
        try:
            found = operator_values._number(typed)
        except AnswersRejected:
            found = None
    assert found == expected


def test_a_place_that_cannot_be_reached_is_refused_before_it_is_tried(letters: Letters, browse: Browse) -> None:
    case = letters.to_draft()
    browser = browse("admin")
    browser.get(f"{HOME}/cases/{case.id}/token-move?token=77&to=draft")
    assert 'name="reason"' not in browser.page
    answer = browser.get(f"{HOME}/cases/{case.id}/token-move")
    assert (answer.status_code, answer.location) == (303, f"{HOME}/cases/{case.id}")


def test_a_case_is_cancelled(letters: Letters, browse: Browse) -> None:
    case = letters.to_draft()
    browser = browse("admin")
    page = f"{HOME}/cases/{case.id}"
    assert "Không còn vị trí nào" in words(browser.get(f"{page}/cancellation").text)
    browser.post(f"{page}/cancellation", {"version": version(browser), "reason": "Mở nhầm"})
    assert (state(case), letters.open_elements(case)) == ("stopped", [])
    assert 'href="/admin/operator/cases/' + str(case.id) + '/suspension"' not in browser.get(page).text


def test_who_took_part_in_a_case_may_not_repair_it(letters: Letters, browse: Browse) -> None:
    case = letters.to_draft()
    with transaction():
        session().get_one(Case, case.id).opened_by_id = letters.actor("admin").person_id
    browser = browse("admin")
    browser.get(f"{HOME}/cases/{case.id}/suspension")
    answer = browser.post(f"{HOME}/cases/{case.id}/suspension", {"version": version(browser), "reason": "Chờ thanh tra"})
    assert (answer.status_code, state(case)) == (403, "running")
    assert "Anh/chị đã tham gia xử lý hồ sơ này" in words(browser.page)


@ON_BOTH
def test_a_timer_is_moved_and_fires_at_its_new_moment(letters: Letters, browse: Browse) -> None:
    case = letters.to_draft()
    timer = session().scalars(sa.select(Timer).where(Timer.case_id == case.id, Timer.kind == "flow")).one()
    browser = browse("admin")
    page = f"{HOME}/timers/{timer.id}"
    assert "Soạn quá lâu" in words(browser.get(f"{HOME}/timers?kind=flow").text) or "late" in browser.page
    browser.get(page)
    seen = re.findall(r'name="seen" value="([^"]+)"', browser.page)[0]
    refused = browser.post(page, {"seen": seen, "to": "32/13/2026", "reason": ""})
    assert (refused.status_code, "không phải là ngày" in words(browser.page)) == (422, True)
    answer = browser.post(page, {"seen": seen, "to": "18/11/2026 09:00", "reason": "Lãnh đạo cần sớm hơn"})
    assert (answer.status_code, answer.location) == (303, page)
    letters.clock.freeze("2026-11-18T09:00:05")
    session().rollback()
    sweeps.fire_due_timers()
    assert letters.open_elements(case) == ["draft", "urge"]
    browser = browse("admin")  # the session has ended with the hour
    fired = words(browser.get(f"{HOME}/timers?state=fired").text)
    assert "09:00, 18/11/2026" in fired
    assert browser.post(page, {"seen": seen, "to": "19/11/2026 09:00", "reason": "Nữa"}).status_code == 409


def test_a_late_timer_says_by_whose_fault(letters: Letters, browse: Browse) -> None:
    case = letters.to_draft()
    timer = session().scalars(sa.select(Timer).where(Timer.case_id == case.id, Timer.kind == "flow")).one()
    with transaction():
        due = timer.due_at
        session().add(WorkerOutage(began_at=due - timedelta(minutes=1), ended_at=due + timedelta(hours=2)))
    letters.clock.freeze((due + timedelta(hours=2, seconds=30)).isoformat())
    line = words(browse("admin").get(f"{HOME}/timers?kind=flow&late=on").text)
    assert "2 giờ" in line
    assert "không có tiến trình hẹn giờ" in line


def test_workers_and_the_times_without_any_are_listed(letters: Letters, browse: Browse) -> None:
    now = clock.now()
    with transaction():
        session().add_all(
            [
                WorkerHeartbeat(name="máy-a:11", started_at=now, seen_at=now - timedelta(seconds=4)),
                WorkerHeartbeat(name="máy-b:12", started_at=now, seen_at=now - timedelta(minutes=9)),
                WorkerHeartbeat(name="máy-c:13", started_at=now, seen_at=now, left_at=now),
                WorkerOutage(began_at=now - timedelta(hours=3), ended_at=now - timedelta(minutes=55)),
            ]
        )
    page = browse("admin").get(f"{HOME}/workers").text
    rows = [words(f"<main>{row}</main>") for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL)]
    states = {name: word for name in ("máy-a", "máy-b", "máy-c") for row in rows if name in row for word in _states(row)}
    assert states == {"máy-a": "đang chạy", "máy-b": "mất liên lạc", "máy-c": "đã dừng"}
    assert any("05:00, 18/11/2026 07:05, 18/11/2026 2 giờ 5 phút" in row for row in rows)


def _states(row: str) -> list[str]:
    return [str(word) for word, _kind in operator_words.WORKER_STATES.values() if str(word) in row]


def test_the_desk_counts_what_waits(letters: Letters, browse: Browse) -> None:
    made.broken(letters)
    browser = browse("admin")
    said = words(browser.get(HOME).text)
    assert "1 sự cố đang mở" in said
    assert "0 hồ sơ tạm dừng" in said
    assert 'aria-current="page">Vận hành</a>' in browser.page
    assert "Vận hành" not in browse("clerk").get("/hop-viec").text


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 giây"),
        (0.25, "0,2 giây"),
        (9, "9 giây"),
        (61, "1 phút 1 giây"),
        (3600, "1 giờ"),
        (93784, "1 ngày 2 giờ"),
        (-5, "0 giây"),
    ],
)
def test_a_length_of_time_reads_in_its_two_largest_units(app: Flask, seconds: float, expected: str) -> None:
    with app.test_request_context():
        assert operator_words.elapsed(timedelta(seconds=seconds)) == expected


def test_every_word_of_the_engine_has_a_name(app: Flask) -> None:
    from engine.cases import timer_desk, troubles
    from engine.schedule import lateness

    assert tuple(operator_words.CAUSES) == troubles.CAUSES == tuple(operator_words.ADVICE)
    assert tuple(operator_words.TIMER_STATES) == timer_desk.STATES
    assert tuple(operator_words.FAULTS) == lateness.FAULTS


def test_the_case_page_shows_everything(letters: Letters, browse: Browse) -> None:
    case, reference = made.broken(letters)
    page = browse("admin").get(f"{HOME}/cases/{case.id}").text
    said = words(page)
    for expected in ("Soạn trả lời (draft)", "Trần Văn Dũng", reference, "urgent", "Hẹn giờ của quy trình"):
        assert expected in said, expected
    assert f'data-diagram="/cong-viec/{case.id}/so-do.bpmn" data-now="' in page
    assert len(queries.open_steps(case)) == 1
